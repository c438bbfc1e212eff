"""Housekeeping that nobody waits for."""

from celery import shared_task

from governance.services import paper, training_import
from governance.services.importing import forget_unconfirmed


@shared_task(ignore_result=True)
def forget_imports() -> None:
    """Four times a day: files, lists and sheets of paper that nobody confirmed."""
    forget_unconfirmed()
    paper.forget_unfinished()
    training_import.erase_old()
