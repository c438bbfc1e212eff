"""What beat rings for. Safe to run twice or at once."""

from __future__ import annotations

from celery import shared_task

from incidents.services import alerts, drafts
from notices.lease import one_at_a_time


@shared_task(ignore_result=True)
@one_at_a_time("cases")
def look_after() -> None:
    """Tell of clocks, find handlers for what nobody may see, erase old drafts."""
    alerts.look_for_handlers()
    alerts.sweep()
    drafts.forget_old()
