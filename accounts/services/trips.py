"""Lending an account for a school trip (R6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import no_passwords
from accounts.models import Device, RotationCause, SocialAccount, Trip
from accounts.models.trip import TripQuerySet
from accounts.services import devices
from accounts.services.locking import locked_account
from accounts.services.rotations import ask_for_change
from accounts.services.telling import tell
from accounts.workflow import RUNNING
from people.models import Membership, User
from people.models.membership import MembershipQuerySet
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words


@transaction.atomic
def allow(
    account: SocialAccount,
    *,
    by: User,
    person: User,
    device: Device,
    name: str,
    starts_on: date,
    ends_on: date,
) -> Trip:
    """This person takes it on a trip. Raises RuleBroken with everything in the way.

    The password falls due at the end of the last day by itself. Two trips may overlap, each with a
    device of its own.
    """
    account = locked_account(account)
    if not by.can(Permission.MANAGE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    device = Device.objects.select_for_update(of=("self",), no_key=True).get(pk=device.pk)
    trip = Trip(
        account=account,
        person=person,
        device=device,
        name=name.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        allowed_by=by,
    )
    RuleBroken.if_any([*_wrong_days(trip), *_wrong_person(trip), *_wrong_device(trip)])
    trip.save()
    _ask(trip)
    title = f"“{account.name}” is lent to you for the trip “{trip.name}”"
    tell([person], account, f"trip:{trip.pk}", title, url=page(trip))
    audit.record("trip.allow", account, by=by, trip=str(trip.pk), person=str(person.pk))
    return trip


def _wrong_days(trip: Trip) -> Iterator[str]:
    at = trip.account.organisation
    if trip.account.status not in RUNNING:
        state = trip.account.get_status_display().lower()
        yield f"Only an account in use can be lent: this one is {state}."
    if not trip.name:
        yield "Say which trip it is."
    yield from filter(None, [no_passwords.problem(trip.name)])
    if trip.ends_on < trip.starts_on:
        yield "The last day cannot be before the first."
        return
    if trip.starts_on < at.today():
        yield "A trip begins today or later."
    longest = int(at.setting("accounts.trip_longest"))
    if (trip.ends_on - trip.starts_on).days >= longest:
        yield f"An account is lent for {longest} days at most."


def _wrong_person(trip: Trip) -> Iterator[str]:
    at, person = trip.account.organisation, trip.person
    if person == trip.allowed_by:
        yield "Somebody else has to lend it to you."
    posts = staff_posts().filter(person=person, organisation=at)
    for day in sorted({trip.starts_on, trip.ends_on}):
        if not posts.active(day).exists():
            yield f"{person} does not belong to the staff of {at} on {day_in_words(day)}."
            return
    if _meanwhile(trip).filter(account=trip.account, person=person).exists():
        yield f"{person} has this account for a trip on these days already."


def staff_posts() -> MembershipQuerySet:
    """Posts of those who can lead a trip: a governor or a parent who comes along cannot."""
    kind = Membership.Employment
    others = (kind.GOVERNOR, kind.PARENT, kind.VOLUNTEER, kind.CONTRACTOR)
    return Membership.objects.exclude(employment__in=others)


def _wrong_device(trip: Trip) -> Iterator[str]:
    if trip.device.retired_on is not None:
        yield devices.GONE
        return
    yield from devices.not_fit(trip.device, trip.account.organisation)
    other = _meanwhile(trip).filter(device=trip.device).exclude(person=trip.person).first()
    if other is not None:
        yield f"{trip.device.name} is on another trip then: “{other.name}”."


def _meanwhile(trip: Trip) -> TripQuerySet:
    rows = Trip.objects.filter(cancelled_at=None, ended_at=None)
    return rows.filter(starts_on__lte=trip.ends_on, ends_on__gte=trip.starts_on)


@transaction.atomic
def end(trip: Trip, *, by: User) -> Trip:
    """They are back before the last day. The photos and the password are due from now."""
    trip = _locked(trip)
    _expect_near(trip, by)
    match trip.state(trip.account.organisation.today()):
        case Trip.State.AHEAD:
            raise RuleBroken("This trip has not begun: cancel it.")
        case Trip.State.CANCELLED:
            raise RuleBroken("This trip was cancelled.")
        case Trip.State.UNDER_WAY:
            trip.ended_at, trip.ended_by = timezone.now(), by
        case _:
            raise RuleBroken("This trip is over already.")
    trip.save(update_fields=["ended_at", "ended_by"])
    _ask(trip)
    audit.record("trip.end", trip.account, by=by, trip=str(trip.pk))
    return trip


@transaction.atomic
def cancel(trip: Trip, *, by: User) -> Trip:
    """It does not take place. Raises RuleBroken once it has begun."""
    trip = _locked(trip)
    if not by.can(Permission.MANAGE_ACCOUNTS, at=trip.account.organisation):
        raise PermissionDenied
    match trip.state(trip.account.organisation.today()):
        case Trip.State.AHEAD:
            _cancel(trip, by)
        case Trip.State.CANCELLED:
            raise RuleBroken("This trip was cancelled already.")
        case Trip.State.UNDER_WAY:
            raise RuleBroken("This trip has begun: end it.")
        case _:
            raise RuleBroken("This trip is over already.")
    title = f"The trip “{trip.name}” was cancelled: “{trip.account.name}” is not lent to you"
    tell([trip.person], trip.account, f"trip_cancelled:{trip.pk}", title, url=page(trip))
    audit.record("trip.cancel", trip.account, by=by, trip=str(trip.pk))
    return trip


@transaction.atomic
def confirm_photos(trip: Trip, *, by: User) -> Trip:
    """The photos are deleted from the device. Whoever led the trip confirms it.

    Where that person has left, whoever keeps the register does.
    """
    trip = _locked(trip)
    at = trip.account.organisation
    if by != trip.person and not (by.can(Permission.MANAGE_ACCOUNTS, at=at) and has_left(trip)):
        raise PermissionDenied
    match trip.state(at.today()):
        case Trip.State.PHOTOS:
            trip.photos_deleted_at, trip.photos_deleted_by = timezone.now(), by
        case Trip.State.DONE:
            raise RuleBroken("This is confirmed already.")
        case Trip.State.CANCELLED:
            raise RuleBroken("This trip was cancelled.")
        case _:
            raise RuleBroken("The trip is not over yet. Confirm it afterwards.")
    trip.save(update_fields=["photos_deleted_at", "photos_deleted_by"])
    audit.record("trip.photos", trip.account, by=by, trip=str(trip.pk))
    return trip


def page(trip: Trip) -> str:
    """Its own page, which its leader sees before the trip and after it as well."""
    slug = trip.account.organisation.slug
    return reverse("accounts:trip_photos", args=[slug, trip.account_id, trip.pk])


def has_left(trip: Trip) -> bool:
    """Whether whoever led it is no longer among the school's people."""
    at = trip.account.organisation
    here = Membership.objects.active(at.today()).filter(organisation=at)
    return not here.filter(person=trip.person).exists()


