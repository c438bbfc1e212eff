"""What was understood of a list, carried through the page that shows it, and signed.

Nothing is stored before somebody confirms. What comes back changed is refused.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from django.core import signing

from people.models import Organisation, User
from people.year_import.rows import Left, Listed, Row
from web.errors import RuleBroken

A_DAY = 24 * 60 * 60
CHANGED = "What was sent is not what you were shown, or a day old. Read the list again."


def pack(listed: Listed, source: str, at: Organisation, by: User) -> str:
    """The rows and the text they were read from, for a hidden field."""
    carried: dict[str, Any] = {
        "rows": [row.packed() for row in listed.rows],
        "left": [astuple(one) for one in listed.left],
        "notes": listed.notes,
        "unit": listed.unit,
        "source": source,
    }
    return signing.dumps(carried, salt=_salt(at, by), compress=True)


def unpack(packed: str, at: Organisation, by: User) -> tuple[Listed, str]:
    """The rows and their source again. Raises RuleBroken for what was changed on its way."""
    try:
        carried = signing.loads(packed, salt=_salt(at, by), max_age=A_DAY)
    except signing.BadSignature:
        raise RuleBroken(CHANGED) from None
    listed = Listed(
        rows=[Row.unpacked(one) for one in carried["rows"]],
        left=[Left(*one) for one in carried["left"]],
        notes=carried["notes"],
        unit=carried["unit"],
    )
    return listed, carried["source"]


def _salt(at: Organisation, by: User) -> str:
    """Made for one person at one school."""
    return f"people.year_import.{at.pk}.{by.pk}"
