"""The printed page of what somebody gets who asked what is held about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils import dateformat

from incidents.access_entries import SECTIONS
from incidents.models import RequestBundle, SubjectRequest
from incidents.printing_exports import said
from web.pdf import pdf

if TYPE_CHECKING:
    from incidents.services.subject_access_bundle import Matter


def printed(
    asked: SubjectRequest, bundle: RequestBundle, recipient: str, matters: Iterable[Matter]
) -> bytes:
    """What is given, matter by matter, and a schedule of what is not, without telling it."""
    made = bundle.made_at.astimezone(asked.organisation.zone)
    data = {
        "title": f"What is held about {'you' if _asks_alone(asked) else asked.name}",
        "school": asked.organisation.name,
        "recipient": recipient,
        "about": asked.name,
        "received": dateformat.format(asked.received_on, "j F Y"),
        "mark": f"Confidential: for {recipient}",
        "made": said(made),
        "reference": bundle.public_id,
        "matters": [_matter(one) for one in matters],
    }
    return pdf("subject_access", data, made_at=bundle.made_at)


def _asks_alone(asked: SubjectRequest) -> bool:
    return asked.text("asked_by") == asked.name


def _matter(one: Matter) -> dict[str, Any]:
    return {
        "title": f"Matter {one.number}",
        "sections": [
            {
                "title": SECTIONS[name],
                "entries": [[f"Entry {number}", [*map(list, pairs)]] for number, pairs in given],
            }
            for name, given in one.given.items()
        ],
        "withheld": [list(row) for row in one.withheld],
    }
