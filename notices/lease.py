"""A lease: of several workers one does a piece of work, and the others return at once.

A conditional update of one row takes it, so two beats, or ten workers, do no harm. It ends by
itself, later than the time limit of the task that holds it: a holder that was killed blocks nobody
for longer. If two run at once even so (a machine that slept, and woke up), nothing is wrong: every
task is safe to run twice. The lease saves the work, it does not carry the promise.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from notices.models import Lease

log = structlog.get_logger(__name__)
P = ParamSpec("P")

# A task that is cut off at its time limit needs a moment to end.
MARGIN = timedelta(minutes=1)


def one_at_a_time(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Decorates a task: while one worker is at it, another that is called leaves it alone."""

    def decorate(work: Callable[P, None]) -> Callable[P, None]:
        @wraps(work)
        def leased(*args: P.args, **kwargs: P.kwargs) -> None:
            with hold(name) as mine:
                if mine:
                    work(*args, **kwargs)

        return leased

    return decorate


@contextmanager
def hold(name: str, lasts: timedelta | None = None) -> Iterator[bool]:
    """Yields whether the lease is ours. Gives it back at the end, whatever happened."""
    lasts = lasts or timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) + MARGIN
    token = take(name, lasts)
    if token is None:
        log.info("lease.busy", lease=name, holder=_holder_of(name))
    try:
        yield token is not None
    finally:
        if token is not None:
            give_back(name, token)


def take(name: str, lasts: timedelta) -> uuid.UUID | None:
    """The proof that it is ours, or None when somebody else has it.

    The database's clock decides: those of two machines may differ. Raises RuntimeError inside a
    transaction, which would hide from the others that the lease is taken.
    """
    with transaction.atomic(durable=True):
        token = _take(name, lasts)
        if token is None and not Lease.objects.filter(name=name).exists():
            Lease.objects.bulk_create([Lease(name=name)], ignore_conflicts=True)
            token = _take(name, lasts)
    return token


def give_back(name: str, token: uuid.UUID) -> bool:
    """Free it, unless it ran out and is another's by now."""
    mine = Lease.objects.filter(name=name, token=token)
    return bool(mine.update(holder="", token=None, taken_at=None, until=None))


def process_name() -> str:
    """Which process this is, for a person who looks for it."""
    return f"{socket.gethostname()[:80]}/{os.getpid()}"


def _take(name: str, lasts: timedelta) -> uuid.UUID | None:
    token, free = uuid.uuid4(), Q(until=None) | Q(until__lte=Now())
    taken = Lease.objects.filter(free, name=name).update(
        holder=process_name(), token=token, taken_at=Now(), until=Now() + lasts
    )
    return token if taken else None


def _holder_of(name: str) -> str:
    return Lease.objects.filter(name=name).values_list("holder", flat=True).first() or "nobody now"
