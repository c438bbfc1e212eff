"""What stands in the way of a training record, in sentences, and the steps its services share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import File

from files.models import StoredFile
from files.purposes import Purpose
from files.services import store
from governance.models import TrainingCourse, TrainingNote, TrainingRecord
from governance.services.publishing import add_months
from people.models import Membership, Organisation, User
from people.roles import Permission
from web.errors import RuleBroken
from web.words import day_in_words

EARLIEST = date(1950, 1, 1)
LONGEST = timedelta(days=366 * 20)


def expiry_of(course: TrainingCourse, completed_on: date) -> date | None:
    """The last day on which a course completed that day counts. None: it does not run out."""
    return add_months(completed_on, course.valid_months) if course.valid_months else None


def wrong_days(
    completed_on: date, expires_on: date | None, organisation: Organisation
) -> Iterator[str]:
    """Days that cannot be, as sentences."""
    if completed_on > organisation.today():
        yield "The day lies in the future. Record a training once it has taken place."
    if completed_on < EARLIEST:
        yield "That is too long ago. Check the year."
    if expires_on is not None and expires_on < completed_on:
        yield "It cannot run out before it was completed."
    if expires_on is not None and expires_on > completed_on + LONGEST:
        yield "It cannot be valid for that long. Check the year."


def not_here(person: User, organisation: Organisation) -> Iterator[str]:
    """Training is recorded of people who are at the school, or about to be."""
    posts = Membership.objects.filter(person=person, organisation=organisation)
    today = organisation.today()
    last_days = list(posts.values_list("ends_on", flat=True))
    if not last_days:
        yield f"{person} is not at {organisation}."
    elif not any(day is None or day >= today for day in last_days):
        yield f"{person} has left {organisation}."


def about_oneself(person: User, by: User) -> Iterator[str]:
    if person == by:
        yield "Somebody else records your own training. You can send in a certificate yourself."


def unexplained(
    course: TrainingCourse, completed_on: date, ends: date | None, reason: str
) -> Iterator[str]:
    if ends != expiry_of(course, completed_on) and not reason.strip():
        yield "Say why it is valid until another day than the course says."


def on_record_already(
    person: User, course: TrainingCourse, completed_on: date, *states: str
) -> Iterator[str]:
    rows = TrainingRecord.objects.filter(
        person=person, course=course, completed_on=completed_on, state__in=states
    )
    if found := rows.first():
        word = "on record" if found.counts else "waiting to be confirmed"
        day = day_in_words(completed_on)
        yield f"“{course.title}” of {day} is {word} already."


def check_manager(by: User, organisation: Organisation) -> None:
    if not by.can(Permission.MANAGE_TRAINING, at=organisation):
        raise PermissionDenied


def locked(course: TrainingCourse) -> TrainingCourse:
    """Records of one course are written one after the other: none is made twice."""
    return TrainingCourse.objects.select_for_update(of=("self",), no_key=True).get(pk=course.pk)


def fresh(found: TrainingRecord, by: User) -> TrainingRecord:
    locked(found.course)
    found = TrainingRecord.objects.select_related(
        "person", "course", "organisation__parent", "certificate", "session"
    ).get(pk=found.pk)
    check_manager(by, found.organisation)
    if found.person == by:
        raise RuleBroken("This is about your own training: a colleague has to do it.")
    return found


def note(found: TrainingRecord, about: str, text: str) -> None:
    if text.strip():
        TrainingNote.objects.create(record=found, about=about, text=text.strip())


def kept_certificate(
    certificate: File | None, organisation: Organisation, by: User
) -> StoredFile | None:
    if certificate is None:
        return None
    purpose = Purpose.TRAINING_CERTIFICATE
    return store(certificate, organisation=organisation, by=by, purpose=purpose)
