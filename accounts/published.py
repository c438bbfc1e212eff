"""The official accounts for programs, such as a school's own website.

The fields are promised in docs/official-accounts-json.md: a change that could break a reader is a
new version at a new address.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.public import Shown
from people.models import Organisation

VERSION = 1


def whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def page_of(place: Organisation) -> str:
    """The whole address of the page, for paper and for programs."""
    return whole(reverse("accounts:public", args=[place.slug]))


def as_json(place: Organisation, found: Iterable[Shown]) -> dict[str, Any]:
    """Only what stands on the public page."""
    return {
        "version": VERSION,
        "name": place.name,
        "kind": place.kind,
        "page": page_of(place),
        "accounts": [_account(one) for one in found],
    }


def _account(one: Shown) -> dict[str, Any]:
    row = one.account
    return {
        "school": one.school.name,
        "name": one.name,
        "platform": row.platform,
        "platform_name": one.platform,
        "handle": row.handle,
        "address": row.url,
        "state": str(one.state),
        "purpose": one.purpose,
        "audience": one.audience,
        "visibility": row.access,
        "comments": row.comments,
        "since": one.since.isoformat() if one.since else None,
        "closed_on": row.closed_on.isoformat() if row.closed_on else None,
        "house_rules": whole(one.rules_address) if one.rules_address else None,
    }
