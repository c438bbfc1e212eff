"""Courses, sessions, records, lists to import, and the education log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.services import education, training, training_import
from people.roles import Permission, Role
from tests.access_roles import (
    ALL,
    DASHBOARD,
    EXEMPTING,
    SIGNATURES,
    R,
    Rule,
    both,
    post,
)  # fmt: skip
from tests.governance.training_factories import make_course, make_record, make_session, send_in

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

VIEWERS, MANAGERS = SIGNATURES, EXEMPTING
KEEPERS = MANAGERS | {R.DSL, R.DEPUTY_DSL, R.TRUST_SAFEGUARDING}
LIST = "Name,Course,Completed on\nToni Teacher,{title},01/09/2026\nNobody Known,{title},x\n"


def make(place: Place) -> None:
    school, head, teacher = place.school, place.people[Role.HEAD], place.teacher
    course = make_course(school, by=head, title="Safe accounts", for_runners=True)
    session = make_session(course, school, by=head, place="The hall", led_by="A trainer")
    training.take_register(session, [place.people[Role.STAFF]], by=head)
    record = make_record(teacher, course, school, by=head, days_ago=400)
    correction = training.correct(
        record, by=head, reason="The wrong year.", completed_on=school.today()
    )
    waiting = send_in(teacher, make_course(school, by=head, roles=[]), school)
    entry = education.add(
        school, by=head, given_on=school.today(), kind="assembly", for_pupils=True,
        title="Being kind online", details="With examples.", is_public=True,
    )  # fmt: skip
    place.rows |= {
        "course": course, "session": session, "training": correction, "waiting": waiting,
        "entry": entry,
    }  # fmt: skip


def _of(name: str) -> Any:
    return lambda place, _user: {"pk": place.rows[name].pk}


def _teacher(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.teacher.pk}


def _import(place: Place, user: User) -> dict[str, Any]:
    """This person's own list, uploaded when it is asked for; or else the head's."""
    by = user if user.can(Permission.MANAGE_TRAINING, at=place.school) else place.people[Role.HEAD]
    # Each time anew: what one test uploads is gone when it ends.
    text = LIST.format(title=place.rows["course"].title).encode()
    return {"pk": training_import.upload(place.school, text, by=by).pk}


KWARGS = {
    **{f"governance:training_course{name}": _of("course") for name in ("", "_edit", "_csv")},
    "governance:training_session_new": _of("course"),
    **{
        f"governance:training_{name}": _of("session")
        for name in ("session", "register", "session_edit", "session_cancel")
    },
    "governance:training_person": _teacher,
    "governance:training_record_new": _teacher,
    **{f"governance:training_{name}": _of("waiting") for name in ("confirm", "decline")},
    **{f"governance:training_{name}": _of("training") for name in ("correct", "remove")},
    **{f"governance:training_import_{name}": _import for name in ("preview", "confirm", "abandon")},
    "governance:education_edit": _of("entry"),
    "governance:education_delete": _of("entry"),
}
RULES = {
    "governance:my_training": Rule(ALL),
    "governance:training_send_in": both(ALL),
    "governance:training": Rule(VIEWERS),
    "governance:training_csv": Rule(VIEWERS),
    "governance:training_records_csv": Rule(VIEWERS),
    "governance:training_courses": Rule(VIEWERS),
    "governance:training_course_new": both(MANAGERS),
    "governance:training_course": Rule(VIEWERS),
    "governance:training_course_edit": both(MANAGERS),
    "governance:training_course_csv": Rule(VIEWERS),
    "governance:training_session_new": both(MANAGERS),
    "governance:training_session": Rule(VIEWERS),
    "governance:training_register": post(MANAGERS),
    "governance:training_session_edit": both(MANAGERS),
    "governance:training_session_cancel": post(MANAGERS),
    "governance:training_person": Rule(VIEWERS),
    "governance:training_record_new": both(MANAGERS),
    "governance:training_waiting": Rule(VIEWERS),
    "governance:training_confirm": post(MANAGERS),
    "governance:training_decline": both(MANAGERS),
    "governance:training_correct": both(MANAGERS),
    "governance:training_remove": both(MANAGERS),
    "governance:training_import": both(MANAGERS),
    "governance:training_import_preview": Rule(MANAGERS),
    "governance:training_import_confirm": post(MANAGERS),
    "governance:training_import_abandon": post(MANAGERS),
    "governance:education": Rule(DASHBOARD | {R.OFFICE}),
    "governance:education_csv": Rule(DASHBOARD | {R.OFFICE}),
    "governance:education_new": both(KEEPERS),
    "governance:education_edit": both(KEEPERS),
    "governance:education_delete": both(KEEPERS),
}
