"""Who must have which training, who lacks it, and when it is due (P10, D19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from governance import training as queries
from governance.models import Exemption, TrainingRequirement
from governance.services import exemptions, training_courses, training_evidence
from governance.training import FOREVER, State
from governance.training_duties import TAKING
from notices.ladders import LADDERS, rungs
from people.duty import Duty
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership, organisations
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import make_course, make_record, send_in

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-20 10:00", tick=False):
        yield


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


def owed(*people: User, on: date = TODAY) -> list[Duty]:
    """What the sweep finds, which is what each person's page finds."""
    found = list(TAKING.owed(User.objects.filter(pk__in=[one.pk for one in people]), on))
    mine = [duty for one in people for duty in TAKING.of(one, on)]
    assert sorted(found, key=str) == sorted(mine, key=str)
    return found


def test_somebody_who_must_have_a_course_and_lacks_it_owes_it(
    school: Organisation, head: User, teacher: User
) -> None:
    course = make_course(school, by=head, roles=["staff"], title="Online safety")
    (duty,) = owed(teacher)
    assert duty.title == "Take this training: Online safety"
    assert duty.due_on == TODAY + timedelta(days=42)
    make_record(teacher, course, school, by=head)
    assert owed(teacher) == []


def test_only_the_roles_that_are_named_owe_it(school: Organisation, head: User) -> None:
    make_course(school, by=head, roles=["dsl", "governor"])
    dsl, governor = make_user(Role.DSL, at=school), make_user(Role.GOVERNOR, at=school)
    volunteer, staff = make_user(at=school), make_user(Role.STAFF, at=school)
    assert {duty.person_id for duty in owed(dsl, governor, volunteer, staff)} == {
        dsl.pk, governor.pk,
    }  # fmt: skip


def test_everybody_is_everybody_even_without_a_role(school: Organisation, head: User) -> None:
    make_course(school, by=head, roles=[""])
    assert len(owed(make_user(at=school), make_user(Role.CHAIR, at=school))) == 2


@pytest.mark.parametrize(("days_ago", "state"), [(0, "held"), (334, "held"), (336, "expiring"),
                                                 (365, "expiring"), (366, "expired")])  # fmt: skip
def test_a_training_is_owed_again_thirty_days_before_it_runs_out(
    school: Organisation, head: User, teacher: User, days_ago: int, state: str
) -> None:
    course = make_course(school, by=head)
    with time_machine.travel(TODAY - timedelta(days=200)):
        TrainingRequirement.objects.update(since=TODAY - timedelta(days=200))
    record = make_record(teacher, course, school, by=head, days_ago=days_ago)
    (need,) = queries.needs_of(teacher.pk, TODAY)
    assert need.state(TODAY) == state
    duties = owed(teacher)
    assert [duty.due_on for duty in duties] == ([] if state == "held" else [record.expires_on])
    if duties:
        assert duties[0].title.startswith("Take this training again")


def test_what_never_runs_out_is_never_owed_again(
    school: Organisation, head: User, teacher: User
) -> None:
    course = make_course(school, by=head, valid_months=None)
    make_record(teacher, course, school, by=head, days_ago=3000)
    assert owed(teacher, on=TODAY + timedelta(days=9000)) == []
    (need,) = queries.needs_of(teacher.pk, TODAY)
    assert need.held_until == FOREVER


def test_of_several_records_the_one_that_lasts_longest_counts(
    school: Organisation, head: User, teacher: User
) -> None:
    course = make_course(school, by=head)
    make_record(teacher, course, school, by=head, days_ago=300)
    make_record(teacher, course, school, by=head, days_ago=500)
    (need,) = queries.needs_of(teacher.pk, TODAY)
    assert need.held_until == date(2027, 1, 24)


def test_a_joiner_has_their_days_and_so_has_whoever_gets_the_role(
    school: Organisation, head: User
) -> None:
    make_course(school, by=head, roles=["dsl"])
    TrainingRequirement.objects.update(since=TODAY - timedelta(days=300))
    joiner = make_user(Role.DSL, at=school, since=TODAY - timedelta(days=5))
    (duty,) = owed(joiner)
    assert (duty.since, duty.due_on) == (TODAY - timedelta(days=5), TODAY + timedelta(days=37))
    promoted = make_user(Role.STAFF, at=school)
    membership.set_roles(Membership.objects.get(person=promoted), [Role.STAFF, Role.DSL], by=None)
    (duty,) = owed(promoted)
    assert duty.due_on == TODAY + timedelta(days=42)


