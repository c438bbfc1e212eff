"""A person's duties as they see them on their own pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from notices.duties import labels
from people.duty import Duty
from people.models import User
from web.listed import Listed


@dataclass(frozen=True, slots=True)
class Task(Listed):
    """A duty in words, with the days that are left (negative: overdue)."""

    title: str
    url: str
    due_on: date
    days: int
    school: str
    kind_label: str
    note: str = ""


def tasks(duties: Iterable[Duty], person: User, on: date) -> list[Task]:
    """The person's duties, most urgent first. A school is named where they belong to several."""
    names = {post.organisation.pk: post.organisation.name for post in person.posts}
    named = names if len(names) > 1 else {}
    return [
        Task(
            title=duty.title,
            url=duty.url,
            due_on=duty.due_on,
            days=duty.days_left(on),
            school=named.get(duty.organisation_id, ""),
            kind_label=labels()[duty.kind],
            note=duty.note,
        )
        for duty in sorted(duties, key=lambda each: (each.due_on, each.title))
    ]
