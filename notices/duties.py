"""Every duty from every app. The home page, the digests and the dashboards all ask here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Exists, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from people.duty import Duty, DutySource, Gate
from people.models import User
from people.roles import Role
from web.prepared import prepared

log = structlog.get_logger(__name__)


@cache
def _imported(paths: tuple[str, ...]) -> tuple[DutySource, ...]:
    return tuple(import_string(path) for path in paths)


def sources() -> tuple[DutySource, ...]:
    """What can be owed, from `settings.DUTY_SOURCES`."""
    return _imported(tuple(settings.DUTY_SOURCES))


def labels() -> dict[str, str]:
    """The name of each kind of duty, for pages."""
    return {source.kind: source.label for source in sources()}


def duties_for(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """What these people owe that day: the queries of each source, however many they are."""
    for source in sources():
        yield from source.owed(people, on)


def duties_of(person: User, on: date) -> list[Duty]:
    """What this person owes, most urgent first."""
    return sorted(_asked(person, on), key=lambda duty: (duty.due_on, duty.title))


def _asked(person: User, on: date) -> Iterator[Duty]:
    asked = set()
    for source in _worth_asking(person, on):
        if source.owed_by is None:
            yield from source.of(person, on)
        elif source.owed_by not in asked:  # sources may share it
            asked.add(source.owed_by)
            yield from source.owed_by(person.pk, on)


def _worth_asking(person: User, on: date) -> list[DutySource]:
    """The sources of which this person may owe something: those behind a shut gate are left out."""
    held = _roles_of(person, on)
    likely = [one for one in sources() if one.roles is None or not held.isdisjoint(one.roles)]
    # Sources may share a gate: it is asked once, in the name of the first of them.
    kinds: dict[Gate, str] = {}
    for source in likely:
        if source.gate is not None:
            kinds.setdefault(source.gate, source.kind)
    if not kinds:
        return likely
    (row,) = _gates(person_id=person.pk, on=on, gated=tuple(kinds.values()))
    is_open = dict(zip(kinds, row, strict=True))
    return [source for source in likely if source.gate is None or is_open[source.gate]]


def _roles_of(person: User, on: date) -> frozenset[Role]:
    """What they hold today, which every page has read; of another day any, as it is not known."""
    if on != timezone.localdate():
        return frozenset(Role)
    return frozenset().union(*(post.roles for post in person.posts))


@prepared
def _gates(*, person_id: int, on: date, gated: tuple[str, ...]) -> QuerySet[User, tuple[Any, ...]]:
    """For each of these kinds of duty, whether its gate is open to this person."""
    gates = {source.kind: source.gate for source in sources() if source.kind in gated}
    found = [gate(person_id, on) for gate in gates.values() if gate is not None]
    asked: QuerySet[User, tuple[Any, ...]]
    asked = User.objects.filter(pk=person_id).order_by().values_list(*map(Exists, found))
    return asked


def duties_that_can_be_read(people: QuerySet[User], on: date, broken: set[str]) -> Iterator[Duty]:
    """As `duties_for`, but a source that fails is named in `broken` and stops no other."""
    for source in sources():
        try:
            yield from source.owed(people, on)
        except Exception:
            broken.add(source.kind)
            log.exception("duties.source_failed", kind=source.kind)
