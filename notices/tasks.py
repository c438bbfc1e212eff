"""What beat rings for. Each asks the database what is owed, and is safe to run twice or at once."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from notices import delivery, health, services
from notices.lease import one_at_a_time
from people.services import importing

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def heartbeat(queue: str = health.BEAT) -> None:
    """Beat rang and a worker of this queue heard it."""
    services.beat(queue)


# Far beyond what one run takes (notices/delivery.py), and far below what its claims last.
@shared_task(ignore_result=True, soft_time_limit=4 * 60, time_limit=5 * 60)
def deliver_pending() -> None:
    """Send the mail that waits. Several at once share it out: each claims its own."""
    delivery.deliver()


@shared_task(ignore_result=True)
@one_at_a_time("sweep")
def sweep() -> None:
    """Tell people what their ladders say today; forget the staff lists nobody confirmed."""
    swept = services.sweep(timezone.now())
    if swept.unreadable:
        log.error("sweep.unreadable", kinds=sorted(swept.unreadable))
    else:
        services.beat(health.SWEEP)
    importing.erase_old()
