"""Where a view of an account's page begins."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import SocialAccount
from accounts.views.account import get_account
from people.http import Request
from people.roles import Permission


def managed(request: Request, school: str, pk: int) -> SocialAccount:
    """The account, for whoever keeps the register. 404 unseen, 403 seen."""
    account = get_account(request, school, pk)
    if not request.user.can(Permission.MANAGE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    return account
