"""What beat rings for. Safe to run twice or at once."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.services import (
    access_reviews,
    account_import,
    checks,
    emergencies,
    exceptions,
    life,
    log,
    rotations,
    runners,
)
from notices.lease import one_at_a_time


@shared_task(ignore_result=True)
@one_at_a_time("accounts")
def look_after() -> None:
    """End who has left, restrict what too few people run, suspend what stayed so.

    Put missed changes on record, end emergencies whose hours are over; open this term's reviews of
    access, close finished ones.
    """
    emergencies.settle(timezone.now())
    runners.end_left()
    life.sweep_pauses()
    rotations.record_missed(timezone.now())
    access_reviews.open_due()
    access_reviews.settle()
    erase_what_is_over()


def erase_what_is_over() -> None:
    """What logs and checks say, and exceptions, as long after as the rules of retention have it."""
    now = timezone.now()
    log.erase_old_words(now)
    checks.erase_old_findings(now)
    exceptions.erase_old(now)
    account_import.erase_old()
