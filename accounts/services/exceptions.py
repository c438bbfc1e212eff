"""Asking to be reached on one's own telephone or address, and deciding on it beforehand (A10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import no_passwords
from accounts.models import ContactException
from notices.services import notify
from people.models import Membership, Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words

LONGEST = 1000  # characters
A_YEAR = timedelta(days=366)
KEPT = timedelta(days=6 * 365 + 2)
# A telephone number, or an e-mail address.
REACHED_ON = re.compile(r"(?:\+?\d[\s()/-]{0,2}){9,}|\S+@\S+\.\w")
Decision = ContactException.Decision
What = ContactException.What


@transaction.atomic
def ask(
    organisation: Organisation, *, by: User, what: str, reason: str, starts_on: date, ends_on: date
) -> ContactException:
    """Somebody of that school asks for themselves. Raises RuleBroken with all that is wrong."""
    today = organisation.today()
    posts = Membership.objects.active(today).filter(person=by, organisation=organisation)
    if not posts.exists():
        raise PermissionDenied
    if what not in What.values:
        raise TypeError(f"{what} is nothing one can ask for")
    longest = int(organisation.setting("accounts.longest_exception"))
    RuleBroken.if_any(
        [*_days(starts_on, ends_on, today, longest), *_said(reason, "Say what it is for.")]
    )
    mine = ContactException.objects.filter(organisation=organisation, person=by, what=what)
    twins = mine.filter(ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if twins.exclude(decision=Decision.REFUSED).exists():
        raise RuleBroken("You have asked for this already. End that one first, or wait for it.")
    asked = ContactException.objects.create(
        organisation=organisation,
        person=by,
        what=what,
        reason=reason.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        asked_at=timezone.now(),
    )
    audit.record("contact_exception.ask", asked, by=by, what=what)
    return asked


def _days(starts_on: date, ends_on: date, today: date, longest: int) -> Iterator[str]:
    if starts_on < today:
        yield "Ask beforehand: the first day cannot have passed."
    elif starts_on > today + A_YEAR:
        yield "Ask nearer the time: the first day lies more than a year ahead."
    if ends_on < starts_on:
        yield "The last day cannot be before the first."
    elif (ends_on - starts_on).days >= longest:
        yield f"Your school agrees to {longest} days at most. Ask again when they are over."


def _said(text: str, missing: str) -> Iterator[str]:
    if missing and not text.strip():
        yield missing
    if len(text) > LONGEST:
        yield f"Use {LONGEST} characters at most."
    elif problem := no_passwords.problem(text):
        yield problem
    elif REACHED_ON.search(text):
        yield "Leave out the number or the address itself: the portal does not keep it."


@transaction.atomic
def decide(asked: ContactException, *, by: User, agreed: bool, note: str = "") -> ContactException:
    """The head agrees or refuses, with a reason. Never for oneself, and never afterwards."""
    asked = _locked(asked)
    if not by.can(Permission.DECIDE_ACCOUNTS, at=asked.organisation):
        raise PermissionDenied
    RuleBroken.if_any(_in_the_way(asked, by, agreed, note))
    decision = Decision.AGREED if agreed else Decision.REFUSED
    asked.decision, asked.decision_note = decision, note.strip()
    asked.decided_by, asked.decided_at = by, timezone.now()
    asked.save(update_fields=["decision", "decision_note", "decided_by", "decided_at"])
    words = "agreed to" if agreed else "refused"
    notify(
        asked.person,
        organisation=asked.organisation,
        kind="account.exception_decided",
        occasion=f"account.exception_decided:{asked.pk}",
        title=f"{by} {words} what you asked for: {asked.get_what_display().lower()}",
        url=page_of(asked),
    )
    verb = "contact_exception.agree" if agreed else "contact_exception.refuse"
    audit.record(verb, asked, by=by)
    return asked


def _in_the_way(asked: ContactException, by: User, agreed: bool, note: str) -> Iterator[str]:
    today = asked.organisation.today()
    if asked.person_id == by.pk:
        yield "Somebody else decides what you have asked for."
    if asked.ended_at is not None:
        yield f"{asked.person} does not ask for it any more."
    elif asked.decision:
        yield f"{asked.decided_by} has decided this already."
    elif asked.ends_on < today:
        yield f"Its last day was {day_in_words(asked.ends_on)}. Nothing is agreed to afterwards."
    yield from _said(note, "" if agreed else "Say why, in a sentence.")


@transaction.atomic
def end(asked: ContactException, *, by: User) -> ContactException:
    """It is not needed any more, or not wanted: by whoever asked, or by the leadership team."""
    asked = _locked(asked)
    may = by.can(Permission.DECIDE_ACCOUNTS, at=asked.organisation)
    if not (asked.person_id == by.pk or may):
        raise PermissionDenied
    code, words = asked.state(asked.organisation.today())
    if code in ("ended", "rejected"):
        raise RuleBroken(f"There is nothing to end: {words.lower()}.")
    asked.ended_at, asked.ended_by = timezone.now(), by
    asked.save(update_fields=["ended_at", "ended_by"])
    if asked.person_id != by.pk:
        notify(
            asked.person,
            organisation=asked.organisation,
            kind="account.exception_ended",
            occasion=f"account.exception_ended:{asked.pk}",
            title=f"{by} ended the use of {asked.get_what_display().lower()}",
            url=page_of(asked),
        )
    audit.record("contact_exception.end", asked, by=by)
    return asked


def page_of(asked: ContactException) -> str:
    return reverse("accounts:exception", args=[asked.organisation.slug, asked.pk])


def _locked(asked: ContactException) -> ContactException:
    rows = ContactException.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation__parent", "person", "decided_by").get(pk=asked.pk)


@transaction.atomic
def erase_old(now: datetime) -> int:
    """Delete those whose last day is so long ago that nobody may keep them. Safe to run again."""
    return ContactException.objects.filter(ends_on__lt=now.date() - KEPT).delete()[0]
