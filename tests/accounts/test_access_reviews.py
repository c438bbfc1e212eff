"""Once a term somebody else looks at each person who runs an account."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access_duties import owners_of
from accounts.access_listing import export_rows
from accounts.models import AccessReview, AccessReviewRow, RotationCause, Runner
from accounts.services import access_reviews, runners
from accounts.tasks import look_after
from notices.duties import duties_of
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from tests.accounts.factories import make_account, make_runner
from tests.factories import make_school, make_trust, make_user
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def kinds(person: User, on: date) -> list[str]:
    """What they owe of the review."""
    owed = [duty.kind for duty in duties_of(User.objects.get(pk=person.pk), on)]
    return [kind for kind in owed if kind.startswith("access.")]


def test_a_review_shows_who_runs_what_and_closes_when_nothing_is_left_to_decide(
    school: Organisation, head: User
) -> None:
    account = make_account(school, head=head, run_by=3)
    review = access_reviews.open_review(school, by=head)
    one, two, three = review.rows.order_by("pk")
    with pytest.raises(RuleBroken, match="open already"):
        access_reviews.open_review(school, by=head)
    with pytest.raises(PermissionDenied):
        access_reviews.keep(one, by=make_user(Role.DSL, at=school))
    late = make_runner(account, head=head)  # after the snapshot: the next review
    access_reviews.keep(one, by=head)
    with pytest.raises(RuleBroken, match="decided about this already"):
        access_reviews.end(one, by=head)
    access_reviews.end(two, by=head)
    two.runner.refresh_from_db()
    assert two.runner.ends_on == school.today()
    assert RotationCause.objects.get().reason == "role_change"
    review.refresh_from_db()
    assert review.closed_at is None
    access_reviews.keep(three, by=head)
    review.refresh_from_db()
    assert review.closed_at is not None
    assert not review.rows.filter(runner=late).exists()
    assert [row[4] for row in export_rows(review)].count("Goes on") == 2
    with pytest.raises(RuleBroken, match="is closed"):
        access_reviews.keep(three, by=head)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessReviewRow.objects.filter(pk=one.pk).update(decision="end")


def test_nobody_decides_about_themselves(school: Organisation, head: User) -> None:
    account = make_account(school, head=head, run_by=1)
    make_runner(account, head=head, person=head)
    review = access_reviews.open_review(school, by=head)
    own = review.rows.get(person=head)
    for verb in (access_reviews.keep, access_reviews.end, access_reviews.ask):
        with pytest.raises(RuleBroken, match="your own access"):
            verb(own, by=head)
    assert list(access_reviews.the_rest(review, head)) == [review.rows.exclude(person=head).get()]
    for column in ("decided", "asked"):
        wrong = {f"{column}_by": head, f"{column}_at": timezone.now()}
        if column == "decided":
            wrong["decision"] = "keep"
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessReviewRow.objects.filter(pk=own.pk).update(**wrong)
    shown = access_reviews.fingerprint(row.pk for row in access_reviews.the_rest(review, head))
    assert access_reviews.keep_the_rest(review, by=head, shown=shown) == 1
    own.refresh_from_db()
    assert own.decision == "pending"
    access_reviews.keep(own, by=make_user(Role.SLT, at=school))
    review.refresh_from_db()
    assert review.closed_at is not None


def test_keeping_the_rest_applies_what_was_shown_or_nothing(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head, run_by=3)
    review = access_reviews.open_review(school, by=head)
    one, two, three = review.rows.order_by("pk")
    shown = access_reviews.fingerprint(row.pk for row in access_reviews.the_rest(review, head))
    access_reviews.ask(one, by=head)
    with pytest.raises(RuleBroken, match="changed meanwhile"):
        access_reviews.keep_the_rest(review, by=head, shown=shown)
    shown = access_reviews.fingerprint([two.pk, three.pk])
    assert access_reviews.keep_the_rest(review, by=head, shown=shown) == 2
    with pytest.raises(RuleBroken, match="Nothing is left"):
        access_reviews.keep_the_rest(review, by=head, shown=access_reviews.fingerprint([]))


def test_a_runner_is_asked_and_answers_and_somebody_else_decides(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head, run_by=1)
    review = access_reviews.open_review(school, by=head)
    row = review.rows.get()
    with pytest.raises(RuleBroken, match="Nobody has asked"):
        access_reviews.answer(row, by=row.person, needs_it=True)
    access_reviews.ask(row, by=head)
    with pytest.raises(RuleBroken, match="asked already"):
        access_reviews.ask(row, by=head)
    assert kinds(row.person, school.today()) == ["access.answer"]
    with pytest.raises(PermissionDenied):
        access_reviews.answer(row, by=head, needs_it=True)
    answered = access_reviews.answer(row, by=row.person, needs_it=False)
    assert (answered.answer, answered.decision) == ("does_not", "pending")
    assert kinds(row.person, school.today()) == []
    with pytest.raises(RuleBroken, match="answered this already"):
        access_reviews.answer(row, by=row.person, needs_it=True)
    assert kinds(head, school.today()) == ["access.review"]
    access_reviews.end(row, by=head)
    assert "access.review" not in kinds(head, school.today())


def test_the_portal_opens_it_on_a_school_day_of_the_term_once(
    school: Organisation, head: User
) -> None:
    calendar.add_term(
        school, by=None, name="Autumn", starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 18)
    )
    other = make_school()  # without terms
    with time_machine.travel(datetime(2026, 9, 3, 9, tzinfo=UTC)):
        account = make_account(school, head=head, name="Drama")
        make_account(other)
    with time_machine.travel(datetime(2026, 9, 21, 9, tzinfo=UTC)):
        look_after()
        assert not AccessReview.objects.exists()
    with time_machine.travel(datetime(2026, 9, 22, 9, tzinfo=UTC)):
        look_after()
        look_after()
        review = AccessReview.objects.get()
        assert (review.organisation, review.opened_by) == (school, None)
        assert review.title == "Autumn, 22 September 2026"
        (duty,) = [d for d in duties_of(head, school.today()) if d.kind == "access.review"]
        assert (duty.due_on, duty.note) == (date(2026, 10, 6), "2 left to decide")
        # Who stops meanwhile is no longer to be decided about.
        for run in account.runners.all():
            runners.end(run, by=head, last_day=school.today())
    with time_machine.travel(datetime(2026, 9, 23, 9, tzinfo=UTC)):
        with pytest.raises(RuleBroken, match="has stopped running it"):
            access_reviews.keep(review.rows.earliest("pk"), by=User.objects.get(pk=head.pk))
        assert not access_reviews.the_rest(review, head).exists()
        look_after()
        review.refresh_from_db()
        assert review.closed_at is not None
        assert set(review.rows.values_list("decision", flat=True)) == {"gone"}
        assert AccessReview.objects.count() == 1  # not again in this term


def test_who_owes_a_decision_is_never_the_person_themselves() -> None:
    assert owners_of(1, [{1, 2}, {3}, {4}]) == {2}
    assert owners_of(1, [{1}, {3}, {4}]) == {3}
    assert owners_of(1, [{1}, {1}, {4}]) == {4}
    assert owners_of(1, [{1}, set(), set()]) == set()


def test_about_a_head_alone_the_office_decides_and_without_one_the_trust() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head, run_by=0)
    make_runner(account, head=head, person=head)
    access_reviews.open_review(school, by=head)
    today = school.today()
    assert "access.review" not in kinds(head, today)
    assert "access.review" in kinds(lead, today)
    office = make_user(Role.OFFICE, at=school)
    assert "access.review" in kinds(office, today)
    assert "access.review" not in kinds(lead, today)


def test_a_school_where_nobody_runs_anything_has_nothing_to_look_at(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head, run_by=0)
    with pytest.raises(RuleBroken, match="nothing to look at"):
        access_reviews.open_review(school, by=head)
    with pytest.raises(PermissionDenied):
        access_reviews.open_review(school, by=make_user(Role.DSL, at=school))
    assert not Runner.objects.exists()


@pytest.mark.demand("H1")
def test_an_open_review_costs_a_head_one_query_of_their_tasks(
    school: Organisation, django_assert_max_num_queries: Any
) -> None:
    head = make_user(Role.HEAD, at=school)
    make_account(school, head=head)
    access_reviews.open_review(school, by=head)
    user, today = User.objects.get(pk=head.pk), school.today()
    assert user.posts  # which every page reads before it asks for tasks
    # What may be owed at all; policies; the self-check; the review.
    with django_assert_max_num_queries(4):
        owed = [duty.kind for duty in duties_of(user, today)]
    assert "access.review" in owed
