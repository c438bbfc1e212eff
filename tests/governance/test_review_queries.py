"""The pages of reviews and of signing off ask the same at 10 and at 1,000 rows."""

from __future__ import annotations

import pytest
from django.urls import reverse

from governance.models import Comment, Review, SentEdition
from governance.services import sign_off
from notices.health import BEAT
from notices.services import beat
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head, make_in_sign_off, make_policy
from tests.test_queries import constant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_runs(db: None) -> None:
    beat(BEAT)


@pytest.fixture
def trust() -> Organisation:
    return make_trust()


@pytest.fixture
def lead(trust: Organisation) -> User:
    return make_head(trust)


def under_review(owner: Organisation, by: User, number: int) -> None:
    policies = crowds.many_policies(owner, by, number)
    Review.objects.bulk_create(
        Review(
            policy=policy,
            trigger="date",
            opened_on=owner.today(),
            opened_by=by,
            due_on=owner.today(),
        )
        for policy in policies[::2]
    )


def test_the_calendar_of_a_trust(trust: Organisation, lead: User) -> None:
    schools = [make_school(trust=trust) for _ in range(3)]

    def grow(more: int) -> None:
        for place in (trust, *schools):
            under_review(place, lead, more // 4 + 1)

    constant(lead, reverse("governance:reviews", args=[trust.slug]), grow, ceiling=8)


def test_the_calendar_of_a_school_and_its_spreadsheet(trust: Organisation, lead: User) -> None:
    school = make_school(trust=trust)
    head = make_head(school)
    for name in ("reviews", "reviews_csv"):
        constant(
            head,
            reverse(f"governance:{name}", args=[school.slug]),
            lambda more: under_review(school, head, more),
            ceiling=8,
        )


def test_the_reviews_of_one_policy(trust: Organisation, lead: User) -> None:
    policy = make_policy(trust, by=lead)
    today = trust.today()

    def grow(more: int) -> None:
        Review.objects.bulk_create(
            Review(
                policy=policy,
                trigger="date",
                opened_on=today,
                opened_by=make_user(Role.TRUST_LEAD, at=trust) if number < 3 else lead,
                outcome="cancelled",
                closed_on=today,
                closed_by=lead,
            )
            for number in range(more)
        )

    constant(lead, reverse("governance:review", args=[policy.pk]), grow, ceiling=12, many=200)


@pytest.mark.parametrize("name", ["sign_off", "edit", "version_trail"])
def test_a_draft_with_many_comments(trust: Organisation, lead: User, name: str) -> None:
    version = make_in_sign_off(trust, by=lead)
    if name == "edit":  # a text is edited while it is not out for sign-off
        version = sign_off.take_back(version, by=lead)
    chair = make_user(Role.CHAIR, at=trust)

    def grow(more: int) -> None:
        Comment.objects.bulk_create(
            Comment(version=version, edition=1, text="Better so.", by=chair) for _ in range(more)
        )
        SentEdition.objects.bulk_create(
            SentEdition(
                version=version,
                edition=1,
                number="1.0",
                title="A",
                body="B",
                content_hash="0" * 64,
                by=lead,
            )
            for _ in range(more // 10)
        )

    constant(lead, reverse(f"governance:{name}", args=[version.pk]), grow, ceiling=12, many=200)
