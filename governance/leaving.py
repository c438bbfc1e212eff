"""Who leaves, and whether they have promised to keep what they know to themselves (P9, D20).

Derived from the last day of a post: taken back, it takes the duty with it. A statement counts for
a last day up to a month later than the one it was given for; moved further, there will be more to
hand over, and the person is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from governance.models import LeavingStatement
from people.duty import Duty, DutySource, People
from people.models import Membership, MembershipRole, User
from people.models.membership import on_day
from people.roles import Role
from people.settings_registry import registered, resolve
from web.prepared import prepared

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class LeaverFields(TypedDict):
        """What `leavers()` adds to a membership."""

        given: bool
        without: bool

    Leaver = WithAnnotations[Membership, LeaverFields]

SETTING = "leaving.ask_days"
STILL_COUNTS = timedelta(days=31)
DAYS_TO_RECORD = 7
KEEPERS = (Role.OFFICE, Role.HEAD)
# Whoever left longer ago stays on the list, but nobody is reminded of them any more.
REMINDED_FOR = timedelta(days=90)
# Who left before the portal asked anybody owes nothing.
ASKED_SINCE = date(2026, 11, 21)

STATEMENT = (
    "What I have learned at {school} about pupils, families and colleagues stays confidential "
    "after I have left, for as long as I live. I keep no picture, message, list or password of "
    "the school on my own devices and accounts. I have handed over what I looked after, or said "
    "here what is still open."
)


def leavers() -> QuerySet[Leaver, Leaver]:
    """Posts with a last day, of people who do not go on in another post at the same place.

    Annotated: given (the statement), without (on record that they left without it).
    """
    goes_on = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
    )
    told = LeavingStatement.objects.filter(
        membership=OuterRef("pk"), counts_until__gte=OuterRef("ends_on")
    )
    return (
        Membership.objects.filter(ends_on__isnull=False)
        .filter(~Exists(goes_on))
        .annotate(
            given=Exists(told.given()),
            without=Exists(told.filter(method=LeavingStatement.Method.WITHOUT)),
        )
    )


def asked_from(post: Membership) -> date:
    """The day from which the leaver is asked. The post has a last day."""
    assert post.ends_on is not None
    return post.ends_on - timedelta(days=int(post.organisation.setting(SETTING)))


def statement_for(post: Membership) -> str:
    return STATEMENT.format(school=post.organisation.name)


# What the leaver owes


def _leaving(people: People, on: date, until: date) -> QuerySet[Leaver, tuple[Any, ...]]:
    return (
        leavers()
        .filter(on_day(on), person__in=people, ends_on__lte=until, given=False)
        .order_by("person_id", "pk")
        .values_list(
            "pk",
            "person_id",
            "organisation_id",
            "line_manager_id",
            "ends_on",
            "organisation__name",
            "organisation__settings",
            "organisation__parent__settings",
        )
    )


@prepared
def _leaving_by(*, person_id: int, on: date, until: date) -> QuerySet[Leaver, tuple[Any, ...]]:
    return _leaving([person_id], on, until)


def _furthest(on: date) -> date:
    """The latest last day of which any school may ask by now."""
    return on + timedelta(days=registered()[SETTING].maximum)


def _owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_attest(_leaving(people, on, _furthest(on)).iterator(chunk_size=2000), on)


def _owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_attest(_leaving_by(person_id=person_id, on=on, until=_furthest(on)), on)


def _to_attest(rows: Iterable[tuple[Any, ...]], on: date) -> Iterator[Duty]:
    for pk, person, place, manager, last_day, name, own, above in rows:
        since = last_day - timedelta(days=int(resolve(SETTING, own, above)))
        if since > on:
            continue
        yield Duty(
            kind="leaver.attest",
            occasion=f"leaver.attest:{pk}:{last_day.isoformat()}",
            person_id=person,
            organisation_id=place,
            due_on=last_day,
            title=f"Before you leave {name}: hand over, and promise to keep things confidential",
            url=reverse("governance:leaving", args=[pk]),
            line_manager_id=manager,
            since=since,
        )


def _has_a_last_day(person_id: int, on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(person=person_id, ends_on__gte=on)


# What the office owes


def missing(on: date) -> QuerySet[Leaver, Leaver]:
    """Those who left not long ago, and of whom nothing is on record."""
    earliest = max(on - REMINDED_FOR, ASKED_SINCE)
    return leavers().filter(ends_on__lt=on, ends_on__gte=earliest, given=False, without=False)


def _to_be_recorded(people: People, on: date) -> QuerySet[MembershipRole, tuple[Any, ...]]:
    """Offices (heads, where a school has no office) of places where statements are missing."""
    gone = (
        missing(on)
        .filter(organisation=OuterRef("membership__organisation"))
        .order_by()
        .values("organisation")
        .annotate(number=Count("pk"), first=Min("ends_on"))
    )
    office = MembershipRole.objects.filter(
        on_day(on),
        on_day(on, "membership__"),
        role=Role.OFFICE,
        membership__organisation=OuterRef("membership__organisation"),
    )
    return (
        MembershipRole.objects.filter(on_day(on), on_day(on, "membership__"))
        .filter(membership__person__in=people)
        .filter(Q(role=Role.OFFICE) | Q(role=Role.HEAD) & ~Exists(office))
        .annotate(
            number=Subquery(gone.values("number")[:1]), first=Subquery(gone.values("first")[:1])
        )
        .filter(number__gt=0)
        .order_by("membership__person_id", "membership__organisation_id")
        .values_list(
            "membership__person_id",
            "membership__organisation_id",
            "membership__organisation__slug",
            "number",
            "first",
        )
        .distinct()
    )


def _record_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_record(_to_be_recorded(people, on))


def _record_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_record(_to_be_recorded([person_id], on))


def _to_record(rows: Iterable[tuple[Any, ...]]) -> Iterator[Duty]:
    """One duty for a school, however many have left: and no name in a mail."""
    for person, place, slug, number, first in rows:
        people = "1 person who has left" if number == 1 else f"{number} people who have left"
        yield Duty(
            kind="leaver.record",
            occasion=f"leaver.record:{place}:{first.isoformat()}",
            person_id=person,
            organisation_id=place,
            due_on=first + timedelta(days=DAYS_TO_RECORD),
            title=f"Leaving statement of {people}: record it, or that there is none",
            url=reverse("governance:leavers", args=[slug]) + "?state=missing",
            since=first + timedelta(days=1),
        )


def _keeps_the_list(person_id: int, on: date) -> QuerySet[MembershipRole]:
    """An office or headship of theirs where somebody left of whom nothing is on record."""
    gone = leavers().filter(
        ends_on__lt=on,  # how long ago is not asked here
        given=False,
        without=False,
        organisation=OuterRef("membership__organisation"),
    )
    return MembershipRole.objects.filter(
        Exists(gone), on_day(on), role__in=KEEPERS, membership__person=person_id
    )


ATTESTING = DutySource("leaver.attest", "Leaving statement", _owed, _owed_by, _has_a_last_day)
RECORDING = DutySource(
    "leaver.record", "Leavers", _record_owed, _record_owed_by, _keeps_the_list, KEEPERS
)
