"""A school says that it adopts its trust's policy, and the trust sees which schools have (P7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.adoption import ADOPTING, lines
from governance.models import Adoption, Policy
from governance.services import appendices, drafts, publishing
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_policy, publish_next, sign
from tests.queries import visit
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust() -> Organisation:
    return make_trust()


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Ash School", trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def lead(trust: Organisation) -> User:
    return make_user(Role.TRUST_LEAD, at=trust)


@pytest.fixture
def policy(trust: Organisation, lead: User) -> Policy:
    return make_policy(trust, by=lead, title="Social media")


def owes(person: User) -> list[str]:
    return [duty.title for duty in ADOPTING.of(person, timezone.localdate())]


def test_the_head_owes_the_schools_word_until_it_is_given(
    policy: Policy, school: Organisation, head: User
) -> None:
    assert owes(head) == ["Confirm that your school adopts: Social media"]
    assert owes(make_user(Role.SLT, at=school)) == []

    appendices.adopt(policy, school, by=head)

    assert owes(head) == []


def test_each_school_speaks_for_itself(trust: Organisation, policy: Policy, head: User) -> None:
    elsewhere = make_user(Role.HEAD, at=make_school(trust=trust))
    appendices.adopt(policy, head.memberships.get().organisation, by=head)
    assert owes(elsewhere) != []


def test_a_material_version_asks_the_school_again_and_a_minor_one_does_not(
    policy: Policy, school: Organisation, head: User, lead: User
) -> None:
    appendices.adopt(policy, school, by=head)
    publish_next(policy, by=lead, change="minor", body="A comma.")
    assert owes(head) == []
    publish_next(policy, by=lead, change="material", body="Another rule.")
    assert owes(head) != []


def test_it_is_due_as_many_days_after_publication_as_the_trust_sets(
    trust: Organisation, policy: Policy, head: User
) -> None:
    organisations.change_settings(trust, {"policies.adoption_days": 5}, by=None)
    (duty,) = ADOPTING.of(head, timezone.localdate())
    assert duty.due_on == timezone.localdate() + timedelta(days=5)


def test_a_policy_for_one_school_asks_no_other_to_adopt_it(
    trust: Organisation, policy: Policy, head: User, lead: User
) -> None:
    version = drafts.start_version(policy, by=lead)
    drafts.set_audience(version, [{"organisation": make_school(trust=trust)}], by=lead)
    publishing.publish(version, by=lead, change="material", summary="For one school.")
    assert owes(head) == []


def test_a_second_click_makes_no_second_row(
    policy: Policy, school: Organisation, head: User
) -> None:
    appendices.adopt(policy, school, by=head)
    appendices.adopt(policy, school, by=head)
    assert Adoption.objects.count() == 1


def test_nobody_adopts_for_a_school_they_do_not_lead(
    trust: Organisation, policy: Policy, school: Organisation
) -> None:
    for by in (make_user(Role.STAFF, at=school), make_user(Role.HEAD, at=make_school(trust=trust))):
        with pytest.raises(PermissionDenied):
            appendices.adopt(policy, school, by=by)


def test_only_the_policy_of_ones_own_trust_is_adopted(school: Organisation, head: User) -> None:
    for other in (make_policy(school), make_policy(make_trust())):
        with pytest.raises(RuleBroken, match="not a policy of the school's trust"):
            appendices.adopt(other, school, by=head)


@pytest.mark.demand("D1")
def test_an_adoption_cannot_be_taken_back(policy: Policy, school: Organisation, head: User) -> None:
    appendices.adopt(policy, school, by=head)
    for change in (
        lambda: Adoption.objects.update(at=timezone.now()),
        lambda: Adoption.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
            change()


def test_a_second_appendix_is_refused_with_a_sentence(
    policy: Policy, school: Organisation, head: User
) -> None:
    make_appendix(policy, school, by=head)
    with pytest.raises(RuleBroken, match="has an appendix"):
        appendices.start_appendix(policy, school, by=head)


def test_the_trust_sees_each_school(
    trust: Organisation, policy: Policy, school: Organisation, head: User
) -> None:
    late = make_school("Beech School", trust=trust)
    teacher = make_user(Role.STAFF, at=school)
    appendix = make_appendix(policy, school, by=head)
    appendices.adopt(policy, school, by=head)
    sign(appendix, teacher)

    with time_machine.travel(timezone.now() + timedelta(days=30)):
        here, there = lines(policy_now(policy), timezone.localdate())

    assert (here.school, here.state, there.school, there.state) == (
        school, "adopted", late, "overdue",
    )  # fmt: skip
    assert here.appendix == appendix
    assert (here.figures.signed, here.figures.expected) == (0, 2)
    assert (here.appendix_figures.signed, here.appendix_figures.expected) == (1, 2)
    assert there.appendix is None


def test_the_list_of_schools_narrows_down(
    client: Client,
    trust: Organisation,
    policy: Policy,
    school: Organisation,
    head: User,
    lead: User,
) -> None:
    make_school("Beech School", trust=trust)
    appendices.adopt(policy, school, by=head)
    client.force_login(lead)
    url = reverse("governance:schools", args=[policy.pk])

    assert b"Ash School" in client.get(url, {"state": "adopted"}).content
    assert b"Beech School" not in client.get(url, {"state": "adopted"}).content
    assert b"No school matches" in client.get(url, {"q": "Cedar"}).content
    csv = b"".join(client.get(reverse("governance:schools_csv", args=[policy.pk])))  # type: ignore[arg-type]
    assert b"Ash School,Adopted" in csv


def test_the_list_of_schools_asks_as_much_for_ten_as_for_a_hundred(
    client: Client, trust: Organisation, policy: Policy, lead: User
) -> None:
    url, counts = reverse("governance:schools", args=[policy.pk]), []
    for more in (10, 90):
        for _ in range(more):
            crowds.many_people(make_school(trust=trust), 1)
        counts.append(len(visit(lead, url)))
    assert counts[0] == counts[1] <= 13  # two of them tell PostgreSQL how to plan
    client.force_login(lead)
    assert b"51 to 100 of 100" in client.get(url, {"page": 2}).content


def test_a_head_goes_from_the_task_to_adoption_and_appendix(
    client: Client, policy: Policy, school: Organisation, head: User
) -> None:
    client.force_login(head)
    (duty,) = ADOPTING.of(head, timezone.localdate())

    assert b"Not yet" in client.get(duty.url).content
    assert b"has adopted this policy" in client.post(duty.url, follow=True).content
    begun = client.post(reverse("governance:start_appendix", args=[school.slug, policy.pk]))

    draft = Policy.objects.get(parent=policy).versions.get()
    assert begun["Location"] == reverse("governance:edit", args=[draft.pk])
    assert b"Being written" in client.get(duty.url).content


def policy_now(policy: Policy) -> Policy:
    return Policy.objects.select_related("current", "asking", "owner").get(pk=policy.pk)
