"""Asking somebody to show an account or a device: asked, given or refused (I22).

The owner signs in, in person. What is written here is searched for what looks like a password, and
refused: an investigation needs none.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import no_passwords
from incidents.models import AccountRequest, CasePerson
from incidents.own_record import record
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand
from incidents.workflow_parts import ACCOUNT, AccountMove
from people.models import User
from web.errors import RuleBroken

LOOKS_LIKE_ONE = (
    "This looks like a password. Nobody is asked for one, and the portal keeps none: whoever the "
    "account belongs to signs in themselves. Leave it out. Is it the name of an account? Write an "
    "@ before it."
)


def expect_no_password(*texts: str, names: bool = False) -> None:
    """Raises RuleBroken where one of them holds what looks like a password.

    `names`: names of accounts stand here, and are let through.
    """
    if any(no_passwords.problem(text, names=names) for text in texts):
        raise RuleBroken(LOOKS_LIKE_ONE)


@transaction.atomic
def ask_owner(
    person: CasePerson, *, by: User, kind: str, which: str, why: str, asked_at: datetime
) -> AccountRequest:
    """Somebody in the case was asked to show what is theirs. They may refuse."""
    case = in_hand(person.case, by=by, verb="inspection.ask")
    if kind not in AccountRequest.Kind.values:
        raise RuleBroken("Choose what they were asked to show.")
    expect_reason(which, "Write which account or device.")
    expect_reason(why, "Say what the concern is that makes this necessary.")
    expect_no_password(which, names=True)
    expect_no_password(why)
    now = timezone.now()
    if asked_at > now:
        raise RuleBroken("This time has not come yet.")
    row = AccountRequest(
        case=case, of=case.people.current().get(pk=person.pk), kind=kind, asked_at=asked_at,
        asked_by=by, added_at=now,
    )  # fmt: skip
    written(row, which=which, why=why).save()
    record("inspection.ask", case, by=by, target=row, kind=kind)
    return row


@transaction.atomic
def shown(
    request: AccountRequest, *, by: User, at: datetime, presence: str, seen: str, themselves: bool
) -> AccountRequest:
    """They signed in themselves, before somebody, and this was looked at."""
    in_hand(request.case, by=by, verb="inspection.give")
    expect_reason(presence, "Write who was there.")
    expect_reason(seen, "Write what was looked at.")
    expect_no_password(presence, seen)
    if not themselves:
        raise RuleBroken(
            "Only the owner signs in, in person. Where somebody else did, change the password with "
            "them and write into the chronology what happened."
        )
    if at > timezone.now():
        raise RuleBroken("This time has not come yet.")
    if at < request.asked_at:
        raise RuleBroken("This was before they were asked.")
    with ACCOUNT.step(request, AccountMove.GIVE, by=by) as row:
        row.shown_at, row.themselves = at, True
        row.answered_at, row.answered_by = timezone.now(), by
        written(row, presence=presence, seen=seen)
    return row


@transaction.atomic
def refused(request: AccountRequest, *, by: User, why: str) -> AccountRequest:
    """They do not want to show it. That is their right, and proves nothing."""
    return _end(request, AccountMove.REFUSE, by, why, "Write what they said.")


@transaction.atomic
def withdrawn(request: AccountRequest, *, by: User, why: str) -> AccountRequest:
    """It is no longer needed, or they have changed their mind: nothing more is looked at."""
    return _end(request, AccountMove.WITHDRAW, by, why, "Say why.")


def _end(
    request: AccountRequest, move: AccountMove, by: User, why: str, sentence: str
) -> AccountRequest:
    in_hand(request.case, by=by, verb=f"inspection.{move}")
    expect_reason(why, sentence)
    expect_no_password(why)
    with ACCOUNT.step(request, move, by=by) as row:
        row.answered_at, row.answered_by = timezone.now(), by
        written(row, refusal=why)
    return row
