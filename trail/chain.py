"""The bytes of a line and its keyed hash. `docs/trail.md` describes both; change neither alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings

FORM = "trail-1"  # the first element of the canonical form: a new form gets a new name


class Line(NamedTuple):
    """One line of a record as it stands in the table. The names are columns of AuditEvent."""

    organisation_id: int
    number: int
    at: datetime
    actor_id: int | None
    verb: str
    target_type: str
    target_id: int
    details: dict[str, str]
    previous: str
    hash: str


def canonical(line: Line) -> bytes:
    """What is hashed: a JSON array in ASCII, without spaces, keys of `details` sorted."""
    at = line.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    parts = [FORM, line.organisation_id, line.number, at, *line[3:9]]
    return json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def hash_of(line: Line) -> str:
    """The keyed hash that this line should carry."""
    return hmac.new(settings.TRAIL_KEY.encode(), canonical(line), hashlib.sha256).hexdigest()


def beginning(organisation_id: int) -> str:
    """What the first line of a record follows: a fixed value, so that there is only one first."""
    return hashlib.sha256(f"{FORM} begins {organisation_id}".encode()).hexdigest()
