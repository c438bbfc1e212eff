"""The life of a social media account, as a table.

RESTRICTED and SUSPENDED are pauses: the row remembers what it was before (`paused_from`), and goes
back to that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from people.roles import Permission
from trail.workflow import Workflow

if TYPE_CHECKING:
    from accounts.models import SocialAccount
    from people.models import User

Guard = Callable[["SocialAccount", "User | None"], Iterator[str]]


class Status(models.TextChoices):
    SETUP = "setup", "Being set up"
    PRE_LAUNCH = "pre_launch", "Ready to begin"
    PILOT = "pilot", "On trial"
    LIVE = "live", "Live"
    RESTRICTED = "restricted", "Restricted"
    SUSPENDED = "suspended", "Suspended"
    CLOSING = "closing", "Being closed"
    CLOSED = "closed", "Closed"
    UNAUTHORISED = "unauthorised", "Not authorised"


class Action(models.TextChoices):
    PREPARE = "prepare", "Finish setting up"
    PILOT = "pilot", "Begin the trial"
    EXTEND = "extend", "Extend the trial"
    GO_LIVE = "go_live", "Go live"
    RESTRICT = "restrict", "Restrict"
    SUSPEND = "suspend", "Suspend"
    RESUME_PILOT = "resume_pilot", "Go on with the trial"
    RESUME = "resume", "Reinstate"
    ADOPT = "adopt", "Make it a school account"
    BEGIN_CLOSING = "begin_closing", "Begin to close"
    CLOSE = "close", "Record as closed"


# The account speaks for the school, or could at any moment.
IN_USE = (Status.PILOT, Status.LIVE, Status.RESTRICTED, Status.SUSPENDED, Status.CLOSING)
RUNNING = (Status.PILOT, Status.LIVE)
PAUSED = (Status.RESTRICTED, Status.SUSPENDED)
# Before these the account may not exist on its platform yet; and one that never did is closed too.
HAS_ADDRESS = (*RUNNING, *PAUSED, Status.UNAUTHORISED)

MOVES: Mapping[str, Mapping[str, str]] = {
    Action.PREPARE: {Status.SETUP: Status.PRE_LAUNCH},
    Action.PILOT: {Status.PRE_LAUNCH: Status.PILOT},
    Action.EXTEND: {Status.PILOT: Status.PILOT},
    Action.GO_LIVE: {Status.PILOT: Status.LIVE},
    Action.RESTRICT: {Status.PILOT: Status.RESTRICTED, Status.LIVE: Status.RESTRICTED},
    Action.SUSPEND: {
        Status.PILOT: Status.SUSPENDED,
        Status.LIVE: Status.SUSPENDED,
        Status.RESTRICTED: Status.SUSPENDED,
    },
    Action.RESUME_PILOT: {Status.RESTRICTED: Status.PILOT, Status.SUSPENDED: Status.PILOT},
    Action.RESUME: {Status.RESTRICTED: Status.LIVE, Status.SUSPENDED: Status.LIVE},
    Action.ADOPT: {Status.UNAUTHORISED: Status.SETUP},
    Action.BEGIN_CLOSING: {
        Status.SETUP: Status.CLOSING,
        Status.PRE_LAUNCH: Status.CLOSING,
        Status.PILOT: Status.CLOSING,
        Status.LIVE: Status.CLOSING,
        Status.RESTRICTED: Status.CLOSING,
        Status.SUSPENDED: Status.CLOSING,
        Status.UNAUTHORISED: Status.CLOSING,
    },
    Action.CLOSE: {Status.CLOSING: Status.CLOSED},
}


def allowed(action: str, account: SocialAccount, user: User) -> bool:
    """The leadership team decides; whoever keeps the register prepares; anybody near suspends."""
    at = account.organisation
    match action:
        case Action.PREPARE:
            return user.can(Permission.MANAGE_ACCOUNTS, at=at)
        case Action.SUSPEND:
            return (
                user.can(Permission.DECIDE_ACCOUNTS, at=at)
                or user.can(Permission.SUSPEND_ACCOUNTS, at=at)
                or account.is_run_by(user)
            )
        case Action.RESTRICT:
            return False  # the portal itself
    return user.can(Permission.DECIDE_ACCOUNTS, at=at)


def tends(account: SocialAccount, user: User) -> bool:
    """Whether they keep the register of that school, or run the account."""
    keeps = user.can(Permission.MANAGE_ACCOUNTS, at=account.organisation)
    return keeps or account.is_run_by(user)


def went_on_before(account: SocialAccount, status: str) -> Iterator[str]:
    if account.paused_from != status:
        was = Status(account.paused_from).label.lower() if account.paused_from else "never in use"
        yield f"Before it was paused this account was {was}."


def was_on_trial(account: SocialAccount, user: User | None) -> Iterator[str]:
    yield from went_on_before(account, Status.PILOT)


def was_live(account: SocialAccount, user: User | None) -> Iterator[str]:
    yield from went_on_before(account, Status.LIVE)


def has_its_details(account: SocialAccount, user: User | None) -> Iterator[str]:
    """What must be known before anybody posts (E5, A6)."""
    if not account.key:
        yield "The account’s address on its platform is missing."
    if not account.email:
        yield "The account’s e-mail address is missing."
    elif problem := account.wrong_email():
        yield problem
    if account.two_factor_on is None:
        yield "Nobody has confirmed that two-factor sign-in is on."
    if account.recovery_on is None:
        yield "Nobody has confirmed that the recovery contacts are the school’s."


def is_run_by_enough(account: SocialAccount, user: User | None) -> Iterator[str]:
    """Everybody who runs it is fit to, and they are as many as the school wants (A1, A3, E3)."""
    from accounts.fitness import unfit_runners

    wanted = int(account.organisation.setting("accounts.least_runners"))
    have = account.runners.current(account.organisation.today()).count()
    if have < wanted:
        yield f"{_people(have)} the account; your school wants at least {wanted}."
    yield from unfit_runners(account)


def _people(count: int) -> str:
    return {0: "Nobody runs", 1: "One person runs"}.get(count, f"{count} people run")


def nothing_higher_is_in_the_way(action: str) -> Guard:
    """What apps above know of it, such as its business case (settings.ACCOUNT_CHECKS)."""

    def ask(account: SocialAccount, user: User | None) -> Iterator[str]:
        for path in settings.ACCOUNT_CHECKS:
            yield from import_string(path)(account, action)

    return ask


def password_was_changed(account: SocialAccount, user: User | None) -> Iterator[str]:
    """A suspended account comes back only with a new password that somebody has tried."""
    from accounts.rotation import verified_since

    since = account.suspended_at if account.status == Status.SUSPENDED else None
    if since is not None and not verified_since(account, since):
        yield "The password has to be changed and checked first."


def somebody_else_decides(account: SocialAccount, user: User | None) -> Iterator[str]:
    suspended_by = account.suspended_by_id if account.status == Status.SUSPENDED else None
    if user is not None and suspended_by == user.pk:
        yield "You suspended this account: another member of the leadership team decides."


CLOSING = {
    "farewell_on": "The last post that says goodbye has not been recorded.",
    "exported_on": "Nobody has recorded that its posts were saved, or need not be.",
    "access_removed_on": "Nobody has recorded that apps and people lost their access.",
    "deleted_on": "The day it was deleted on the platform is missing.",
}


def is_done_with(account: SocialAccount, user: User | None) -> Iterator[str]:
    """All that closing asks for, so that nothing is left lying about.

    An account that the school never used only has to be gone.
    """
    for name, missing in CLOSING.items():
        asked = account.was_in_use or name == "deleted_on"
        if asked and getattr(account, name) is None:
            yield missing


ACCOUNT: Workflow[SocialAccount] = Workflow(
    name="account",
    start=Status.SETUP,
    moves=MOVES,
    allowed=allowed,
    guards={
        Action.PREPARE: (has_its_details,),
        Action.PILOT: (
            nothing_higher_is_in_the_way(Action.PILOT), has_its_details, is_run_by_enough,
        ),
        Action.GO_LIVE: (nothing_higher_is_in_the_way(Action.GO_LIVE), is_run_by_enough),
        Action.RESUME_PILOT: (
            was_on_trial, nothing_higher_is_in_the_way(Action.RESUME_PILOT),
            somebody_else_decides, is_run_by_enough, password_was_changed,
        ),
        Action.RESUME: (
            was_live, nothing_higher_is_in_the_way(Action.RESUME),
            somebody_else_decides, is_run_by_enough, password_was_changed,
        ),
        Action.CLOSE: (is_done_with,),
    },
)  # fmt: skip
