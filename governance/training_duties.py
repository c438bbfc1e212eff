"""What people owe to their training: taking it, and taking it again before it runs out (P10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from governance.training import Need, needs, owed, owed_by
from people.duty import Duty, DutySource, among
from people.models import User


def _owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_take(needs(owed(on).filter(among(people))))


def _owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_take(owed_by(person_id, on))


def _gate(person_id: int, on: date) -> QuerySet[Any, Any]:
    return owed(on).filter(person=person_id)


def _to_take(found: Iterable[Need]) -> Iterator[Duty]:
    """Each time that a training runs out it is owed anew, and told anew."""
    for need in found:
        again = need.held_until is not None
        yield Duty(
            kind="training.take",
            occasion=f"training.take:{need.course_id}:{need.held_until or 'first'}",
            person_id=need.person_id,
            organisation_id=need.organisation_id,
            due_on=need.due_on,
            title=f"Take this training{' again' if again else ''}: {need.title}",
            url=reverse("governance:my_training"),
            line_manager_id=need.line_manager_id,
            since=need.owed_from,
        )


TAKING = DutySource("training.take", "Training", _owed, _owed_by, _gate)
