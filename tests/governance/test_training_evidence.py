"""Certificates that people send in themselves, and what a course asks of whom (D19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from files.models import StoredFile
from governance import training as queries
from governance.models import TrainingCourse, TrainingRecord
from governance.services import training_courses, training_evidence
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import (
    PNG,
    certificate,
    make_course,
    make_record,
    send_in,
)
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]
State = TrainingRecord.State


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


@pytest.fixture
def course(school: Organisation, head: User) -> TrainingCourse:
    return make_course(school, by=head, title="Online safety", provider="The council")


# Certificates people send in


def test_a_certificate_sent_in_counts_once_somebody_else_has_confirmed_it(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    sent = send_in(teacher, course, school, days_ago=3)
    assert sent.state == State.AWAITING
    assert not TrainingRecord.objects.counting().exists()
    training_evidence.confirm(sent, by=head)
    sent.refresh_from_db()
    assert (sent.state, sent.decided_by) == (State.CONFIRMED, head)
    with pytest.raises(RuleBroken, match="decided already: confirmed"):
        training_evidence.decline(sent, by=head, reason="After all")


def test_the_office_hears_of_a_certificate_and_the_person_of_its_refusal(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    office = make_user(Role.OFFICE, at=school)
    sent = send_in(teacher, course, school)
    assert [notice.recipient for notice in Notice.objects.all()] == [office]
    with pytest.raises(RuleBroken, match="Give a reason"):
        training_evidence.decline(sent, by=head, reason="")
    training_evidence.decline(sent, by=head, reason="It is of another course.")
    told = Notice.objects.get(recipient=teacher)
    assert told.title == "Your certificate was not accepted: Online safety"
    assert told.url == reverse("governance:my_training")
    assert sent.notes.get().text == "It is of another course."
    send_in(teacher, course, school)  # the right one


def test_without_an_office_the_head_hears_of_a_certificate(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    send_in(teacher, course, school)
    assert Notice.objects.get().recipient == head


def test_nobody_confirms_their_own_certificate(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    sent = send_in(head, course, school)
    with pytest.raises(RuleBroken, match="a colleague has to do it"):
        training_evidence.confirm(sent, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRecord.objects.filter(pk=sent.pk).update(
            state="confirmed", decided_by=head, decided_at=sent.recorded_at
        )


def test_the_same_certificate_is_sent_in_once(
    school: Organisation, teacher: User, course: TrainingCourse
) -> None:
    send_in(teacher, course, school)
    with pytest.raises(RuleBroken, match="waiting to be confirmed already"):
        send_in(teacher, course, school)
    assert TrainingRecord.objects.count() == 1


def test_a_certificate_of_the_wrong_kind_is_refused_and_nothing_is_kept(
    school: Organisation, teacher: User, course: TrainingCourse
) -> None:
    for content in (b"MZ\x90\x00 a program", b"just words", b""):
        with pytest.raises(RuleBroken):
            send_in(teacher, course, school, certificate=certificate(content))
    assert not StoredFile.objects.exists()
    assert not TrainingRecord.objects.exists()


def test_a_certificate_opens_for_the_person_and_those_who_see_training(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    sent = send_in(teacher, course, school, certificate=certificate(PNG, "photo.png"))
    dsl, colleague = make_user(Role.DSL, at=school), make_user(Role.STAFF, at=school)
    stranger, chair = make_head(make_school()), make_user(Role.CHAIR, at=school)
    opens = [sent.certificate in StoredFile.objects.visible_to(one)
             for one in (teacher, head, dsl, colleague, stranger, chair)]  # fmt: skip
    assert opens == [True, True, True, False, False, False]


# Courses


@pytest.mark.parametrize("months", [0, -1, 121])
def test_a_course_is_valid_for_a_sensible_time(
    school: Organisation, head: User, months: int
) -> None:
    with pytest.raises(ValidationError):
        make_course(school, by=head, valid_months=months)
    odd = TrainingCourse(owner=school, title="Odd", valid_months=months, created_by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingCourse.objects.bulk_create([odd])


def test_a_course_back_in_use_asks_from_that_day(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    training_courses.change_course(course, by=head, roles=[""], in_use=False)
    with time_machine.travel(school.today() + timedelta(days=100)):
        training_courses.change_course(course, by=head, roles=[""], in_use=True)
        assert course.requirements.get().since == school.today()


def test_a_role_that_stays_keeps_its_day_and_a_new_one_begins_today(
    school: Organisation, head: User
) -> None:
    course = make_course(school, by=head, roles=["staff"])
    first = school.today()
    with time_machine.travel(first + timedelta(days=30)):
        training_courses.change_course(course, by=head, roles=["staff", "dsl"])
    since = dict(course.requirements.values_list("role", "since"))
    assert since == {"staff": first, "dsl": first + timedelta(days=30)}
    line = AuditEvent.objects.filter(verb="training_course.change").latest("pk")
    assert line.details["roles"] == "dsl,staff"


def test_a_title_stands_once_at_a_school(school: Organisation, head: User) -> None:
    make_course(school, by=head, title="First aid")
    other = make_course(school, by=head, title="Fire safety")
    with pytest.raises(RuleBroken, match="a course with this title already"):
        make_course(school, by=head, title="first AID")
    with pytest.raises(RuleBroken, match="a course with this title already"):
        training_courses.change_course(other, by=head, roles=[], title="First aid")
    make_course(make_school(), title="First aid")


def test_nobody_must_have_a_course_that_is_not_in_use(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    make_record(teacher, course, school, by=head)
    training_courses.change_course(course, by=head, roles=[""], in_use=False)
    course.refresh_from_db()
    (row,) = queries.people_of(course, school, school.today())
    assert (row.person, row.required_since) == (teacher, None)
