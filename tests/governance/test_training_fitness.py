"""Is this person fit to run an account, and if not, why not: one function says it (A3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from governance.fitness import fitness, fitness_of, unfit
from governance.models import Policy, TrainingCourse
from governance.services import exemptions, training, training_courses, training_evidence
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership
from tests import crowds
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_head, make_policy, sign
from tests.governance.training_factories import make_course, make_record, send_in

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]
DAY = timedelta(days=1)


@pytest.fixture
def trust() -> Organisation:
    return make_trust()


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Elm Park School", trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head, title="Social media")


@pytest.fixture
def course(trust: Organisation) -> TrainingCourse:
    return make_course(trust, title="Running an account", roles=[], for_runners=True)


def test_who_belongs_has_signed_and_is_trained_is_fit(
    school: Organisation, head: User, teacher: User, policy: Policy, course: TrainingCourse
) -> None:
    sign(policy, teacher)
    make_record(teacher, course, school, by=head)
    found = fitness_of(teacher, school, school.today())
    assert (found.fit, found.reasons) == (True, ())
    assert found.facts.is_here
    assert found.facts.training[0].holds


def test_each_thing_that_is_missing_is_said_in_a_sentence(
    school: Organisation, teacher: User, policy: Policy, course: TrainingCourse
) -> None:
    found = fitness_of(teacher, school, school.today())
    due = school.today() + timedelta(days=14)
    assert found.reasons == (
        f"Has not signed “Social media”: it is due on {due.day} {due:%B %Y}.",
        "Has not taken the training “Running an account”.",
    )
    assert not found.fit
    assert [one.policy_id for one in found.facts.unsigned] == [policy.pk]


def test_an_overdue_signature_is_said_to_be_overdue(
    school: Organisation, teacher: User, policy: Policy
) -> None:
    found = fitness_of(teacher, school, school.today() + timedelta(days=15))
    assert found.facts.unsigned[0].overdue
    assert "it was due on" in found.reasons[0]


def test_a_new_material_version_makes_everybody_sign_again(
    school: Organisation, head: User, teacher: User, policy: Policy
) -> None:
    from tests.governance.factories import publish_next

    sign(policy, teacher)
    assert fitness_of(teacher, school, school.today()).fit
    publish_next(policy, by=head)
    assert not fitness_of(teacher, school, school.today()).fit


def test_a_training_that_ran_out_yesterday_is_none_and_today_is_enough(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    record = make_record(teacher, course, school, by=head, days_ago=300)
    last = record.expires_on
    assert last is not None
    assert fitness_of(teacher, school, last).fit
    late = fitness_of(teacher, school, last + timedelta(days=1))
    assert late.reasons == (
        f"Their training “Running an account” ran out on {last.day} {last:%B %Y}.",
    )


def test_a_certificate_counts_only_when_it_is_confirmed(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    sent = send_in(teacher, course, school)
    found = fitness_of(teacher, school, school.today())
    assert found.reasons == (
        "Has not taken the training “Running an account”. A certificate waits to be confirmed.",
    )
    training_evidence.confirm(sent, by=head)
    assert fitness_of(teacher, school, school.today()).fit


def test_a_record_taken_off_counts_no_more(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    record = make_record(teacher, course, school, by=head)
    training.remove(record, by=head, reason="A slip")
    assert not fitness_of(teacher, school, school.today()).fit


def test_who_has_left_or_is_not_there_yet_is_not_fit(
    school: Organisation, head: User, teacher: User
) -> None:
    today = school.today()
    membership.leave(Membership.objects.get(person=teacher), last_day=today, by=head)
    assert fitness_of(teacher, school, today).fit
    gone = fitness_of(teacher, school, today + timedelta(days=1))
    assert gone.reasons[0].startswith("Does not belong to Elm Park School on ")
    joiner = make_user(Role.STAFF, at=school, since=today + timedelta(days=3))
    assert not fitness_of(joiner, school, today).fit
    assert not fitness_of(make_user(Role.STAFF, at=make_school()), school, today).fit


def test_what_is_owed_at_another_school_does_not_count_here(
    trust: Organisation, school: Organisation, teacher: User
) -> None:
    sister = make_school(trust=trust)
    make_member(teacher, sister, Role.STAFF)
    make_policy(sister)
    make_course(sister, roles=[], for_runners=True)
    assert fitness_of(teacher, school, school.today()).fit
    assert len(fitness_of(teacher, sister, school.today()).reasons) == 2


def test_a_parent_who_runs_an_account_is_asked_the_same(
    school: Organisation, policy: Policy, course: TrainingCourse
) -> None:
    parent = make_user(at=school, employment="parent")
    assert len(fitness_of(parent, school, school.today()).reasons) == 2


def test_who_is_exempt_from_signing_need_not_have_signed(
    school: Organisation, head: User, teacher: User, policy: Policy
) -> None:
    exemptions.allow(teacher, school, by=head, reason="elsewhere", starts_on=school.today())
    assert fitness_of(teacher, school, school.today()).fit


def test_a_course_for_a_role_or_out_of_use_is_none_for_runners(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    make_course(school, by=head, roles=["staff"])
    lead = make_head(course.owner)
    training_courses.change_course(course, by=lead, roles=[], in_use=False)
    assert fitness_of(teacher, school, school.today()).fit


def test_the_moment_counts_from_which_it_is_asked(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    make_record(teacher, course, school, by=head, days_ago=5)
    assert not fitness_of(teacher, school, school.today() - timedelta(days=6)).fit


def test_many_are_asked_in_as_few_queries_as_one(
    school: Organisation, head: User, policy: Policy, course: TrainingCourse
) -> None:
    people = crowds.many_people(school, 500)
    crowds.many_signatures(policy, people[:250], school)
    training_courses.plan_session(course, school, by=head, held_on=school.today())
    session = course.sessions.get()
    training.take_register(session, people[100:300], by=head)
    ids = [one.pk for one in people]
    counts = []
    for some in ([ids[0]], ids):
        with CaptureQueriesContext(connection) as captured:
            found = fitness(some, school, school.today())
        counts.append(len(captured))
        assert list(found) == some
    assert counts == [3, 3]
    assert sum(one.fit for one in found.values()) == 150
    with CaptureQueriesContext(connection) as captured:
        same = fitness(User.objects.filter(pk__in=ids), school, school.today())
    assert (same, len(captured)) == (found, 4)


def test_nobody_asked_about_is_nobody_found(school: Organisation) -> None:
    assert fitness([], school, school.today()) == {}


def test_the_condition_and_the_sentences_say_the_same_of_everybody(
    trust: Organisation, school: Organisation, head: User, policy: Policy, course: TrainingCourse
) -> None:
    """`unfit` is asked of lists, `fitness` of pages: one rule, written twice."""
    make_course(trust, title="Optional", roles=[])
    make_policy(trust, by=make_user(Role.TRUST_LEAD, at=trust), title="The trust's")
    other = make_school(trust=trust)
    people = [make_user(Role.STAFF, at=school) for _ in range(8)]
    for number, person in enumerate(people):
        if number % 2:
            for one in Policy.objects.all():
                sign(one, person)
        if number in (1, 2, 3, 5):
            made = make_record(person, course, school, by=head, days_ago=number)
            if number == 3:
                training.correct(made, by=head, reason="Wrong", completed_on=school.today() - DAY)
        if number == 7:
            send_in(person, course, school)
    left = people[5].memberships.get()
    Membership.objects.filter(pk=left.pk).update(
        starts_on=school.today() - 9 * DAY, ends_on=school.today() - DAY
    )
    make_member(people[6], other, Role.STAFF)
    for place in (school, other):
        for day in (school.today(), school.today() - 2 * DAY, school.today() + 900 * DAY):
            rows = Membership.objects.filter(person__in=people)
            asked = rows.annotate(where=Value(place.pk)).filter(unfit(day, organisation="where"))
            one_by_one = fitness([one.pk for one in people], place, day)
            assert set(asked.values_list("person", flat=True)) == {
                pk for pk, found in one_by_one.items() if not found.fit
            }
    assert {one.fit for one in fitness(User.objects.all(), school, school.today()).values()} == {
        True, False,
    }  # fmt: skip
