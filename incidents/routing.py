"""Whom a case is routed to: by its kind, by what it is about, and by who is kept out.

the safeguarding team is kept out or concerned   → the head
the head is                                      → the chair of governors
the chair is                                     → the trust lead (and the LADO's contact)
nobody is left                                   → the trust lead, else the chair, else nobody
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from incidents.circles import NEXT, Circle, Guest
from incidents.kinds import KINDS, Kind, Level
from incidents.visibility import holders, kept_out_of, who_sees, who_sees_by_office

if TYPE_CHECKING:
    from incidents.models import Case
    from people.models import Organisation


@dataclass(frozen=True, slots=True)
class Way:
    """The route of one kind of report at one school."""

    first: tuple[Circle, ...]
    also: tuple[Circle, ...]
    guests: tuple[Guest, ...]
    clock: Level


def way_of(kind: str, organisation: Organisation) -> Way:
    """The school's own route, else its trust's, else the default."""
    from incidents.models import Route

    places = [pk for pk in (organisation.pk, organisation.parent_id) if pk is not None]
    found = {row.organisation_id: row for row in Route.objects.filter(
        organisation__in=places, kind=kind
    )}  # fmt: skip
    own = found.get(organisation.pk) or found.get(organisation.parent_id or 0)
    if own is not None:
        return Way(
            tuple(Circle(code) for code in own.first),
            tuple(Circle(code) for code in own.also if code in Circle.values),
            tuple(Guest(code) for code in own.also if code in Guest.values),
            Level(own.clock),
        )
    default = KINDS[Kind(kind)]
    return Way(default.first, default.also, default.guests, default.clock)


def told_first(about: str, way: Way, *, child: bool) -> set[Circle]:
    """The circles that a new report goes to, before anybody is kept out.

    Where it is about somebody at the school, the route of its kind no longer counts: whoever is
    accused could be among those it would tell.
    """
    safeguarding = {Circle.SAFEGUARDING} if child else set()
    match about:
        case "head":
            return {Circle.CHAIR} | safeguarding
        case "safeguarding":
            return {Circle.HEAD, Circle.SAFEGUARDING}
        case "other_staff":
            return {Circle.HEAD} | safeguarding
    return {*way.first, *way.also}


def circles_now(case: Case) -> tuple[set[Circle], bool]:
    """The circles that this case must reach as things are today, and whether it reaches nobody.

    Circles are only ever added: whoever must not see it is kept out one by one.
    """
    today = timezone.localdate()
    out = kept_out_of(case)
    subjects = set(case.people.subjects().filter(user__isnull=False).values_list("user", flat=True))
    wanted = set(case.circles)
    for circle, following in NEXT.items():
        held = holders(case.organisation, [circle], today)
        if held & subjects or (circle in wanted and held & out):
            wanted.add(following)
    if not _handled(case, wanted):
        for last in (Circle.TRUST_LEAD, Circle.CHAIR):
            if who_sees_by_office(case, [last]):
                return wanted | {last}, False
        return wanted, not who_sees(case)
    return wanted, False


def _handled(case: Case, circles: Iterable[Circle]) -> bool:
    return bool(who_sees_by_office(case, circles))


def shows_lado(case: Case) -> bool:
    """Whether the reporter is shown whom to ring outside: about the chair, or nobody is left."""
    today = timezone.localdate()
    return case.without_handler or bool(
        holders(case.organisation, [Circle.CHAIR], today) & kept_out_of(case)
    )
