"""Who runs an account: joining, ending, and what follows when somebody leaves the school (E6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import RotationCause, Runner, SocialAccount
from accounts.rotation import end_of
from accounts.services import life
from accounts.services.locking import expect_tending, lock_accounts_of, locked_account
from accounts.services.rotations import ask_for_change
from accounts.workflow import IN_USE, Status
from people.models import Membership, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words

DAY = timedelta(days=1)


@transaction.atomic
def add(account: SocialAccount, *, person: User, by: User, starts_on: date | None = None) -> Runner:
    """This person runs it from that day. Raises RuleBroken with everything in the way.

    Fitness does not stand in the way of joining: it stands in the way of going live.
    """
    account = locked_account(account)
    at = account.organisation
    if not by.can(Permission.MANAGE_ACCOUNTS, at=at):
        raise PermissionDenied
    starts_on = starts_on or at.today()
    if account.status in (Status.CLOSING, Status.CLOSED):
        raise RuleBroken("This account is being closed: nobody joins its runners.")
    if not Membership.objects.active(starts_on).filter(person=person, organisation=at).exists():
        raise RuleBroken(f"{person} does not belong to {at} on {day_in_words(starts_on)}.")
    if account.runners.filter(person=person, ends_on=None).exists():
        raise RuleBroken(f"{person} runs this account already.")
    runner = Runner.objects.create(account=account, person=person, starts_on=starts_on, added_by=by)
    audit.record("runner.add", account, by=by, person=str(person.pk))
    return runner


@transaction.atomic
def end(runner: Runner, *, by: User, last_day: date) -> Runner:
    """They stop running it. Their access is to be removed, and the password changed."""
    account = locked_account(runner.account)
    if not (by.can(Permission.MANAGE_ACCOUNTS, at=account.organisation) or by == runner.person):
        raise PermissionDenied
    runner = Runner.objects.select_for_update(of=("self",), no_key=True).get(pk=runner.pk)
    if runner.ends_on is not None and runner.ends_on < account.organisation.today():
        raise RuleBroken("This has ended already.")
    if last_day < runner.starts_on:
        raise RuleBroken("The last day cannot be before the first.")
    _end(account, runner, last_day, RotationCause.Reason.ROLE_CHANGE, by)
    return runner


def on_leaving(membership: Membership, *, by: User | None) -> None:
    """A step of leaving a school (LEAVER_STEPS), in its transaction (E6)."""
    runs = Runner.objects.filter(
        account__organisation=membership.organisation, person=membership.person
    )
    today = membership.organisation.today()
    last_day = membership.ends_on or today
    lock_accounts_of(membership.person, membership.organisation)
    for runner in runs.exclude(ends_on__lt=min(last_day, today)).order_by("account", "pk"):
        account = locked_account(runner.account)
        ended = max(last_day, runner.starts_on)
        _end(account, runner, ended, RotationCause.Reason.LEAVER, by)


def end_left() -> int:
    """End those who belong to the school no longer and were not ended when they left.

    Their last day was known before they became runners, so their leaving passed the account by.
    Returns how many. Safe to run again.
    """
    today = timezone.localdate()
    here = Membership.objects.active(today).filter(
        person=OuterRef("person"), organisation=OuterRef("account__organisation")
    )
    lasting = Q(ends_on=None) | Q(ends_on__gte=today)
    left = Runner.objects.filter(lasting, ~Exists(here), starts_on__lte=today)
    rows = list(left.exclude(account__status=Status.CLOSED).order_by("account", "pk"))
    for row in rows:
        with transaction.atomic():
            _end_left(row, today)
    return len(rows)


def _end_left(row: Runner, today: date) -> None:
    account = locked_account(row.account)
    runner = Runner.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    posts = Membership.objects.filter(person=runner.person, organisation=account.organisation)
    last = posts.filter(ends_on__lt=today).order_by("-ends_on").first()
    last_day = last.ends_on if last is not None and last.ends_on else today - DAY
    _end(account, runner, max(last_day, runner.starts_on), RotationCause.Reason.LEAVER, None)


def _end(
    account: SocialAccount, runner: Runner, last_day: date, reason: str, by: User | None
) -> None:
    runner.ends_on = last_day
    runner.save(update_fields=["ends_on"])
    audit.record(
        "runner.end", account, by=by, person=str(runner.person_id), last_day=last_day.isoformat()
    )
    if account.status not in IN_USE:
        return
    ask_for_change(account, reason, source=f"runner:{runner.pk}", since=_moment(account, last_day))
    life.restrict_if_too_few(account, after=last_day)


def _moment(account: SocialAccount, last_day: date) -> datetime:
    """When they stop: now, or the end of a last day that lies ahead."""
    end = end_of(last_day, account.organisation)
    return min(end, timezone.now()) if last_day <= account.organisation.today() else end


@transaction.atomic
def remove_access(runner: Runner, *, by: User) -> Runner:
    """Their login at the platform, or what they knew, opens the account no longer."""
    account = locked_account(runner.account)
    expect_tending(account, by)
    runner = Runner.objects.select_for_update(of=("self",), no_key=True).get(pk=runner.pk)
    if runner.person_id == by.pk:
        raise RuleBroken("Somebody else has to confirm that your access is gone.")
    if runner.ends_on is None:
        raise RuleBroken(f"{runner.person} still runs this account. Enter their last day first.")
    if runner.access_removed_at is None:
        runner.access_removed_at, runner.access_removed_by = timezone.now(), by
        runner.save(update_fields=["access_removed_at", "access_removed_by"])
        audit.record("runner.access_removed", account, by=by, person=str(runner.person_id))
    return runner
