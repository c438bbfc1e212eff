"""Opening an account in an emergency: one asks, another of the other kind agrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import no_passwords
from accounts.access import Kind, kinds_of, of_kind
from accounts.models import Emergency, RotationCause, SocialAccount
from accounts.services.locking import locked_account
from accounts.services.rotations import ask_for_change
from accounts.services.telling import leaders_of, runners_of, tell
from accounts.workflow import IN_USE
from people.models import User
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words

Outcome = Emergency.Outcome
NO_REASON = "Say why, in a sentence."


@transaction.atomic
def ask(account: SocialAccount, *, by: User, reason: str) -> Emergency:
    """Somebody from IT or the leadership team asks; everybody of the other kind is told at once.

    Whoever is both asks as IT.
    """
    account = locked_account(account)
    kinds = _kinds(account, by)
    now = timezone.now()
    _settle(account.emergencies.unsettled(), now)
    others = of_kind(_other(kinds[0]), account.organisation).exclude(pk=by.pk)
    RuleBroken.if_any([*_in_the_way(account, reason), *_nobody_to_agree(kinds[0], others)])
    hours = int(account.organisation.setting("accounts.emergency_answer_hours"))
    asked = Emergency.objects.create(
        account=account,
        reason=reason.strip(),
        asked_by=by,
        asked_as=kinds[0],
        asked_at=now,
        answer_until=now + timedelta(hours=hours),
    )
    title = f"{by} asks you to open “{account.name}” in an emergency"
    what = f"emergency_asked:{asked.pk}"
    tell(others, account, what, title, url=_page(account), urgent=True)
    audit.record("emergency.ask", account, by=by, emergency=str(asked.pk), asked_as=asked.asked_as)
    return asked


def _in_the_way(account: SocialAccount, reason: str) -> Iterator[str]:
    if account.status not in IN_USE:
        state = account.get_status_display().lower()
        yield f"Only an account in use can be opened: this one is {state}."
    standing = account.emergencies.unsettled().first()
    if standing is not None:
        opened = standing.outcome == Outcome.AGREED
        yield "It is open already." if opened else "Somebody has asked already."
    yield from _wrong_words(reason)


def _nobody_to_agree(asked_as: str, others: QuerySet[User]) -> Iterator[str]:
    """Said at once, and not after hours in which nobody could have answered."""
    if not others.exists():
        yield (
            f"{WHO[_other(asked_as)]} has to agree, and nobody else is entered as that at your "
            "school or its trust. Enter them on the list of people, or suspend the account."
        )


@transaction.atomic
def agree(emergency: Emergency, *, by: User) -> Emergency:
    """The second person agrees: from now on the two may sign in, for as long as the school allows.

    The runners and the leadership team are told at once. The password falls due at the end.
    """
    emergency = _locked(emergency)
    account = emergency.account
    _answer(emergency, by)
    hours = int(account.organisation.setting("accounts.emergency_hours"))
    emergency.outcome = Outcome.AGREED
    emergency.until = timezone.now() + timedelta(hours=hours)
    emergency.save()
    _ask_for_change(emergency, emergency.until)
    until = emergency.until.astimezone(account.organisation.zone)
    title = (
        f"“{account.name}” was opened in an emergency by {emergency.asked_by} and {by}, "
        f"until {until:%H:%M} on {day_in_words(until.date())}"
    )
    what = f"emergency_open:{emergency.pk}"
    near = runners_of(account) | leaders_of(account) | {emergency.asked_by}
    tell(near, account, what, title, url=_page(account), urgent=True, but=by)
    audit.record("emergency.agree", account, by=by, emergency=str(emergency.pk))
    return emergency


@transaction.atomic
def refuse(emergency: Emergency, *, by: User, why: str) -> Emergency:
    """The second person says no, and why. Whoever asked is told."""
    emergency = _locked(emergency)
    RuleBroken.if_any(_wrong_words(why))
    _answer(emergency, by)
    emergency.outcome, emergency.refused_why = Outcome.REFUSED, why.strip()
    emergency.save()
    account = emergency.account
    title = f"{by} did not agree to open “{account.name}” in an emergency"
    tell(
        [emergency.asked_by],
        account,
        f"emergency_refused:{emergency.pk}",
        title,
        url=_page(account),
        urgent=True,
    )
    audit.record("emergency.refuse", account, by=by, emergency=str(emergency.pk))
    return emergency


@transaction.atomic
def withdraw(emergency: Emergency, *, by: User) -> Emergency:
    """Whoever asked needs it no longer."""
    emergency = _locked(emergency)
    if emergency.asked_by_id != by.pk:
        raise PermissionDenied
    _expect_waiting(emergency)
    emergency.outcome = Outcome.WITHDRAWN
    emergency.save(update_fields=["outcome"])
    audit.record("emergency.withdraw", emergency.account, by=by, emergency=str(emergency.pk))
    return emergency


@transaction.atomic
def end(emergency: Emergency, *, by: User) -> Emergency:
    """It is over sooner. The password is to be changed from now on."""
    emergency = _locked(emergency)
    account = emergency.account
    if not (kinds_of(by, account.organisation) or account.is_run_by(by)):
        raise PermissionDenied
    if not emergency.is_open(timezone.now()):
        raise RuleBroken("It is not open any more.")
    _end(emergency, timezone.now(), by)
    return emergency


def settle(now: datetime) -> int:
    """End what is over, let go what nobody answered. Returns how many. Safe to run again."""
    over = Emergency.objects.waiting().filter(answer_until__lte=now)
    ran_out = Emergency.objects.filter(outcome=Outcome.AGREED, ended_at=None, until__lte=now)
    ids = [*over.values_list("account", flat=True), *ran_out.values_list("account", flat=True)]
    count = 0
    for account in SocialAccount.objects.filter(pk__in=ids).order_by("pk"):
        with transaction.atomic():
            count += _settle(locked_account(account).emergencies.unsettled(), now)
    return count


def _settle(unsettled: Iterable[Emergency], now: datetime) -> int:
    """In the transaction of whoever holds the account."""
    count = 0
    for one in unsettled:
        if one.outcome == Outcome.WAITING and one.answer_until <= now:
            one.outcome = Outcome.LAPSED
            one.save(update_fields=["outcome"])
            title = f"Nobody agreed in time to open “{one.account.name}” in an emergency"
            tell(
                [one.asked_by],
                one.account,
                f"emergency_lapsed:{one.pk}",
                title,
                url=_page(one.account),
                urgent=True,
            )
            audit.record("emergency.lapse", one.account, by=None, emergency=str(one.pk))
        elif one.until is not None and one.until <= now:
            _end(one, one.until, None)
        else:
            continue
        count += 1
    return count


def _end(emergency: Emergency, at: datetime, by: User | None) -> None:
    emergency.ended_at, emergency.ended_by = at, by
    emergency.save(update_fields=["ended_at", "ended_by"])
    _ask_for_change(emergency, at)
    account = emergency.account
    title = f"The emergency is over: change the password of “{account.name}”"
    what = f"emergency_over:{emergency.pk}"
    tell(runners_of(account), account, what, title, urgent=True, but=by)
    audit.record("emergency.end", account, by=by, emergency=str(emergency.pk))


def _ask_for_change(emergency: Emergency, since: datetime) -> None:
    """Asked for when it is opened, with the day it ends, so that no sweep can forget it."""
    reason = RotationCause.Reason.EMERGENCY
    source = f"emergency:{emergency.pk}"
    ask_for_change(emergency.account, reason, source=source, since=since)


def _answer(emergency: Emergency, by: User) -> None:
    """By another person, of the other kind, while it waits. Raises RuleBroken, PermissionDenied."""
    if emergency.asked_by_id == by.pk:
        raise RuleBroken("You asked for this: somebody else has to agree.")
    other = _other(emergency.asked_as)
    if other not in _kinds(emergency.account, by):
        raise RuleBroken(f"{WHO[other]} has to agree: you and whoever asked are of one kind.")
    _expect_waiting(emergency)
    emergency.answered_by, emergency.answered_at = by, timezone.now()
    emergency.answered_as = other


def _page(account: SocialAccount) -> str:
    return reverse("accounts:emergency", args=[account.organisation.slug, account.pk])


WHO: dict[str, str] = {
    Kind.IT: "Somebody from IT",
    Kind.LEADERS: "Somebody from the leadership team",
}


def _other(kind: str) -> str:
    return Kind.LEADERS if kind == Kind.IT else Kind.IT


def _kinds(account: SocialAccount, by: User) -> list[str]:
    kinds = kinds_of(by, account.organisation)
    if not kinds:
        raise PermissionDenied
    return kinds


def _expect_waiting(emergency: Emergency) -> None:
    if emergency.outcome != Outcome.WAITING:
        raise RuleBroken("Somebody has answered this already, or it was withdrawn.")
    if emergency.answer_until <= timezone.now():
        raise RuleBroken("Nobody answered in time. Ask again where it is still needed.")


def _wrong_words(reason: str) -> Iterator[str]:
    if not reason.strip():
        yield NO_REASON
    yield from filter(None, [no_passwords.problem(reason)])


def _locked(emergency: Emergency) -> Emergency:
    account = locked_account(emergency.account)
    rows = Emergency.objects.select_for_update(of=("self",), no_key=True)
    emergency = rows.select_related("asked_by").get(pk=emergency.pk)
    emergency.account = account
    return emergency
