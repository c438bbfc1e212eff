"""What beat rings for. Safe to run twice or at once."""

from __future__ import annotations

from celery import shared_task

from approvals.services import waiting
from notices.lease import one_at_a_time


@shared_task(ignore_result=True)
@one_at_a_time("approvals")
def look_after() -> None:
    """Settle what became ready, let approvals run out, tell others of what waits too long."""
    waiting.look_after()
