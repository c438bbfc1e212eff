"""An account goes on a school trip: lent, seen, given back, photos deleted, password changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import is_lent_to, writes_log
from accounts.models import Device, RotationCause, SocialAccount, Trip
from accounts.rotation import needs_of
from accounts.services import devices, log, trips
from notices.duties import duties_of
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.accounts.factories import make_account
from tests.accounts.test_devices import make_device
from tests.factories import make_school, make_user
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    return make_account(school, head=head, name="Geography")


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


@pytest.fixture
def tablet(school: Organisation, head: User) -> Device:
    return make_device(school, head, "Trip telephone")


def lend(account: SocialAccount, head: User, person: User, device: Device, **more: Any) -> Trip:
    today = account.organisation.today()
    details = {"name": "Lake District", "starts_on": today, "ends_on": today + 2 * DAY, **more}
    return trips.allow(account, by=head, person=person, device=device, **details)


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_a_teacher_has_the_account_for_the_days_of_the_trip_and_then_photos_and_password_are_due(
    school: Organisation, head: User, account: SocialAccount, teacher: User, tablet: Device
) -> None:
    today = school.today()
    trip = lend(account, head, teacher, tablet, starts_on=today + DAY, ends_on=today + 3 * DAY)
    seen = SocialAccount.objects.visible_to
    assert not seen(teacher).exists()
    assert not writes_log(account, teacher)
    assert trip.state(today) == Trip.State.AHEAD
    assert needs_of(account, timezone.now()) == []
    with time_machine.travel(timezone.now() + 3 * DAY):
        assert seen(teacher).get() == account
        assert writes_log(account, teacher)
        said = log.Said(happened_at=timezone.now(), text="We are at the lake.")
        assert log.add(account, by=teacher, kind="other", said=said).by == teacher
        assert not account.is_run_by(teacher)
        assert duties_of(teacher, school.today()) == []
        with pytest.raises(RuleBroken, match="not over yet"):
            trips.confirm_photos(trip, by=teacher)
    with time_machine.travel(timezone.now() + 4 * DAY):
        assert not seen(teacher).exists()
        assert not writes_log(account, teacher)
        (need,) = needs_of(account, timezone.now())
        assert (need.reason, need.due_at - need.since) == ("trip", timedelta(hours=24))
        (duty,) = duties_of(teacher, school.today())
        assert (duty.kind, duty.due_on) == ("account.trip_photos", today + 6 * DAY)
        with pytest.raises(PermissionDenied):
            trips.confirm_photos(trip, by=head)
        done = trips.confirm_photos(trip, by=teacher)
        assert done.state(school.today()) == Trip.State.DONE
        assert duties_of(teacher, school.today()) == []
        with pytest.raises(RuleBroken, match="already"):
            trips.confirm_photos(trip, by=teacher)
    with pytest.raises(IntegrityError), transaction.atomic():  # on record as it was
        Trip.objects.filter(pk=trip.pk).update(name="Elsewhere")


def test_two_trips_overlap_each_with_a_device_of_its_own(
    school: Organisation, head: User, account: SocialAccount, teacher: User, tablet: Device
) -> None:
    lend(account, head, teacher, tablet)
    colleague = make_user(Role.STAFF, at=school)
    with pytest.raises(RuleBroken, match="on another trip then"):
        lend(account, head, colleague, tablet)
    with pytest.raises(RuleBroken, match="on these days already"):
        lend(account, head, teacher, make_device(school, head, "Second"))
    lend(account, head, colleague, make_device(school, head, "Third"), name="Berlin")
    assert is_lent_to(account, teacher)
    assert is_lent_to(account, colleague)


def test_what_cannot_be_lent_is_refused_with_everything_in_the_way(
    school: Organisation, head: User, account: SocialAccount, teacher: User, tablet: Device
) -> None:
    today = school.today()
    left = make_user(Role.STAFF, at=school)
    membership.leave(left.memberships.get(), last_day=today + DAY, by=head)
    with pytest.raises(RuleBroken) as refused:
        lend(account, head, left, make_device(school, head, "No PIN", pin_confirmed_on=None))
    assert [reason.partition(" does")[0] for reason in refused.value.reasons] == [
        str(left), "Confirm first that No PIN is locked with a PIN.",
    ]  # fmt: skip
    for wrong, sentence in (
        ({"ends_on": today - DAY}, "before the first"),
        ({"starts_on": today - DAY}, "today or later"),
        ({"ends_on": today + 40 * DAY}, "31 days at most"),
        ({"name": " "}, "which trip"),
    ):
        with pytest.raises(RuleBroken, match=sentence):
            lend(account, head, teacher, tablet, **wrong)
    with pytest.raises(RuleBroken, match="lend it to you"):
        lend(account, head, head, tablet)
    with pytest.raises(PermissionDenied):
        lend(account, teacher, make_user(Role.STAFF, at=school), tablet)
    governor = make_user(at=school, employment="governor")
    with pytest.raises(RuleBroken, match="not belong to the staff"):
        lend(account, head, governor, tablet)
    far = make_school()
    with pytest.raises(RuleBroken, match="another school"):
        lend(account, head, teacher, make_device(far, make_user(Role.HEAD, at=far)))
    with pytest.raises(RuleBroken, match="not belong to the staff"):
        lend(account, head, make_user(Role.STAFF, at=far), tablet)
    assert not Trip.objects.exists()
    assert not RotationCause.objects.exists()


def test_a_trip_ends_early_and_the_password_is_due_from_then(
    school: Organisation, head: User, account: SocialAccount, teacher: User, tablet: Device
) -> None:
    trip = lend(account, head, teacher, tablet)
    with pytest.raises(RuleBroken, match="has begun"):
        trips.cancel(trip, by=head)
    with pytest.raises(PermissionDenied):
        trips.end(trip, by=make_user(Role.STAFF, at=school))
    trips.end(trip, by=teacher)
    assert not is_lent_to(account, teacher)
    (need,) = needs_of(account, timezone.now())
    assert need.due_at <= timezone.now() + DAY
    (duty,) = duties_of(teacher, school.today())
    assert duty.due_on == school.today() + 3 * DAY
    with pytest.raises(RuleBroken, match="over already"):
        trips.end(trip, by=head)
    lend(account, head, teacher, tablet)  # and it can go on the next one


def test_a_trip_that_is_cancelled_asks_for_nothing(
    school: Organisation, head: User, account: SocialAccount, teacher: User, tablet: Device
) -> None:
    today = school.today()
    trip = lend(account, head, teacher, tablet, starts_on=today + DAY)
    with pytest.raises(RuleBroken, match="lent for the trip"):
        devices.retire(tablet, by=head)
    with pytest.raises(RuleBroken, match="has not begun"):
        trips.end(trip, by=head)
    trips.cancel(trip, by=head)
    with pytest.raises(RuleBroken, match="cancelled already"):
        trips.cancel(trip, by=head)
    with time_machine.travel(timezone.now() + 5 * DAY):
        assert needs_of(account, timezone.now()) == []
        assert duties_of(teacher, school.today()) == []


def test_a_leaver_takes_no_account_with_them(
    school: Organisation, head: User, account: SocialAccount, teacher: User, tablet: Device
) -> None:
    today = school.today()
    now = lend(account, head, teacher, tablet, ends_on=today + 4 * DAY)
    later = lend(account, head, teacher, tablet, starts_on=today + 9 * DAY,
                 ends_on=today + 10 * DAY)  # fmt: skip
    membership.leave(teacher.memberships.get(), last_day=today, by=head)
    now.refresh_from_db()
    later.refresh_from_db()
    assert now.ends_on == today
    assert later.cancelled_at is not None
    assert RotationCause.objects.get(reason="trip").due_at < timezone.now() + 2 * DAY
    with time_machine.travel(timezone.now() + DAY):
        assert not SocialAccount.objects.visible_to(fresh(teacher)).exists()
        assert not duties_of(fresh(teacher), school.today())
        kinds = [duty.kind for duty in duties_of(fresh(head), school.today())]
        assert "account.trip_photos" in kinds  # whoever lent it looks after the photos
        trips.confirm_photos(now, by=fresh(head))
