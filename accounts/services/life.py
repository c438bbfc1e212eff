"""An account's life: each verb is a move in `accounts/workflow.py`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import no_passwords
from accounts.models import RotationCause, SocialAccount
from accounts.rotation import end_of
from accounts.services.locking import expect_past, expect_tending, locked_account
from accounts.services.rotations import ask_for_change
from accounts.services.telling import tell_leaders
from accounts.workflow import ACCOUNT, CLOSING, RUNNING, Action, Status
from people.calendar import SchoolCalendar, calendars
from people.models import User
from trail import audit
from web.errors import RuleBroken

DAY = timedelta(days=1)
LONGEST_TRIAL = timedelta(days=366)


@transaction.atomic
def prepare(account: SocialAccount, *, by: User) -> SocialAccount:
    """Everything is set up. Raises RuleBroken with all that is missing."""
    with ACCOUNT.step(account, Action.PREPARE, by=by) as account:
        return account


@transaction.atomic
def begin_pilot(account: SocialAccount, *, by: User, until: date) -> SocialAccount:
    """Begin the trial. Called by the business case, which has guards of its own."""
    with ACCOUNT.step(account, Action.PILOT, by=by) as account:
        today = account.organisation.today()
        RuleBroken.if_any(_no_end_of_a_trial(until, today))
        account.pilot_from, account.pilot_until = today, until
    _ask_of_leavers(account, today)
    return account


def _ask_of_leavers(account: SocialAccount, today: date) -> None:
    """Whose last day was entered before anybody signed in: from then on they know the password."""
    reason = RotationCause.Reason.ROLE_CHANGE
    for runner in account.runners.filter(ends_on__gte=today):
        assert runner.ends_on is not None
        since = end_of(runner.ends_on, account.organisation)
        ask_for_change(account, reason, source=f"runner:{runner.pk}", since=since)


@transaction.atomic
def extend_pilot(account: SocialAccount, *, by: User, until: date) -> SocialAccount:
    """The trial goes on, with changes, until a later day."""
    with ACCOUNT.step(account, Action.EXTEND, by=by) as account:
        if account.pilot_until is not None and until <= account.pilot_until:
            raise RuleBroken("The trial ends on that day already. Choose a later one.")
        RuleBroken.if_any(_no_end_of_a_trial(until, account.organisation.today()))
        account.pilot_until = until
    return account


def _no_end_of_a_trial(until: date, today: date) -> Iterator[str]:
    if until <= today:
        yield "A trial ends on a later day."
    if until > today + LONGEST_TRIAL:
        yield "A trial ends within a year, so that somebody says what it showed."


@transaction.atomic
def go_live(account: SocialAccount, *, by: User) -> SocialAccount:
    """The trial is over and went well. Called by its evaluation, in `approvals/`."""
    with ACCOUNT.step(account, Action.GO_LIVE, by=by) as account:
        account.live_on = account.organisation.today()
    return account


@transaction.atomic
def suspend(account: SocialAccount, *, by: User, why: str) -> SocialAccount:
    """Nobody posts there until the leadership team says so. The DSL and the head are told."""
    if not why.strip():
        raise RuleBroken("Say why, in a sentence.")
    RuleBroken.if_any(filter(None, [no_passwords.problem(why)]))
    with ACCOUNT.step(account, Action.SUSPEND, by=by) as account:
        _pause(account)
        account.restricted_on = None
        account.suspended_at, account.suspended_by = timezone.now(), by
        account.suspended_why = why
    _ask_for_change(account)
    _tell_of_suspension(account, but=by)
    return account


@transaction.atomic
def reinstate(account: SocialAccount, *, by: User) -> SocialAccount:
    """It goes on as before it was paused. Raises RuleBroken with all that is missing."""
    account = locked_account(account)
    action = Action.RESUME if account.paused_from == Status.LIVE else Action.RESUME_PILOT
    with ACCOUNT.step(account, action, by=by) as account:
        _unpause(account)
    again = f"reinstated:{timezone.now():%H%M%S}"
    tell_leaders(account, again, f"“{account.name}” is in use again", but=by)
    return account


@transaction.atomic
def begin_closing(account: SocialAccount, *, by: User, why: str) -> SocialAccount:
    """It will be closed: its steps are ticked off one after the other."""
    if not why.strip():
        raise RuleBroken("Say why, in a sentence.")
    RuleBroken.if_any(filter(None, [no_passwords.problem(why)]))
    with ACCOUNT.step(account, Action.BEGIN_CLOSING, by=by) as account:
        _unpause(account)
        account.closed_why, account.open_to_pupils = why, False
    return account


@transaction.atomic
def note_closing_step(account: SocialAccount, *, step: str, on: date, by: User) -> SocialAccount:
    """One of the things closing asks for was done on that day."""
    if step not in CLOSING:
        raise TypeError(f"{step} is not a step of closing")
    account = locked_account(account)
    expect_tending(account, by)
    if account.status != Status.CLOSING:
        raise RuleBroken("This account is not being closed.")
    expect_past(on, account.organisation)
    setattr(account, step, on)
    account.save(update_fields=[step])
    audit.record("account.closing_step", account, by=by, step=step)
    return account


@transaction.atomic
def close(account: SocialAccount, *, by: User) -> SocialAccount:
    """It is gone. The row stays, and its runners end today."""
    with ACCOUNT.step(account, Action.CLOSE, by=by) as account:
        today = account.organisation.today()
        account.closed_on = today
        for runner in account.runners.filter(Q(ends_on=None) | Q(ends_on__gt=today)):
            runner.ends_on = max(today, runner.starts_on)
            runner.save(update_fields=["ends_on"])
        account.causes.filter(cancelled_at=None).update(
            cancelled_at=timezone.now(), cancelled_by=by
        )
    return account


def restrict_if_too_few(account: SocialAccount, *, after: date | None = None) -> bool:
    """Restrict a running account that too few people run.

    `after`: the last day of somebody. While that day lies ahead they still run it, and the sweep
    looks again; from that day on they do not count.
    """
    today = account.organisation.today()
    on = today + DAY if after == today else today
    wanted = int(account.organisation.setting("accounts.least_runners"))
    if account.status not in RUNNING or account.runners.current(on).count() >= wanted:
        return False
    with ACCOUNT.step(account, Action.RESTRICT, by=None) as account:
        _pause(account)
        account.restricted_on = today
    title = f"Too few people run “{account.name}”: it is restricted"
    tell_leaders(account, f"restricted:{today}", title, urgent=True)
    return True


def sweep_pauses() -> int:
    """Restrict what too few run since a dated leaving, suspend what stayed so too long.

    Returns how many accounts that were. The database counts the runners; only what has too few is
    looked at on its own.
    """
    count = 0
    running = SocialAccount.objects.running().select_related("organisation__parent")
    for account in running.with_runners(timezone.localdate()).order_by("pk").iterator():
        have: int = account.running  # type: ignore[attr-defined]
        if have < int(account.organisation.setting("accounts.least_runners")):
            with transaction.atomic():
                count += restrict_if_too_few(account)
    restricted = SocialAccount.objects.filter(status=Status.RESTRICTED)
    rows = list(restricted.select_related("organisation__parent"))
    years = calendars({row.organisation_id: row.organisation for row in rows}.values())
    for account in rows:
        if _restricted_for(account, years[account.organisation_id]) >= int(
            account.organisation.setting("accounts.suspend_after")
        ):
            _suspend_for_want_of_runners(account)
            count += 1
    return count


def _restricted_for(account: SocialAccount, year: SchoolCalendar) -> int:
    """School days since it was restricted, today's included."""
    first, today = account.restricted_on, account.organisation.today()
    days = (today - first).days if first else 0
    return sum(year.counts(today - DAY * n) for n in range(days))


