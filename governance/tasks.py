"""Housekeeping that nobody waits for."""

from celery import shared_task

from governance.services.importing import forget_unconfirmed


@shared_task(ignore_result=True)
def forget_imports() -> None:
    """Four times a day: files uploaded for an import that nobody confirmed."""
    forget_unconfirmed()
