"""Telling people that a clock of a case is half over, over, and long over.

    half over   whoever owns it; before anybody does, everybody it was routed to
    over        the safeguarding deputies, or whoever else it was routed to, as well
    half again  the head; where the head must not know, the chair; else the trust lead

Whoever is away is told, and so is whoever stands in for them, if they may see the case.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from incidents.visibility import (
    holders,
    keeps_somebody_out,
    who_sees,
    who_sees_by_office,
    with_those_acting,
)
from people.calendar import calendars
from people.calendar.hours import SchoolClock

BATCH = 500
UPWARDS = (Circle.HEAD, Circle.CHAIR, Circle.TRUST_LEAD)


def sweep(now: datetime | None = None) -> int:
    """Tell whoever is to be told of every stage that has fallen. Safe at any time, and twice.

    Says how many people were told.
    """
    now = now or timezone.now()
    return sum(_sweep(batch, now) for batch in _batches())


def _batches() -> Iterator[list[Case]]:
    """Standing cases, some at a time, without their texts."""
    texts = [f"sealed_{name}" for name in Case.SEALED]
    cases = Case.objects.standing().select_related("organisation__parent").defer(*texts)
    cases = cases.prefetch_related("takedowns", "breaches", "referrals").order_by("pk")
    after = 0
    while batch := list(cases.filter(pk__gt=after)[:BATCH]):
        yield batch
        after = batch[-1].pk


def _sweep(cases: list[Case], now: datetime) -> int:
    organisations = {case.organisation_id: case.organisation for case in cases}
    years = calendars(organisations.values())
    hours = {pk: SchoolClock(place, years[pk]) for pk, place in organisations.items()}
    before = Alert.objects.filter(case__in=[case.pk for case in cases])
    done = set(before.values_list("case", "clock", "since", "percent"))
    return sum(
        alert(case, clock, percent)
        for case in cases
        for clock in running(facts_of(case), hours[case.organisation_id])
        for percent in clock.passed(now)
        if (case.pk, clock.name, clock.since, percent) not in done
    )


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
    # An owner who has left, or was kept out since, is nobody to tell.
    owner = {case.owner_id} & who_sees(case)
    people = owner or set(routed)
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
    today, found = timezone.localdate(), 0
    offices: dict[tuple[int, tuple[Circle, ...]], bool] = {}
    for batch in _batches():
        shut = Case.objects.filter(keeps_somebody_out(), pk__in=[case.pk for case in batch])
        look_at = set(shut.values_list("pk", flat=True))
        for case in batch:
            key = (case.organisation_id, tuple(case.circles))
            if key not in offices:
                offices[key] = bool(holders(case.organisation, case.circles, today))
            # Where nobody is kept out, whoever holds the offices sees it, unless it is limited to
            # single people: no query for each case.
            closer = case.restricted or case.without_handler or case.pk in look_at
            if closer or not offices[key]:
                found += _find_handler(case)
    return found


@transaction.atomic
def _find_handler(case: Case) -> bool:
    case = locked(case)
    seen = who_sees(case) if case.restricted else who_sees_by_office(case, case.circles)
    if seen and not case.without_handler:
        return False
    case = reroute(case, by=None)
    if case.without_handler:
        return False
    people = who_sees_by_office(case, case.circles)
    tell(case, people, clock="new", since=case.reported_at)
    return True
