"""Who may read the files that policies keep. Asked by `files` through FILE_SCOPES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from files.purposes import Purpose
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


def scope(user: User) -> Q:
    """Whoever may read drafts at a school may read what they were made of, and the scans."""
    signed = Q(
        purpose=Purpose.SIGNATURE_SCAN,
        organisation__in=user.organisations_where(Permission.RECORD_SIGNATURES),
    )
    return signed | Q(
        purpose__in=[Purpose.POLICY_SOURCE, Purpose.SIGN_OFF_SCAN],
        organisation__in=user.organisations_where(Permission.VIEW_DRAFTS),
    )
