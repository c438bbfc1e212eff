"""Files of a case that safeguarding, the head and their deputies see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from incidents import taking_files
from incidents.services import evidence, reporting, work
from people.models import User
from people.roles import Role
from tests.access_roles import Rule, both, post
from tests.incidents.factories import a_report
from tests.incidents.given_files import png
from tests.rows.cases_handling import WORK as SEEN

if TYPE_CHECKING:
    from tests.pages import Place


def make(place: Place) -> None:
    reporter, dsl = place.teacher, place.people[Role.DSL]
    case = place.rows["case_with_files"] = reporting.submit(place.school, a_report(), by=reporter)
    work.need_takedown(case, by=dsl, where="https://x.example/2")
    content = evidence.prepare(png(), "x.png")
    add = {"by": dsl, "gate": "no"}
    place.rows["file"] = evidence.add(case, content, **add)
    place.rows["locked_file"] = evidence.quarantine(evidence.add(case, content, **add), by=dsl)


def _case(place: Place, _user: User) -> dict[str, Any]:
    return {"reference": place.rows["case_with_files"].reference}


def _file(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "public_id": place.rows["file"].public_id}


def _locked(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "public_id": place.rows["locked_file"].public_id}


def _page(place: Place, user: User) -> dict[str, Any]:
    return {**_file(place, user), "number": 1}


def _token(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "token": taking_files.passed(place.rows["case_with_files"], user)}


KWARGS = {
    "incidents:files": _case,
    "incidents:file_gate": _case,
    "incidents:file_stop": _case,
    "incidents:file_add": _token,
    "incidents:file": _file,
    "incidents:file_look": _page,
    "incidents:file_copy": _page,
    "incidents:file_take": _file,
    "incidents:file_lock": _locked,
    "incidents:file_destroy": _locked,
    "incidents:export": _case,
    "incidents:letter": lambda place, user: {**_case(place, user), "number": 1},
}
RULES = {
    "incidents:files": Rule(SEEN, seen=SEEN),
    "incidents:file_gate": both(SEEN, seen=SEEN),
    "incidents:file_stop": Rule(SEEN, seen=SEEN),
    "incidents:file_add": both(SEEN, seen=SEEN),
    "incidents:file": Rule(SEEN, seen=SEEN),
    "incidents:file_look": Rule(SEEN, seen=SEEN),
    "incidents:file_copy": Rule(SEEN, seen=SEEN),
    "incidents:file_take": post(SEEN, seen=SEEN),
    "incidents:file_lock": post(SEEN, seen=SEEN),
    "incidents:file_destroy": both(SEEN, seen=SEEN),
    "incidents:export": both(SEEN, seen=SEEN),
    "incidents:letter": both(SEEN, seen=SEEN),
}
