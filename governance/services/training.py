"""The record of who did which training: written once, corrected by a new row (P10, D19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.models import TrainingCourse, TrainingNote, TrainingRecord, TrainingSession
from governance.services.fitness_changed import fitness_changed
from governance.services.training_courses import not_offered
from governance.services.training_rules import (
    about_oneself,
    check_manager,
    expiry_of,
    fresh,
    kept_certificate,
    locked,
    not_here,
    note,
    on_record_already,
    unexplained,
    wrong_days,
)
from people.models import Membership, Organisation, User
from people.models.membership import on_day
from trail import audit
from web.errors import RuleBroken

AT_ONCE = 200  # names that a register takes at a time
How, State, About = TrainingRecord.How, TrainingRecord.State, TrainingNote.About


@transaction.atomic
def record(
    person: User,
    course: TrainingCourse,
    organisation: Organisation,
    *,
    by: User,
    completed_on: date,
    expires_on: date | None = None,
    expiry_reason: str = "",
    provider: str = "",
    certificate: File | None = None,
) -> TrainingRecord:
    """Somebody of the school records that a colleague has done a course; it counts at once.

    Without `expires_on` the course says until when; another day needs a reason.
    Raises RuleBroken for oneself, for somebody who is not there, for a day that cannot be.
    """
    check_manager(by, organisation)
    course = locked(course)
    ends = expires_on or expiry_of(course, completed_on)
    RuleBroken.if_any(
        [
            *about_oneself(person, by),
            *not_here(person, organisation),
            *not_offered(course, organisation),
            *wrong_days(completed_on, ends, organisation),
            *unexplained(course, completed_on, ends, expiry_reason),
            *on_record_already(person, course, completed_on, State.CONFIRMED),
        ]
    )
    made = TrainingRecord.objects.create(
        person=person,
        course=course,
        organisation=organisation,
        completed_on=completed_on,
        expires_on=ends,
        provider=provider.strip() or course.provider,
        how=How.OFFICE,
        certificate=kept_certificate(certificate, organisation, by),
        state=State.CONFIRMED,
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    note(made, About.EXPIRY, expiry_reason)
    fitness_changed([person])
    audit.record("training.record", made, by=by, course=str(course.pk))
    return made


@transaction.atomic
def correct(
    found: TrainingRecord,
    *,
    by: User,
    reason: str,
    completed_on: date,
    expires_on: date | None = None,
    provider: str = "",
) -> TrainingRecord:
    """Put a new record in the place of one that is wrong. The wrong one is kept and shown.

    Without `expires_on` the course as it is now says until when.
    """
    found = _counting(found, by, reason)
    ends = expires_on or expiry_of(found.course, completed_on)
    twins = TrainingRecord.objects.counting().filter(
        person=found.person, course=found.course, completed_on=completed_on
    )
    if found.session_id is not None and completed_on != found.completed_on:
        raise RuleBroken("The day is that of the session. Take this record off instead.")
    RuleBroken.if_any(wrong_days(completed_on, ends, found.organisation))
    if twins.exclude(pk=found.pk).exists():
        raise RuleBroken("Another record of this course says that day already.")
    provider = provider.strip()
    if (completed_on, ends, provider) == (found.completed_on, found.expires_on, found.provider):
        raise RuleBroken("Nothing is different, so there is nothing to correct.")
    facts = {"completed_on": completed_on, "expires_on": ends, "provider": provider}
    made = _follow(found, State.CONFIRMED, by, reason, **facts)
    fitness_changed([found.person])
    audit.record("training.correct", made, by=by, before=str(found.pk))
    return made


@transaction.atomic
def remove(found: TrainingRecord, *, by: User, reason: str) -> TrainingRecord:
    """Take a record off that should never have been made. It is kept, and counts no more."""
    found = _counting(found, by, reason)
    made = _follow(found, State.REMOVED, by, reason)
    audit.record("training.remove", made, by=by, before=str(found.pk))
    return made


@transaction.atomic
def take_register(
    session: TrainingSession, people: Sequence[User], *, by: User
) -> list[TrainingRecord]:
    """Those ticked were there: each gets a record. Who has one of the session already keeps it.

    Raises RuleBroken before the day, for more than AT_ONCE, for oneself, or for somebody who was
    not at the school on that day.
    """
    session = (
        TrainingSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation__parent", "course")
        .get(pk=session.pk)
    )
    check_manager(by, session.organisation)
    course = locked(session.course)
    RuleBroken.if_any(_no_register(session, people, by))
    ends = expiry_of(course, session.held_on)
    earlier = _on_that_day(session, people)
    present = {one.person_id for one in earlier.values() if one.session_id == session.pk}
    TrainingRecord.objects.filter(
        pk__in=[one.pk for one in earlier.values() if one.person_id not in present]
    ).update(state=State.CORRECTED)
    made = TrainingRecord.objects.bulk_create(
        TrainingRecord(
            person=person,
            course=course,
            organisation=session.organisation,
            completed_on=session.held_on,
            expires_on=ends,
            provider=session.led_by or course.provider,
            how=How.SESSION,
            session=session,
            state=State.CONFIRMED,
            recorded_at=timezone.now(),
            recorded_by=by,
            supersedes=earlier.get(person.pk),
        )
        for person in people
        if person.pk not in present
    )
    TrainingNote.objects.bulk_create(
        TrainingNote(record=one, about=About.CORRECTION, text="Ticked at the session of that day.")
        for one in made
        if one.supersedes_id
    )
    if made:
        fitness_changed(people)
        who = audit.listed(str(one.person_id) for one in made)
        audit.record("training_session.register", session, by=by, n=str(len(made)), people=who)
    return made


def attendable(session: TrainingSession) -> QuerySet[Membership]:
    """The posts from which people could come: at the school, or anywhere below the trust."""
    return Membership.objects.filter(
        on_day(session.held_on), organisation__reached_from__above=session.organisation_id
    )


def _no_register(session: TrainingSession, people: Sequence[User], by: User) -> Iterator[str]:
    if session.cancelled_at is not None:
        yield "This session has been cancelled."
    if session.held_on > session.organisation.today():
        yield "The session has not taken place yet. Take the register on the day."
    if len(people) > AT_ONCE:
        yield f"Tick {AT_ONCE} people at a time at the most."
    if by in people:
        yield "Somebody else ticks your own name."
    there = set(attendable(session).filter(person__in=people).values_list("person", flat=True))
    for person in people:
        if person.pk not in there:
            yield f"{person} was not at {session.organisation} on that day."


def _counting(found: TrainingRecord, by: User, reason: str) -> TrainingRecord:
    found = fresh(found, by)
    if not found.counts:
        raise RuleBroken("Only a record that counts can be corrected.")
    if not reason.strip():
        raise RuleBroken("Give a reason. It is kept with the record.")
    return found


def _follow(
    found: TrainingRecord, state: str, by: User, reason: str, **facts: Any
) -> TrainingRecord:
    """The row that comes after this one; what is not among the facts stays."""
    found.state = State.CORRECTED
    found.save(update_fields=["state"])
    kept = ("person", "course", "organisation", "completed_on", "expires_on", "provider", "how")
    same = {name: getattr(found, name) for name in (*kept, "session", "certificate")}
    is_own = found.how == How.OWN
    made = TrainingRecord.objects.create(
        **{**same, **facts},
        state=state,
        recorded_at=timezone.now(),
        recorded_by=by,
        decided_by=by if is_own else None,
        decided_at=timezone.now() if is_own else None,
        supersedes=found,
    )
    note(made, About.CORRECTION, reason)
    return made


def _on_that_day(session: TrainingSession, people: Iterable[User]) -> dict[int, TrainingRecord]:
    """What counts already of these people, this course and this day, by person."""
    rows = TrainingRecord.objects.counting().filter(
        person__in=people, course=session.course_id, completed_on=session.held_on
    )
    return {one.person_id: one for one in rows}
