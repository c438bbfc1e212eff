"""Somebody waits for an answer about their data: whoever has the request, and in time everybody.

The words say nothing, and the address neither: tasks are read over shoulders. Only a person's own
page asks, and `owed` of everybody is empty: lists of what others owe, and the steps of the ladder
that tell managers and heads, would speak of a request to whoever it is about. Who is reminded and
when is `services/subject_access_chasing.py`. Everybody who may answer it owes it from a fortnight
before it is due, or once whoever has it has left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from incidents.models import RequestedCase, SubjectRequest
from incidents.services.subject_access_cases import is_checked
from incidents.services.telling import TITLE
from incidents.subject_access import EVERYBODY_FROM, months_after
from incidents.visibility import with_those_acting
from people.duty import Duty, DutySource
from people.models import Membership, User
from people.roles import Permission, roles_with

KIND, CHECK = "request.answer", "request.check"
ROLES = roles_with(Permission.ANSWER_REQUESTS)
TEXTS = [f"sealed_{name}" for name in sorted(SubjectRequest.SEALED)]


def _nobody(_people: QuerySet[User], _on: date) -> Iterator[Duty]:
    return iter(())


def _standing(person: int, on: date) -> QuerySet[Any, Any]:
    posts = Membership.objects.active(on).holding(ROLES, on).filter(person=person)
    return SubjectRequest.objects.standing().filter(organisation__in=posts.reach())


def who_owes(requests: QuerySet[Any, Any], on: date) -> Iterator[tuple[SubjectRequest, int, date]]:
    """Each request with each person (an id) who owes its answer, and since when it is theirs."""
    rows = list(requests.select_related("organisation__parent").defer(*TEXTS))
    holders = _holders(rows, on) if rows else {}
    for row in rows:
        for person, since in _who(row, holders, on):
            yield row, person, since


def _holders(rows: list[SubjectRequest], on: date) -> dict[int, set[int]]:
    """Who may answer such requests, by place."""
    places = {row.organisation_id for row in rows} | {row.organisation.parent_id for row in rows}
    posts = Membership.objects.active(on).holding(ROLES, on)
    posts = posts.filter(organisation__in=places - {None}, person__is_active=True).order_by("pk")
    found: dict[int, set[int]] = defaultdict(set)
    for place, person in posts.values_list("organisation", "person"):
        found[place].add(person)
    return found


def _who(row: SubjectRequest, holders: dict[int, set[int]], on: date) -> Iterator[tuple[int, date]]:
    """Each person, and from when it is theirs."""
    place = row.organisation
    school, trust = holders[place.pk], holders.get(place.parent_id or 0, set())
    out = {pk for pk in (row.person_id, row.asker_id) if pk is not None}
    if out:
        out = with_those_acting(out, on)
    recorded = row.recorded_at.astimezone(place.zone).date()
    has_it = row.handler_id in (school | trust) - out
    if has_it:
        yield row.handler_id, recorded
    late = last_day(row) - timedelta(days=EVERYBODY_FROM)
    if not has_it or on >= late:
        for person in sorted((school - out or trust - out) - {row.handler_id}):
            yield person, max(recorded, late) if has_it else recorded


def last_day(row: SubjectRequest) -> date:
    """Where the school waits to know who asks, it looks again after a month."""
    return row.due_on or months_after(row.received_on, 1)


def _duty(kind: str, row: SubjectRequest, person: int, since: date | None = None) -> Duty:
    return Duty(
        kind=kind,
        occasion=f"{kind}:{row.reference}:{last_day(row).isoformat()}",
        person_id=person,
        organisation_id=row.organisation_id,
        due_on=last_day(row),
        title=TITLE,
        url=row.get_absolute_url(),
        since=since,
        every_day_counts=True,
    )


def _owed_by(person: int, on: date) -> Iterator[Duty]:
    for row, whose, since in who_owes(_standing(person, on), on):
        if whose == person:
            yield _duty(KIND, row, person, since)


def _waiting(person: int, on: date) -> QuerySet[Any, Any]:
    """Cases that somebody else decided upon."""
    requests = _standing(person, on)
    waiting = RequestedCase.objects.filter(ready_at__isnull=False, checked_at=None)
    return waiting.filter(request__in=requests).exclude(ready_by=person)


def _to_check(person: int, on: date) -> Iterator[Duty]:
    """Those of them that this person sees, once for each request."""
    user = User.objects.get(pk=person)
    rows = _waiting(person, on).filter(pk__in=RequestedCase.objects.visible_to(user))
    given = set()
    for row in rows.select_related("request__organisation__parent"):
        asked = row.request
        if asked.pk not in given and is_checked(asked.organisation):
            given.add(asked.pk)
            yield _duty(CHECK, asked, person)


ANSWERING = DutySource(
    KIND, "Request for somebody’s data", _nobody, owed_by=_owed_by, gate=_standing, roles=ROLES
)
CHECKING = DutySource(
    CHECK, "Request for somebody’s data", _nobody, owed_by=_to_check, gate=_waiting, roles=ROLES
)
