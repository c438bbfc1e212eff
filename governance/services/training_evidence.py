"""Certificates that people send in themselves, and what somebody else says to them (D19)."""

from __future__ import annotations

from datetime import date

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from governance.models import TrainingCourse, TrainingNote, TrainingRecord
from governance.services.fitness_changed import fitness_changed
from governance.services.training_courses import not_offered
from governance.services.training_rules import (
    expiry_of,
    fresh,
    kept_certificate,
    locked,
    not_here,
    note,
    on_record_already,
    wrong_days,
)
from notices.services import notify
from people.models import Membership, Organisation, User
from people.roles import Role
from trail import audit
from web.errors import RuleBroken

How, State, About = TrainingRecord.How, TrainingRecord.State, TrainingNote.About


@transaction.atomic
def send_in(
    course: TrainingCourse,
    organisation: Organisation,
    *,
    by: User,
    completed_on: date,
    certificate: File,
    expires_on: date | None = None,
    provider: str = "",
) -> TrainingRecord:
    """A person sends in their own certificate. It counts once somebody else has confirmed it."""
    course = locked(course)
    ends = expires_on or expiry_of(course, completed_on)
    RuleBroken.if_any(
        [
            *not_here(by, organisation),
            *not_offered(course, organisation),
            *wrong_days(completed_on, ends, organisation),
            *on_record_already(by, course, completed_on, State.CONFIRMED, State.AWAITING),
        ]
    )
    made = TrainingRecord.objects.create(
        person=by,
        course=course,
        organisation=organisation,
        completed_on=completed_on,
        expires_on=ends,
        provider=provider.strip() or course.provider,
        how=How.OWN,
        certificate=kept_certificate(certificate, organisation, by),
        state=State.AWAITING,
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    if ends != expiry_of(course, completed_on):
        note(made, About.EXPIRY, "As the person's certificate says.")
    _tell_the_office(made)
    audit.record("training.send_in", made, by=by, course=str(course.pk))
    return made


@transaction.atomic
def confirm(found: TrainingRecord, *, by: User) -> TrainingRecord:
    """Somebody has looked at the certificate: it counts from now on."""
    found = _waiting(found, by)
    RuleBroken.if_any(
        on_record_already(found.person, found.course, found.completed_on, State.CONFIRMED)
    )
    _decide(found, State.CONFIRMED, by)
    fitness_changed([found.person])
    audit.record("training.confirm", found, by=by)
    return found


@transaction.atomic
def decline(found: TrainingRecord, *, by: User, reason: str) -> TrainingRecord:
    """The certificate is no proof. The person is told, with the reason."""
    found = _waiting(found, by)
    if not reason.strip():
        raise RuleBroken("Give a reason. The person reads it.")
    _decide(found, State.DECLINED, by)
    note(found, About.DECLINED, reason)
    notify(
        found.person,
        organisation=found.organisation,
        kind="training.declined",
        occasion=f"training.declined:{found.pk}",
        title=f"Your certificate was not accepted: {found.course.title}",
        url=reverse("governance:my_training"),
    )
    audit.record("training.decline", found, by=by)
    return found


def _waiting(found: TrainingRecord, by: User) -> TrainingRecord:
    found = fresh(found, by)
    if found.state != State.AWAITING:
        raise RuleBroken(f"This has been decided already: {found.get_state_display().lower()}.")
    return found


def _decide(found: TrainingRecord, state: str, by: User) -> None:
    found.state, found.decided_at, found.decided_by = state, timezone.now(), by
    found.save(update_fields=["state", "decided_at", "decided_by"])


def _tell_the_office(found: TrainingRecord) -> None:
    """The school's office hears of a certificate to look at; without an office, the head."""
    posts = Membership.objects.active().filter(organisation=found.organisation)
    posts = posts.exclude(person=found.person).select_related("person")
    for role in (Role.OFFICE, Role.HEAD, Role.TRUST_LEAD):
        if told := list(posts.holding([role])):
            break
    for post in told:
        notify(
            post.person,
            organisation=found.organisation,
            kind="training.sent_in",
            occasion=f"training.sent_in:{found.pk}",
            title=f"A certificate waits to be confirmed: {found.course.title}",
            url=reverse("governance:training_waiting", args=[found.organisation.slug]),
        )
