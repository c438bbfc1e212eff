"""What the sign-in library tells us only by signal: a second factor came or went."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth import update_session_auth_hash
from django.dispatch import receiver
from django.http import HttpRequest

from people.models import User
from people.services import sign_in


@receiver(authenticator_added, dispatch_uid="people.factor_added")
def factor_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _changed(request, user, authenticator, "add")


@receiver(authenticator_removed, dispatch_uid="people.factor_removed")
def factor_removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _changed(request, user, authenticator, "remove")


def _changed(request: HttpRequest, user: User, authenticator: Authenticator, verb: str) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        sign_in.factor_changed(user, verb)
        update_session_auth_hash(request, user)
