"""Sheets of signatures on paper, prepared and recorded the way an office does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from governance import sheets
from governance.models import PaperSheet
from governance.services import paper, recording

if TYPE_CHECKING:
    from governance.models import Policy
    from people.models import User

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def begin(
    policy: Policy, *people: User, by: User, witness: User, scan: bool = True, **said: Any
) -> PaperSheet:
    """A sheet of today with these people on it, and its scan; not on record yet."""
    place = said.pop("place", policy.owner)
    sheet = paper.start(
        place,
        said.pop("edition", None) or sheets.editions_at(policy, place)[0],
        by=by,
        witness=witness,
        **{"signed_on": place.today(), "reason": "no_login", **said},
    )
    ids = [person.pk for person in people]
    paper.choose(sheet, by=by, shown=ids, chosen=ids)
    if scan:
        paper.add_scans(sheet, by=by, files=[SimpleUploadedFile("sheet.png", PNG)])
    return sheet


def on_record(sheet: PaperSheet, *, by: User) -> recording.OnRecord:
    """As it was seen on the check page."""
    fresh = PaperSheet.objects.select_related("version__policy", "organisation").get(pk=sheet.pk)
    return recording.record(fresh, by=by, displayed=sheets.digest_of(fresh))
