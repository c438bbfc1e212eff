"""What beat rings for. Each asks the database what is owed, and is safe to run twice or at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notices import delivery, health, services
from notices.lease import one_at_a_time
from people.services import importing


@shared_task(ignore_result=True)
def heartbeat() -> None:
    """Beat rang and a worker heard it."""
    services.beat(health.BEAT)


@shared_task(ignore_result=True)
def deliver_pending() -> None:
    """Send the mail that waits."""
    delivery.deliver()


@shared_task(ignore_result=True)
@one_at_a_time("sweep")
def sweep() -> None:
    """Tell people what their ladders say today; forget the staff lists nobody confirmed."""
    services.sweep(timezone.now())
    importing.erase_old()
