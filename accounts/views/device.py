"""Devices: those of a school, and those from which an account is run."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.device import AllowForm, DeviceFilterForm, DeviceForm, PinForm
from accounts.models import AccountDevice, Device, SocialAccount, Trip
from accounts.services import devices
from accounts.views.account import get_account
from accounts.views.scope import DEVICES, managed
from accounts.workflow import RUNNING, Status, tends
from governance.fitness import fitness
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_of, school_where, typed
from web.acting import filled_in, pressed

P = Permission
FORM_METHODS = ["GET", "POST"]
PER_PAGE = 50
TRIPS_PER_PAGE = 20


@require_GET
def device_list(request: Request, school: str) -> HttpResponse:
    """Every device of the school from which an account may be run (R2)."""
    at = school_where(request, school, P.VIEW_ACCOUNTS)
    form = DeviceFilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_devices(at, request, filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": at,
        "filters": form,
        "filtered": form.is_bound,
        "page": page,
        "manages": request.user.can(P.MANAGE_ACCOUNTS, at=at),
    }
    return render(request, "accounts/device_list.html", context)


def _devices(at: Organisation, request: Request, filters: Any) -> QuerySet[Device]:
    found = Device.objects.visible_to(request.user).filter(organisation=at)
    found = found.select_related("pin_confirmed_by", "retired_by")
    if text := filters.get("q"):
        found = found.filter(Q(name__icontains=text) | Q(inventory_number__icontains=text))
    match filters.get("state"):
        case "gone":
            found = found.filter(retired_on__isnull=False)
        case "pin":
            found = found.in_use().filter(pin_confirmed_on=None)
        case _:
            found = found.in_use()
    in_use = Count("uses", filter=Q(uses__ended_at=None))
    return found.annotate(accounts=in_use).order_by("name", "pk")


@require_http_methods(FORM_METHODS)
def device_enter(request: Request, school: str) -> HttpResponse:
    """Enter a device of the school."""
    at = school_where(request, school, P.MANAGE_ACCOUNTS)
    back = reverse("accounts:devices", args=[at.slug])
    form = DeviceForm(typed(request), cancel=back)
    done = filled_in(
        request,
        form,
        lambda **data: devices.enter(at, by=request.user, **data),
        "The device is on the list.",
        back,
    )
    context = {"school": at, "form": form, "page_title": "Enter a device", "devices": True}
    return done or render(request, "accounts/oversight_form.html", context)


@require_http_methods(FORM_METHODS)
def device_pin(request: Request, school: str, device: int) -> HttpResponse:
    """Somebody looked: it is locked with a PIN."""
    row = _device(request, school, device)
    _expect_manager(request, row.organisation)
    back = reverse("accounts:devices", args=[row.organisation.slug])
    form = PinForm(typed(request), today=row.organisation.today(), cancel=back)
    done = filled_in(
        request,
        form,
        lambda **data: devices.confirm_pin(row, by=request.user, **data),
        f"{row.name} is on record as locked with a PIN.",
        back,
    )
    context = {
        "school": row.organisation, "form": form, "caption": row, "devices": True,
        "page_title": "Is it locked with a PIN?",
    }  # fmt: skip
    return done or render(request, "accounts/oversight_form.html", context)


@require_POST
def device_retire(request: Request, school: str, device: int) -> HttpResponse:
    """The school no longer uses it."""
    row = _device(request, school, device)
    said = f"{row.name} is no longer in use. No account is run from it."
    return pressed(request, lambda: devices.retire(row, by=request.user), said, _back(request, row))


@require_POST
def device_lost(request: Request, school: str, device: int) -> HttpResponse:
    """Lost or stolen: one click, and the passwords are due."""
    row = _device(request, school, device)
    said = (
        f"{row.name} is on record as lost. The runners of its accounts have been told to change "
        "their passwords."
    )
    return pressed(request, lambda: devices.lost(row, by=request.user), said, _back(request, row))


def _device(request: Request, school: str, device: int) -> Device:
    """A device of this school, or 404."""
    at = school_of(request, school)
    rows = Device.objects.visible_to(request.user).select_related("organisation__parent")
    return get_object_or_404(rows, organisation=at, pk=device)


def _back(request: Request, device: Device) -> str:
    """Where the button was: the school's list, or an account's page."""
    to = request.POST.get("next", "")
    if to and url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        return to
    return reverse("accounts:devices", args=[device.organisation.slug])


def _expect_manager(request: Request, at: Organisation) -> None:
    if not request.user.can(P.MANAGE_ACCOUNTS, at=at):
        raise PermissionDenied


@require_GET
def account_devices(request: Request, school: str, pk: int) -> HttpResponse:
    """From which devices an account is run, and who has it on a trip (R2, R6)."""
    account = get_account(request, school, pk)
    at = account.organisation
    trips = account.trips.select_related("person", "device", "allowed_by")
    page = Paginator(trips, TRIPS_PER_PAGE).get_page(request.GET.get("page"))
    manages = request.user.can(P.MANAGE_ACCOUNTS, at=at)
    context = {
        "school": at,
        "account": account,
        "uses": account.uses.in_use().select_related("device__pin_confirmed_by"),
        "page": page,
        "trips": _trip_rows(list(page), account),
        "manages": manages and account.status != Status.CLOSED,
        "tends": tends(account, request.user),
        "may_lend": manages and account.status in RUNNING,
        "has_devices": Device.objects.usable().filter(organisation=at).exists(),
    }
    return render(request, "accounts/account_devices.html", context)


def _trip_rows(trips: list[Trip], account: SocialAccount) -> list[tuple[Trip, str, str, Any]]:
    """Each with its state in code and words, and, until it is over, whether its leader is fit."""
    today = account.organisation.today()
    found = []
    ahead = {trip.person_id for trip in trips if not trip.is_over(today)}
    fit = fitness(sorted(ahead), account.organisation, today) if ahead else {}
    for trip in trips:
        state = trip.state(today)
        waits = state in (Trip.State.AHEAD, Trip.State.UNDER_WAY)
        found.append((trip, state.value, state.label, fit.get(trip.person_id) if waits else None))
    return found


@require_http_methods(FORM_METHODS)
def device_allow(request: Request, school: str, pk: int) -> HttpResponse:
    """Run an account from a device that the school has."""
    account = managed(request, school, pk)
    used = account.uses.in_use().values("device")
    usable = Device.objects.usable().filter(organisation=account.organisation)
    form = AllowForm(
        typed(request), devices=usable.exclude(pk__in=used), cancel=DEVICES.of(account)
    )
    done = filled_in(
        request,
        form,
        lambda **data: devices.allow(account, data["device"], by=request.user),
        "The account may be run from this device.",
        DEVICES.of(account),
    )
    return done or DEVICES.form(request, account, form, "Add a device")


@require_http_methods(FORM_METHODS)
def device_new(request: Request, school: str, pk: int) -> HttpResponse:
    """Enter a device, and run the account from it."""
    account = managed(request, school, pk)
    form = DeviceForm(typed(request), pin=True, cancel=DEVICES.of(account))

    @transaction.atomic
    def enter(**data: Any) -> AccountDevice:
        device = devices.enter(account.organisation, by=request.user, **data)
        return devices.allow(account, device, by=request.user)

    said = "The device is on the list, and the account may be run from it."
    done = filled_in(request, form, enter, said, DEVICES.of(account))
    return done or DEVICES.form(request, account, form, "Enter a device")


@require_POST
def device_off(request: Request, school: str, pk: int, use: int) -> HttpResponse:
    """The account is no longer run from it."""
    account = managed(request, school, pk)
    row = get_object_or_404(account.uses.select_related("device"), pk=use)
    said = f"The account is no longer run from {row.device.name}. Take it off the device as well."
    return pressed(
        request, lambda: devices.take_off(row, by=request.user), said, DEVICES.of(account)
    )
