"""What the first page says of concerns to whoever keeps a school's office, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from incidents.models import Case
from incidents.visibility import not_kept_out
from incidents.without_login import takes_reports
from people.models import Organisation, User
from people.roles import Permission


@dataclass(frozen=True, slots=True)
class Sheets:
    """What there is on paper for one school, for somebody who belongs to it."""

    place: Organisation
    has_poster: bool  # parents and pupils may report without signing in
    types_in: bool


def sheets_of(user: User) -> list[Sheets]:
    """For each of their schools."""
    schools = {
        post.organisation.pk: post.organisation
        for post in user.posts
        if post.organisation.kind == Organisation.Kind.SCHOOL
    }
    return [
        Sheets(
            place,
            has_poster=takes_reports(place),
            types_in=user.can(Permission.ENTER_REPORTS, at=place),
        )
        for place in schools.values()
    ]


def concerns_of(user: User) -> dict[str, Any]:
    """`without_handler`: their schools in which a report waits for somebody who may read it.

    Nothing else of it, and not to whoever it keeps out. `types_in`: where they enter what was on
    paper. Asks nothing for people who do not keep an office.
    """
    schools = [
        post.organisation
        for post in user.posts
        if post.organisation.kind == Organisation.Kind.SCHOOL
    ]
    offices = [place for place in schools if user.can(Permission.MANAGE_PEOPLE, at=place)]
    typing = (place for place in schools if user.can(Permission.ENTER_REPORTS, at=place))
    return {
        "without_handler": _waiting_at(offices, user) if offices else [],
        "types_in": next(typing, None),
    }


def _waiting_at(offices: list[Organisation], user: User) -> list[Organisation]:
    """One query, however many schools, where no report waits: nearly always."""
    waiting = Case.objects.standing().filter(organisation__in=offices, without_handler=True)
    if not waiting.exists():
        return []
    found = set(waiting.filter(not_kept_out(user)).values_list("organisation", flat=True))
    return [place for place in offices if place.pk in found]
