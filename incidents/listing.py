"""A list of cases with the clock of each, and how a clock is said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from incidents.circles import Circle
from incidents.clocks import Facts, Running, running
from incidents.kinds import Body, Level
from incidents.models import Case, CaseAction, DataBreach, Referral, Takedown
from incidents.visibility import may_see_from, seen_from
from incidents.workflow import WORKED_ON
from incidents.workflow_parts import BREACH_UNDECIDED, REFERRAL_UNDECIDED
from people.calendar import calendars
from people.calendar.hours import SchoolClock
from people.models import Organisation, OrganisationReach, User
from web.prepared import prepared

PER_PAGE = 50
R = TypeVar("R")
NARROWING = ("q", "kind", "level", "owner")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def with_clocks(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With the moments from which their clocks run: no query for each case.

    Of several that run alike the one that began first is due first: that is the one to name.
    """
    asked = Takedown.objects.filter(ended_at=None, requested_at=None)
    gone = Takedown.objects.filter(ended_at=None, requested_at__isnull=False)
    breach = DataBreach.objects.filter(status__in=BREACH_UNDECIDED)
    lado = Referral.objects.filter(body=Body.LADO, status__in=REFERRAL_UNDECIDED)
    to_do = CaseAction.objects.still_open()
    return cases.annotate(
        ask_since=_first(asked, "needed_at"),
        gone_since=_first(gone, "requested_at"),
        breach_since=_first(breach, "aware_at"),
        lado_since=_first(lado, "added_at"),
        do_by=_first(to_do, "due_at"),
    )


def _first(rows: QuerySet[Any], moment: str) -> Subquery:
    found = rows.filter(case=OuterRef("pk")).order_by().values("case")
    return Subquery(found.annotate(first=Min(F(moment))).values("first"))


def clocks_of(case: Any, hours: SchoolClock) -> list[Running]:
    """What runs in a case that came with `with_clocks`, the most urgent first. No query."""
    takedowns = []
    if case.ask_since:
        takedowns.append(Takedown(case=case, needed_at=case.ask_since))
    if case.gone_since:
        takedowns.append(
            Takedown(case=case, needed_at=case.gone_since, requested_at=case.gone_since)
        )
    breaches = [DataBreach(case=case, aware_at=case.breach_since)] if case.breach_since else []
    referrals = (
        [Referral(case=case, body=Body.LADO, added_at=case.lado_since)] if case.lado_since else []
    )
    return running(Facts(case, takedowns, breaches, referrals), hours)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock in words: `label` what is to be done, `words` how long is left, `tone` its colour."""

    label: str
    words: str
    due_at: datetime
    tone: str


def in_words(clock: Running, now: datetime) -> Clock:
    return _until(clock.label, clock.due_at, now, half=clock.stages[0][1] <= now)


def _until(label: str, due_at: datetime, now: datetime, *, half: bool) -> Clock:
    left = due_at - now
    if left <= timedelta(0):
        return Clock(label, f"{lasting(-left)} overdue", due_at, "overdue")
    return Clock(label, f"{lasting(left)} left", due_at, "due" if half else "info")


def lasting(time: timedelta) -> str:
    """So long, in the unit that people would use."""
    if time >= 2 * DAY:
        return _count(time // DAY, "day")
    if time >= HOUR:
        return _count(time // HOUR, "hour")
    return _count(max(1, time // timedelta(minutes=1)), "minute")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the inbox."""

    case: Case
    age: str
    clock: Clock | None

    @property
    def owner(self) -> str:
        """The name of whoever has it."""
        return getattr(self.case, "owner_name", None) or ""

    @property
    def level(self) -> str:
        """The word of whoever assessed it; until then, that of the clock it came in with."""
        return self.case.severity or self.case.clock

    @property
    def level_words(self) -> str:
        word = Level(self.level).label
        return word if self.case.severity else f"{word} until assessed"


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some of a list whose length nobody counts: counting 50,000 cases would cost more than the
    page."""

    rows: list[R]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def following(self) -> int:
        return self.number + 1

    @property
    def preceding(self) -> int:
        return self.number - 1


# What a line of the list shows, and what its clocks are derived from.
SHOWN = (
    "reference", "kind", "status", "clock", "severity", "reported_at", "triaged_at", "organisation",
)  # fmt: skip


def inbox(at: Organisation, user: User, filters: dict[str, Any], number: int) -> Page[Row]:
    """A page of the cases of a school, or of a trust's schools, that this person may see.

    The newest reports first; on it, whatever is due first comes first.
    """
    number = max(1, number)
    start = (number - 1) * PER_PAGE
    plain = start == 0 and not any(map(filters.get, NARROWING))
    seen = seen_from(user) if plain else None
    if seen is not None and seen["organisation_id"] == at.pk:
        found = _first_page(statuses=tuple(filters["state"]), **seen)
    else:
        found = list(_newest(cases_at(at, user, filters))[start : start + PER_PAGE + 1])
    _place(found, at)
    return Page(rows_of(found[:PER_PAGE]), number, len(found) > PER_PAGE)


@prepared
def _first_page(
    *, person_id: int, organisation_id: int, is_trust: bool, circles: tuple[Circle, ...], on: date,
    statuses: tuple[str, ...],
) -> QuerySet[Case]:  # fmt: skip
    """Of their own school or trust: nobody of a single post sees a case elsewhere."""
    seen = may_see_from(
        person_id=person_id, organisation_id=organisation_id, is_trust=is_trust, circles=circles,
        on=on,
    )  # fmt: skip
    return _newest(Case.objects.filter(seen, status__in=statuses))[: PER_PAGE + 1]


def _newest(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without their texts and their schools: those are few, and `_place` knows them."""
    shown = cases.only(*SHOWN).annotate(owner_name=F("owner__name"))
    return with_clocks(shown).order_by("-reported_at", "-pk")


