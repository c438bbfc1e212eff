"""Housekeeping that nobody waits for."""

from celery import shared_task

from files.services import sweep_orphans
from notices.lease import one_at_a_time


@shared_task(ignore_result=True)
@one_at_a_time("files")
def sweep() -> None:
    """Daily: bytes left behind by uploads that failed half-way."""
    sweep_orphans()
