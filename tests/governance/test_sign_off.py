"""Signing a version off before it is published, publishing it, taking it out of force."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from governance.models import Policy, PolicyVersion
from governance.services import drafts, publishing, sign_off
from governance.sign_off_duties import SIGN_OFF
from governance.workflow import VERSION, Action, Status
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_draft, make_head, make_in_sign_off, make_policy
from trail.workflow import InvalidTransition
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db

LEGAL = {
    ("draft", "send"): "in_sign_off",
    ("draft", "publish"): "published",
    ("in_sign_off", "sign_off"): "in_sign_off",
    ("in_sign_off", "record_elsewhere"): "in_sign_off",
    ("in_sign_off", "return"): "returned",
    ("in_sign_off", "reopen"): "draft",
    ("in_sign_off", "publish"): "published",
    ("returned", "reopen"): "draft",
    ("returned", "send"): "in_sign_off",
}


@pytest.mark.parametrize("action", Action.values)
@pytest.mark.parametrize("status", Status.values)
def test_every_move(status: str, action: str) -> None:
    if expected := LEGAL.get((status, action)):
        assert VERSION.target(action, status) == expected
    else:
        with pytest.raises(InvalidTransition):
            VERSION.target(action, status)


def test_a_version_is_published_only_when_each_signatory_has_signed(school: Organisation) -> None:
    head = make_head(school)
    version = make_in_sign_off(school, Role.CHAIR, Role.DSL, by=head)
    chair, dsl = make_user(Role.CHAIR, at=school), make_user(Role.DSL, at=school)

    with pytest.raises(RuleBroken) as refused:
        publishing.publish(version, by=head, change="material")
    assert len(refused.value.reasons) == 2

    sign_off.sign(version, by=chair, displayed=version.content_hash)
    with pytest.raises(RuleBroken, match="Designated safeguarding lead has not signed"):
        publishing.publish(version, by=head, change="material")

    sign_off.sign(version, by=dsl, displayed=version.content_hash)
    assert publishing.publish(version, by=head, change="material").is_published


def test_an_edit_voids_the_signatures_it_was_not_shown_to(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)
    sign_off.sign(version, by=chair, displayed=version.content_hash)

    version = sign_off.take_back(version, by=head)
    version = drafts.edit_text(
        version,
        edition=version.edition,
        by=head,
        title=version.title,
        number=version.number,
        body="Another text.",
    )
    version = sign_off.send(version, by=head)

    with pytest.raises(RuleBroken, match="Chair of governors has not signed"):
        publishing.publish(version, by=head, change="material")


def test_the_author_never_signs_alone(school: Organisation) -> None:
    author = make_user(Role.HEAD, at=school)
    version = make_in_sign_off(school, Role.HEAD, by=author)
    sign_off.sign(version, by=author, displayed=version.content_hash)

    with pytest.raises(RuleBroken, match="Somebody else must sign too"):
        publishing.publish(version, by=author, change="material")


def test_only_a_signatory_signs_off(school: Organisation) -> None:
    version = make_in_sign_off(school)

    for role, place in ((Role.GOVERNOR, school), (Role.CHAIR, make_school())):
        outsider = make_user(role, at=place)
        with pytest.raises(PermissionDenied):
            sign_off.sign(version, by=outsider, displayed=version.content_hash)


def test_what_was_displayed_is_what_is_signed(school: Organisation) -> None:
    version = make_in_sign_off(school)
    chair = make_user(Role.CHAIR, at=school)

    with pytest.raises(RuleBroken, match="changed while you were reading"):
        sign_off.sign(version, by=chair, displayed="0" * 64)


def test_a_signatory_sends_a_text_back_with_a_comment(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)

    with pytest.raises(RuleBroken, match="Say what should change"):
        sign_off.send_back(version, by=chair, note=" ")
    version = sign_off.send_back(version, by=chair, note="Please add the playground.")

    assert (version.status, version.return_note) == ("returned", "Please add the playground.")


def test_whoever_wrote_a_text_hears_that_it_came_back_or_may_be_published(
    school: Organisation,
) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)

    version = sign_off.send_back(version, by=chair, note="Please add the playground.")
    version = sign_off.take_back(version, by=head)
    version = sign_off.send(version, by=head)
    sign_off.sign(version, by=chair, displayed=version.content_hash)

    told = Notice.objects.filter(recipient=head).order_by("pk").values_list("title", flat=True)
    assert list(told) == [
        f"Sent back with a comment: {version.title}",
        f"Signed off, ready to publish: {version.title}",
    ]
    assert not Notice.objects.filter(recipient=chair).exists()


def test_a_decision_taken_in_a_meeting_is_entered_with_name_and_day(school: Organisation) -> None:
    head = make_head(school)
    version = make_in_sign_off(school, by=head)
    today = timezone.localdate()

    with pytest.raises(RuleBroken, match="cannot be in the future"):
        sign_off.record_elsewhere(
            version, by=head, role=Role.CHAIR, name="A. Chair", signed_on=today + timedelta(days=1)
        )
    sign_off.record_elsewhere(version, by=head, role=Role.CHAIR, name="A. Chair", signed_on=today)

    assert publishing.publish(version, by=head, change="material").is_published


def owes_sign_off(person: User) -> bool:
    return bool(list(SIGN_OFF.owed(User.objects.filter(pk=person.pk), timezone.localdate())))


def test_a_signatory_finds_it_among_their_tasks_until_they_have_signed(
    school: Organisation,
) -> None:
    chair, governor = make_user(Role.CHAIR, at=school), make_user(Role.GOVERNOR, at=school)
    other_chair = make_user(Role.CHAIR, at=make_school())
    version = make_in_sign_off(school)
    assert owes_sign_off(chair)
    assert not owes_sign_off(governor)
    assert not owes_sign_off(other_chair)

    sign_off.sign(version, by=chair, displayed=version.content_hash)

    assert not owes_sign_off(chair)


def test_publishing_again_says_what_changed_and_how(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    version = drafts.start_version(policy, by=head)
    assert version.number == "2.0"

    with pytest.raises(RuleBroken) as refused:
        publishing.publish(version, by=head, change="", review_due_on=date(2020, 2, 29))

    assert len(refused.value.reasons) == 3


def test_a_new_version_takes_over_words_and_audience(school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head, audience=[{"employment": "agency"}])

    version = drafts.start_version(policy, by=head)

    assert version.body == policy.current.body
    assert [rule.employment for rule in version.audience.all()] == ["agency"]
    with pytest.raises(RuleBroken, match="already being written"):
        drafts.start_version(policy, by=head)


def test_of_two_people_editing_one_draft_the_second_is_told(school: Organisation) -> None:
    head = make_head(school)
    version = make_draft(school, by=head)
    words = {"title": version.title, "number": version.number}
    drafts.edit_text(version, edition=1, by=head, body="First.", **words)

    with pytest.raises(drafts.EditedMeanwhile) as told:
        drafts.edit_text(version, edition=1, by=make_head(school), body="Second.", **words)

    assert told.value.version.body.strip() == "First."
    assert PolicyVersion.objects.get().body.strip() == "First."


def test_a_number_lower_than_the_last_is_refused(school: Organisation) -> None:
    head = make_head(school)
    version = drafts.start_version(make_policy(school, by=head, number="3.0"), by=head)

    with pytest.raises(RuleBroken, match=r"must be higher than that of the last version, 3\.0"):
        drafts.edit_text(
            version, edition=1, by=head, title=version.title, number="2.9", body="Text."
        )


def test_a_staff_member_cannot_publish(school: Organisation) -> None:
    version = make_draft(school)

    for outsider in (make_user(Role.STAFF, at=school), make_head(make_school())):
        with pytest.raises(PermissionDenied):
            publishing.publish(version, by=outsider, change="material")
    assert not Policy.objects.in_force().exists()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 21), 1, date(2026, 12, 21)),
    ],
)
def test_a_review_falls_on_a_day_that_exists(day: date, months: int, expected: date) -> None:
    assert publishing.add_months(day, months) == expected


def test_an_earlier_version_that_nobody_signed_off_leaves_no_task_behind(
    school: Organisation,
) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    policy = make_policy(school, by=head)  # published before anybody had to sign it off
    drafts.set_signatories(policy, [Role.CHAIR], by=head)
    version = sign_off.send(drafts.start_version(policy, by=head), by=head)
    assert owes_sign_off(chair)

    sign_off.sign(version, by=chair, displayed=version.content_hash)

    assert not owes_sign_off(chair)