def _place(cases: list[Case], at: Organisation) -> None:
    """Give each case its school. A query for those of a trust."""
    others = {case.organisation_id for case in cases} - {at.pk}
    places = Organisation.objects.in_bulk(others) if others else {}
    for place in places.values():
        if place.parent_id == at.pk:
            place.parent = at
    for case in cases:
        case.organisation = places.get(case.organisation_id, at)


def _is_trust(at: Organisation) -> bool:
    return at.kind == Organisation.Kind.TRUST


def _of(cases: QuerySet[Case], at_id: int, *, is_trust: bool) -> QuerySet[Case]:
    if not is_trust:
        return cases.filter(organisation=at_id)
    below = OrganisationReach.objects.filter(above=at_id).values("below")
    return cases.filter(organisation__in=below)


def cases_at(at: Organisation, user: User, filters: dict[str, Any]) -> QuerySet[Case]:
    """The cases of a school, or of a trust's schools, that this person may see."""
    cases = _of(Case.objects.visible_to(user), at.pk, is_trust=_is_trust(at))
    for name in ("kind", "owner"):
        if filters.get(name):
            cases = cases.filter(**{name: filters[name]})
    if level := filters.get("level"):
        # What nobody has assessed yet counts as what the list calls it: the level of its clock.
        cases = cases.filter(Q(severity=level) | Q(severity="", clock=level))
    if statuses := filters.get("state"):
        cases = cases.filter(status__in=statuses)
    if search := filters.get("q"):
        cases = cases.filter(reference__startswith=search)
    return cases


def slice_of(cases: QuerySet[Case], number: int) -> Page[Case]:
    """One page of a list in its own order."""
    start = (max(1, number) - 1) * PER_PAGE
    found = list(cases[start : start + PER_PAGE + 1])
    return Page(found[:PER_PAGE], max(1, number), len(found) > PER_PAGE)


def page_of(cases: QuerySet[Case], number: int) -> Page[Row]:
    """One page, the newest reports first; on it, whatever is due first comes first."""
    number = max(1, number)
    texts = [f"sealed_{name}" for name in Case.SEALED]
    start = (number - 1) * PER_PAGE
    found = list(
        with_clocks(cases.select_related("organisation__parent", "owner"))
        .defer(*texts)
        .order_by("-reported_at", "-pk")[start : start + PER_PAGE + 1]
    )
    return Page(rows_of(found[:PER_PAGE]), number, len(found) > PER_PAGE)


def rows_of(cases: Iterable[Case]) -> list[Row]:
    cases, now = list(cases), timezone.now()
    places = {case.organisation_id: case.organisation for case in cases}
    years = calendars(places.values()) if places else {}
    hours = {pk: SchoolClock(place, years[pk]) for pk, place in places.items()}
    rows = [_row(case, hours[case.organisation_id], now) for case in cases]
    far = now + 1000 * DAY
    return sorted(rows, key=lambda row: row.clock.due_at if row.clock else far)


def _row(case: Any, hours: SchoolClock, now: datetime) -> Row:
    clocks = clocks_of(case, hours)
    first = in_words(clocks[0], now) if clocks else None
    if case.do_by and case.status in WORKED_ON and (not first or case.do_by < first.due_at):
        # Nobody is told of it as of a clock, but the list must not look calm over it.
        first = _until("Action to be done", case.do_by, now, half=case.do_by < now + DAY)
    return Row(case, lasting(now - case.reported_at), first)