def on_leaving(membership: Membership, *, by: User | None) -> None:
    """A step of leaving a school (LEAVER_STEPS): trips end with the last day, or do not begin."""
    at = membership.organisation
    last_day = membership.ends_on or at.today()
    theirs = Trip.objects.not_over(at.today()).filter(
        person=membership.person, account__organisation=at, ends_on__gt=last_day
    )
    for row in theirs.order_by("account", "pk"):
        trip = _locked(row)
        if trip.starts_on > max(last_day, at.today()):
            _cancel(trip, by)
        else:
            trip.ends_on = max(last_day, trip.starts_on)
            trip.save(update_fields=["ends_on"])
            _ask(trip)
        audit.record("trip.leaver", trip.account, by=by, trip=str(trip.pk))


def _cancel(trip: Trip, by: User | None) -> None:
    trip.cancelled_at, trip.cancelled_by = timezone.now(), by
    trip.save(update_fields=["cancelled_at", "cancelled_by"])
    # It was to be asked for at the end of a trip that never was.
    _causes(trip).delete()


def _ask(trip: Trip) -> None:
    """The password is to be changed when it ends. Asked for now, so that no sweep can forget it."""
    reason = RotationCause.Reason.TRIP
    ask_for_change(trip.account, reason, source=f"trip:{trip.pk}", since=trip.end())


def _causes(trip: Trip) -> QuerySet[RotationCause]:
    return RotationCause.objects.filter(
        account=trip.account,
        reason=RotationCause.Reason.TRIP,
        source=f"trip:{trip.pk}",
        since__gt=timezone.now(),
    )


def _expect_near(trip: Trip, by: User) -> None:
    manages = by.can(Permission.MANAGE_ACCOUNTS, at=trip.account.organisation)
    if not (manages or by == trip.person):
        raise PermissionDenied


def _locked(trip: Trip) -> Trip:
    account = locked_account(trip.account)
    rows = Trip.objects.select_for_update(of=("self",), no_key=True)
    trip = rows.select_related("person", "device").get(pk=trip.pk)
    trip.account = account
    return trip
