"""Two people at the same account at the same moment, with real threads and transactions."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AccessReview, Device, Emergency, RotationCause, Trip
from accounts.services import access_reviews, devices, emergencies, trips
from notices.models import Notice
from people.roles import Role
from tests.accounts.factories import make_account
from tests.factories import make_school, make_user
from tests.races import together
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


def outcome(results: list[Any]) -> tuple[int, int]:
    """How many did it, and how many were told why not."""
    refused = sum(isinstance(one, RuleBroken) for one in results)
    failed = [one for one in results if isinstance(one, Exception)]
    assert len(failed) == refused, results
    return len(results) - refused, refused


def test_two_who_agree_at_once_open_it_once() -> None:
    school = make_school()
    heads = [make_user(Role.SLT, at=school) for _ in range(2)]
    account = make_account(school)
    asked = emergencies.ask(account, by=make_user(Role.IT, at=school), reason="Nobody answers.")

    results = together(*(lambda by=by: emergencies.agree(asked, by=by) for by in heads))

    assert outcome(results) == (1, 1)
    assert Emergency.objects.get().outcome == Emergency.Outcome.AGREED
    assert RotationCause.objects.filter(reason="emergency").count() == 1
    runner = account.runners.earliest("pk").person
    assert Notice.objects.filter(recipient=runner, kind="account.emergency_open").count() == 1


def test_two_who_ask_at_once_ask_once() -> None:
    school = make_school()
    account = make_account(school)
    people = [make_user(Role.IT, at=school), make_user(Role.SLT, at=school)]
    results = together(
        *(lambda by=by: emergencies.ask(account, by=by, reason="Nobody answers.") for by in people)
    )
    assert outcome(results) == (1, 1)
    assert Emergency.objects.count() == 1


def test_a_device_that_two_report_as_lost_asks_for_each_password_once() -> None:
    school = make_school()
    head = make_user(Role.HEAD, at=school)
    accounts = [make_account(school, head=head) for _ in range(2)]
    tablet = devices.enter(school, by=head, name="Tablet", pin_confirmed_on=school.today())
    for account in accounts:
        devices.allow(account, tablet, by=head)
    runner = accounts[0].runners.earliest("pk").person

    results = together(*(lambda by=by: devices.lost(tablet, by=by) for by in (head, runner)))

    assert outcome(results) == (1, 1)
    assert RotationCause.objects.filter(reason="lost_device").count() == 2


def test_a_device_is_not_lent_while_it_is_being_lost() -> None:
    school = make_school()
    head = make_user(Role.HEAD, at=school)
    account = make_account(school, head=head)
    tablet = devices.enter(school, by=head, name="Tablet", pin_confirmed_on=school.today())
    teacher, today = make_user(Role.STAFF, at=school), school.today()

    def lend() -> Trip:
        return trips.allow(
            account, by=head, person=teacher, device=tablet, name="Lakes", starts_on=today,
            ends_on=today,
        )  # fmt: skip

    results = together(lambda: devices.lost(tablet, by=head), lend)

    assert not isinstance(results[0], Exception), results
    # Lent first, it was lost on the trip; lost first, it was not lent.
    lost = RotationCause.objects.filter(reason="lost_device").exists()
    assert lost is not isinstance(results[1], RuleBroken), results
    assert Device.objects.get().gone == "lost"


def test_the_last_two_decisions_close_a_review_and_two_openings_open_one() -> None:
    school = make_school()
    heads = [make_user(Role.SLT, at=school) for _ in range(2)]
    make_account(school)
    opened = together(*(lambda by=by: access_reviews.open_review(school, by=by) for by in heads))
    assert outcome(opened) == (1, 1)
    review = AccessReview.objects.get()
    rows = review.rows.order_by("pk")
    results = together(
        *(
            lambda by=by, row=row: access_reviews.keep(row, by=by)
            for by, row in zip(heads, rows, strict=True)
        )
    )
    assert outcome(results) == (2, 0)
    review.refresh_from_db()
    assert review.closed_at is not None
