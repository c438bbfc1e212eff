"""Who must have which training, who lacks it, and when it is due (P10, D19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import training as queries
from governance.models import Exemption, TrainingCourse, TrainingRecord, TrainingRequirement
from governance.services import exemptions, training, training_courses, training_evidence
from governance.training import FOREVER, Figures, State
from governance.training_duties import TAKING
from notices.ladders import LADDERS, rungs
from people.duty import Duty
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership, organisations
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import make_course, make_record, send_in
from tests.pages import rolled_back

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


# Expiry, compared with a slow and obvious way to count


def slowly(day: date, months: int) -> date:
    """Month by month; then back to a day that exists."""
    year, month, number = day.year, day.month, day.day
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(1, 120))
def test_a_training_runs_out_on_the_same_day_so_many_months_later(day: date, months: int) -> None:
    ends = training.expiry_of(TrainingCourse(valid_months=months), day)
    assert ends == slowly(day, months)
    assert ends > day


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_without_a_time_it_never_runs_out(day: date) -> None:
    assert training.expiry_of(TrainingCourse(), day) is None


# Everything at once, compared with loops over every row

DAYS = st.integers(-500, 60)
SOME_ROLES = st.sets(st.sampled_from(["staff", "dsl", "governor", ""]), max_size=3)


@st.composite
def worlds(draw: Any) -> dict[str, Any]:
    people, courses = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    return {
        "courses": [
            (draw(SOME_ROLES), draw(DAYS), draw(st.booleans()), draw(st.integers(0, 2)))
            for _ in range(courses)
        ],
        "posts": [
            (
                draw(st.sets(st.sampled_from([Role.STAFF, Role.DSL, Role.GOVERNOR]), max_size=2)),
                draw(st.integers(-600, 20)),
                draw(st.none() | st.integers(-30, 30)),
                draw(st.integers(0, 2)),
            )
            for _ in range(people)
        ],
        "records": draw(
            st.lists(
                st.tuples(
                    st.integers(0, people - 1), st.integers(0, courses - 1), st.integers(-800, 0),
                    st.none() | st.integers(0, 900),
                    st.sampled_from(["confirmed", "awaiting", "corrected"]),
                ),
                max_size=8,
                unique_by=lambda row: row[:3],
            )
        ),
    }  # fmt: skip


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(worlds())
def test_who_must_have_what_is_what_loops_over_every_row_say(world: dict[str, Any]) -> None:
    with rolled_back():
        build(world)
        for shift in (0, 40):
            compare(TODAY + timedelta(days=shift))


def build(world: dict[str, Any]) -> None:
    """Past the services: states that years would make."""
    trust = make_trust()
    places = [make_school(trust=trust), make_school(trust=trust), trust]
    by = make_person()
    courses = []
    for roles, since, in_use, owner in world["courses"]:
        course = TrainingCourse.objects.create(
            owner=places[owner], title=f"Course {len(courses)}", in_use=in_use, created_by=by
        )
        TrainingRequirement.objects.bulk_create(
            TrainingRequirement(course=course, role=role, since=TODAY + timedelta(days=since))
            for role in roles
        )
        courses.append(course)
    people = []
    for roles, starts, ends, place in world["posts"]:
        person = make_person()
        first = TODAY + timedelta(days=starts)
        post = make_member(person, places[place], *roles, since=first)
        if ends is not None and TODAY + timedelta(days=ends) >= first:
            membership.leave(post, last_day=TODAY + timedelta(days=ends), by=None)
        people.append(person)
    for who, which, done, lasts, state in world["records"]:
        day = TODAY + timedelta(days=done)
        TrainingRecord.objects.create(
            person=people[who], course=courses[which], organisation=places[0], completed_on=day,
            expires_on=None if lasts is None else day + timedelta(days=lasts), how="own",
            state=state, recorded_by=people[who],
            decided_by=None if state == "awaiting" else by,
            decided_at=None if state == "awaiting" else "2026-01-01T10:00Z",
        )  # fmt: skip


def compare(on: date) -> None:
    expected = {}
    for post in Membership.objects.select_related("organisation", "person"):
        if not (post.starts_on <= on and (post.ends_on is None or post.ends_on >= on)):
            continue
        for course in TrainingCourse.objects.all():
            if (found := one_by_one(post, course, on)) is not None:
                expected[post.pk, course.pk] = found
    rows = queries.required(on).values_list("pk", "course_ref", "held_until", "waiting")
    assert {(pk, course): (until, waits) for pk, course, until, waits in rows} == {
        key: (until, waits) for key, (until, waits, _) in expected.items()
    }
    counted: dict[int, Figures] = {}
    for (_, course), (until, _, _) in expected.items():
        state = queries.state_of(until, on)
        one = Figures(1, state == "missing", state == "expired", state == "expiring")
        counted[course] = counted.get(course, Figures()) + one
    assert queries.figures_by(queries.required(on), on, "course_ref") == counted
    owing = {
        (post, course)
        for (post, course), (until, waits, _) in expected.items()
        if not waits and queries.state_of(until, on) != "held"
    }
    assert set(queries.owed(on).values_list("pk", "course_ref")) == owing


def one_by_one(
    post: Membership, course: TrainingCourse, on: date
) -> tuple[date | None, bool, date] | None:
    """(held until, waiting, asked since) of one post and course; None: nothing asks for it."""
    here = post.organisation
    if not course.in_use or course.owner_id not in (here.pk, here.parent_id):
        return None
    asked = []
    for one in course.requirements.all():
        if one.role == "":
            asked.append(one.since)
        asked += [
            max(one.since, role.starts_on)
            for role in post.roles.filter(role=one.role)
            if role.starts_on <= on and (role.ends_on is None or role.ends_on >= on)
        ]
    if not asked:
        return None
    records = TrainingRecord.objects.filter(person=post.person, course=course)
    ends = [
        record.expires_on or FOREVER
        for record in records
        if record.state == "confirmed" and record.completed_on <= on
    ]
    waits = any(record.state == "awaiting" for record in records)
    return max(ends, default=None), waits, min(asked)
