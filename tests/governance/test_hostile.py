"""What a curious or careless insider tries with policies, and what it must not achieve."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from files.models import StoredFile
from governance.models import PolicySignatory, SignOff
from governance.services import drafts, exemptions, publishing, sign_off
from people.models import Organisation
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import (
    make_draft,
    make_head,
    make_in_sign_off,
    make_policy,
    make_signed_off,
)
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


def test_an_exemption_that_has_ended_is_not_lengthened_by_ending_it(school: Organisation) -> None:
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    long_ago = school.today() - timedelta(days=100)
    exemption = exemptions.allow(
        teacher,
        school,
        by=head,
        reason="long_leave",
        starts_on=long_ago - timedelta(days=30),
        ends_on=long_ago,
    )

    with pytest.raises(RuleBroken, match="ended already"):
        exemptions.end(exemption, by=head)

    exemption.refresh_from_db()
    assert exemption.ends_on == long_ago


def test_ending_an_exemption_twice_changes_nothing_the_second_time(
    client: Client, school: Organisation
) -> None:
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    begun = school.today() - timedelta(days=5)
    exemption = exemptions.allow(teacher, school, by=head, reason="other", starts_on=begun)
    exemptions.end(exemption, by=head)
    client.force_login(head)

    page = client.post(f"/schools/{school.slug}/exemptions/{exemption.pk}/end/", follow=True)

    assertContains(page, "This exemption has ended already.")


def test_a_trust_s_drafts_are_not_offered_to_its_schools_as_related(client: Client) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    make_draft(trust, title="Closing the sixth form")
    make_policy(trust, title="Trust social media policy")
    policy = make_policy(school)
    client.force_login(make_head(school))

    page = client.get(f"/policies/{policy.pk}/details/")

    assertContains(page, "Trust social media policy")
    assertNotContains(page, "Closing the sixth form")


def test_a_draft_linked_as_related_is_not_named_to_readers(
    client: Client, school: Organisation
) -> None:
    head = make_head(school)
    policy, draft = make_policy(school, by=head), make_draft(school, by=head, title="Redundancies")
    drafts.edit_details(policy, by=head, related=[draft.policy])

    client.force_login(make_user(Role.STAFF, at=school))
    assertNotContains(client.get(f"/policies/{policy.pk}/"), "Redundancies")
    client.force_login(head)
    assertContains(client.get(f"/policies/{policy.pk}/"), "Redundancies")


def test_a_school_s_policy_linked_to_the_trust_s_is_not_named_to_other_schools(
    client: Client,
) -> None:
    trust = make_trust()
    school, other = make_school(trust=trust), make_school(trust=trust)
    above = make_policy(trust)
    head = make_head(school)
    below = make_policy(school, by=head, title="Only for one school")
    drafts.edit_details(below, by=head, related=[above])

    client.force_login(make_user(Role.STAFF, at=other))
    assertNotContains(client.get(f"/policies/{above.pk}/"), "Only for one school")
    client.force_login(make_user(Role.STAFF, at=school))
    assertContains(client.get(f"/policies/{above.pk}/"), "Only for one school")


def test_saving_the_details_of_a_trust_s_policy_keeps_what_schools_have_linked() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    lead, head = make_head(trust), make_head(school)
    above, below = make_policy(trust, by=lead), make_policy(school, by=head)
    drafts.edit_details(below, by=head, related=[above])

    drafts.edit_details(above, by=lead, related=[])

    assert list(below.related.all()) == [above]


def test_whoever_is_asked_to_sign_off_can_do_so(client: Client) -> None:
    """Each role that a policy may name as a signatory reaches the page its task leads to."""
    trust = make_trust()
    for owner in (trust, make_school(trust=trust)):
        for role, _ in PolicySignatory.choices_for(owner):
            version = make_in_sign_off(owner, Role(role))
            client.force_login(make_user(Role(role), at=owner))
            page = client.post(
                f"/policies/versions/{version.pk}/sign-off/",
                {"displayed": version.content_hash, "audience": version.audience_hash},
            )
            assert page.status_code == 302, role
            assert SignOff.objects.filter(version=version, role=role).exists(), role


def test_the_writer_is_still_alone_when_they_enter_their_own_name(school: Organisation) -> None:
    head = make_head(school)
    version = make_in_sign_off(school, Role.CHAIR, by=head)
    sign_off.record_elsewhere(
        version, by=head, role=Role.CHAIR, name=head.name.upper(), signed_on=school.today()
    )

    with pytest.raises(RuleBroken, match="Somebody else must sign"):
        publishing.publish(version, by=head, change="material")


def test_a_scan_of_a_signature_that_is_refused_is_not_kept(
    client: Client, school: Organisation
) -> None:
    head = make_head(school)
    version = make_in_sign_off(school, by=head)
    client.force_login(head)
    tomorrow = school.today() + timedelta(days=1)

    page = client.post(
        f"/policies/versions/{version.pk}/signed-elsewhere/",
        {
            "role": "chair",
            "name": "A Chair",
            "signed_on": tomorrow.isoformat(),
            "scan": SimpleUploadedFile("scan.pdf", b"%PDF-1.7 a page"),
        },
    )

    assertContains(page, "cannot be in the future")
    assert not StoredFile.objects.exists()


def test_nobody_signs_a_published_version_off_afterwards() -> None:
    policy = make_signed_off()
    given = SignOff.objects.get()
    assert policy.current is not None

    with pytest.raises(DatabaseError, match="published"), transaction.atomic():
        SignOff.objects.create(
            version=policy.current,
            role=Role.DSL,
            person=given.person,
            recorded_by=given.recorded_by,
            signed_on=given.signed_on,
            content_hash=given.content_hash,
        )
