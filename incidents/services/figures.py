"""Drawing up the figures of a term: once, some time after its end, and for good."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from incidents.models import TermFigures
from incidents.statistics import TABLES, place_of
from incidents.suppression import NEVER_BELOW, Place, Report, report_across, report_of
from people.calendar import SchoolCalendar, calendars
from people.models import Organisation
from web.errors import RuleBroken

DAY = timedelta(days=1)
# Cases of the last days of a term have been assessed, and their people named, by then.
SETTLING = timedelta(days=14)
# Nothing is drawn up of terms that ended longer ago: the portal was not there, or not watched.
LATEST = timedelta(days=120)
# Whoever may enter terms could else ask for the figures of a single day.
SHORTEST = timedelta(days=28)
HOLIDAYS = timedelta(days=100)
BATCH = 200


@dataclass(frozen=True, slots=True)
class Period:
    """The days of one report, first and last included: a term and the holidays before it."""

    name: str
    first: date
    last: date


@transaction.atomic
def draw(school: Organisation, period: Period, *, lot: random.Random | None = None) -> TermFigures:
    """The figures of one school for one term. By the portal: nobody chooses the day.

    Raises RuleBroken for days that are too few, not over yet, or in a report already.
    """
    school = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
    RuleBroken.if_any(_problems(school, period))
    place = place_of(school, period.first, period.last)
    return _keep(school, period, report_of(place, lot or random.SystemRandom()), place.smallest)


def _problems(school: Organisation, period: Period) -> Iterator[str]:
    if period.last - period.first + DAY < SHORTEST:
        yield "These days are too few for figures that tell of nobody."
    if period.last >= school.today():
        yield "The term is not over."
    if TermFigures.objects.filter(organisation=school, last_day__gte=period.first).exists():
        yield "Some of these days are in figures already."


def _keep(
    at: Organisation, period: Period, report: Report, smallest: int, schools: int | None = None
) -> TermFigures:
    return TermFigures.objects.create(
        organisation=at, name=period.name, first_day=period.first, last_day=period.last,
        smallest=max(NEVER_BELOW, smallest), schools=schools, total=report.total,
        floor=report.floor, tables=report.tables, floors=report.floors,
    )  # fmt: skip


def draw_due() -> int:
    """The figures of every term that ended a fortnight ago. Says how many were drawn up."""
    drawn, found = 0, Organisation.objects.schools().select_related("parent").order_by("pk")
    for start in range(0, found.count(), BATCH):
        batch = list(found[start : start + BATCH])
        years, last = calendars(batch), _last_drawn(batch)
        for school in batch:
            for period in due(school, years[school.pk], last.get(school.pk)):
                draw(school, period)
                drawn += 1
    trusts = Organisation.objects.filter(kind=Organisation.Kind.TRUST).order_by("pk")
    for trust in trusts:
        drawn += draw_across_due(trust)
    return drawn


def _last_drawn(places: Iterable[Organisation]) -> dict[int, date]:
    rows = TermFigures.objects.filter(organisation__in=places).order_by()
    return dict(rows.values_list("organisation").annotate(last=Max("last_day")))


def due(school: Organisation, year: SchoolCalendar, drawn: date | None) -> Iterator[Period]:
    """The terms whose figures are to be drawn up, the holidays before each of them with it."""
    today, before = school.today(), drawn
    for number, term in enumerate(year.terms):
        previous = year.terms[number - 1].ends_on if number else None
        first = term.starts_on
        if previous is not None and term.starts_on - previous < HOLIDAYS:
            first = previous + DAY
        if before is not None:
            first = max(first, before + DAY)
        settled = term.ends_on + SETTLING <= today <= term.ends_on + LATEST
        if settled and term.ends_on - first + DAY >= SHORTEST:
            yield Period(term.name, first, term.ends_on)
            before = term.ends_on


# A trust's: by season, as terms of its schools do not end on one day


def season(today: date) -> Period | None:
    """The season whose figures a trust draws up now: terms that end on its days."""
    year = today.year
    for month, name, first, last in (
        (2, f"Autumn term {year - 1}", date(year - 1, 10, 1), date(year, 1, 31)),
        (6, f"Spring term {year}", date(year, 2, 1), date(year, 4, 30)),
        (9, f"Summer term {year}", date(year, 5, 1), date(year, 8, 31)),
    ):
        if month <= today.month < month + 2:
            return Period(name, first, last)
    return None


def draw_across_due(trust: Organisation) -> int:
    period = season(trust.today())
    if period is None or _drawn_across(trust, period):
        return 0
    return 1 if draw_across(trust, period) else 0


def _drawn_across(trust: Organisation, period: Period) -> bool:
    rows = TermFigures.objects.filter(organisation=trust)
    return rows.filter(last_day__range=(period.first, period.last)).exists()


@transaction.atomic
def draw_across(
    trust: Organisation, period: Period, *, lot: random.Random | None = None
) -> TermFigures | None:
    """The figures of a trust, from those of its schools; None where fewer than two have any."""
    trust = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=trust.pk)
    rows = list(
        TermFigures.objects.filter(
            organisation__parent=trust, last_day__range=(period.first, period.last)
        )
        .select_related("organisation__parent")
        .order_by("organisation", "last_day")
        .distinct()
    )
    if len({row.organisation_id for row in rows}) < 2 or _drawn_across(trust, period):
        return None
    places = [_place(row) for row in rows]
    smallest = int(trust.setting("incidents.smallest_count"))
    lot = lot or random.SystemRandom()
    report = report_across(places, [_said(row) for row in rows], smallest, lot)
    days = Period(
        period.name, min(row.first_day for row in rows), max(row.last_day for row in rows)
    )
    return _keep(trust, days, report, smallest, len({row.organisation_id for row in rows}))


def _place(row: TermFigures) -> Place:
    """The truth where the school shows nothing; else only what it shows is needed."""
    if row.total is not None:
        cells = {name: dict.fromkeys(row.tables[name], 0) for name in TABLES}
        return Place(row.total, cells, row.smallest)
    place = place_of(row.organisation, row.first_day, row.last_day)
    return Place(place.total, place.tables, row.smallest)


def _said(row: TermFigures) -> Report:
    return Report(row.total, row.tables)
