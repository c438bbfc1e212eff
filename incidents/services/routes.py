"""Sending a case to the offices it belongs to, and what a school sets about that."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.circles import Circle, Guest, column
from incidents.kinds import KINDS, Kind, Level, Step
from incidents.models import Case, PlaybookItem, Route
from incidents.own_record import record
from incidents.routing import circles_now
from incidents.services.telling import take_back_from_others
from incidents.visibility import who_sees
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

COLUMNS = [column(circle) for circle in Circle]


def reroute(case: Case, *, by: User | None) -> Case:
    """Bring the offices of a locked case up to date with who is kept out of it.

    Only adds. Lifts the restriction of a case that would be seen by nobody.
    """
    before = set(case.circles)
    circles, nobody = circles_now(case)
    for circle in circles:
        setattr(case, column(circle), True)
    if case.restricted and not who_sees(case):
        case.restricted = False
        record("case.unrestrict", case, by=None)
    changed = case.without_handler != nobody or circles != before
    case.without_handler = nobody
    case.save(update_fields=[*COLUMNS, "without_handler", "restricted"])
    if changed:
        record("case.route", case, by=by, circles=audit.listed(sorted(circles)))
    for one in (case, *others_of(case)):
        take_back_from_others(one)
    return case


def others_of(case: Case) -> QuerySet[Case]:
    """The other reports of the same thing."""
    first = case.duplicate_of_id or case.pk
    same = Case.objects.filter(Q(pk=first) | Q(duplicate_of=first))
    return same.exclude(pk=case.pk).select_related("organisation")


@transaction.atomic
def set_route(
    organisation: Organisation, *, by: User, kind: str, first: Iterable[str],
    also: Iterable[str] = (), clock: str,
) -> Route:  # fmt: skip
    """Whom this school tells of a kind of report. Raises RuleBroken where nobody would be told."""
    _expect_keeper(organisation, by)
    first, also = list(first), list(also)
    if not first:
        raise RuleBroken("Choose who is told first.")
    unknown = [
        *(set(first) - set(Circle.values)), *(set(also) - {*Circle.values, *Guest.values}),
    ]  # fmt: skip
    if unknown or kind not in Kind.values or clock not in Level.values:
        raise RuleBroken("Choose from the list.")
    if KINDS[Kind(kind)].child and not {Circle.SAFEGUARDING, Circle.TRUST_SAFEGUARDING} & {
        *first, *also,
    }:  # fmt: skip
        raise RuleBroken("Where a child is concerned the safeguarding team is always told.")
    route, _ = Route.objects.update_or_create(
        organisation=organisation,
        kind=kind,
        defaults={
            "first": first, "also": also, "clock": clock, "changed_by": by,
            "changed_at": timezone.now(),
        },
    )  # fmt: skip
    audit.record(
        "route.set", route, by=by, kind=kind, first=audit.listed(first), also=audit.listed(also)
    )
    return route


@transaction.atomic
def reset_route(route: Route, *, by: User) -> None:
    """Back to the default."""
    _expect_keeper(route.organisation, by)
    audit.record("route.reset", route, by=by, kind=route.kind)
    route.delete()


@transaction.atomic
def set_playbook(
    organisation: Organisation, *, by: User, kind: str, steps: Iterable[Step]
) -> list[PlaybookItem]:
    """What this school does about a kind of report. None at all: the default counts again."""
    _expect_keeper(organisation, by)
    steps = list(steps)
    if kind not in Kind.values:
        raise RuleBroken("Choose from the list.")
    if any(not step.text.strip() for step in steps):
        raise RuleBroken("Say what is to be done in each step.")
    if len({step.code for step in steps}) != len(steps):
        raise RuleBroken("Each step has a code of its own.")
    PlaybookItem.objects.filter(organisation=organisation, kind=kind).delete()
    items = PlaybookItem.objects.bulk_create(
        PlaybookItem(
            organisation=organisation, kind=kind, code=step.code, text=step.text.strip(),
            hours=step.hours, position=position,
        )
        for position, step in enumerate(steps)
    )  # fmt: skip
    audit.record("playbook.set", organisation, by=by, kind=kind, steps=str(len(items)))
    return items


def playbook_of(case: Case) -> list[Step]:
    """The steps for this case: the school's own, else its trust's, else the default."""
    for place in (case.organisation_id, case.organisation.parent_id):
        items = list(PlaybookItem.objects.filter(organisation=place, kind=case.kind))
        if items:
            return [Step(item.code, item.text, item.hours) for item in items]
    return list(KINDS[Kind(case.kind)].playbook)


def _expect_keeper(organisation: Organisation, by: User) -> None:
    if not by.can(Permission.MANAGE_SCHOOL, at=organisation):
        raise PermissionDenied
