"""What happened to somebody who is away goes to their deputy, where a colleague can see to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from notices import services
from notices.models import Mail, Notice
from notices.passed_on import goes_to_deputy
from people.models import Membership, Organisation, User
from tests.factories import make_user
from tests.notices.conftest import TUESDAY, at
from tests.notices.test_standing_in import away

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)


@pytest.fixture
def ann(school: Organisation) -> User:
    return make_user(at=school, name="Ann Away")


@pytest.fixture
def dan(school: Organisation) -> User:
    return make_user(at=school, name="Dan Deputy")


def happens(to: User, kind: str, *, on: date = TUESDAY, urgent: bool = False) -> Notice:
    school = Membership.objects.get(person=to).organisation
    notice = services.notify(
        to, organisation=school, kind=kind, occasion=f"{kind}:1", title=f"{kind} happened",
        url="/policies/1/", urgent=urgent,
    )  # fmt: skip
    Notice.objects.filter(pk=notice.pk).update(on_date=on, created_at=at(on, hour=8))
    return notice


def passed_to(person: User) -> list[str]:
    return list(
        Notice.objects.filter(recipient=person, kind__contains=".").values_list("kind", flat=True)
    )


def test_a_deputy_hears_of_it_once_with_the_next_mail_and_for_whom(ann: User, dan: User) -> None:
    away(ann, dan, TUESDAY - DAY, TUESDAY + 9 * DAY)
    happens(ann, "policy.draft")  # her text was sent back
    happens(ann, "signature.annulled")  # her own: nobody else's business

    for hour in (9, 10):
        services.sweep(at(TUESDAY, hour=hour))

    assert passed_to(dan) == ["policy.draft"]
    notice = Notice.objects.get(recipient=dan, kind="policy.draft")
    assert (notice.standing_in_for, notice.about) == (ann, ann)
    assert notice.why == "You stand in for Ann Away, whom this concerns."
    (mail,) = Mail.objects.filter(recipient=dan)
    assert "You stand in for Ann Away, who is away:\n\n- policy.draft happened" in mail.text
    assert not Mail.objects.filter(recipient=ann).exists()


def test_what_is_urgent_is_urgent_to_the_deputy_and_follows_their_own_cover(
    school: Organisation, ann: User, dan: User
) -> None:
    eve = make_user(at=school, name="Eve Else")
    away(ann, dan, TUESDAY - DAY, TUESDAY + 9 * DAY)
    away(dan, eve, TUESDAY, TUESDAY)
    happens(ann, "account.lost_device", urgent=True)
    services.sweep(at(TUESDAY))
    urgent = Mail.objects.filter(kind=Mail.Kind.URGENT, recipient__in=[ann, dan, eve])
    assert {mail.recipient for mail in urgent} == {ann, eve}


def test_nobody_is_told_twice_or_of_what_lies_before_or_was_seen(ann: User, dan: User) -> None:
    away(ann, dan, TUESDAY, TUESDAY + 9 * DAY)
    happens(ann, "policy.draft", on=TUESDAY - DAY)  # she was here, and has it from the page
    happens(ann, "account.suspended")
    happens(dan, "account.suspended")
    seen = happens(ann, "training.sent_in")
    Notice.objects.filter(pk=seen.pk).update(read_at=at(TUESDAY))
    services.sweep(at(TUESDAY))
    assert passed_to(dan) == ["account.suspended"]


@pytest.mark.parametrize(
    ("kind", "passed"),
    [("account.emergency_asked", True), ("account.trip", False), ("case.red", False),
     ("policy.question", False), ("evidence.pack", False), ("training.sent_in", True)],
)  # fmt: skip
def test_what_is_a_persons_own_is_not_passed_on(kind: str, passed: bool) -> None:
    assert goes_to_deputy(kind) is passed
