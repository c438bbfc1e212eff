"""Who owes which signature, and by when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from governance.duties import SIGNING
from governance.models import Exemption
from governance.obligations import obligations, owed, pairs
from governance.services import drafts, exemptions, publishing
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as membership_services
from people.services import organisations
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_head, make_policy, publish_next, sign

pytestmark = pytest.mark.django_db


def owes(person: User, on: date | None = None) -> list[int]:
    """Ids of the policies this person has to sign. A sweep, which asks in another way, agrees."""
    day = on or timezone.localdate()
    swept = SIGNING.owed(User.objects.all().within(0, 10**9), day)
    assert [one for one in swept if one.person_id == person.pk] == [*SIGNING.of(person, day)]
    return [one.policy_id for one in obligations(owed(day).filter(person=person))]


def due(person: User, on: date | None = None) -> date:
    (one,) = obligations(owed(on or timezone.localdate()).filter(person=person))
    return one.due_on


def test_a_teacher_owes_what_the_school_has_published(school: Organisation) -> None:
    teacher = make_user(Role.STAFF, at=school)
    policy = make_policy(school)
    make_draft(school)

    assert owes(teacher) == [policy.pk]


def test_another_schools_policy_is_not_owed(school: Organisation) -> None:
    teacher = make_user(Role.STAFF, at=school)
    make_policy(make_school())

    assert owes(teacher) == []


def test_a_trust_policy_reaches_its_schools_and_no_others() -> None:
    trust = make_trust()
    inside = make_user(Role.STAFF, at=make_school(trust=trust))
    outside = make_user(Role.STAFF, at=make_school())
    policy = make_policy(trust)

    assert owes(inside) == [policy.pk]
    assert owes(outside) == []


def test_someone_at_two_schools_of_a_trust_signs_the_trust_text_once() -> None:
    trust = make_trust()
    person = make_person()
    make_member(person, make_school(trust=trust), Role.STAFF)
    make_member(person, make_school(trust=trust), Role.STAFF)
    policy = make_policy(trust)

    assert owes(person) == [policy.pk]
    sign(policy, person)
    assert owes(person) == []


@pytest.mark.demand("D4")
def test_a_material_version_asks_again_and_a_minor_one_does_not(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    signed, pending = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    sign(policy, signed)

    publish_next(policy, by=head, change="minor", body="Only a comma.")
    assert owes(signed) == []
    assert owes(pending) == [policy.pk]

    publish_next(policy, by=head, change="material", body="Quite another rule.")
    assert owes(signed) == [policy.pk]


@pytest.mark.demand("D4")
def test_a_minor_version_resets_no_date(school: Organisation) -> None:
    head = make_head(school)
    teacher = make_user(Role.STAFF, at=school)
    with time_machine.travel("2026-09-07 10:00", tick=False):
        policy = make_policy(school, by=head)
    with time_machine.travel("2026-09-18 10:00", tick=False):
        publish_next(policy, by=head, change="minor")
        assert due(teacher) == date(2026, 9, 21)


@pytest.mark.demand("D4")
def test_reviewed_without_change_moves_the_review_date_only(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    teacher = make_user(Role.STAFF, at=school)
    sign(policy, teacher)
    later = timezone.localdate() + timedelta(days=500)

    publishing.review_without_change(policy, by=head, next_due_on=later)

    policy.refresh_from_db()
    assert policy.review_due_on == later
    assert policy.versions.count() == 1
    assert owes(teacher) == []


@pytest.mark.demand("D10")
def test_a_joiner_owes_at_once_and_has_time_from_the_first_day(school: Organisation) -> None:
    with time_machine.travel("2026-09-07 10:00", tick=False):
        policy = make_policy(school)
    with time_machine.travel("2026-11-02 10:00", tick=False):
        joiner = make_user(Role.STAFF, at=school, since=date(2026, 11, 2))
        assert owes(joiner) == [policy.pk]
        assert due(joiner) == date(2026, 11, 16)


@pytest.mark.demand("D10")
def test_a_leaver_stops_owing_the_day_after_and_their_history_stays(school: Organisation) -> None:
    teacher = make_person()
    membership = make_member(teacher, school, Role.STAFF)
    signed, unsigned = make_policy(school), make_policy(school)
    signature = sign(signed, teacher)
    today = timezone.localdate()

    membership_services.leave(membership, last_day=today, by=None)

    assert owes(teacher, today) == [unsigned.pk]
    assert owes(teacher, today + timedelta(days=1)) == []
    assert teacher.signatures.get() == signature


def test_a_new_role_at_the_same_school_restarts_nothing(school: Organisation) -> None:
    with time_machine.travel("2026-09-07 10:00", tick=False):
        teacher = make_person()
        membership = make_member(teacher, school, Role.STAFF, since=date(2026, 9, 1))
        make_policy(school)
    with time_machine.travel("2026-11-02 10:00", tick=False):
        membership_services.set_roles(membership, {Role.STAFF, Role.SLT}, by=None)
        assert due(teacher) == date(2026, 9, 21)


@pytest.mark.demand("D10")
def test_an_exempt_person_owes_again_after_it_with_time_to_sign(school: Organisation) -> None:
    head = make_head(school)
    teacher = make_user(Role.STAFF, at=school)
    with time_machine.travel("2026-09-07 10:00", tick=False):
        policy = make_policy(school, by=head)
        exemptions.allow(
            teacher,
            school,
            by=head,
            reason=Exemption.Reason.LONG_LEAVE,
            starts_on=date(2026, 9, 7),
            ends_on=date(2026, 10, 31),
        )
    assert owes(teacher, date(2026, 10, 31)) == []
    assert owes(teacher, date(2026, 11, 1)) == [policy.pk]
    assert due(teacher, date(2026, 11, 1)) == date(2026, 11, 15)


def test_a_school_may_give_more_time(school: Organisation) -> None:
    head = make_head(school)
    organisations.change_settings(school, {"policies.grace_days": 30}, by=head)
    teacher = make_user(Role.STAFF, at=school)
    with time_machine.travel("2026-09-07 10:00", tick=False):
        make_policy(school, by=head)
        assert due(teacher) == date(2026, 10, 7)


AUDIENCES = [
    ([{}], {"teacher", "agency", "volunteer", "governor", "parent", "dsl", "head"}),
    ([{"employment": "agency"}], {"agency"}),
    ([{"employment": "volunteer"}, {"employment": "governor"}], {"volunteer", "governor"}),
    ([{"employment": "parent"}], {"parent"}),
    ([{"role": "dsl"}], {"dsl"}),
    ([{"role": "dsl", "employment": "agency"}], set()),
    ([], set()),
]


@pytest.mark.demand("D9")
@pytest.mark.parametrize(("rules", "expected"), AUDIENCES)
def test_an_audience_is_role_by_employment(
    school: Organisation, rules: list[dict[str, str]], expected: set[str]
) -> None:
    kinds = Membership.Employment
    people = {
        "teacher": make_user(Role.STAFF, at=school),
        "agency": make_user(Role.STAFF, at=school, employment=kinds.AGENCY),
        "volunteer": make_user(at=school, employment=kinds.VOLUNTEER),
        "governor": make_user(Role.GOVERNOR, at=school, employment=kinds.GOVERNOR),
        "parent": make_user(at=school, employment=kinds.PARENT),
        "dsl": make_user(Role.STAFF, Role.DSL, at=school),
    }
    people["head"] = make_head(school)
    policy = make_policy(school, by=people["head"], audience=rules)

    covered = pairs(timezone.localdate()).filter(policy_ref=policy.pk)

    assert {name for name, one in people.items() if covered.filter(person=one)} == expected


@pytest.mark.demand("D9")
def test_a_trust_policy_may_be_for_one_of_its_schools() -> None:
    trust = make_trust()
    chosen, other = make_school(trust=trust), make_school(trust=trust)
    here, there = make_user(Role.STAFF, at=chosen), make_user(Role.STAFF, at=other)
    policy = make_policy(trust, audience=[{"organisation": chosen}])

    assert owes(here) == [policy.pk]
    assert owes(there) == []


def test_a_withdrawn_policy_is_owed_by_nobody(school: Organisation) -> None:
    head = make_head(school)
    teacher = make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head)

    publishing.withdraw(policy, by=head, reason="Merged into another policy.")

    assert owes(teacher) == []


def test_a_role_that_has_ended_no_longer_counts(school: Organisation) -> None:
    person = make_person()
    membership = make_member(person, school, Role.STAFF, Role.DSL)
    policy = make_policy(school, audience=[{"role": "dsl"}])
    assert owes(person) == [policy.pk]

    membership_services.set_roles(membership, {Role.STAFF}, by=None)

    assert owes(person) == []


def test_a_draft_changes_nothing_until_it_is_published(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    teacher = make_user(Role.STAFF, at=school)
    sign(policy, teacher)

    drafts.start_version(policy, by=head)

    assert owes(teacher) == []
