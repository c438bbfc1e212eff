"""Reminding whoever owes an answer to somebody who asks for their data, to the last day and after.

A fortnight, a week, three days and a day before, on the day, and each day after it; by day only.
The notices say nothing, and their mails belong to no school: nobody who looks after delivery sees
that somebody was written to.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from incidents.models import SubjectRequest
from incidents.services.telling import KIND, TITLE
from incidents.subject_access_duties import last_day, who_owes
from notices.models import Notice
from notices.services import notify
from people.models import User

BEFORE = (-14, -7, -3, -1, 0)
# From then on a mail of its own, whatever digest somebody has chosen.
URGENT = -3
MORNING, EVENING = 8, 18


def stage_of(days: int) -> int | None:
    """The last step that has come, so many days after the last day (before it: less than 0)."""
    if days > 0:
        return days
    return max((step for step in BEFORE if step <= days), default=None)


def chase(now: datetime | None = None) -> int:
    """Everybody who is to be reminded now, once for each step. Says how many were told.

    Safe at any time, and twice: a notice of the same occasion is written once. A sweep that comes
    late tells the last step only.
    """
    now = now or timezone.now()
    owing: dict[tuple[int, str], tuple[SubjectRequest, int]] = {}
    for row, person, _ in who_owes(SubjectRequest.objects.standing(), timezone.localdate(now)):
        here = now.astimezone(row.organisation.zone)
        step = stage_of((here.date() - last_day(row)).days)
        if step is not None and MORNING <= here.hour < EVENING:
            owing[person, _occasion(row, step)] = row, step
    occasions = {occasion for _, occasion in owing}
    told = set(
        Notice.objects.filter(kind=KIND, occasion__in=occasions).values_list(
            "recipient", "occasion"
        )
    )
    left = {key: what for key, what in owing.items() if key not in told}
    people = User.objects.in_bulk({person for person, _ in left})
    for (person, occasion), (row, step) in left.items():
        notify(
            people[person], organisation=row.organisation, kind=KIND, occasion=occasion,
            title=TITLE, url=row.get_absolute_url(), urgent=step >= URGENT, confidential=True,
        )  # fmt: skip
    return len(left)


def _occasion(row: SubjectRequest, step: int) -> str:
    return f"request:{row.reference}:{last_day(row).isoformat()}:{step}"
