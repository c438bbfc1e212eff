"""Every duty from every app. The home page, the digests and the dashboards all ask here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from people.duty import Duty, DutySource
from people.models import User

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
    mine = (duty for source in sources() for duty in source.of(person, on))
    return sorted(mine, key=lambda duty: (duty.due_on, duty.title))


def duties_that_can_be_read(people: QuerySet[User], on: date, broken: set[str]) -> Iterator[Duty]:
    """As `duties_for`, but a source that fails is named in `broken` and stops no other."""
    for source in sources():
        try:
            yield from source.owed(people, on)
        except Exception:
            broken.add(source.kind)
            log.exception("duties.source_failed", kind=source.kind)
