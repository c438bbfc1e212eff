"""Telling people that a clock of a case is half over, over, and long over.

    half over   whoever owns it; before anybody does, everybody it was routed to
    over        the safeguarding deputies, or whoever else it was routed to, as well
    half again  the head; where the head must not know, the chair; else the trust lead

Whoever is away is told, and so is whoever stands in for them, if they may see the case.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.circles import Circle, column
from incidents.clocks import Running, facts_of, running
from incidents.kinds import Level
from incidents.models import Access, Alert, Case
from incidents.own_record import record
from incidents.services.locking import locked
from incidents.services.routes import reroute
from incidents.services.telling import tell
from incidents.visibility import who_sees_by_office, with_those_acting
from people.calendar import calendars
from people.calendar.hours import SchoolClock

UPWARDS = (Circle.HEAD, Circle.CHAIR, Circle.TRUST_LEAD)


def sweep(now: datetime | None = None) -> int:
    """Tell whoever is to be told of every stage that has fallen. Safe at any time, and twice.

    Says how many people were told.
    """
    now = now or timezone.now()
    cases = list(
        Case.objects.standing()
        .select_related("organisation__parent")
        .prefetch_related("takedowns", "breaches", "referrals")
    )
    organisations = {case.organisation_id: case.organisation for case in cases}
    years = calendars(organisations.values())
    hours = {pk: SchoolClock(place, years[pk]) for pk, place in organisations.items()}
    done = set(
        Alert.objects.filter(case__in=cases).values_list("case", "clock", "since", "percent")
    )
    told = 0
    for case in cases:
        for clock in running(facts_of(case), hours[case.organisation_id]):
            for percent in clock.passed(now):
                if (case.pk, clock.name, clock.since, percent) not in done:
                    told += alert(case, clock, percent)
    return told


@transaction.atomic
def alert(case: Case, clock: Running, percent: int) -> int:
    """Tell everybody whom this stage is for: all of them, or in the case of a crash nobody."""
    case = locked(case)
    told_before = case.alerts.filter(clock=clock.name, since=clock.since, percent=percent)
    if told_before.exists():
        return 0
    people = _people(case, percent)
    urgent = percent >= 100 or Level.RED in (case.clock, case.severity)
    return tell(case, people, clock=clock.name, since=clock.since, percent=percent, urgent=urgent)


def _people(case: Case, percent: int) -> set[int]:
    routed = who_sees_by_office(case, case.circles)
    people = {case.owner_id} if case.owner_id else set(routed)
    if percent >= 100:
        people |= who_sees_by_office(case, {Circle.SAFEGUARDING} & set(case.circles)) or routed
    if percent >= 150:
        people |= _upwards(case)
    found = {pk for pk in people if pk is not None}
    return with_those_acting(found, timezone.localdate())


def _upwards(case: Case) -> set[int]:
    """The first of head, chair and trust lead whom nothing keeps out; they see it from now on."""
    for circle in UPWARDS:
        people = who_sees_by_office(case, [circle])
        if not people:
            continue
        if case.restricted:
            for pk in sorted(people - _let_in(case)):
                row = Access.objects.create(
                    case=case, person_id=pk, cause=Access.Cause.ROUTE, may_work=True,
                    given_at=timezone.now(),
                )  # fmt: skip
                record("access.route", case, by=None, target=row)
        elif circle not in case.circles:
            setattr(case, column(circle), True)
            case.save(update_fields=[column(circle)])
            record("case.escalate", case, by=None, circle=circle.value)
        return people
    return set()


def _let_in(case: Case) -> set[int]:
    return set(case.accesses.filter(ended_at=None).values_list("person", flat=True))


def look_for_handlers() -> int:
    """Route anew what nobody may see any more: the only handler has left. Says how many.

    A case that was found somebody tells them as if it had just come in.
    """
    found = 0
    for case in Case.objects.standing().select_related("organisation__parent"):
        if not who_sees_by_office(case, case.circles) or case.without_handler:
            with transaction.atomic():
                case = reroute(locked(case), by=None)
                if not case.without_handler:
                    found += 1
                    tell(
                        case, who_sees_by_office(case, case.circles), clock="new",
                        since=case.reported_at,
                    )  # fmt: skip
    return found
