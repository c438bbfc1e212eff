"""Telling the apps above that somebody may be fit to run an account now (A3)."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from people.models import User


def fitness_changed(people: Iterable[User]) -> None:
    """These people have signed or been trained: whatever waits for that goes on at once.

    `settings.FITNESS_CHANGED` lists what is told of them, in the transaction that did it. To be
    called before the line in the record: what is told may lock rows, and the end of the record is
    the last of all locks.
    """
    found = list(people)
    for path in settings.FITNESS_CHANGED:
        import_string(path)(found)
