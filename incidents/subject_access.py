"""A request for what is held about somebody: when it is due, and on what grounds things stay back.

The law gives a month from the day it came in, or from the day on which the school knew who asks;
two months more where it is complex and the person is told so within the first.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from django.db import models

MOST_MONTHS_MORE = 2
# For so long before it is due everybody who may handle it hears of it, not only whoever has it.
EVERYBODY_FROM = 14


class Choice(models.TextChoices):
    """What was decided upon one entry."""

    GIVE = "give", "Give it whole"
    BLACK_OUT = "black_out", "Give it with words blacked out"
    WITHHOLD = "withhold", "Do not give it"


class Ground(models.TextChoices):
    """Why something stays back: in the words that the person who asked reads."""

    THIRD_PARTY = "third_party", "It is somebody else’s personal data"
    HARM = "harm", "It could seriously harm somebody’s health"
    CHILD = "child", "Giving it would not be in the interests of a child at risk of abuse"
    PRIVILEGE = "privilege", "It is legal advice, or for legal proceedings"
    POLICE = "police", "It could harm an enquiry by the police or another authority"
    REFERENCE = "reference", "It is a reference that was given in confidence"
    NOT_ABOUT = "not_about", "It says nothing about the person"
    OTHER_LAW = "other_law", "Another law forbids it"


class Ending(models.TextChoices):
    """How a request ended."""

    SENT = "sent", "What may be given was sent"
    NOTHING = "nothing", "Nothing is held that may be given, and they were told so"
    REFUSED = "refused", "It was refused, and they were told why and how to complain"
    WITHDRAWN = "withdrawn", "They no longer ask"


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last: 31 January gives 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_on(received: date, *, identity: date | None, waits: bool, more: int = 0) -> date | None:
    """The last day for an answer; None while the school waits to know who asks."""
    if waits and identity is None:
        return None
    begins = max(received, identity) if waits and identity else received
    return months_after(begins, 1 + more)
