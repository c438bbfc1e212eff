"""The education log, told by term, and the part of it that anybody may read (P13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from governance.models import EducationEntry
from people.calendar import SchoolCalendar
from people.models import Organisation, OrganisationReach, Term

PUBLIC_FOR = timedelta(days=366)
MOST_PUBLIC = 50
OUTSIDE = "Outside term"


@dataclass(frozen=True)
class PublicEntry:
    """What the public guidance page says of one entry: nothing about who taught it."""

    title: str
    details: str
    audience: str
    kind: str
    given_on: date
    term: str


def public_entries(organisation: Organisation, on: date) -> list[PublicEntry]:
    """What a school (or its trust, for all of its schools) made public in the last year.

    Newest first, at most MOST_PUBLIC. Three queries.
    """
    above = OrganisationReach.objects.filter(below=organisation).values("above")
    rows = EducationEntry.objects.public().filter(
        organisation__in=above, given_on__lte=on, given_on__gt=on - PUBLIC_FOR
    )
    calendar = SchoolCalendar(organisation)
    return [
        PublicEntry(
            title=entry.title,
            details=entry.details,
            audience=entry.audience,
            kind=entry.get_kind_display(),
            given_on=entry.given_on,
            term=term_name(calendar, entry.given_on),
        )
        for entry in rows[:MOST_PUBLIC]
    ]


def term_name(calendar: SchoolCalendar, day: date) -> str:
    """The term a day lies in, in words."""
    term = calendar.term_of(day)
    return term.name if term else OUTSIDE


def by_term(
    calendar: SchoolCalendar, entries: Iterable[EducationEntry]
) -> Iterator[tuple[str, list[EducationEntry]]]:
    """Entries in the order of their days, under the name of each term."""
    for name, found in groupby(entries, lambda one: term_name(calendar, one.given_on)):
        yield name, list(found)


def terms_until(calendar: SchoolCalendar, on: date) -> list[Term]:
    """The terms that have begun, newest first: what a log can be narrowed down to."""
    return [term for term in reversed(calendar.terms) if term.starts_on <= on]


def entries_at(
    organisation: Organisation, filters: Mapping[str, Any], calendar: SchoolCalendar
) -> QuerySet[EducationEntry]:
    """The log of one organisation, as narrowed down."""
    rows = EducationEntry.objects.filter(organisation=organisation)
    if term := next((one for one in calendar.terms if str(one.pk) == filters.get("term")), None):
        rows = rows.filter(given_on__range=(term.starts_on, term.ends_on))
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    if (audience := filters.get("audience")) in ("pupils", "parents", "staff"):
        rows = rows.filter(**{f"for_{audience}": True})
    if words := (filters.get("q") or "").strip():
        rows = rows.filter(
            Q(title__icontains=words) | Q(details__icontains=words) | Q(groups__icontains=words)
        )
    return rows


@dataclass(frozen=True)
class Reached:
    """How often each audience was taught or written to."""

    total: int
    pupils: int
    parents: int
    staff: int


def reached(rows: QuerySet[EducationEntry]) -> Reached:
    """One query over the log as narrowed down."""
    return Reached(
        **rows.order_by().aggregate(
            total=Count("pk"),
            pupils=Count("pk", filter=Q(for_pupils=True)),
            parents=Count("pk", filter=Q(for_parents=True)),
            staff=Count("pk", filter=Q(for_staff=True)),
        )
    )
