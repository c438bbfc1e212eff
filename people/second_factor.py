"""Two-step sign-in: who must have it, and how long they still have to set it up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from people.roles import OTHERS_RECORDS

if TYPE_CHECKING:
    from people.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
GRACE = "people.second_factor_grace_days"


def is_required(person: User) -> bool:
    """Whoever sees other people's records, and whoever may open the admin pages."""
    return person.sees_others_records or person.may_use_admin


def has_factor(person: User) -> bool:
    """An authenticator app or a passkey. Recovery codes alone are none."""
    known: bool | None = getattr(person, "has_second_factor", None)
    if known is None:  # not loaded by the sign-in backend
        known = Authenticator.objects.filter(user=person.pk, type__in=FACTORS).exists()
    return known


def due_on(person: User) -> date | None:
    """The day from which this person gets no further without a second factor. None: never.

    Counted, at the strictest of their schools, from the later of two days: when they got the role
    that lets them see other people's records, and when they first could sign in.
    """
    if not is_required(person):
        return None
    welcomed = getattr(person, "welcomed_at", None) or person.date_joined
    started = timezone.localdate(welcomed)
    days = [
        max(post.sensitive_since or post.starts_on, started)
        + timedelta(days=post.organisation.setting(GRACE))
        for post in person.posts
        if post.permissions & OTHERS_RECORDS or person.may_use_admin
    ]
    return min(days, default=started)


def days_left(request: HttpRequest, person: User) -> int | None:
    """Days to set up two-step sign-in; 0 or less: at once. None: nothing to do."""
    last_day = due_on(person)
    if last_day is None or has_factor(person) or _counts_by_provider(request, person):
        return None
    return (last_day - timezone.localdate()).days


def _counts_by_provider(request: HttpRequest, person: User) -> bool:
    """Whether the school's own provider has already asked for a second factor."""
    return settings.SSO_COUNTS_AS_SECOND_FACTOR and any(
        record.get("method") == "socialaccount"
        for record in get_authentication_records(request, person)
    )
