"""Reviews: opened by a date or by what happened, closed with an outcome (P6, D13)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from governance.models import Policy, Review
from governance.review_duties import REVIEWS
from governance.services import drafts, publishing, reviewing
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head, make_policy, publish_next
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
INCIDENT = {"trigger": "incident", "cause": "A post named a child.", "cause_reference": "INC-7"}


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head)


def fresh(policy: Policy) -> Policy:
    return Policy.objects.select_related("owner", "current").get(pk=policy.pk)


def owes_a_review(person: User, on: date) -> list[date]:
    (of_set, of_one) = (
        [duty.due_on for duty in REVIEWS.owed(User.objects.filter(pk=person.pk), on)],
        [duty.due_on for duty in REVIEWS.of(person, on)],
    )
    assert of_set == of_one
    return of_one


# Opening


@pytest.mark.parametrize("trigger", Review.CAUSES)
def test_a_review_is_opened_on_any_day_by_what_happened(
    policy: Policy, head: User, trigger: str
) -> None:
    review = reviewing.open_review(policy, by=head, trigger=trigger, cause="It has changed.")

    assert review.is_open
    assert review.due_on == policy.owner.today() + timedelta(days=28)
    assert owes_a_review(head, policy.owner.today()) == [review.due_on]


@pytest.mark.parametrize("trigger", Review.CAUSES)
def test_what_happened_has_to_be_said(policy: Policy, head: User, trigger: str) -> None:
    with pytest.raises(RuleBroken, match="Say in a sentence what happened"):
        reviewing.open_review(policy, by=head, trigger=trigger, cause="  ")
    today = policy.owner.today()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            policy=policy, trigger=trigger, opened_on=today, opened_by=head, due_on=today
        )


def test_a_date_that_has_come_needs_no_words_and_keeps_its_day(policy: Policy, head: User) -> None:
    review = reviewing.open_review(policy, by=head, trigger="date")

    assert review.due_on == fresh(policy).review_due_on


def test_one_review_of_a_policy_is_open_at_a_time(policy: Policy, head: User) -> None:
    open_one = reviewing.open_review(policy, by=head, **INCIDENT)

    with pytest.raises(RuleBroken, match="open already"):
        reviewing.open_review(policy, by=head, **INCIDENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            policy=policy,
            trigger="date",
            opened_on=open_one.opened_on,
            opened_by=head,
            due_on=open_one.due_on,
        )


def test_whoever_sees_drafts_may_ask_for_a_review_and_others_may_not(
    policy: Policy, school: Organisation
) -> None:
    lead = make_user(Role.DSL, at=school)
    for outsider in (make_user(Role.STAFF, at=school), make_head(make_school())):
        with pytest.raises(PermissionDenied):
            reviewing.open_review(policy, by=outsider, **INCIDENT)

    review = reviewing.open_review(policy, by=lead, **INCIDENT)

    with pytest.raises(PermissionDenied):
        reviewing.cancel(review, by=lead, note="Not needed.")
    with pytest.raises(PermissionDenied):
        reviewing.review_without_change(policy, by=lead)


def test_a_draft_and_a_withdrawn_policy_are_not_reviewed(policy: Policy, head: User) -> None:
    publishing.withdraw(policy, by=head, reason="Replaced.")

    with pytest.raises(RuleBroken, match="in force"):
        reviewing.open_review(policy, by=head, **INCIDENT)


def test_the_earlier_of_two_dates_counts_and_makes_one_task(policy: Policy, head: User) -> None:
    today = policy.owner.today()
    reviewing.review_without_change(policy, by=head, next_due_on=today + timedelta(days=10))

    reviewing.open_review(policy, by=head, **INCIDENT)

    assert owes_a_review(head, today) == [today + timedelta(days=10)]


# Closing


def test_a_new_version_closes_the_open_review(policy: Policy, head: User) -> None:
    review = reviewing.open_review(policy, by=head, **INCIDENT)

    publish_next(policy, by=head)

    review.refresh_from_db()
    assert (review.outcome, review.closed_by, review.trigger) == ("new_version", head, "incident")
    assert review.next_due_on == fresh(policy).review_due_on
    assert policy.reviews.count() == 1


def test_something_small_is_put_right_while_the_review_goes_on(policy: Policy, head: User) -> None:
    review = reviewing.open_review(policy, by=head, **INCIDENT)
    before = fresh(policy).review_due_on
    version = drafts.start_version(policy, by=head)

    publishing.publish(
        version, by=head, change="minor", summary="A name put right.", answers_review=False
    )

    review.refresh_from_db()
    assert review.is_open
    assert fresh(policy).review_due_on == before
    assert fresh(policy).current == version


@pytest.mark.demand("D4")
def test_reviewed_without_a_change_moves_the_date_only(policy: Policy, head: User) -> None:
    review = reviewing.open_review(policy, by=head, **INCIDENT)
    before = fresh(policy).current
    due = policy.owner.today() + timedelta(days=200)

    reviewing.review_without_change(policy, by=head, next_due_on=due, note="All agreed.")

    review.refresh_from_db()
    assert (review.outcome, review.note, review.next_due_on) == ("no_change", "All agreed.", due)
    assert (fresh(policy).current, fresh(policy).review_due_on) == (before, due)
    assert not owes_a_review(head, policy.owner.today())


def test_a_review_that_is_not_needed_is_cancelled_with_a_reason(policy: Policy, head: User) -> None:
    review = reviewing.open_review(policy, by=head, **INCIDENT)
    before = fresh(policy).review_due_on

    with pytest.raises(RuleBroken, match="Say why"):
        reviewing.cancel(review, by=head, note=" ")
    cancelled = reviewing.cancel(review, by=head, note="It was another school.")

    assert (cancelled.outcome, cancelled.next_due_on) == ("cancelled", None)
    assert fresh(policy).review_due_on == before
    with pytest.raises(RuleBroken, match="closed already"):
        reviewing.cancel(review, by=head, note="Again.")


def test_withdrawing_a_policy_ends_its_review(policy: Policy, head: User) -> None:
    review = reviewing.open_review(policy, by=head, **INCIDENT)

    publishing.withdraw(policy, by=head, reason="Replaced.")

    review.refresh_from_db()
    assert (review.outcome, review.note) == ("cancelled", "The policy was withdrawn.")


def test_the_first_version_is_no_review(policy: Policy) -> None:
    assert not policy.reviews.exists()


@pytest.mark.demand("D1")
@pytest.mark.parametrize("change", [{"note": "Another."}, {"closed_on": None}, None])
def test_a_closed_review_is_fixed_by_the_database(
    policy: Policy, head: User, change: dict[str, Any] | None
) -> None:
    review = reviewing.review_without_change(policy, by=head)
    row = Review.objects.filter(pk=review.pk)

    with pytest.raises(DatabaseError, match="closed review"), transaction.atomic():
        row.delete() if change is None else row.update(**change)

    assert row.get().note == review.note


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "", "closed_on": date(2026, 1, 2)},
        {"outcome": "no_change", "closed_on": None},
        {"outcome": "no_change", "closed_on": date(2026, 1, 2), "next_due_on": None},
        {"outcome": "no_change", "closed_on": date(2026, 1, 2), "next_due_on": date(2026, 1, 2)},
        {"outcome": "cancelled", "closed_on": date(2025, 12, 31)},
        {"outcome": "other", "closed_on": date(2026, 1, 2)},
    ],
)
def test_the_database_keeps_a_review_in_order(
    policy: Policy, head: User, wrong: dict[str, Any]
) -> None:
    by = {"closed_by": head} if wrong.get("closed_on") else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            policy=policy,
            trigger="date",
            opened_on=date(2026, 1, 1),
            opened_by=head,
            due_on=date(2026, 2, 1),
            **wrong,
            **by,
        )


# What readers see


@pytest.mark.demand("D13")
def test_an_overdue_review_never_takes_a_policy_out_of_force(
    client: Client, policy: Policy, school: Organisation
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    due = fresh(policy).review_due_on
    assert due is not None
    client.force_login(teacher)
    page = reverse("governance:read", args=[policy.pk])
    assert b"under review" not in client.get(page).content

    with time_machine.travel(due + timedelta(days=400), tick=False):
        client.force_login(teacher)
        response = client.get(page)

    assert fresh(policy).current is not None
    assert response.status_code == 200
    assert b"This policy is under review. Until a new version is published" in response.content


@pytest.mark.demand("D13")
def test_readers_see_that_a_review_is_open_and_not_why(
    client: Client, policy: Policy, head: User, school: Organisation
) -> None:
    reviewing.open_review(policy, by=head, **INCIDENT)
    client.force_login(make_user(Role.STAFF, at=school))

    for name in ("read", "history"):
        page = client.get(reverse(f"governance:{name}", args=[policy.pk])).content.decode()
        assert "named a child" not in page
        assert "INC-7" not in page
    page = client.get(reverse("governance:read", args=[policy.pk])).content.decode()
    assert "This policy is under review" in page


# The pages


def test_a_head_opens_a_review_and_records_its_outcome(
    client: Client, policy: Policy, head: User
) -> None:
    client.force_login(head)
    page = reverse("governance:review", args=[policy.pk])
    opening = reverse("governance:review_open", args=[policy.pk])

    refused = client.post(opening, {"trigger": "incident", "due_on": "2020-01-01"})
    assert refused.context["form"].errors.keys() == {"cause", "due_on"}
    client.post(opening, INCIDENT)
    shown = client.get(page).content.decode()
    assert "A post named a child." in shown
    assert "INC-7" in shown

    review = policy.reviews.get()
    due = f"{policy.owner.today() + timedelta(days=100):%Y-%m-%d}"
    client.post(reverse("governance:reviewed", args=[policy.pk]), {"next_due_on": due})
    review.refresh_from_db()
    assert review.outcome == "no_change"
    assert "Reviewed, no change" in client.get(page).content.decode()
    cancel = reverse("governance:review_cancel", args=[review.pk])
    assert "closed already" in client.post(cancel, {"reason": "Why not."}).content.decode()


def test_the_publish_page_asks_whether_the_version_closes_the_review(
    client: Client, policy: Policy, head: User
) -> None:
    reviewing.open_review(policy, by=head, **INCIDENT)
    version = drafts.start_version(policy, by=head)
    client.force_login(head)
    page = reverse("governance:publish", args=[version.pk])
    assert "closes the review" in client.get(page).content.decode()

    data = {"change": "minor", "summary": "A name.", "review_due_on": "2031-02-28"}
    assert client.post(page, data).status_code == 302

    assert policy.reviews.get().is_open


def test_an_author_without_a_role_sees_the_review_and_whom_to_tell(
    client: Client, school: Organisation, head: User
) -> None:
    author = make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head, author=author)
    client.force_login(author)

    page = client.get(reverse("governance:review", args=[policy.pk])).content.decode()
    assert head.name in page
    assert "Start a new version" not in page
    client.force_login(make_user(Role.STAFF, at=school))
    assert client.get(reverse("governance:review", args=[policy.pk])).status_code == 403


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2027, 12, 31)])
def test_reviews_come_round_on_days_that_exist(school: Organisation, day: date) -> None:
    with time_machine.travel(f"{day} 12:00", tick=False):
        head = make_head(school)
        policy = make_policy(school, by=head, review_months=12)
        review = reviewing.review_without_change(policy, by=head)
    expected = date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)
    assert review.next_due_on == expected
