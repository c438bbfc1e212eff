"""The year of the school that a row belongs to, read in the row's own query."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q

from people.calendar.days import SchoolCalendar
from people.models import Closure, Organisation, Term
from web.json_rows import day, json_rows


def year_columns(organisation: str = "organisation") -> dict[str, Any]:
    """Annotations: the terms and closures of the school this column names, and of its trust."""
    own_or_above = Q(organisation=OuterRef(organisation)) | Q(
        organisation=OuterRef(f"{organisation}__parent")
    )
    terms, closures = Term.objects.filter(own_or_above), Closure.objects.filter(own_or_above)
    return {
        "year_terms": json_rows(terms, "organisation", "name", "starts_on", "ends_on"),
        "year_closures": json_rows(
            closures, "organisation", "kind", "name", "starts_on", "ends_on"
        ),
    }


def calendar_of(organisation: Organisation, row: Any) -> SchoolCalendar:
    """From a row that has the annotations of `year_columns`. No query."""
    return SchoolCalendar(
        organisation,
        terms=[
            Term(organisation_id=place, name=name, starts_on=day(first), ends_on=day(last))
            for place, name, first, last in row.year_terms or ()
        ],
        closures=[
            Closure(
                organisation_id=place, kind=kind, name=name, starts_on=day(first), ends_on=day(last)
            )
            for place, kind, name, first, last in row.year_closures or ()
        ],
    )
