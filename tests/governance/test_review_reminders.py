"""Who is reminded of a review and when, day by day (D14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from governance.models import Policy
from governance.services import publishing, reviewing
from notices.models import Notice
from notices.services import sweep
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_policy

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.demand("D14")]
LONDON = ZoneInfo("Europe/London")
# A Thursday. Sixty days before it is a Sunday, and no bank holiday lies between.
DUE = date(2027, 2, 11)
DAY = timedelta(days=1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=LONDON)


@pytest.fixture
def head(school: Organisation) -> Iterator[User]:
    with time_machine.travel(at(DUE - 100 * DAY), tick=False):
        yield make_user(Role.HEAD, at=school, name="Robin Head")


@pytest.fixture
def author(school: Organisation, head: User) -> User:
    return make_user(Role.STAFF, at=school, name="Alex Author")


@pytest.fixture
def policy(school: Organisation, head: User, author: User) -> Policy:
    made = make_policy(school, by=head, audience=[], author=author)
    publishing.review_without_change(made, by=head, next_due_on=DUE)
    return Policy.objects.get(pk=made.pk)


def told(first: date, last: date) -> list[tuple[int, str, str]]:
    """Every notice of a review so far, after these days: (days after the due day, who, stage).

    On a day that told something the sweep runs again, as it may at any time.
    """
    day = first
    while day <= last:
        with time_machine.travel(at(day), tick=False):
            if sweep(at(day)).notices:
                sweep(at(day))
        day += DAY
    notices = Notice.objects.filter(kind="policy.review").select_related("recipient")
    return sorted(
        ((one.created_at.astimezone(LONDON).date() - DUE).days, one.recipient.name, one.stage)
        for one in notices
    )


def test_the_author_hears_of_a_review_in_time_and_then_weekly_and_the_head_after_two_weeks(
    policy: Policy,
) -> None:
    assert told(DUE - 75 * DAY, DUE + 30 * DAY) == [
        (-59, "Alex Author", "owner-60"),  # the sixtieth day is a Sunday
        (-30, "Alex Author", "owner-30"),
        (-7, "Alex Author", "owner-7"),
        (0, "Alex Author", "owner+0"),
        (7, "Alex Author", "owner+7/7"),
        (14, "Alex Author", "owner+7/7"),
        (14, "Robin Head", "head+14"),
        (21, "Alex Author", "owner+7/7"),
        (28, "Alex Author", "owner+7/7"),
    ]


def test_a_policy_without_an_author_is_reviewed_by_the_head_who_is_told_once(
    school: Organisation, head: User, policy: Policy
) -> None:
    Policy.objects.filter(pk=policy.pk).update(author=None)

    assert told(DUE - 8 * DAY, DUE + 15 * DAY) == [
        (-8, "Robin Head", "owner-30"),  # the latest step that nobody was told of
        (-7, "Robin Head", "owner-7"),
        (0, "Robin Head", "owner+0"),
        (7, "Robin Head", "owner+7/7"),
        (14, "Robin Head", "owner+7/7"),
    ]


def test_when_the_author_leaves_the_head_takes_over_from_the_next_day(
    school: Organisation, head: User, author: User, policy: Policy
) -> None:
    membership.leave(author.memberships.get(), last_day=DUE - 20 * DAY, by=None)

    assert told(DUE - 31 * DAY, DUE) == [
        (-31, "Alex Author", "owner-60"),
        (-30, "Alex Author", "owner-30"),
        (-17, "Robin Head", "owner-30"),  # the first working day after the author's last
        (-7, "Robin Head", "owner-7"),
        (0, "Robin Head", "owner+0"),
    ]


def test_an_author_who_works_elsewhere_now_is_not_asked(
    school: Organisation, head: User, author: User, policy: Policy
) -> None:
    make_member(author, make_school(), Role.STAFF)
    membership.leave(author.memberships.get(organisation=school), last_day=DUE - 90 * DAY, by=None)

    assert told(DUE, DUE) == [(0, "Robin Head", "owner+0")]


def test_nobody_is_reminded_once_the_review_is_done(head: User, policy: Policy) -> None:
    before = told(DUE - 31 * DAY, DUE - 8 * DAY)
    with time_machine.travel(at(DUE - 8 * DAY), tick=False):
        publishing.review_without_change(policy, by=head, next_due_on=DUE + 365 * DAY)

    assert told(DUE - 7 * DAY, DUE + 30 * DAY) == before


def test_a_review_opened_between_two_dates_reaches_the_author_at_once_and_the_head_late(
    head: User, policy: Policy
) -> None:
    opened, finish = DUE - 90 * DAY, DUE - 70 * DAY
    with time_machine.travel(at(opened), tick=False):
        reviewing.open_review(
            policy, by=head, trigger="incident", cause="A post named a child.", due_on=finish
        )

    assert told(opened, finish + 15 * DAY) == [
        (-90, "Alex Author", "owner-30"),  # a Friday
        (-77, "Alex Author", "owner-7"),
        (-70, "Alex Author", "owner+0"),
        (-63, "Alex Author", "owner+7/7"),
        (-56, "Alex Author", "owner+7/7"),
        (-56, "Robin Head", "head+14"),
    ]


def test_of_a_trust_s_policy_its_lead_hears() -> None:
    with time_machine.travel(at(DUE - 100 * DAY), tick=False):
        trust = make_trust()
        lead = make_user(Role.TRUST_LEAD, at=trust, name="Terry Lead")
        author = make_user(Role.TRUST_SAFEGUARDING, at=trust, name="Alex Author")
        made = make_policy(trust, by=lead, audience=[], author=author)
        publishing.review_without_change(made, by=lead, next_due_on=DUE)

    assert told(DUE, DUE + 14 * DAY) == [
        (0, "Alex Author", "owner+0"),
        (7, "Alex Author", "owner+7/7"),
        (14, "Alex Author", "owner+7/7"),
        (14, "Terry Lead", "head+14"),
    ]
