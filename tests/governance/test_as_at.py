"""Which versions applied to somebody at a moment of the past, and what they had signed by then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from governance import as_at
from governance.as_at import Question, Standing, State
from governance.models import Policy, PolicyVersion
from governance.services import appendices, drafts, exemptions, publishing
from people.models import Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_head, make_policy, publish_next, sign

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)


def at(moment: datetime) -> Any:
    """Something happens at that time."""
    return time_machine.travel(moment, tick=False)


def told(person: User, moment: datetime) -> list[tuple[str, State]]:
    """(number of the version, state) of each policy that applied."""
    return [(one.version.number, one.state) for one in standings(person, moment)]


def standings(person: User, moment: datetime) -> list[Standing]:
    return list(Question.of(person.pk, moment).standings())


@pytest.fixture
def teacher(school: Organisation) -> User:
    with at(NINE - 100 * DAY):
        return make_user(Role.STAFF, at=school)


@pytest.fixture
def head(school: Organisation) -> User:
    with at(NINE - 100 * DAY):
        return make_head(school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    with at(NINE):
        return make_policy(school, by=head)


def publish_appendix(policy: Policy, school: Organisation, by: User) -> PolicyVersion:
    version = appendices.start_appendix(policy, school, by=by)
    drafts.edit_text(
        version, edition=version.edition, by=by, title="Here", number="7.0", body="Here."
    )
    version.refresh_from_db()
    return publishing.publish(version, by=by, change="material")


# Versions


@pytest.mark.demand("D12")
def test_a_version_applies_from_the_second_it_is_published(policy: Policy, teacher: User) -> None:
    assert told(teacher, NINE - TICK) == []
    assert told(teacher, NINE) == [("1.0", State.NOT_SIGNED)]


@pytest.mark.demand("D12")
def test_the_version_of_that_moment_counts_not_todays(
    policy: Policy, teacher: User, head: User
) -> None:
    with at(NINE + HOUR):
        sign(policy, teacher)
    with at(NINE + 2 * HOUR):
        publish_next(policy, by=head)

    assert told(teacher, NINE + HOUR - TICK) == [("1.0", State.NOT_SIGNED)]
    assert told(teacher, NINE + HOUR) == [("1.0", State.SIGNED)]
    assert told(teacher, NINE + 2 * HOUR) == [("2.0", State.NOT_SIGNED)]


def test_a_minor_version_keeps_the_signature_of_the_one_before(
    policy: Policy, teacher: User, head: User
) -> None:
    with at(NINE + HOUR):
        sign(policy, teacher)
    with at(NINE + 2 * HOUR):
        publish_next(policy, by=head, change="minor")

    (one,) = standings(teacher, NINE + 3 * HOUR)
    assert (one.version.number, one.state) == ("2.0", State.SIGNED)
    assert one.signed is not None
    assert one.signed.number == "1.0"


def test_the_acknowledgement_is_named_with_its_time_hash_and_way(
    policy: Policy, teacher: User
) -> None:
    with at(NINE + HOUR):
        signature = sign(policy, teacher)

    (one,) = standings(teacher, NINE + DAY)
    assert policy.current is not None
    assert one.signed == as_at.Signed(
        NINE + HOUR, "1.0", policy.current.content_hash, "own", signature.reference
    )


def test_a_withdrawn_policy_applied_until_it_was_withdrawn(
    policy: Policy, teacher: User, head: User
) -> None:
    with at(NINE + HOUR):
        publishing.withdraw(policy, by=head, reason="Replaced.")
    with at(NINE + DAY):
        publish_next(policy, by=head)

    assert told(teacher, NINE + HOUR - TICK) == [("1.0", State.NOT_SIGNED)]
    assert told(teacher, NINE + HOUR) == []
    assert told(teacher, NINE + DAY) == [("2.0", State.NOT_SIGNED)]


def test_the_audience_is_the_one_that_the_version_had(
    policy: Policy, teacher: User, head: User
) -> None:
    with at(NINE + DAY):
        version = drafts.start_version(policy, by=head)
        drafts.set_audience(version, [{"role": Role.DSL}], by=head)
        version.refresh_from_db()
        publishing.publish(version, by=head, change="material", summary="For the DSL.")

    assert told(teacher, NINE + HOUR) == [("1.0", State.NOT_SIGNED)]
    assert told(teacher, NINE + DAY) == []


# Days


def test_a_day_counts_whole_where_the_school_is(policy: Policy, head: User) -> None:
    """In March and in July: London is an hour from UTC in summer."""
    school = policy.owner
    with at(NINE):
        joiner = make_user(Role.STAFF, at=school, since=datetime(2026, 7, 1, tzinfo=UTC).date())
        memberships.leave(
            joiner.memberships.get(), last_day=datetime(2026, 7, 3, tzinfo=UTC).date(), by=None
        )

    first, last = datetime(2026, 6, 30, 23, 0, tzinfo=UTC), datetime(2026, 7, 3, 23, 0, tzinfo=UTC)
    assert told(joiner, first - TICK) == []
    assert told(joiner, first) == [("1.0", State.NOT_SIGNED)]
    assert told(joiner, last - TICK) == [("1.0", State.NOT_SIGNED)]
    assert told(joiner, last) == []


def test_schools_in_two_zones_each_have_their_own_day() -> None:
    """At noon in London it is tomorrow already in Auckland."""
    with at(NINE - 100 * DAY):
        trust = make_trust()
        lead = make_head(trust)
        london = make_school(trust=trust)
        auckland = make_school(trust=trust, time_zone="Pacific/Auckland")
        starts = (NINE + DAY).date()
        here, there = (
            make_user(Role.STAFF, at=place, since=starts) for place in (london, auckland)
        )
        make_policy(trust, by=lead)
    noon = NINE.replace(hour=12)

    assert told(here, noon) == []
    assert told(there, noon) == [("1.0", State.NOT_SIGNED)]
    everybody = Question.at(trust, noon).standings()
    assert [one.person_id for one in everybody if one.person_id != lead.pk] == [there.pk]


def test_a_role_counts_on_the_days_it_was_held(school: Organisation, head: User) -> None:
    with at(NINE):
        make_policy(school, by=head, audience=[{"role": Role.DSL}])
        teacher = make_user(Role.STAFF, at=school)
    with at(NINE + 5 * DAY):
        memberships.set_roles(teacher.memberships.get(), [Role.STAFF, Role.DSL], by=None)
    with at(NINE + 10 * DAY):
        memberships.set_roles(teacher.memberships.get(), [Role.STAFF], by=None)

    days = [day for day in range(12) if told(teacher, NINE + day * DAY)]
    assert days == [5, 6, 7, 8, 9]


def test_an_exemption_counts_on_its_days_and_a_signature_beats_it(
    policy: Policy, teacher: User, head: User
) -> None:
    with at(NINE):
        exemptions.allow(
            teacher, policy.owner, by=head, reason="long_leave",
            starts_on=(NINE + DAY).date(), ends_on=(NINE + 3 * DAY).date(),
        )  # fmt: skip
    with at(NINE + 3 * DAY):
        sign(policy, teacher)

    states = [told(teacher, NINE + day * DAY)[0][1] for day in range(4)]
    assert states == [State.NOT_SIGNED, State.EXEMPT, State.EXEMPT, State.SIGNED]


def test_a_login_closed_today_was_open_yesterday(policy: Policy, teacher: User) -> None:
    with at(NINE + 10 * DAY):
        User.objects.filter(pk=teacher.pk).update(is_active=False)
        assert told(teacher, NINE + 10 * DAY) == []
        assert told(teacher, NINE + 9 * DAY) == [("1.0", State.NOT_SIGNED)]


def test_the_day_it_was_due_is_told(policy: Policy, teacher: User) -> None:
    (in_time,) = standings(teacher, NINE + 14 * DAY)
    (late,) = standings(teacher, NINE + 15 * DAY)

    assert in_time.due_on == late.due_on == (NINE + 14 * DAY).date()
    assert (in_time.overdue, late.overdue) == (False, True)


# Trusts and appendices


@pytest.fixture
def trust_policy() -> tuple[Policy, Organisation, User, User]:
    """A policy of the trust for its staff, a school, its head and a teacher there."""
    with at(NINE - 100 * DAY):
        trust = make_trust()
        school = make_school(trust=trust)
        head, teacher = make_head(school), make_user(Role.STAFF, at=school)
        lead = make_head(trust)
    with at(NINE):
        policy = make_policy(trust, by=lead, audience=[{"role": Role.STAFF}])
    return policy, school, head, teacher


def test_an_appendix_is_for_whom_the_policy_above_it_was_for_then(
    trust_policy: tuple[Policy, Organisation, User, User],
) -> None:
    policy, school, head, teacher = trust_policy
    lead = policy.owner.memberships.get().person
    with at(NINE + DAY):
        publish_appendix(policy, school, head)
    with at(NINE + 2 * DAY):
        version = drafts.start_version(policy, by=lead)
        drafts.set_audience(version, [{"role": Role.HEAD}], by=lead)
        version.refresh_from_db()
        publishing.publish(version, by=lead, change="minor", summary="For heads.")

    assert [number for number, _ in told(teacher, NINE + DAY)] == ["7.0", "1.0"]
    assert told(head, NINE + DAY) == []
    assert told(teacher, NINE + 2 * DAY) == []
    assert [number for number, _ in told(head, NINE + 2 * DAY)] == ["7.0", "2.0"]


def test_an_appendix_falls_with_the_policy_above_it(
    trust_policy: tuple[Policy, Organisation, User, User],
) -> None:
    policy, school, head, teacher = trust_policy
    with at(NINE + DAY):
        publish_appendix(policy, school, head)
    with at(NINE + 2 * DAY):
        publishing.withdraw(policy, by=policy.owner.memberships.get().person, reason="Old.")

    assert len(told(teacher, NINE + 2 * DAY - TICK)) == 2
    assert told(teacher, NINE + 2 * DAY) == []
    assert Question.at(school, NINE + 2 * DAY).versions == {}


def test_an_exemption_from_the_policy_is_one_from_its_appendix(
    trust_policy: tuple[Policy, Organisation, User, User],
) -> None:
    policy, school, head, teacher = trust_policy
    with at(NINE + DAY):
        publish_appendix(policy, school, head)
        exemptions.allow(
            teacher, school, by=head, reason="other", starts_on=NINE.date(), policy=policy
        )

    assert told(teacher, NINE + DAY) == [("7.0", State.EXEMPT), ("1.0", State.EXEMPT)]


def test_one_signature_counts_at_both_schools_of_a_trust() -> None:
    with at(NINE):
        trust = make_trust()
        first, second = make_school(trust=trust), make_school(trust=trust)
        teacher = make_user(Role.STAFF, at=first)
        make_member(teacher, second, Role.STAFF)
        policy = make_policy(trust)
        sign(policy, teacher)

    found = standings(teacher, NINE)
    assert {one.organisation for one in found} == {first, second}
    assert {one.state for one in found} == {State.SIGNED}


def test_a_school_is_asked_about_its_own_people_only() -> None:
    with at(NINE):
        trust = make_trust()
        school, other = make_school(trust=trust), make_school(trust=trust)
        here, there = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=other)
        make_policy(trust)
        make_policy(other)

    of_school = {one.person_id for one in Question.at(school, NINE).standings()}
    of_trust = {one.person_id for one in Question.at(trust, NINE).standings()}
    assert of_school == {here.pk}
    assert {here.pk, there.pk} < of_trust


def test_what_somebody_signed_by_then_is_listed_newest_first(
    policy: Policy, teacher: User, head: User
) -> None:
    with at(NINE + HOUR):
        sign(policy, teacher)
    with at(NINE + 2 * HOUR):
        publish_next(policy, by=head)
        sign(policy, teacher)

    def numbers(moment: datetime) -> list[str]:
        return [one.version.number for one in Question.of(teacher.pk, moment).acknowledged()]

    assert numbers(NINE + HOUR - TICK) == []
    assert numbers(NINE + HOUR) == ["1.0"]
    assert numbers(NINE + 2 * HOUR) == ["2.0", "1.0"]
