"""Signatories and writers at the same moment, with real threads and transactions."""

from __future__ import annotations

from uuid import uuid4

import pytest

from governance.models import Comment, PolicyVersion, Resolution, Review, SignOff
from governance.services import commenting, drafts, publishing, reviewing, sign_off
from governance.workflow import Status
from notices.models import Notice
from people.models import User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_draft, make_head, make_in_sign_off, make_policy
from tests.races import together, while_held
from trail.verify import check
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


def fresh(person: User) -> User:
    """As another request would have them."""
    return User.objects.get(pk=person.pk)


def test_two_signatories_at_once_both_sign_and_the_writer_hears_once() -> None:
    school = make_school()
    head = make_head(school)
    version = make_in_sign_off(school, Role.CHAIR, Role.DSL, by=head)
    people = [make_user(Role.CHAIR, at=school), make_user(Role.DSL, at=school)]

    together(
        *(
            lambda person=person: sign_off.sign(
                version, by=fresh(person), displayed=version.content_hash
            )
            for person in people
        )
    )

    assert sorted(SignOff.objects.values_list("role", flat=True)) == ["chair", "dsl"]
    assert Notice.objects.filter(title__startswith="Signed off").count() == 1
    assert publishing.publish(version, by=head, change="material").is_published
    assert check(school.pk).found is None


def test_a_double_click_signs_off_once() -> None:
    school = make_school()
    version, chair = make_in_sign_off(school), make_user(Role.CHAIR, at=school)

    results = together(
        *(
            lambda: sign_off.sign(version, by=fresh(chair), displayed=version.content_hash)
            for _ in range(5)
        )
    )

    assert SignOff.objects.count() == 1
    assert sum(isinstance(one, RuleBroken) for one in results) == 4, results


def test_one_after_the_other_the_second_cannot_overtake() -> None:
    school = make_school()
    head = make_head(school)
    version = make_draft(school, by=head)
    drafts.set_signatories(version.policy, [Role.DSL, Role.CHAIR], by=head, in_order=True)
    version = sign_off.send(version, by=head)
    dsl, chair = make_user(Role.DSL, at=school), make_user(Role.CHAIR, at=school)

    first = while_held(
        lambda: sign_off.sign(version, by=fresh(dsl), displayed=version.content_hash),
        lambda: sign_off.sign(version, by=fresh(chair), displayed=version.content_hash),
        lambda: None,
    )

    assert isinstance(first, list), repr(first)  # it waited, and then it was its turn
    assert list(SignOff.objects.values_list("role", flat=True)) == ["dsl", "chair"]


def test_a_text_changed_while_somebody_signs_is_not_signed_unseen() -> None:
    school = make_school()
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)

    def change() -> None:
        draft = sign_off.take_back(version, by=head)
        words = {"title": draft.title, "number": draft.number, "body": "Other words."}
        drafts.edit_text(draft, edition=draft.edition, by=head, **words)
        sign_off.send(draft, by=head)

    result = while_held(
        change,
        lambda: sign_off.sign(version, by=fresh(chair), displayed=version.content_hash),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert "text was changed" in str(result)
    assert not SignOff.objects.exists()


def test_an_audience_changed_while_somebody_signs_is_not_signed_unseen() -> None:
    school = make_school()
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)

    def change() -> None:
        draft = sign_off.take_back(version, by=head)
        drafts.set_audience(draft, [{"role": Role.STAFF}], by=head)
        sign_off.send(draft, by=head)

    result = while_held(
        change,
        lambda: sign_off.sign(version, by=fresh(chair), displayed=version.content_hash),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert "Whom it is for was changed" in str(result)
    assert not SignOff.objects.exists()


def test_signatories_are_not_taken_away_while_the_text_is_sent() -> None:
    school = make_school()
    head = make_head(school)
    version = make_draft(school, by=head)
    drafts.set_signatories(version.policy, [Role.CHAIR], by=head)

    result = while_held(
        lambda: sign_off.send(version, by=head),
        lambda: drafts.set_signatories(version.policy, [], by=fresh(head)),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert version.policy.signatories.count() == 1
    assert PolicyVersion.objects.get().status == Status.IN_SIGN_OFF


def test_sending_back_and_signing_at_once_leaves_one_of_the_two() -> None:
    school = make_school()
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)

    result = while_held(
        lambda: sign_off.send_back(version, by=head, note="Wait."),
        lambda: sign_off.sign(version, by=fresh(chair), displayed=version.content_hash),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert not SignOff.objects.exists()


def test_a_comment_and_its_discarded_draft_do_not_meet() -> None:
    school = make_school()
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_draft(school, by=head)

    result = while_held(
        lambda: drafts.discard(version, by=head),
        lambda: commenting.comment(version, by=fresh(chair), text="Better so."),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert not Comment.objects.exists()


def test_a_comment_is_ticked_off_once() -> None:
    school = make_school()
    head = make_head(school)
    comment = commenting.comment(make_draft(school, by=head), by=head, text="Better so.")

    done = together(*(lambda: commenting.tick_off(comment, by=fresh(head)) for _ in range(4)))

    assert len({one.pk for one in done}) == 1, done
    assert Resolution.objects.count() == 1


def test_a_double_click_on_new_policy_begins_one() -> None:
    school = make_school()
    head, key = make_head(school), uuid4()

    begun = together(
        *(
            lambda: drafts.start_policy(
                school, by=fresh(head), title="Phones", body="Words.", form_key=key
            )
            for _ in range(4)
        )
    )

    assert len({one.pk for one in begun}) == 1, begun
    assert PolicyVersion.objects.count() == 1


def test_of_two_reviews_opened_at_once_one_is() -> None:
    school = make_school()
    head = make_head(school)
    policy = make_policy(school, by=head)

    results = together(
        *(lambda: reviewing.open_review(policy, by=fresh(head), trigger="date") for _ in range(4))
    )

    assert Review.objects.count() == 1
    assert sum(isinstance(one, RuleBroken) for one in results) == 3, results


def test_a_version_published_while_the_review_is_recorded_leaves_it_closed_once() -> None:
    school = make_school()
    head = make_head(school)
    policy = make_policy(school, by=head)
    reviewing.open_review(policy, by=head, trigger="date")
    version = drafts.start_version(policy, by=head)

    while_held(
        lambda: publishing.publish(version, by=head, change="minor", summary="A name."),
        lambda: reviewing.review_without_change(policy, by=fresh(head)),
        lambda: None,
    )

    outcomes = Review.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["new_version", "no_change"]
