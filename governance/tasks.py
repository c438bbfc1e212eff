"""Housekeeping that nobody waits for."""

from celery import shared_task

from governance.services import evidence, paper, training_import
from governance.services.importing import forget_unconfirmed
from notices.lease import one_at_a_time


@shared_task(ignore_result=True)
@one_at_a_time("imports")
def forget_imports() -> None:
    """Four times a day: files, lists and sheets of paper that nobody confirmed."""
    forget_unconfirmed()
    paper.forget_unfinished()
    training_import.erase_old()


@shared_task(ignore_result=True)
@one_at_a_time("packs")
def make_packs() -> None:
    """Every minute: evidence packs that wait, such as those of a whole trust."""
    evidence.make_waiting()


@shared_task(ignore_result=True)
@one_at_a_time("old-packs")
def erase_packs() -> None:
    """Four times a day: the files of evidence packs whose thirty days are over."""
    evidence.erase_old()
