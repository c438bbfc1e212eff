"""Housekeeping that nobody waits for."""

from celery import shared_task

from files.services import sweep_orphans


@shared_task(ignore_result=True)
def sweep() -> None:
    """Daily: bytes left behind by uploads that failed half-way."""
    sweep_orphans()
