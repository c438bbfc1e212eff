"""Asking for a new password because something went wrong, whatever the term."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import RotationCause, SocialAccount
from accounts.rotation import needs_of
from accounts.services.locking import locked_account
from accounts.services.rotations import ask_for_change
from accounts.services.telling import runners_of, tell
from accounts.workflow import IN_USE, tends
from people.models import User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

BY_HAND = "by_hand:"


def may_ask(account: SocialAccount, user: User) -> bool:
    """Its runners, whoever keeps the register, and whoever may suspend it."""
    return tends(account, user) or user.can(Permission.SUSPEND_ACCOUNTS, at=account.organisation)


@transaction.atomic
def ask(account: SocialAccount, *, by: User) -> RotationCause:
    """From this minute the password is due within the hours the school has set.

    Raises RuleBroken while one that was asked for by hand is still due.
    """
    account = locked_account(account)
    if not may_ask(account, by):
        raise PermissionDenied
    if account.status not in IN_USE:
        state = account.get_status_display().lower()
        raise RuleBroken(f"Nobody signs in to this account: it is {state}.")
    reason, now = RotationCause.Reason.INCIDENT, timezone.now()
    if any(need.reason == reason for need in needs_of(account, now)):
        raise RuleBroken("A new password is asked for already, because something went wrong.")
    cause = ask_for_change(account, reason, source=f"{BY_HAND}{now:%Y%m%d%H%M%S}", since=now)
    title = f"Change the password of “{account.name}” now"
    what = f"incident_change:{cause.pk}"
    tell(runners_of(account), account, what, title, urgent=True, but=by)
    audit.record("rotation.incident", account, by=by)
    return cause
