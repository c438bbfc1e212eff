"""A queue of business cases that wait at one school, written in bulk (H7)."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from django.utils import timezone

from approvals.models import BusinessCase, ProposedRunner
from approvals.workflow import Status
from people.models import Organisation

BATCH = 1_000


def cases(school: Organisation, staff: list[int], count: int) -> list[int]:
    """So many that were sent in the last weeks, with two runners each; their ids.

    The school asks for two votes, so that a vote of the head decides nothing yet. The runners are
    the last of the staff: those who sign while it is measured are awaited by no case.
    """
    school.settings = {**school.settings, "approvals.quorum": 2}
    school.save(update_fields=["settings"])
    numbers = iter(range(1, count + 1))
    last = staff[-max(2, len(staff) // 25) :]
    made: list[int] = []
    while batch := list(islice(numbers, BATCH)):
        rows = BusinessCase.objects.bulk_create(_case(school, staff, number) for number in batch)
        ProposedRunner.objects.bulk_create(
            ProposedRunner(case=row, person_id=last[(row.number + which) % len(last)])
            for row in rows
            for which in (0, 1)
        )
        made += [row.pk for row in rows]
    return made


def _case(school: Organisation, staff: list[int], number: int) -> BusinessCase:
    sent = timezone.now() - timedelta(hours=number)
    return BusinessCase(
        organisation=school, number=number, author_id=staff[number % len(staff)],
        platform="x", name=f"Department {number}", department="Drama",
        aim="More families come to our plays.", audience="Families",
        promotion="A link in the newsletter.", access="closed", faces_pupils=False,
        shows_pupils=False, pilot_group="The cast", pilot_goals="Half of them follow it.",
        pilot_weeks=6, status=Status.SUBMITTED, content_hash=f"{number:064x}",
        created_at=sent, changed_at=sent, submitted_at=sent,
    )  # fmt: skip