@transaction.atomic
def _suspend_for_want_of_runners(account: SocialAccount) -> None:
    account = locked_account(account)
    if account.status != Status.RESTRICTED:
        return  # somebody reinstated it, or began to close it, at this moment
    with ACCOUNT.step(account, Action.SUSPEND, by=None) as account:
        account.restricted_on = None
        account.suspended_at = timezone.now()
        account.suspended_why = "Too few people ran it, and nobody joined in time."
    # It comes back with a new password only, so that is asked for here as well.
    _ask_for_change(account)
    _tell_of_suspension(account)


def _ask_for_change(account: SocialAccount) -> None:
    since = account.suspended_at
    assert since is not None
    source = f"suspended:{since:%Y%m%d%H%M%S}"
    ask_for_change(account, RotationCause.Reason.SUSPENDED, source=source, since=since)


def _tell_of_suspension(account: SocialAccount, but: User | None = None) -> None:
    """Each time: somebody may suspend it, put it right and suspend it again on one day."""
    what = f"suspended:{account.suspended_at:%H%M%S}"
    tell_leaders(account, what, f"“{account.name}” was suspended", urgent=True, but=but)


def _pause(account: SocialAccount) -> None:
    # A restricted account that is suspended remembers what it was before both.
    account.paused_from = account.paused_from or _before(account)


def _before(account: SocialAccount) -> str:
    return Status.LIVE if account.live_on else Status.PILOT


def _unpause(account: SocialAccount) -> None:
    account.paused_from, account.restricted_on = "", None
    account.suspended_at = account.suspended_by = None
    account.suspended_why = ""
