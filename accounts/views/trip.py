"""School trips: lending an account, ending, and what is due afterwards (R6)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.trip import PhotosForm, TripForm
from accounts.models import Device, Trip
from accounts.services import trips
from accounts.views.scope import DEVICES, managed
from people.http import Request
from people.models import User
from people.roles import Permission
from people.views.scope import school_of, typed
from web.acting import filled_in, pressed
from web.errors import RuleBroken

FORM_METHODS = ["GET", "POST"]


@require_http_methods(FORM_METHODS)
def trip_lend(request: Request, school: str, pk: int) -> HttpResponse:
    """Who takes the account where, on which device."""
    account = managed(request, school, pk)
    at, back = account.organisation, DEVICES.of(account)
    posts = trips.staff_posts().active(at.today()).filter(organisation=at)
    people = User.objects.filter(pk__in=posts.values("person")).exclude(pk=request.user.pk)
    form = TripForm(
        typed(request),
        people=people.order_by("sort_name", "name"),
        devices=Device.objects.usable().filter(organisation=at),
        today=at.today(),
        cancel=back,
    )
    said = "The account is lent. They have been told, and its password is due when they are back."
    done = filled_in(
        request, form, lambda **data: trips.allow(account, by=request.user, **data), said, back
    )
    lead = (
        "During the trip they see the account and write its log. When it ends they confirm that "
        "the photos are deleted, and its runners change the password."
    )
    return done or DEVICES.form(request, account, form, "Lend it for a trip", lead)


@require_POST
def trip_end(request: Request, school: str, pk: int, trip: int) -> HttpResponse:
    """They are back before the last day."""
    row = _trip(request, school, pk, trip)
    try:
        trips.end(row, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The trip is over. Now its photos and the password are due.")
    is_own = row.person_id == request.user.pk
    return redirect(trips.page(row) if is_own else DEVICES.of(row.account))


@require_POST
def trip_cancel(request: Request, school: str, pk: int, trip: int) -> HttpResponse:
    """It does not take place."""
    row = _trip(request, school, pk, trip)
    said = "The trip is cancelled. Whoever was to take the account has been told."
    return pressed(
        request, lambda: trips.cancel(row, by=request.user), said, DEVICES.of(row.account)
    )


@require_http_methods(FORM_METHODS)
def trip_photos(request: Request, school: str, pk: int, trip: int) -> HttpResponse:
    """Whoever led the trip confirms that its photos are gone."""
    row = _trip(request, school, pk, trip)
    at = row.account.organisation
    is_own = row.person_id == request.user.pk
    manages = request.user.can(Permission.MANAGE_ACCOUNTS, at=at)
    may_confirm = is_own or (manages and trips.has_left(row))
    if request.method == "POST" and not may_confirm:
        raise PermissionDenied
    form = PhotosForm(typed(request), cancel=reverse("overview:home"))
    done = filled_in(
        request,
        form,
        lambda **_: trips.confirm_photos(row, by=request.user),
        "Thank you. It is on record.",
        "overview:home",
    )
    context = {
        "school": at,
        "trip": row,
        "account": row.account,
        "form": form,
        "state": row.state(at.today()),
        "is_own": is_own,
        "may_confirm": may_confirm,
    }
    return done or render(request, "accounts/trip_photos.html", context)


def _trip(request: Request, school: str, pk: int, trip: int) -> Trip:
    """A trip of an account they see, or their own: they see it after the trip as well."""
    at = school_of(request, school)
    rows = Trip.objects.visible_to(request.user).select_related(
        "account__organisation__parent", "person", "device"
    )
    return get_object_or_404(rows, account__organisation=at, account=pk, pk=trip)
