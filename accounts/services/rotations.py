"""Changing passwords: what asks for it, who did it, who tried it. Never the password itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import no_passwords
from accounts.models import (
    MissedRotation,
    Rotation,
    RotationCause,
    RotationWaiver,
    SocialAccount,
    Verification,
)
from accounts.models.runner import RunnerQuerySet
from accounts.rotation import missed
from accounts.services.locking import locked_account
from people.models import User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

# A term that ended longer ago is not looked at any more.
MISSED_WITHIN = timedelta(days=60)
LONGEST_WAIVER = timedelta(days=200)


def ask_for_change(
    account: SocialAccount, reason: str, *, source: str, since: datetime
) -> RotationCause:
    """Something happened after which the password is changed at once. Asked once per source."""
    hours = int(account.organisation.setting("accounts.urgent_hours"))
    cause, is_new = RotationCause.objects.update_or_create(
        account=account,
        reason=reason,
        source=source,
        cancelled_at=None,
        defaults={"since": since, "due_at": since + timedelta(hours=hours)},
    )
    if is_new:
        audit.record("rotation.ask", account, by=None, reason=reason)
    return cause


@transaction.atomic
def attest(
    account: SocialAccount,
    *,
    by: User,
    changed_at: datetime,
    sessions_ended: bool,
    second_factor_ours: bool,
    vault: str = "",
    admins: str = "",
) -> Rotation:
    """A runner says when it was changed, and where it is kept.

    Raises RuleBroken with everything that is missing, or for text that looks like a password.
    """
    account = locked_account(account)
    if not account.is_run_by(by):
        raise PermissionDenied
    RuleBroken.if_any(
        [
            *_stops_today(account, by),
            *_not_done(changed_at, sessions_ended, second_factor_ours),
            *_not_kept(account, vault, admins),
            *_on_record(account, changed_at),
        ]
    )
    rotation = Rotation.objects.create(
        account=account,
        changed_at=changed_at,
        sessions_ended=sessions_ended,
        second_factor_ours=second_factor_ours,
        vault=vault.strip(),
        admins=admins.strip(),
        attested_by=by,
    )
    audit.record("rotation.attest", account, by=by)
    return rotation


def _stops_today(account: SocialAccount, by: User) -> Iterator[str]:
    """Whoever is about to go would know the new password: it is changed because of them (E7)."""
    if not _staying(account).filter(person=by).exists():
        yield "Today is your last day on this account: somebody who goes on running it does this."


def _staying(account: SocialAccount) -> RunnerQuerySet:
    """Those who run it today and tomorrow."""
    today = account.organisation.today()
    return account.runners.current(today).filter(Q(ends_on=None) | Q(ends_on__gt=today))


def _not_done(
    changed_at: datetime, sessions_ended: bool, second_factor_ours: bool
) -> Iterator[str]:
    if changed_at > timezone.now():
        yield "This time has not come yet."
    if not sessions_ended:
        yield "Sign out every other device first, then confirm it."
    if not second_factor_ours:
        yield "Look at two-factor sign-in and recovery, then confirm them."


def _not_kept(account: SocialAccount, vault: str, admins: str) -> Iterator[str]:
    if account.on.has_roles and not admins.strip():
        yield "List who has access now."
    elif not account.on.has_roles and not vault.strip():
        yield "Say in which vault it is kept."
    yield from filter(None, map(no_passwords.problem, (vault, admins)))


def _on_record(account: SocialAccount, changed_at: datetime) -> Iterator[str]:
    if account.rotations.filter(changed_at=changed_at).exists():
        yield "This change is on record already."


@transaction.atomic
def verify(rotation: Rotation, *, by: User) -> Verification:
    """Another runner signed in with it; where there is none, the leadership team witnesses it.

    Raises RuleBroken for whoever changed it (E7), and for a second verification.
    """
    account = locked_account(rotation.account)
    if rotation.attested_by_id == by.pk:
        raise RuleBroken("Somebody else has to sign in with the new password, not you.")
    witnesses = not account.is_run_by(by)
    if not witnesses:
        RuleBroken.if_any(_stops_today(account, by))
    elif not by.can(Permission.DECIDE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    elif _staying(account).exclude(person=rotation.attested_by_id).exists():
        raise RuleBroken("One of its runners has to try it: you would only be a witness.")
    if Verification.objects.filter(rotation=rotation).exists():
        raise RuleBroken("Somebody has confirmed this already.")
    done = Verification.objects.create(rotation=rotation, by=by, witnessed=witnesses)
    audit.record("rotation.verify", account, by=by, witnessed="yes" if witnesses else "no")
    return done


@transaction.atomic
def waive(account: SocialAccount, *, by: User, reason: str, until: date) -> RotationWaiver:
    """The leadership team lets the term's change go until a day."""
    account = locked_account(account)
    if not by.can(Permission.DECIDE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    today = account.organisation.today()
    RuleBroken.if_any(_no_waiver(reason, until, today))
    waiver = RotationWaiver.objects.create(
        account=account, reason=reason.strip(), starts_on=today, ends_on=until, by=by
    )
    audit.record("rotation.waive", account, by=by, until=until.isoformat())
    return waiver


def _no_waiver(reason: str, until: date, today: date) -> Iterator[str]:
    if not reason.strip():
        yield "Say why, in a sentence."
    if until < today:
        yield "The last day has passed already."
    if until > today + LONGEST_WAIVER:
        yield "Choose a day within two terms."
    yield from filter(None, [no_passwords.problem(reason)])


def record_missed(now: datetime) -> int:
    """Put on record, for good, the terms that ended without a change (E9). Safe to run again."""
    found = missed(SocialAccount.objects.all(), now, MISSED_WITHIN)
    rows = [
        MissedRotation(
            account_id=one.account_id,
            term_name=one.term.name,
            starts_on=one.term.starts_on,
            ends_on=one.term.ends_on,
            recorded_at=now,
        )
        for one in found
    ]
    before = MissedRotation.objects.count()
    MissedRotation.objects.bulk_create(rows, ignore_conflicts=True)
    return MissedRotation.objects.count() - before
