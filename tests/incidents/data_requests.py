"""Requests for somebody's data that tests start from, and what is in a bundle."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from incidents.access_entries import Entry, entries_of
from incidents.models import (
    Case,
    RequestedCase,
    SubjectRequest,
)
from incidents.services import chronology, people
from incidents.services import subject_access as requests
from incidents.services import subject_access_bundle as bundles
from incidents.services import subject_access_cases as cases
from incidents.services.people import Named
from incidents.services.subject_access import Asked
from incidents.services.subject_access_cases import Decision
from people.models import User
from tests.incidents.factories import Cast, afresh, make_case, target
from tests.web.pdfs import text_of

GIVE = Decision("give")
THIRD = Decision("withhold", ground="third_party")
ROBIN = {"name": "Robin Ash", "relation": "pupil", "year_group": 7}


def asked(cast: Cast, *, by: User | None = None, **details: Any) -> SubjectRequest:
    plain = Asked(received_on=cast.school.today(), asked_by="Mo Ash", **ROBIN)  # type: ignore[arg-type]
    return requests.record(cast.school, replace(plain, **details), by=by or cast.dsl)


def about_robin(cast: Cast, **details: Any) -> Case:
    case = make_case(cast, people=(target("Robin Ash", year_group=7),), **details)
    people.add(case, Named("subject", name="Kim Birch", relation="pupil"), by=cast.head)
    chronology.add(case, by=cast.head, body="Kim Birch began; kimbirch08 denied it to Robin.")
    return case


def found_in(request: SubjectRequest, by: User) -> list[RequestedCase]:
    rows = RequestedCase.objects.visible_to(afresh(by)).filter(request=request)
    return list(rows.select_related("case__organisation__parent", "case__key", "request"))


def entry_of(row: RequestedCase, by: User, words: str) -> Entry:
    (found,) = [
        entry for entry in entries_of(row.case, by) if any(words in text for text in entry.texts)
    ]
    return found


def decide_rest(row: RequestedCase, decision: Decision, *, by: User) -> int:
    made = cases.decisions_of(row)
    keys = [entry.key for entry in entries_of(row.case, by) if entry.key not in made]
    return cases.decide(row, keys, decision, by=by)


def opened(made: bundles.Made) -> zipfile.ZipFile:
    content = b"".join(made.pieces)
    assert len(content) == made.size
    return zipfile.ZipFile(io.BytesIO(content))


def everything(archive: zipfile.ZipFile) -> str:
    texts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return "\n".join([*texts, text_of(archive.read("what-is-given.pdf"))])
