"""What beat rings for. Safe to run twice or at once."""

from __future__ import annotations

from celery import shared_task

from incidents.services import (
    alerts,
    chasing,
    drafts,
    evidence,
    figures,
    subject_access,
    subject_access_chasing,
)
from notices.lease import one_at_a_time


@shared_task(ignore_result=True)
@one_at_a_time("cases")
def look_after() -> None:
    """Tell of clocks, find handlers, remind whoever is the second person, erase what is old."""
    alerts.look_for_handlers()
    alerts.sweep()
    chasing.sweep()
    drafts.forget_old()
    subject_access_chasing.chase()
    subject_access.forget_old()


@shared_task(ignore_result=True)
@one_at_a_time("case-files")
def scan_files() -> None:
    """Each minute: ask the virus scanner about what waits for it."""
    evidence.scan_waiting()


@shared_task(ignore_result=True)
@one_at_a_time("case-bytes")
def sweep_files() -> None:
    """Bytes left behind by uploads that failed half-way, and those of cases that are gone."""
    evidence.sweep()


@shared_task(ignore_result=True)
@one_at_a_time("figures")
def draw_figures() -> None:
    """Figures of terms that ended a fortnight ago, once and for good."""
    figures.draw_due()
