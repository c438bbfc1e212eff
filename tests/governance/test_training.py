"""Training records: written once, confirmed by somebody else, corrected by a new row (D19)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from governance.models import TrainingCourse, TrainingNote, TrainingRecord
from governance.services import training, training_courses
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import (
    certificate,
    make_course,
    make_record,
    make_session,
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


# Recording


def test_what_the_school_records_counts_at_once_and_as_long_as_the_course_says(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    made = training.record(
        teacher, course, school, by=head, completed_on=date(2026, 3, 31), provider=""
    )
    assert (made.state, made.how) == (State.CONFIRMED, TrainingRecord.How.OFFICE)
    assert (made.expires_on, made.provider) == (date(2027, 3, 31), "The council")
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.details) == ("training.record", {"course": str(course.pk)})


def test_a_later_change_of_the_course_leaves_records_as_they_were(
    head: User, teacher: User, course: TrainingCourse, school: Organisation
) -> None:
    made = make_record(teacher, course, school, by=head, days_ago=10)
    training_courses.change_course(course, by=head, roles=[""], valid_months=1)
    made.refresh_from_db()
    assert made.expires_on == training.expiry_of(TrainingCourse(valid_months=12), made.completed_on)


def test_another_end_than_the_course_says_needs_a_reason(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    today = school.today()
    later = today + timedelta(days=600)
    with pytest.raises(RuleBroken, match="Say why it is valid until another day"):
        training.record(teacher, course, school, by=head, completed_on=today, expires_on=later)
    made = training.record(
        teacher, course, school, by=head, completed_on=today, expires_on=later,
        expiry_reason="The certificate says so.",
    )  # fmt: skip
    assert made.expires_on == later
    assert made.notes.get().text == "The certificate says so."


@pytest.mark.parametrize(
    ("days", "ends", "sentence"),
    [
        (1, None, "lies in the future"),
        (-30_000, None, "too long ago"),
        (-10, -11, "run out before it was completed"),
        (-10, 9_000, "valid for that long"),
    ],
)
def test_days_that_cannot_be_are_refused(
    school: Organisation, head: User, teacher: User, course: TrainingCourse,
    days: int, ends: int | None, sentence: str,
) -> None:  # fmt: skip
    today = school.today()
    with pytest.raises(RuleBroken, match=sentence):
        training.record(
            teacher, course, school, by=head, completed_on=today + timedelta(days=days),
            expires_on=None if ends is None else today + timedelta(days=ends), expiry_reason="x",
        )  # fmt: skip
    assert not TrainingRecord.objects.exists()


def test_the_29th_of_february_runs_out_on_the_28th_where_there_is_none(
    school: Organisation, head: User, teacher: User
) -> None:
    year = make_course(school, by=head, valid_months=12)
    leap = make_course(school, by=head, valid_months=48)
    done = date(2024, 2, 29)
    assert make_record(teacher, year, school, by=head, completed_on=done).expires_on == date(
        2025, 2, 28
    )
    assert make_record(teacher, leap, school, by=head, completed_on=done).expires_on == date(
        2028, 2, 29
    )


def test_nobody_is_trained_twice_on_one_day(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    make_record(teacher, course, school, by=head)
    with pytest.raises(RuleBroken, match="is on record already"):
        make_record(teacher, course, school, by=head)


def test_nobody_records_their_own_training(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    with pytest.raises(RuleBroken, match="Somebody else records your own training"):
        make_record(head, course, school, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingRecord.objects.create(
            person=head, course=course, organisation=school, completed_on=school.today(),
            how="office", state="confirmed", recorded_by=head,
        )  # fmt: skip


def test_who_has_left_or_was_never_there_is_not_recorded(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    with pytest.raises(RuleBroken, match="is not at"):
        make_record(make_user(Role.STAFF, at=make_school()), course, school, by=head)
    yesterday = school.today() - timedelta(days=1)
    membership.leave(Membership.objects.get(person=teacher), last_day=yesterday, by=head)
    with pytest.raises(RuleBroken, match="Toni Teacher has left"):
        make_record(teacher, course, school, by=head)


def test_a_course_of_another_school_or_out_of_use_is_not_recorded(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    with pytest.raises(RuleBroken, match="does not belong to this school"):
        make_record(teacher, make_course(make_school()), school, by=head)
    training_courses.change_course(course, by=head, roles=[], in_use=False)
    with pytest.raises(RuleBroken, match="not in use any more"):
        make_record(teacher, course, school, by=head)


@pytest.mark.parametrize("role", [Role.STAFF, Role.DSL, Role.GOVERNOR, Role.IT])
def test_only_those_who_manage_training_record_it(
    school: Organisation, teacher: User, course: TrainingCourse, role: Role
) -> None:
    by = make_user(role, at=school)
    with pytest.raises(PermissionDenied):
        make_record(teacher, course, school, by=by)
    with pytest.raises(PermissionDenied):
        training_courses.start_course(school, by=by, title="Mine")
    with pytest.raises(PermissionDenied):
        make_session(course, school, by=by)


# The database keeps it


@pytest.mark.demand("D1")
@pytest.mark.parametrize(
    "change",
    [
        {"completed_on": date(2020, 1, 1)}, {"expires_on": None}, {"provider": "Another"},
        {"how": "imported"}, {"state": "awaiting"}, {"state": "declined"}, {"supersedes_id": 1},
    ],
)  # fmt: skip
def test_the_facts_of_a_record_cannot_be_changed(
    school: Organisation, head: User, teacher: User, course: TrainingCourse, change: dict
) -> None:
    made = make_record(teacher, course, school, by=head)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        TrainingRecord.objects.filter(pk=made.pk).update(**change)


@pytest.mark.demand("D1")
def test_a_record_and_what_was_said_of_it_cannot_be_deleted_or_reworded(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    made = make_record(teacher, course, school, by=head, days_ago=3)
    fixed = training.correct(made, by=head, reason="Wrong day", completed_on=school.today())
    with pytest.raises(DatabaseError, match="cannot be deleted"), transaction.atomic():
        TrainingRecord.objects.filter(pk=made.pk)._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic():
        TrainingNote.objects.filter(record=fixed).update(text="Something else")
    TrainingNote.objects.filter(record=fixed).delete()  # words may be erased in the end


@pytest.mark.demand("D1")
def test_a_certificate_can_be_erased_and_never_exchanged(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    made = make_record(teacher, course, school, by=head, certificate=certificate())
    other = make_record(teacher, course, school, by=head, days_ago=9, certificate=certificate())
    rows = TrainingRecord.objects.filter(pk=made.pk)
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        rows.update(certificate=other.certificate)
    assert rows.update(certificate=None) == 1


# Corrections


def test_a_correction_is_a_new_record_and_the_wrong_one_is_kept(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    wrong = make_record(teacher, course, school, by=head, days_ago=400)
    fixed = training.correct(
        wrong, by=head, reason="The wrong year", completed_on=school.today(), provider="The council"
    )
    wrong.refresh_from_db()
    assert (wrong.state, fixed.state) == (State.CORRECTED, State.CONFIRMED)
    assert (fixed.supersedes, wrong.superseded_by) == (wrong, fixed)
    assert fixed.notes.get().text == "The wrong year"
    assert list(TrainingRecord.objects.counting()) == [fixed]


def test_what_was_never_true_is_taken_off_and_stays_readable(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    made = make_record(teacher, course, school, by=head)
    removed = training.remove(made, by=head, reason="It was a colleague of the same name.")
    assert removed.state == State.REMOVED
    assert not TrainingRecord.objects.counting().exists()
    assert TrainingRecord.objects.visible_to(teacher).count() == 2
    with pytest.raises(RuleBroken, match="Only a record that counts"):
        training.remove(made, by=head, reason="Again")
    make_record(teacher, course, school, by=head)  # and it can be recorded after all


def test_a_correction_says_something_else_and_why(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    made = make_record(teacher, course, school, by=head)
    same = {"completed_on": made.completed_on, "provider": made.provider}
    with pytest.raises(RuleBroken, match="Nothing is different"):
        training.correct(made, by=head, reason="Hm", **same)
    with pytest.raises(RuleBroken, match="Give a reason"):
        training.correct(made, by=head, reason=" ", completed_on=date(2026, 1, 1))
    earlier = make_record(teacher, course, school, by=head, days_ago=5)
    with pytest.raises(RuleBroken, match="says that day already"):
        training.correct(earlier, by=head, reason="Hm", completed_on=made.completed_on)


# Sessions


def test_ticking_a_register_gives_everybody_a_record(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    session = make_session(course, school, by=head, led_by="A trainer")
    other = make_user(Role.STAFF, at=school)
    made = training.take_register(session, [teacher, other], by=head)
    assert {one.person for one in made} == {teacher, other}
    assert {one.provider for one in made} == {"A trainer"}
    assert training.take_register(session, [teacher, other], by=head) == []
    assert TrainingRecord.objects.count() == 2
    assert AuditEvent.objects.filter(verb="training_session.register").count() == 1


def test_a_register_replaces_what_was_recorded_of_that_day_otherwise(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    earlier = make_record(teacher, course, school, by=head)
    (made,) = training.take_register(make_session(course, school, by=head), [teacher], by=head)
    earlier.refresh_from_db()
    assert (made.supersedes, earlier.state) == (earlier, State.CORRECTED)


def test_a_register_is_refused_before_the_day_when_cancelled_and_for_strangers(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    to_come = make_session(course, school, by=head, held_on=school.today() + timedelta(days=1))
    with pytest.raises(RuleBroken, match="has not taken place yet"):
        training.take_register(to_come, [teacher], by=head)
    training_courses.cancel_session(to_come, by=head)
    with pytest.raises(RuleBroken, match="cancelled"):
        training.take_register(to_come, [teacher], by=head)
    today = make_session(course, school, by=head)
    with pytest.raises(RuleBroken, match="was not at"):
        training.take_register(today, [make_user(Role.STAFF, at=make_school())], by=head)
    with pytest.raises(RuleBroken, match="Somebody else ticks your own name"):
        training.take_register(today, [head], by=head)
    with pytest.raises(RuleBroken, match="200 people at a time"):
        training.take_register(today, [teacher] * 201, by=head)
    assert not TrainingRecord.objects.exists()


def test_somebody_who_has_left_since_was_there_on_the_day(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    day = school.today() - timedelta(days=20)
    session = make_session(course, school, by=head, held_on=day)
    membership.leave(
        Membership.objects.get(person=teacher), last_day=day + timedelta(days=5), by=head
    )
    assert training.take_register(session, [teacher], by=head)


def test_a_trust_trains_the_people_of_all_its_schools() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    lead, head = make_head(trust), make_head(school)
    teacher = make_user(Role.STAFF, at=school)
    session = make_session(make_course(trust, by=lead), trust, by=lead)
    (made,) = training.take_register(session, [teacher], by=lead)
    assert TrainingRecord.objects.visible_to(head).get() == made
    assert not TrainingRecord.objects.visible_to(make_head(make_school(trust=trust))).exists()


def test_a_session_that_took_place_keeps_its_day_and_is_not_cancelled(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    session = make_session(course, school, by=head)
    (made,) = training.take_register(session, [teacher], by=head)
    with pytest.raises(RuleBroken, match="ticked for this day already"):
        training_courses.change_session(session, by=head, held_on=date(2026, 1, 5))
    with pytest.raises(RuleBroken, match="has taken place"):
        training_courses.cancel_session(session, by=head)
    with pytest.raises(RuleBroken, match="day is that of the session"):
        training.correct(made, by=head, reason="x", completed_on=date(2026, 1, 5))
    training_courses.change_session(session, by=head, place="The hall")
