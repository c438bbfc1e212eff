"""A request for what is held about a child, and its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from incidents.access_entries import entries_of
from incidents.models import RequestedCase
from incidents.services import reporting, subject_access, subject_access_cases
from incidents.services.people import Named
from incidents.services.subject_access import Asked
from people.roles import Permission, Role, roles_with
from tests.access_roles import Rule, both, post
from tests.incidents.factories import a_report
from tests.rows.cases_handling import WORK

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

ANSWERING = frozenset(roles_with(Permission.ANSWER_REQUESTS))
DECIDING = WORK & ANSWERING


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    child = Named("target", name="Noor Yew", relation="pupil", year_group=5)
    case = reporting.submit(place.school, a_report(people=(child,)), by=place.teacher)
    asked = Asked(
        received_on=place.school.today(), name="Noor Yew", relation="pupil", year_group=5,
        asked_by="A parent", waits_for_identity=True,
    )  # fmt: skip
    request = place.rows["data_request"] = subject_access.record(place.school, asked, by=head)
    subject_access_cases.find(request, by=head)
    row = RequestedCase.objects.get(request=request)
    place.rows["requested"] = case
    place.rows["data_entry"] = entries_of(row.case, head)[0].key
    subject_access_cases.leave_out(row, by=head, why="Another child.")


def _one(place: Place, _user: User) -> dict[str, Any]:
    return {"reference": place.rows["data_request"].reference}


def _part(place: Place, user: User) -> dict[str, Any]:
    return {**_one(place, user), "case": place.rows["requested"].reference}


def _entry(place: Place, user: User) -> dict[str, Any]:
    return {**_part(place, user), "key": place.rows["data_entry"]}


FORMS = ["add", "identity", "longer", "bundle", "end"]
PRESSED = ["find", "take"]
PARTS = ["many", "ready", "check", "in"]
KWARGS = {
    **{f"incidents:request_{name}": _one for name in [*FORMS, *PRESSED]},
    **{f"incidents:requested_{name}": _part for name in [*PARTS, "back", "out"]},
    "incidents:request": _one,
    "incidents:requested": _part,
    "incidents:requested_entry": _entry,
}
RULES = {
    "incidents:requests": Rule(ANSWERING),
    "incidents:request_new": both(ANSWERING),
    "incidents:request": Rule(ANSWERING, seen=ANSWERING),
    **{f"incidents:request_{name}": both(ANSWERING, seen=ANSWERING) for name in FORMS},
    **{f"incidents:request_{name}": post(ANSWERING, seen=ANSWERING) for name in PRESSED},
    "incidents:requested": Rule(DECIDING, seen=DECIDING),
    "incidents:requested_entry": both(DECIDING, seen=DECIDING),
    **{f"incidents:requested_{name}": post(DECIDING, seen=DECIDING) for name in PARTS},
    **{f"incidents:requested_{name}": both(DECIDING, seen=DECIDING) for name in ["back", "out"]},
}
