"""What people choose about their own reminders."""

from __future__ import annotations

from django.db import transaction

from people.models import User


@transaction.atomic
def choose_digest(person: User, *, day: int | None) -> User:
    """One mail a week, on this weekday (0 is Monday); None: on every working day with news."""
    person.digest_day = day
    person.save(update_fields=["digest_day"])
    return person
