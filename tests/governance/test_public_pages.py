"""What anybody may read of a school's policies, and what nobody gets to see there (D17)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import Policy
from governance.services import drafts, publishing, sign_off
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import (
    make_draft,
    make_head,
    make_in_sign_off,
    make_policy,
    publish_next,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust() -> Organisation:
    return make_trust("Elm Tree Trust")


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Elm Park School", trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


def make_public(owner: Organisation, *, by: User | None = None, **details: Any) -> Policy:
    by = by or make_head(owner)
    policy = make_policy(owner, by=by, **details)
    drafts.edit_details(policy, by=by, is_public=True)
    return Policy.objects.select_related("current", "owner").get(pk=policy.pk)


def at(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"governance:public_{name}", args=[school.slug, *args])


# What is shown


@pytest.mark.demand("D17")
def test_the_page_lists_the_public_policies_of_the_school_and_of_its_trust(
    client: Client, trust: Organisation, school: Organisation, head: User
) -> None:
    make_public(trust, title="Complaints of the trust")
    make_public(school, by=head, title="Uniform")
    make_policy(school, by=head, title="For staff only")
    make_draft(school, by=head, title="Not yet agreed")
    make_public(make_school(trust=trust), title="Of the school next door")
    make_public(make_school(), title="Of a stranger")

    page = client.get(at("school", school))

    for title in ("Complaints of the trust", "Uniform", "Of Elm Tree Trust.", "Version 1.0"):
        assertContains(page, title)
    for title in ("For staff only", "Not yet agreed", "next door", "stranger"):
        assertNotContains(page, title)


@pytest.mark.demand("D17")
def test_a_policy_is_read_with_its_version_dates_and_those_who_signed_it_off_by_capacity(
    client: Client, school: Organisation, head: User
) -> None:
    with time_machine.travel("2026-05-04 10:00"):
        version = make_in_sign_off(school, by=head, title="Photographs")
        chair = make_user(Role.CHAIR, at=school, name="Cora Canary")
        sign_off.sign(version, by=chair, displayed=version.content_hash)
        publishing.publish(
            version, by=head, change="material", agreed_on=timezone.localdate(),
            review_due_on=timezone.localdate() + timedelta(days=365),
        )  # fmt: skip
        drafts.edit_details(
            version.policy, by=head, is_public=True, legislation="Education Act 2002\n"
        )
        page = client.get(at("policy", school, version.policy_id))

    assertContains(page, "Why we have this policy")
    assertContains(page, "Version 1.0, agreed 4 May 2026, published 4 May 2026")
    assertContains(page, "Next review 4 May 2027")
    assertContains(page, "Chair of governors, 4 May 2026")
    assertContains(page, "Education Act 2002")
    assertNotContains(page, "Canary")


@pytest.mark.demand("D13")
def test_an_overdue_review_unpublishes_nothing_and_the_page_says_so(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    with time_machine.travel(timezone.now() + timedelta(days=800)):
        assertContains(client.get(at("school", school)), "Under review")
        page = client.get(at("policy", school, policy.pk))
    assertContains(page, "This policy is under review")
    assertContains(page, "this one stays in force")


@pytest.mark.demand("D17")
def test_an_earlier_version_can_be_reached_and_is_marked_as_such(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    earlier = policy.current
    assert earlier is not None
    publish_next(policy, by=head)

    assertContains(
        client.get(at("policy", school, policy.pk)), at("version", school, policy.pk, earlier.pk)
    )
    page = client.get(at("version", school, policy.pk, earlier.pk))

    assertContains(page, "Version 1.0 is no longer in force")
    assertContains(page, "It was replaced by version 2.0")
    assertContains(page, at("policy", school, policy.pk))
    assertContains(page, '<meta name="robots" content="noindex">')
    assertNotContains(page, "New words.")
    body = page.content.decode()
    assert body.index("no longer in force") < body.index("Why we have this policy")


def test_the_version_in_force_has_one_address(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    page = client.get(at("version", school, policy.pk, policy.current_id or 0))
    assert page.headers["Location"] == at("policy", school, policy.pk)


@pytest.mark.demand("D17")
def test_a_withdrawn_policy_says_so_and_not_why(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head, title="Old rules")
    last = policy.current
    assert last is not None
    publishing.withdraw(policy, by=head, reason="Because of Canary.")

    page = client.get(at("policy", school, policy.pk))
    assertContains(page, "This policy has been withdrawn")
    assertContains(page, at("version", school, policy.pk, last.pk))
    assertNotContains(page, "Canary")
    version = client.get(at("version", school, policy.pk, last.pk))
    assertContains(version, "It was withdrawn on")
    assertNotContains(version, "Read the version in force")


def test_a_policy_that_came_back_is_in_force_again(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    last = policy.current
    assert last is not None
    publishing.withdraw(policy, by=head, reason="By mistake.")
    publish_next(policy, by=head)
    assertContains(client.get(at("policy", school, policy.pk)), "New words.")
    page = client.get(at("version", school, policy.pk, last.pk))
    assertContains(page, "It was withdrawn on")
    assertContains(page, "A new version followed: 2.0")


def make_appendix(policy: Policy, school: Organisation, *, is_public: bool) -> Policy:
    head = make_head(school)
    version = drafts.start_policy(
        school, by=head, title="Our own rules", body="## Clubs\n\nWe post on Fridays.",
        parent=policy,
    )  # fmt: skip
    publishing.publish(version, by=head, change="material")
    drafts.edit_details(version.policy, by=head, is_public=is_public)
    return Policy.objects.get(pk=version.policy_id)


@pytest.mark.demand("D17")
def test_the_trusts_text_and_that_schools_appendix_are_one_document(
    client: Client, trust: Organisation, school: Organisation
) -> None:
    policy, other = make_public(trust), make_school(trust=trust)
    appendix = make_appendix(policy, school, is_public=True)

    page = client.get(at("policy", school, policy.pk))
    body = page.content.decode()
    assert body.index("Why we have this policy") < body.index("We post on Fridays.")
    assertNotContains(client.get(at("policy", other, policy.pk)), "Fridays")
    assertNotContains(client.get(at("school", school)), "Our own rules")
    one_place = client.get(at("policy", school, appendix.pk))
    assert one_place.headers["Location"] == at("policy", school, policy.pk)


def test_an_appendix_for_staff_is_left_out(
    client: Client, trust: Organisation, school: Organisation
) -> None:
    policy = make_public(trust)
    make_appendix(policy, school, is_public=False)
    assertNotContains(client.get(at("policy", school, policy.pk)), "Fridays")


def test_only_public_policies_are_named_as_related(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    other = make_public(school, by=head, title="Bullying")
    hidden = make_policy(school, by=head, title="Staff grievances")
    drafts.edit_details(policy, by=head, related=[other, hidden])
    page = client.get(at("policy", school, policy.pk))
    assertContains(page, "Bullying")
    assertNotContains(page, "grievances")


@pytest.mark.demand("D17")
def test_it_can_be_saved_as_a_pdf_without_a_name(
    client: Client, trust: Organisation, school: Organisation
) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust, name="Canary Lead")
    policy = make_public(trust, by=lead, title="Photographs")
    make_appendix(policy, school, is_public=True)
    page = client.get(at("policy_pdf", school, policy.pk))
    assert page.headers["Content-Type"] == "application/pdf"
    assert page.headers["Cache-Control"].startswith("public, max-age=300")
    assert page.cookies == {}
    words = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(page.content)).pages)
    assert "Photographs" in words
    assert "We post on Fridays." in words
    assert "Canary" not in words
    tag = {"If-None-Match": page.headers["ETag"]}
    assert client.get(at("policy_pdf", school, policy.pk), headers=tag).status_code == 304


def test_a_pdf_follows_what_is_published(client: Client, school: Organisation, head: User) -> None:
    policy = make_public(school, by=head)
    before = client.get(at("policy_pdf", school, policy.pk)).content
    publish_next(policy, by=head)
    after = client.get(at("policy_pdf", school, policy.pk)).content
    assert before != after
    publishing.withdraw(policy, by=head, reason="Not needed.")
    assert client.get(at("policy_pdf", school, policy.pk)).status_code == 404


# What is not there


def test_what_is_not_public_does_not_exist(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head)
    draft = make_draft(school, by=head)
    drafts.edit_details(draft.policy, by=head, is_public=True)
    elsewhere = make_public(make_school())
    public = make_public(school, by=head)
    next_draft = drafts.start_version(public, by=head)
    for path in (
        at("policy", school, policy.pk),
        at("version", school, policy.pk, policy.current_id or 0),
        at("policy", school, draft.policy_id),
        at("version", school, draft.policy_id, draft.pk),
        at("version", school, public.pk, next_draft.pk),
        at("version", school, public.pk, elsewhere.current_id or 0),
        at("policy", school, elsewhere.pk),
        at("policy", school, 999_999),
        "/s/no-such-school/",
        f"/s/no-such-school/policies/{public.pk}/",
    ):
        assert client.get(path).status_code == 404, path


def test_a_policy_taken_back_from_the_public_is_gone_with_its_versions(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    earlier = policy.current_id or 0
    publish_next(policy, by=head)
    drafts.edit_details(policy, by=head, is_public=False)
    assert client.get(at("policy", school, policy.pk)).status_code == 404
    assert client.get(at("version", school, policy.pk, earlier)).status_code == 404


def test_a_school_may_switch_its_page_off_or_its_trust_for_all(
    client: Client, trust: Organisation, school: Organisation
) -> None:
    policy = make_public(trust)
    lead = make_head(trust)
    paths = [at("school", school), at("policy", school, policy.pk)]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    organisations.change_settings(trust, {"public.page": False}, by=lead)
    assert [client.get(path).status_code for path in paths] == [404, 404]
    organisations.change_settings(school, {"public.page": True}, by=lead)
    assert [client.get(path).status_code for path in paths] == [200, 200]


def test_a_school_with_nothing_public_has_no_page(
    client: Client, school: Organisation, head: User
) -> None:
    make_policy(school, by=head)
    organisations.change_settings(school, {"incidents.public_reports": False}, by=head)
    assert client.get(at("school", school)).status_code == 404


def test_whom_to_turn_to_stands_on_every_page(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    words = "Tell your class teacher <or> ring the office."
    organisations.change_settings(school, {"public.contact": words}, by=head)
    for path in (at("school", school), at("policy", school, policy.pk)):
        assertContains(client.get(path), "Tell your class teacher &lt;or&gt; ring the office.")


@pytest.mark.demand("D17")
def test_no_member_of_staff_is_named_anywhere(client: Client, trust: Organisation) -> None:
    """Each place of the database that holds a name has one of its own; none reaches a page."""
    school = make_school("Elm Park School", trust=trust)
    head = make_user(Role.HEAD, at=school, name="Canary Head")
    writer = make_user(Role.SLT, at=school, name="Canary Writer")
    chair = make_user(Role.CHAIR, at=school, name="Canary Chair")
    version = make_draft(school, by=writer, title="Photographs")
    policy = version.policy
    drafts.edit_details(policy, by=head, is_public=True, author=writer)
    drafts.set_signatories(policy, [Role.CHAIR, Role.HEAD], by=head)
    version = sign_off.send(version, by=head)
    sign_off.send_back(version, by=chair, note="Canary note")
    version.refresh_from_db()
    version = sign_off.take_back(version, by=head)
    version = sign_off.send(version, by=head)
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    sign_off.record_elsewhere(
        version, by=head, role=Role.HEAD, name="Canary Paper", signed_on=school.today()
    )
    publishing.publish(version, by=head, change="material")
    policy.refresh_from_db()
    publishing.review_without_change(policy, by=head, note="Canary took part")
    drafts.set_signatories(policy, [], by=head, reason="Canary reason")
    later = drafts.start_version(policy, by=head)
    publishing.publish(later, by=writer, change="minor", summary="Canary summary")

    paths = [at("school", school), at("policy", school, policy.pk),
             at("version", school, policy.pk, version.pk)]  # fmt: skip
    publishing_gone = make_public(school, by=head, title="Gone")
    publishing.withdraw(publishing_gone, by=head, reason="Canary reason")
    paths.append(at("policy", school, publishing_gone.pk))
    for path in paths:
        page = client.get(path)
        assert page.status_code == 200
        assertNotContains(page, "Canary")
        assertNotContains(page, "@")
