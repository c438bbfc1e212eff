"""A trust's policy and a school's local appendix: one document, two records."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.models import Acknowledgement, Policy
from governance.obligations import obligations, owed
from governance.services import drafts, publishing, signing
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust() -> Organisation:
    return make_trust()


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school(trust=trust)


@pytest.fixture
def policy(trust: Organisation) -> Policy:
    return make_policy(trust, title="Social media")


def owes(person: User) -> list[tuple[int, bool]]:
    """The documents this person has to sign, and whether only their appendix."""
    mine = owed(timezone.localdate()).filter(person=person)
    return [(one.policy_id, one.in_appendix) for one in obligations(mine)]


def displayed(*policies: Policy) -> str:
    rows = Policy.objects.filter(pk__in=[one.pk for one in policies]).select_related("current")
    return " ".join(row.current.content_hash for row in rows if row.current)


def test_both_are_one_duty_and_make_two_records(policy: Policy, school: Organisation) -> None:
    teacher = make_user(Role.STAFF, at=school)
    appendix = make_appendix(policy, school)
    assert owes(teacher) == [(policy.pk, False)]

    signature = signing.sign(
        policy.pk, by=teacher, displayed=displayed(policy, appendix), typed_name=teacher.name
    )

    assert signature.acknowledgements.count() == 2
    assert "Social media: " in signature.statement
    assert owes(teacher) == []


def test_an_appendix_that_came_later_is_named_as_what_is_new(
    client: Client, policy: Policy, school: Organisation
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    sign(policy, teacher)
    appendix = make_appendix(policy, school)
    client.force_login(teacher)

    page = client.get(reverse("governance:read", args=[policy.pk])).content.decode()
    together = client.get(reverse("governance:sitting")).content.decode()

    assert "What is new is marked below." not in page
    assert f'<a href="#part-{appendix.pk}">{appendix.title}</a> is for you to read in full' in page
    assert "The rest you have signed already." in page
    assert f"“{appendix.title}” is new: please read it in full." in together


def test_they_are_read_on_one_page_the_trusts_text_first(
    client: Client, policy: Policy, school: Organisation
) -> None:
    appendix = make_appendix(policy, school)
    client.force_login(make_user(Role.STAFF, at=school))

    page = client.get(reverse("governance:read", args=[policy.pk])).content.decode()

    assert page.index("policy-sheet") < page.index("We post on Fridays.")
    assert f'<h2 id="part-{appendix.pk}">Social media: ' in page
    assert "and “Social media: " in page.replace("&#x27;", "'")
    there = client.get(reverse("governance:read", args=[appendix.pk]))
    assert there["Location"] == f"/policies/{policy.pk}/#part-{appendix.pk}"


def test_another_school_reads_and_signs_without_it(
    client: Client, trust: Organisation, policy: Policy, school: Organisation
) -> None:
    make_appendix(policy, school)
    elsewhere = make_user(Role.STAFF, at=make_school(trust=trust))
    client.force_login(elsewhere)

    assert b"Fridays" not in client.get(reverse("governance:read", args=[policy.pk])).content
    assert sign(policy, elsewhere).acknowledgements.count() == 1
    assert owes(elsewhere) == []


def test_a_material_change_of_the_appendix_asks_that_school_again(
    trust: Organisation, policy: Policy, school: Organisation
) -> None:
    here, there = (
        make_user(Role.STAFF, at=school),
        make_user(Role.STAFF, at=make_school(trust=trust)),
    )
    appendix = make_appendix(policy, school)
    signing.sign(policy.pk, by=here, displayed=displayed(policy, appendix), typed_name=here.name)
    sign(policy, there)

    publish_next(appendix, by=make_head(school), body="We post on Mondays.")

    assert owes(here) == [(policy.pk, True)]
    assert owes(there) == []
    signing.sign(policy.pk, by=here, displayed=displayed(policy, appendix), typed_name=here.name)
    assert Acknowledgement.objects.filter(person=here).count() == 3
    assert owes(here) == []


def test_a_material_change_of_the_trusts_text_asks_everyone_for_that_text_alone(
    trust: Organisation, policy: Policy, school: Organisation
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    appendix = make_appendix(policy, school)
    shown = displayed(policy, appendix)
    signing.sign(policy.pk, by=teacher, displayed=shown, typed_name=teacher.name)

    publish_next(policy, by=make_user(Role.TRUST_LEAD, at=trust), body="Quite another rule.")

    assert owes(teacher) == [(policy.pk, False)]
    again = signing.sign(
        policy.pk, by=teacher, displayed=displayed(policy, appendix), typed_name=teacher.name
    )
    assert [one.policy_id for one in again.acknowledgements.all()] == [policy.pk]


def test_someone_at_two_schools_signs_the_trusts_text_once_and_each_appendix(
    trust: Organisation, policy: Policy, school: Organisation
) -> None:
    person, second = make_person(), make_school(trust=trust)
    make_member(person, school, Role.STAFF)
    make_member(person, second, Role.STAFF)
    both = [make_appendix(policy, school), make_appendix(policy, second)]
    assert owes(person) == [(policy.pk, False)]

    signature = signing.sign(
        policy.pk, by=person, displayed=displayed(policy, *both), typed_name=person.name
    )

    signed = {one.policy_id for one in signature.acknowledgements.all()}
    assert signed == {policy.pk, both[0].pk, both[1].pk}
    assert owes(person) == []


def test_an_appendix_published_while_somebody_reads_is_shown_before_it_is_signed(
    client: Client, policy: Policy, school: Organisation
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    before = displayed(policy)
    make_appendix(policy, school)
    client.force_login(teacher)

    page = client.post(
        reverse("governance:sign", args=[policy.pk]),
        {"displayed": before, "typed_name": teacher.name},
    )

    assert page.status_code == 409
    assert b"We post on Fridays." in page.content
    assert not Acknowledgement.objects.exists()


def test_an_appendix_is_for_whom_the_trusts_policy_is_for(
    trust: Organisation, policy: Policy, school: Organisation
) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust)
    make_appendix(policy, school)
    version = drafts.start_version(policy, by=lead)
    drafts.set_audience(version, [{"role": Role.SLT}], by=lead)
    publishing.publish(version, by=lead, change="material", summary="Leaders only.")

    assert owes(make_user(Role.STAFF, at=school)) == []
    assert owes(make_user(Role.SLT, at=school)) == [(policy.pk, False)]


def test_withdrawn_with_the_policy_it_belongs_to(
    trust: Organisation, policy: Policy, school: Organisation
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    make_appendix(policy, school)

    publishing.withdraw(policy, by=make_user(Role.TRUST_LEAD, at=trust), reason="Replaced.")

    assert owes(teacher) == []


@pytest.mark.parametrize("whose", ["another trust's", "the school's own", "an appendix"])
def test_the_database_refuses_an_appendix_to_anything_but_the_trusts_policy(
    policy: Policy, school: Organisation, whose: str
) -> None:
    parent = {
        "another trust's": lambda: make_policy(make_trust()),
        "the school's own": lambda: make_policy(school),
        "an appendix": lambda: make_appendix(policy, school),
    }[whose]()

    with pytest.raises(DatabaseError, match="belongs to a policy"), transaction.atomic():
        Policy.objects.create(owner=school, title="Lost", parent=parent)


def test_one_appendix_for_each_school(policy: Policy, school: Organisation) -> None:
    make_appendix(policy, school)
    with pytest.raises(DatabaseError), transaction.atomic():
        Policy.objects.create(owner=school, title="Second", parent=policy)


def test_an_appendix_says_when_the_trust_has_withdrawn_its_policy(
    client: Client, policy: Policy, trust: Organisation, school: Organisation
) -> None:
    appendix = make_appendix(policy, school)
    lead, head = make_head(trust), make_head(school)
    publishing.withdraw(policy, by=lead, reason="One handbook replaces it.")
    client.force_login(head)

    page = client.get(reverse("governance:policy", args=[appendix.pk])).content.decode()
    listed = client.get(reverse("governance:manage", args=[school.slug])).content.decode()

    assert "The trust has withdrawn its policy" in page
    assert reverse("governance:adoption", args=[school.slug, policy.pk]) not in page
    assert appendix.current is not None
    assert f'{appendix.current.get_absolute_url()}">Read it</a>' in page
    assert "added to Social media, which is withdrawn" in listed
