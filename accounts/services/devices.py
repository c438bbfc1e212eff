"""The school's devices, and the accounts that are run from them (R2)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AccountDevice, Device, RotationCause, SocialAccount, Trip
from accounts.services.locking import expect_past, locked_account
from accounts.services.rotations import ask_for_change
from accounts.services.telling import leaders_of, runners_of, tell
from accounts.workflow import IN_USE, Status
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

GONE = "This device is no longer in use."
ON_RECORD = "This device is on record as lost already."


@transaction.atomic
def enter(
    organisation: Organisation,
    *,
    by: User,
    name: str,
    inventory_number: str = "",
    pin_confirmed_on: date | None = None,
) -> Device:
    """A device of the school. Raises RuleBroken for a name or number that is taken."""
    _need_to_manage(organisation, by)
    if pin_confirmed_on is not None:
        expect_past(pin_confirmed_on, organisation)
    device = Device(
        organisation=organisation,
        name=name.strip(),
        inventory_number=inventory_number.strip(),
        pin_confirmed_on=pin_confirmed_on,
        pin_confirmed_by=by if pin_confirmed_on else None,
        added_by=by,
    )
    RuleBroken.if_any(_taken(device))
    try:
        with transaction.atomic():
            device.save()
    except IntegrityError:
        raise RuleBroken("Somebody entered this device a moment ago.") from None
    audit.record("device.add", device, by=by)
    return device


def _taken(device: Device) -> list[str]:
    others = Device.objects.in_use().filter(organisation=device.organisation)
    found = []
    if others.filter(name=device.name).exists():
        found.append(f"There is a device of this name already: {device.name}.")
    number = device.inventory_number
    if number and others.filter(inventory_number=number).exists():
        found.append(f"There is a device with this number already: {number}.")
    return found


@transaction.atomic
def confirm_pin(device: Device, *, by: User, on: date) -> Device:
    """Somebody has seen that a PIN locks it."""
    device = _locked(device)
    _need_to_manage(device.organisation, by)
    expect_past(on, device.organisation)
    device.pin_confirmed_on, device.pin_confirmed_by = on, by
    device.save(update_fields=["pin_confirmed_on", "pin_confirmed_by"])
    audit.record("device.pin", device, by=by)
    return device


@transaction.atomic
def allow(account: SocialAccount, device: Device, *, by: User) -> AccountDevice:
    """The account may be run from this device. Raises RuleBroken for one without a PIN."""
    account = locked_account(account)
    _need_to_manage(account.organisation, by)
    if account.status == Status.CLOSED:
        raise RuleBroken("This account is closed: its entry stays as it is.")
    device = _locked(device)
    RuleBroken.if_any(not_fit(device, account.organisation))
    if AccountDevice.objects.filter(account=account, device=device, ended_at=None).exists():
        raise RuleBroken(f"The account is run from {device.name} already.")
    use = AccountDevice.objects.create(account=account, device=device, added_by=by)
    audit.record("device.allow", account, by=by, device=str(device.pk))
    return use


def not_fit(device: Device, at: Organisation) -> list[str]:
    """Why an account of this school cannot be run from this device."""
    if device.organisation_id != at.pk:
        return ["This device belongs to another school."]
    if device.pin_confirmed_on is None:
        return [f"Confirm first that {device.name} is locked with a PIN."]
    return []


@transaction.atomic
def take_off(use: AccountDevice, *, by: User) -> AccountDevice:
    """The account is no longer run from it. The device stays the school's."""
    account = locked_account(use.account)
    _need_to_manage(account.organisation, by)
    use = AccountDevice.objects.select_for_update(of=("self",), no_key=True).get(pk=use.pk)
    if use.ended_at is not None:
        raise RuleBroken("It was taken off this account already.")
    use.ended_at, use.ended_by = timezone.now(), by
    use.save(update_fields=["ended_at", "ended_by"])
    audit.record("device.take_off", account, by=by, device=str(use.device_id))
    return use


@transaction.atomic
def retire(device: Device, *, by: User) -> Device:
    """The school no longer uses it. Raises RuleBroken while a trip needs it."""
    device = _locked(device)
    _need_to_manage(device.organisation, by)
    today = device.organisation.today()
    trip = Trip.objects.not_over(today).filter(device=device).first()
    if trip is not None:
        raise RuleBroken(f"It is lent for the trip “{trip.name}”. End or cancel that first.")
    _gone(device, Device.Gone.RETIRED, by)
    audit.record("device.retire", device, by=by)
    return device


@transaction.atomic
def lost(device: Device, *, by: User) -> Device:
    """Lost or stolen: every account on it gets a new password within a day.

    Whoever keeps the register, runs one of its accounts or has it on a trip says so. Takes no lock
    on accounts, because others lock an account first and then its device.
    """
    device = _locked(device)
    accounts = _accounts_on(device)
    if not may_report(device, by):
        raise PermissionDenied
    _gone(device, Device.Gone.LOST, by)
    now = timezone.now()
    for account in accounts:
        reason = RotationCause.Reason.LOST_DEVICE
        ask_for_change(account, reason, source=f"device:{device.pk}", since=now)
        title = f"A device with “{account.name}” on it was lost: change its password"
        near = runners_of(account) | leaders_of(account)
        what = f"lost_device:{device.pk}:{account.pk}"
        tell(near, account, what, title, urgent=True, but=by)
    audit.record("device.lost", device, by=by, accounts=str(len(accounts)))
    return device


def may_report(device: Device, user: User) -> bool:
    """Whoever keeps the register, has the device on a trip, or runs an account on it."""
    if user.can(Permission.MANAGE_ACCOUNTS, at=device.organisation):
        return True
    if Trip.objects.not_done().filter(device=device, person=user).exists():
        return True
    uses = device.uses.in_use().select_related("account__organisation")
    return any(use.account.is_run_by(user) for use in uses)


def _accounts_on(device: Device) -> list[SocialAccount]:
    """Those in use that are run from it, or were lent on it and may still be on it."""
    today = device.organisation.today()
    run = AccountDevice.objects.in_use().filter(device=device)
    lent = Trip.objects.not_done().filter(device=device, starts_on__lte=today)
    ids = {*run.values_list("account", flat=True), *lent.values_list("account", flat=True)}
    found = SocialAccount.objects.filter(pk__in=ids, status__in=IN_USE)
    return list(found.select_related("organisation__parent").order_by("pk"))


def _gone(device: Device, how: str, by: User) -> None:
    device.retired_on, device.retired_by = device.organisation.today(), by
    device.gone = how
    device.save(update_fields=["retired_on", "retired_by", "gone"])


def _locked(device: Device) -> Device:
    """Raises RuleBroken once it is retired or lost."""
    rows = Device.objects.select_for_update(of=("self",), no_key=True)
    device = rows.select_related("organisation__parent").get(pk=device.pk)
    if device.retired_on is not None:
        raise RuleBroken(GONE if device.gone == Device.Gone.RETIRED else ON_RECORD)
    return device


def _need_to_manage(organisation: Organisation, by: User) -> None:
    if not by.can(Permission.MANAGE_ACCOUNTS, at=organisation):
        raise PermissionDenied