def test_the_school_sets_the_days_and_else_its_trust() -> None:
    trust = make_trust()
    school, other = make_school(trust=trust), make_school(trust=trust)
    lead = make_head(trust)
    make_course(trust, by=lead)
    organisations.change_settings(trust, {"training.grace_days": 10}, by=lead)
    organisations.change_settings(school, {"training.grace_days": 0}, by=lead)
    here, there = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=other)
    days = {duty.person_id: (duty.due_on - TODAY).days for duty in owed(here, there)}
    assert days == {here.pk: 0, there.pk: 10}


def test_somebody_at_two_schools_owes_a_trusts_course_once() -> None:
    trust = make_trust()
    first, second = make_school(trust=trust), make_school(trust=trust)
    lead = make_head(trust)
    make_course(trust, by=lead)
    TrainingRequirement.objects.update(since=TODAY - timedelta(days=300))
    person = make_user(Role.STAFF, at=first, since=TODAY - timedelta(days=9))
    make_member(person, second, Role.STAFF, since=TODAY - timedelta(days=20))
    (duty,) = owed(person)
    assert (duty.organisation_id, duty.due_on) == (second.pk, TODAY + timedelta(days=22))


def test_a_trusts_course_reaches_its_schools_and_no_other() -> None:
    trust = make_trust()
    make_course(trust, by=make_head(trust))
    inside, outside = make_school(trust=trust), make_school()
    people = [make_user(Role.STAFF, at=at) for at in (inside, outside, trust)]
    assert {duty.person_id for duty in owed(*people)} == {people[0].pk, people[2].pk}


def test_a_course_of_one_school_is_not_asked_at_its_sister() -> None:
    trust = make_trust()
    school, sister = make_school(trust=trust), make_school(trust=trust)
    make_course(school, by=make_head(school))
    assert owed(make_user(Role.STAFF, at=sister)) == []


def test_leavers_and_courses_out_of_use_are_not_asked_for(
    school: Organisation, head: User, teacher: User
) -> None:
    course = make_course(school, by=head)
    post = Membership.objects.get(person=teacher)
    membership.leave(post, last_day=TODAY - timedelta(days=1), by=head)
    assert owed(teacher) == []
    colleague = make_user(Role.STAFF, at=school)
    assert len(owed(colleague)) == 1
    training_courses.change_course(course, by=head, roles=[""], in_use=False)
    assert owed(colleague) == []


def test_while_a_certificate_waits_its_sender_is_not_reminded(
    school: Organisation, head: User, teacher: User
) -> None:
    course = make_course(school, by=head)
    sent = send_in(teacher, course, school)
    assert owed(teacher) == []
    (need,) = queries.needs_of(teacher.pk, TODAY)
    assert (need.waiting, need.state(TODAY)) == (True, State.MISSING)
    training_evidence.decline(sent, by=head, reason="Unreadable")
    assert len(owed(teacher)) == 1


def test_nobody_is_reminded_on_long_leave_and_whoever_is_back_has_time(
    school: Organisation, head: User, teacher: User
) -> None:
    make_course(school, by=head)
    TrainingRequirement.objects.update(since=TODAY - timedelta(days=300))
    exemptions.allow(
        teacher, school, by=head, reason=Exemption.Reason.LONG_LEAVE,
        starts_on=TODAY - timedelta(days=100), ends_on=TODAY + timedelta(days=4),
    )  # fmt: skip
    assert owed(teacher) == []
    (duty,) = owed(teacher, on=TODAY + timedelta(days=5))
    assert duty.due_on == TODAY + timedelta(days=5 + 42)


def test_another_exemption_from_signing_is_none_from_training(
    school: Organisation, head: User, teacher: User
) -> None:
    make_course(school, by=head)
    exemptions.allow(
        teacher, school, by=head, reason=Exemption.Reason.SIGNED_ELSEWHERE, starts_on=TODAY
    )
    assert len(owed(teacher)) == 1


def test_what_is_asked_today_of_people_long_there_is_not_overdue_today(
    school: Organisation, head: User, teacher: User
) -> None:
    course = make_course(school, by=head, roles=[])
    make_record(teacher, course, school, by=head, days_ago=900)
    training_courses.change_course(course, by=head, roles=[""])
    (duty,) = owed(teacher)
    assert duty.due_on == TODAY + timedelta(days=42)


def test_people_hear_of_it_at_once_and_their_manager_a_week_after_it_was_due() -> None:
    duty = Duty("training.take", "x", 1, 1, TODAY + timedelta(days=42), "t", "/", since=TODAY)

    def told(days: int) -> set[str]:
        found = rungs(LADDERS["training.take"], duty, TODAY + timedelta(days=days))
        return {f"{rung.to}{(rung.on - TODAY).days}" for rung in found}

    assert told(0) == {"owner0"}
    assert told(13) == {"owner12"}
    assert told(36) == {"owner35"}
    assert told(42) == {"owner42"}
    assert told(49) == {"owner49", "line_manager49"}
    assert told(57) == {"owner56", "line_manager49", "head56"}
