"""Training in every state, reached the way a real school reaches it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from governance.models import TrainingCourse, TrainingRecord, TrainingSession
from governance.services import training, training_courses, training_evidence
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_user
from tests.governance.factories import make_head

_serial = count(1)
PDF = b"%PDF-1.7 a certificate"
PNG = b"\x89PNG\r\n\x1a\n certificate"


def make_course(
    owner: Organisation, *, by: User | None = None, roles: Any = ("",), **details: Any
) -> TrainingCourse:
    """A course for everybody, valid for a year, unless said otherwise."""
    details = {"title": f"Course {next(_serial)}", "valid_months": 12, **details}
    by = by or make_head(owner)
    return training_courses.start_course(owner, by=by, roles=roles, **details)


def make_session(
    course: TrainingCourse,
    at: Organisation,
    *,
    by: User | None = None,
    held_on: date | None = None,
    **details: Any,
) -> TrainingSession:
    by, held_on = by or make_head(at), held_on or at.today()
    return training_courses.plan_session(course, at, by=by, held_on=held_on, **details)


def make_record(
    person: User,
    course: TrainingCourse,
    at: Organisation,
    *,
    by: User | None = None,
    days_ago: int = 0,
    **details: Any,
) -> TrainingRecord:
    """Recorded by the school, completed so many days ago."""
    by = by or make_head(at)
    details.setdefault("completed_on", at.today() - timedelta(days=days_ago))
    return training.record(person, course, at, by=by, **details)


def certificate(content: bytes = PDF, name: str = "certificate.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send_in(
    person: User, course: TrainingCourse, at: Organisation, *, days_ago: int = 0, **details: Any
) -> TrainingRecord:
    """The person's own certificate, waiting to be confirmed."""
    details.setdefault("certificate", certificate())
    details.setdefault("completed_on", at.today() - timedelta(days=days_ago))
    return training_evidence.send_in(course, at, by=person, **details)


NAMES = {
    "lacks": "Lara Lacking",
    "expired": "Exa Expired",
    "soon": "Sona Soon",
    "has": "Hasan Has",
    "waits": "Wanda Waiting",
    "governor": "Gove Rnor",
}


def people_in_every_state(course: TrainingCourse, at: Organisation, *, by: User) -> dict[str, User]:
    """Five who must have the course, which is asked of staff, and a governor who has it anyway."""
    science = {"expired", "waits"}
    found = {
        key: make_user(
            Role.GOVERNOR if key == "governor" else Role.STAFF, at=at, name=name,
            department="Science" if key in science else "Arts",
        )
        for key, name in NAMES.items()
    }  # fmt: skip
    for key, days_ago in (("expired", 400), ("soon", 320), ("has", 2), ("governor", 3)):
        make_record(found[key], course, at, by=by, days_ago=days_ago)
    send_in(found["waits"], course, at)
    return found
