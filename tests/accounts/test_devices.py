"""The school's devices: entered, allowed for an account, retired, and lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AccountDevice, Device, RotationCause, SocialAccount
from accounts.rotation import needs_of
from accounts.services import devices
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.accounts.factories import make_account
from tests.factories import make_school, make_user
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    return make_account(school, head=head)


def make_device(at: Organisation, by: User, name: str = "Office tablet", **details: Any) -> Device:
    details.setdefault("pin_confirmed_on", at.today())
    return devices.enter(at, by=by, name=name, **details)


def test_an_account_is_run_from_devices_of_the_school_that_a_pin_locks(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    tablet = make_device(school, head, inventory_number="T-1", pin_confirmed_on=None)
    with pytest.raises(RuleBroken, match="locked with a PIN"):
        devices.allow(account, tablet, by=head)
    with pytest.raises(RuleBroken, match="not come yet"):
        devices.confirm_pin(tablet, by=head, on=school.today() + timedelta(days=1))
    tablet = devices.confirm_pin(tablet, by=head, on=school.today())
    use = devices.allow(account, tablet, by=head)
    with pytest.raises(RuleBroken, match="already"):
        devices.allow(account, tablet, by=head)
    devices.take_off(use, by=head)
    with pytest.raises(RuleBroken, match="taken off"):
        devices.take_off(use, by=head)
    assert devices.allow(account, tablet, by=head).pk != use.pk
    far = make_school()
    theirs = make_device(far, make_user(Role.HEAD, at=far))
    with pytest.raises(RuleBroken, match="another school"):
        devices.allow(account, theirs, by=head)
    runner = account.runners.get(pk=account.runners.first().pk).person  # type: ignore[union-attr]
    with pytest.raises(PermissionDenied):
        devices.allow(account, tablet, by=runner)


def test_a_name_or_number_stands_once_among_the_devices_in_use(
    school: Organisation, head: User
) -> None:
    first = make_device(school, head, inventory_number="T-1")
    with pytest.raises(RuleBroken) as refused:
        make_device(school, head, inventory_number="T-1")
    assert len(refused.value.reasons) == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.create(organisation=school, name=first.name, added_by=head)
    devices.retire(first, by=head)
    with pytest.raises(RuleBroken, match="no longer in use"):
        devices.retire(first, by=head)
    assert make_device(school, head, inventory_number="T-1").is_usable


def test_a_lost_device_is_retired_and_every_account_on_it_gets_a_new_password_within_a_day(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    other, apart = make_account(school, head=head), make_account(school, head=head)
    tablet = make_device(school, head)
    for one in (account, other):
        devices.allow(one, tablet, by=head)
    runner = account.runners.first()
    assert runner is not None
    with pytest.raises(PermissionDenied):
        devices.lost(tablet, by=make_user(Role.STAFF, at=school))
    tablet = devices.lost(tablet, by=runner.person)  # who runs it says so at once
    assert (tablet.gone, tablet.retired_by) == (Device.Gone.LOST, runner.person)
    for one in (account, other):
        (need,) = needs_of(one, timezone.now())
        assert (need.reason, need.due_at - need.since) == ("lost_device", timedelta(hours=24))
    assert needs_of(apart, timezone.now()) == []
    assert not AccountDevice.objects.in_use().exists()
    told = Notice.objects.filter(kind="account.lost_device")
    assert told.filter(recipient=head).count() == 2  # one for each account
    assert not told.filter(recipient=runner.person, title__contains=account.name).exists()
    with pytest.raises(RuleBroken, match="lost already"):
        devices.lost(tablet, by=head)
    assert RotationCause.objects.count() == 2


def test_the_database_wants_to_know_how_a_device_went_and_who_saw_its_pin(
    school: Organisation, head: User
) -> None:
    tablet = make_device(school, head)
    for wrong in ({"gone": "lost"}, {"retired_on": school.today()}, {"pin_confirmed_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Device.objects.filter(pk=tablet.pk).update(**wrong)
