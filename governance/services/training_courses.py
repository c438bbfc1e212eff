"""Courses and sessions: what there is to be trained in, for whom, and when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from governance.models import TrainingCourse, TrainingRequirement, TrainingSession
from people.models import Organisation, User
from people.roles import Permission, Role
from trail import audit
from web.errors import RuleBroken

EVERYBODY = ""


@transaction.atomic
def start_course(
    owner: Organisation, *, by: User, roles: Iterable[str] = (), **details: Any
) -> TrainingCourse:
    """A new course of a trust or a school, asked from today of those who hold these roles.

    `roles` may hold EVERYBODY. Raises RuleBroken for a title that is taken.
    """
    if not by.can(Permission.MANAGE_TRAINING, at=owner):
        raise PermissionDenied
    course = TrainingCourse(owner=owner, created_by=by, **details)
    _save(course)
    wanted = _ask(course, roles)
    audit.record("training_course.start", course, by=by, roles=audit.listed(wanted))
    return course


@transaction.atomic
def change_course(
    course: TrainingCourse, *, by: User, roles: Iterable[str], **details: Any
) -> TrainingCourse:
    """Change what a course is and who must have it. Whoever is asked anew has time from today.

    How long earlier records are valid stays as it was when they were made. A course that comes
    back into use asks everybody from today.
    """
    course = _locked(course)
    if not by.can(Permission.MANAGE_TRAINING, at=course.owner):
        raise PermissionDenied
    changed = [name for name, value in details.items() if getattr(course, name) != value]
    is_back = details.get("in_use", course.in_use) and not course.in_use
    for name in changed:
        setattr(course, name, details[name])
    _save(course)
    before = sorted(_asked_as(role) for role in course.requirements.values_list("role", flat=True))
    wanted = _ask(course, roles, anew=is_back)
    if changed or before != wanted:
        audit.record(
            "training_course.change",
            course,
            by=by,
            fields=audit.listed(changed),
            roles=audit.listed(wanted),
        )
    return course


def _save(course: TrainingCourse) -> None:
    """One course of a title. Two people adding the same at once must see each other's."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=course.owner_id)
    twins = TrainingCourse.objects.filter(owner=course.owner_id, title__iexact=course.title)
    if twins.exclude(pk=course.pk).exists():
        raise RuleBroken("There is a course with this title already.")
    course.full_clean()
    course.save()


def _ask(course: TrainingCourse, roles: Iterable[str], *, anew: bool = False) -> list[str]:
    """Make these the requirements; those that stay keep their day, unless all are asked anew."""
    wanted = set(roles)
    if EVERYBODY in wanted:
        wanted = {EVERYBODY}
    if wanted - {EVERYBODY, *Role.values}:
        raise RuleBroken("Choose roles from the list.")
    course.requirements.exclude(role__in=wanted).delete()
    today = course.owner.today()
    if anew:
        course.requirements.update(since=today)
    held = set(course.requirements.values_list("role", flat=True))
    TrainingRequirement.objects.bulk_create(
        TrainingRequirement(course=course, role=role, since=today) for role in sorted(wanted - held)
    )
    return sorted(_asked_as(role) for role in wanted)


def _asked_as(role: str) -> str:
    return role or "everybody"


@transaction.atomic
def plan_session(
    course: TrainingCourse, organisation: Organisation, *, by: User, **details: Any
) -> TrainingSession:
    """A session of a course at a school, or of a trust for all of its people."""
    if not by.can(Permission.MANAGE_TRAINING, at=organisation):
        raise PermissionDenied
    RuleBroken.if_any(not_offered(course, organisation))
    session = TrainingSession(course=course, organisation=organisation, created_by=by, **details)
    session.full_clean()
    session.save()
    audit.record("training_session.plan", session, by=by, on=session.held_on.isoformat())
    return session


@transaction.atomic
def change_session(session: TrainingSession, *, by: User, **details: Any) -> TrainingSession:
    """Change when, where, or who leads it. The day stays once somebody was ticked."""
    session = _open(session, by)
    if details.get("held_on", session.held_on) != session.held_on and session.records.exists():
        raise RuleBroken(
            "People have been ticked for this day already. Plan another session for another day."
        )
    for name, value in details.items():
        setattr(session, name, value)
    session.full_clean()
    session.save()
    audit.record("training_session.change", session, by=by, on=session.held_on.isoformat())
    return session


@transaction.atomic
def cancel_session(session: TrainingSession, *, by: User) -> TrainingSession:
    """It does not take place. Raises RuleBroken when somebody was ticked."""
    session = _open(session, by)
    if session.records.exists():
        raise RuleBroken("People have been ticked already, so this session has taken place.")
    session.cancelled_at, session.cancelled_by = timezone.now(), by
    session.save(update_fields=["cancelled_at", "cancelled_by"])
    audit.record("training_session.cancel", session, by=by)
    return session


def not_offered(course: TrainingCourse, organisation: Organisation) -> list[str]:
    """What keeps a course from being taken or recorded at an organisation."""
    if course.owner_id not in (organisation.pk, organisation.parent_id):
        return ["This course does not belong to this school or its trust."]
    return [] if course.in_use else [f"“{course.title}” is not in use any more."]


def _open(session: TrainingSession, by: User) -> TrainingSession:
    """The session, locked, if it may still be changed by this person."""
    session = (
        TrainingSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation__parent", "course")
        .get(pk=session.pk)
    )
    if not by.can(Permission.MANAGE_TRAINING, at=session.organisation):
        raise PermissionDenied
    if session.cancelled_at is not None:
        raise RuleBroken("This session has been cancelled.")
    return session


def _locked(course: TrainingCourse) -> TrainingCourse:
    return (
        TrainingCourse.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner__parent")
        .get(pk=course.pk)
    )
