"""Reminding whoever is asked to be the second person, until somebody has decided.

    to see a case        at once, after an hour, four hours, a day
    to open content      at once, after a day, three days, a week
    to dispose of one    at once, after a week, three weeks
    to close content     when its time is over, after a day, three days

Each stage is told once, in one transaction (F4). A sweep that comes late tells the last one only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents.models import Access, Alert, ContentRequest, Disposal
from incidents.second_person import seconds_of_disposal
from incidents.services.access import tell_seconds
from incidents.services.content import approvers_of_it, tell_approvers
from incidents.services.locking import locked
from incidents.services.telling import tell, tell_outside
from incidents.workflow import ENDED, OPEN
from incidents.workflow_parts import CONTENT_OPENED

GLASS = (0, 1, 4, 24)
CONTENT = (0, 24, 72, 168)
DISPOSAL = (0, 168, 504)
SHUT = (0, 24, 72)


def sweep(now: datetime | None = None) -> None:
    """Everything that waits for a second person. Safe at any time, and twice."""
    now = now or timezone.now()
    _chase(_glass(), GLASS, "glass-{}", now)
    _chase(_content(), CONTENT, "allow-{}", now, other="it-{}")
    _chase(_disposals(), DISPOSAL, "dispose", now)
    _chase(_to_shut(now), SHUT, "shut-{}", now)


def _glass() -> Iterable[Access]:
    rows = Access.objects.filter(
        cause=Access.Cause.BREAK_GLASS, given_at=None, ended_at=None, case__disposed_at=None
    )
    return rows.select_related("case__organisation__parent")


def _content() -> Iterable[ContentRequest]:
    rows = ContentRequest.objects.waiting().filter(case__status__in=OPEN)
    return rows.select_related("case__organisation__parent")


def _disposals() -> Iterable[Disposal]:
    rows = Disposal.objects.filter(confirmed_at=None, case__status__in=ENDED)
    return rows.exclude(case__holds__lifted_at=None, case__holds__isnull=False).select_related(
        "case__organisation__parent"
    )


def _to_shut(now: datetime) -> Iterable[ContentRequest]:
    rows = ContentRequest.objects.not_shut().filter(case__disposed_at=None)
    return [row for row in rows.select_related("case", "it_by") if not row.is_open(now)]


def stage_of(hours: tuple[int, ...], since: datetime, now: datetime) -> int:
    """The last of these that has been reached."""
    reached = [at for at, one in enumerate(hours) if since + timedelta(hours=one) <= now]
    return reached[-1] if reached else 0


def _since(row: Any) -> datetime:
    """From when it waits."""
    if isinstance(row, Disposal):
        return row.proposed_at
    if isinstance(row, ContentRequest) and row.status in CONTENT_OPENED:
        return row.ended_at or row.until or row.asked_at
    moment: datetime = row.asked_at
    return moment


def _chase(
    rows: Iterable[Any], hours: tuple[int, ...], clock: str, now: datetime, *, other: str = ""
) -> None:
    """Whatever has reached a stage of which nobody was told yet. No query for each of the rest."""
    rows = list(rows)
    cases = {row.case_id for row in rows}
    told = set(
        Alert.objects.filter(case__in=cases).values_list("case", "clock", "since", "percent")
    )
    for row in rows:
        since = _since(row)
        stage = stage_of(hours, since, now)
        names = [name.format(row.pk) for name in (clock, other) if name]
        if all((row.case_id, name, since, stage) not in told for name in names):
            _tell(row, stage)


@transaction.atomic
def _tell(row: Any, stage: int) -> None:
    row.case = locked(row.case)
    if isinstance(row, Access):
        tell_seconds(row, stage)
    elif isinstance(row, ContentRequest) and row.status in CONTENT_OPENED:
        tell_outside(
            row.case, approvers_of_it(row), clock=f"shut-{row.pk}", since=_since(row),
            percent=stage, url=row.get_absolute_url(), named=row.reference,
        )  # fmt: skip
    elif isinstance(row, ContentRequest):
        tell_approvers(row, stage)
    else:
        people = seconds_of_disposal(row)
        tell(row.case, people, clock="dispose", since=row.proposed_at, percent=stage)
