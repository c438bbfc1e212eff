"""Reporting a concern: a draft of the teacher's, a report of theirs, and one from a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from incidents.services import drafts, reporting
from people.roles import Role
from tests.access_roles import ALL, LEADERS, PEOPLE, R, Rule, both, post
from tests.incidents.factories import a_report

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

ENTERING = LEADERS | {R.OFFICE, R.DSL, R.DEPUTY_DSL, R.TRUST_SAFEGUARDING}
# Drafts and reports are their writer's alone, whatever anybody's office: the head wrote these.
WRITER = frozenset({R.HEAD})


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    place.rows["report_draft"] = drafts.save(place.school, {"image_gate": "yes"}, by=head)
    place.rows["reported"] = reporting.submit(place.school, a_report(), by=head)


def _draft(place: Place, _user: User) -> dict[str, Any]:
    return {"draft": place.rows["report_draft"].reference}


def _reported(place: Place, _user: User) -> dict[str, Any]:
    return {"reference": place.rows["reported"].reference}


def _entry(place: Place, _user: User) -> dict[str, Any]:
    return {"entry": place.rows["log_entry"].pk}


KWARGS = {
    **{
        f"incidents:report_{name}": _draft for name in ("check", "files", "send", "discard")
    },
    "incidents:report_question": lambda place, user: {**_draft(place, user), "step": "what"},
    "incidents:own_report": _reported,
    "incidents:report_sent": _reported,
    "incidents:own_file": _reported,
    "incidents:own_file_add": lambda place, user: {**_reported(place, user), "token": "forged"},
    "incidents:from_log": _entry,
    "incidents:begin_from_log": _entry,
}  # fmt: skip
RULES = {
    "incidents:report": both(ALL),
    "incidents:report_question": both(WRITER, seen=WRITER),
    "incidents:report_check": Rule(WRITER, seen=WRITER),
    "incidents:report_files": Rule(WRITER, seen=WRITER),
    "incidents:report_send": post(WRITER, seen=WRITER),
    "incidents:report_discard": both(WRITER, seen=WRITER),
    "incidents:own_reports": Rule(ALL),
    "incidents:own_report": both(WRITER, seen=WRITER),
    "incidents:report_sent": Rule(WRITER, seen=WRITER),
    "incidents:own_file": both(WRITER, seen=WRITER),
    # With a token that nobody was given: back to the question.
    "incidents:own_file_add": both(WRITER, seen=WRITER),
    # Whoever may read the account's log.
    "incidents:from_log": Rule(PEOPLE, seen=PEOPLE),
    "incidents:begin_from_log": post(PEOPLE, seen=PEOPLE),
    "incidents:paper_form": Rule(ALL),
    "incidents:paper_enter": both(ENTERING),
}
PUBLIC = {
    "incidents:public_report": "where parents and pupils report a concern",
    "incidents:public_box": "messages for whoever has the code of a report, which is posted",
    "incidents:public_report_poster": "a sheet that leads to the form",
}
