"""Housekeeping that nobody waits for."""

from celery import shared_task

from governance.services import training_import
from governance.services.importing import forget_unconfirmed


@shared_task(ignore_result=True)
def forget_imports() -> None:
    """Four times a day: files and lists uploaded for an import that nobody confirmed."""
    forget_unconfirmed()
    training_import.erase_old()
