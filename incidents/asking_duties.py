"""What is asked of a second person, as tasks: to allow, to close again, to dispose of, to let in.

As with every task about a case the words are always the same, only a person's own page asks, and
nobody else reads what somebody owes (`duties.py`). Notices go with `services/chasing.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from incidents.approving import Side, sides_of
from incidents.circles import ROLES
from incidents.duties import nobody
from incidents.models import Access, ContentRequest, Disposal
from incidents.second_person import seconds_of, seconds_of_disposal
from incidents.services.access import waiting_for_agreement
from incidents.services.content import approvers_of_it
from incidents.services.telling import glass_url
from incidents.workflow import ENDED, OPEN
from incidents.workflow_parts import CONTENT_OPENED, CONTENT_WAITING
from people.duty import Duty, DutySource
from people.models import Membership, Organisation, User
from people.roles import Role

ALLOW, SHUT = "concern.allow", "concern.shut"
DISPOSE, LET_IN = "concern.dispose", "concern.let_in"
TITLES = {
    ALLOW: "Something about a concern is for you to allow",
    SHUT: "Something you opened for a concern has to be closed again",
    DISPOSE: "An old concern waits for a second person",
    LET_IN: "Somebody asks to see a concern",
}
MOST = 50


def _duty(kind: str, of: str, at: Organisation, person: int, since: datetime, url: str) -> Duty:
    return Duty(
        kind=kind,
        occasion=f"{kind}:{of}",
        person_id=person,
        organisation_id=at.pk,
        due_on=since.astimezone(at.zone).date(),
        title=TITLES[kind],
        url=url,
        every_day_counts=True,
    )


def _there(person: int, on: date, roles: set[Role], column: str = "case__organisation") -> Q:
    """Of where they hold one of these offices, at the school or at its trust."""
    mine = Membership.objects.active(on).filter(person=person).holding(sorted(roles), on)
    return Q((f"{column}__in", mine.reach()))


HOLDING: set[Role] = set().union(*ROLES.values())


# Content that has to be opened, and closed again


def _some_content(person: int, on: date) -> QuerySet[Any, Any]:
    open_or_asked = Q(status__in=CONTENT_WAITING) | Q(status__in=CONTENT_OPENED, shut_at=None)
    return ContentRequest.objects.filter(open_or_asked, _there(person, on, HOLDING))


def _of_content(person: int, on: date) -> Iterator[Duty]:
    """Both kinds: what this person could allow, and what they have to close."""
    user = User.objects.get(pk=person)
    for row in _decidable(user):
        case = row.case
        for side in sides_of(row, user)[:1]:
            url = row.get_absolute_url()
            if side == Side.LEADING:
                url = reverse("incidents:investigating", args=[case.reference]) + "#content"
            yield _duty(ALLOW, row.reference, case.organisation, person, row.asked_at, url)
    opened = ContentRequest.objects.for_it(user).not_shut()
    for row in opened.select_related("case__organisation__parent", "it_by")[:MOST]:
        until = row.ended_at or row.until or row.asked_at
        if person in approvers_of_it(row) and (row.it_by_id == person or not row.is_open()):
            url, at = row.get_absolute_url(), row.case.organisation
            yield _duty(SHUT, row.reference, at, person, until, url)


def _decidable(user: User) -> list[ContentRequest]:
    waiting = ContentRequest.objects.waiting().filter(case__status__in=OPEN)
    rows = waiting.visible_to(user) | waiting.for_it(user)
    return list(rows.select_related("case__organisation__parent").order_by("asked_at")[:MOST])


# Disposals


def _some_disposal(person: int, on: date) -> QuerySet[Any, Any]:
    rows = Disposal.objects.filter(confirmed_at=None).exclude(proposed_by=person)
    mine = Q(case__owner=person) | Q(
        pk__in=Disposal.objects.filter(case__accesses__person=person).values("pk")
    )
    return rows.filter(_there(person, on, HOLDING) | mine)


def _of_disposals(person: int, on: date) -> Iterator[Duty]:
    user = User.objects.get(pk=person)
    rows = Disposal.objects.visible_to(user).filter(confirmed_at=None, case__status__in=ENDED)
    # Whoever does not agree places a hold; a case that was opened again asks nobody.
    rows = rows.exclude(case__holds__lifted_at=None, case__holds__isnull=False)
    rows = rows.exclude(proposed_by=user).select_related("case__organisation__parent")
    for row in rows.order_by("proposed_at")[:MOST]:
        if person in seconds_of_disposal(row):
            case = row.case
            url = reverse("incidents:dispose", args=[case.reference])
            yield _duty(DISPOSE, case.reference, case.organisation, person, row.proposed_at, url)


# Breaking the glass


def _some_glass(person: int, on: date) -> QuerySet[Any, Any]:
    rows = Access.objects.filter(cause=Access.Cause.BREAK_GLASS, given_at=None, ended_at=None)
    return rows.filter(_there(person, on, HOLDING)).exclude(person=person)


def _of_glass(person: int, on: date) -> Iterator[Duty]:
    user = User.objects.get(pk=person)
    rows = waiting_for_agreement(user).select_related("case__organisation__parent")
    for row in rows.order_by("asked_at")[:MOST]:
        if person in seconds_of(row):
            case, url = row.case, glass_url(row.case, row)
            code = url.rstrip("/").rpartition("/")[2]
            yield _duty(LET_IN, code, case.organisation, person, row.asked_at, url)


ALLOWING = DutySource(ALLOW, "Concern", nobody, owed_by=_of_content, gate=_some_content)
SHUTTING = DutySource(SHUT, "Concern", nobody, owed_by=_of_content, gate=_some_content)
DISPOSING = DutySource(DISPOSE, "Concern", nobody, owed_by=_of_disposals, gate=_some_disposal)
LETTING_IN = DutySource(LET_IN, "Concern", nobody, owed_by=_of_glass, gate=_some_glass)
