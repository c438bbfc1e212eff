"""A list of cases with the clock of each, and how a clock is said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from incidents.clocks import Facts, Running, running
from incidents.kinds import Body, Level
from incidents.models import Case, DataBreach, Referral, Takedown
from incidents.workflow_parts import BREACH_UNDECIDED, REFERRAL_UNDECIDED
from people.calendar import calendars
from people.calendar.hours import SchoolClock
from people.models import Organisation, OrganisationReach, User

PER_PAGE = 50
R = TypeVar("R")
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
    return cases.annotate(
        ask_since=_first(asked, "needed_at"),
        gone_since=_first(gone, "requested_at"),
        breach_since=_first(breach, "aware_at"),
        lado_since=_first(lado, "added_at"),
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
    left = clock.due_at - now
    half = clock.stages[0][1] <= now
    if left <= timedelta(0):
        return Clock(clock.label, f"{lasting(-left)} overdue", clock.due_at, "overdue")
    return Clock(clock.label, f"{lasting(left)} left", clock.due_at, "due" if half else "info")


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


def cases_at(at: Organisation, user: User, filters: dict[str, Any]) -> QuerySet[Case]:
    """The cases of a school, or of a trust's schools, that this person may see."""
    cases = Case.objects.visible_to(user)
    if at.kind == Organisation.Kind.TRUST:
        below = OrganisationReach.objects.filter(above=at.pk).values("below")
        cases = cases.filter(organisation__in=below)
    else:
        cases = cases.filter(organisation=at)
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


def _row(case: Case, hours: SchoolClock, now: datetime) -> Row:
    clocks = clocks_of(case, hours)
    first = in_words(clocks[0], now) if clocks else None
    return Row(case, lasting(now - case.reported_at), first)
