"""What is owed at a school by whom, one kind of task at a time.

A kind that is not listed here is between the person and whoever asked them: nobody else sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from notices.duties import labels, sources
from people.models import Membership, Organisation, User
from people.roles import Permission

P = Permission
SEEN_WITH: Mapping[str, Permission] = {
    "policy.sign": P.VIEW_SIGNATURES,
    "training.take": P.VIEW_TRAINING,
    "self_check.do": P.VIEW_SIGNATURES,
    "leaver.attest": P.VIEW_SIGNATURES,
    "leaver.record": P.MANAGE_PEOPLE,
    "invitation.accept": P.MANAGE_PEOPLE,
    "calendar.plan": P.MANAGE_SCHOOL,
    "policy.review": P.VIEW_DRAFTS,
    "policy.sign_off": P.VIEW_DRAFTS,
    "policy.rework": P.VIEW_DRAFTS,
    "policy.adopt": P.VIEW_DRAFTS,
    "account.rotate": P.VIEW_ACCOUNTS,
    "account.verify": P.VIEW_ACCOUNTS,
    "account.remove_access": P.VIEW_ACCOUNTS,
    "case.decide": P.DECIDE_ACCOUNTS,
    "case.rework": P.VIEW_ACCOUNTS,
    "case.launch": P.VIEW_ACCOUNTS,
    "pilot.evaluate": P.VIEW_ACCOUNTS,
    "account.check": P.VIEW_ACCOUNTS,
    "account.exception": P.DECIDE_ACCOUNTS,
    "account.trip_photos": P.VIEW_ACCOUNTS,
    "account.confirm_address": P.VIEW_ACCOUNTS,
    "access.review": P.VIEW_ACCOUNTS,
    "access.answer": P.VIEW_ACCOUNTS,
}
EXPORT_HEADER = ("Name", "Department", "Task", "Due", "Days overdue")


@dataclass(frozen=True, slots=True)
class Owed:
    """One task of one person."""

    person_id: int
    name: str
    department: str
    title: str
    due_on: date
    days: int

    @property
    def state(self) -> tuple[str, str]:
        """Code and words of how urgent it is."""
        if self.days < 0:
            return "overdue", f"{-self.days} day{'' if self.days == -1 else 's'} overdue"
        if self.days == 0:
            return "due", "Due today"
        return "open", f"Due in {self.days} day{'' if self.days == 1 else 's'}"


def kinds_seen_by(user: User, at: Organisation) -> dict[str, str]:
    """The kinds of task this person may see of others there, with their names."""
    named = labels()
    return {
        kind: named[kind]
        for kind, permission in SEEN_WITH.items()
        if kind in named and user.can(permission, at=at)
    }


def departments_at(at: Organisation) -> list[str]:
    posts = Membership.objects.active(at.today()).filter(organisation=at).exclude(department="")
    return sorted(set(posts.order_by().values_list("department", flat=True).distinct()))


def owed_at(at: Organisation, kind: str, filters: Mapping[str, Any]) -> list[Owed]:
    """What people with a post there owe the place that day, the most overdue first.

    Two queries beside those of the kind itself, however many people there are.
    """
    on = at.today()
    posts = Membership.objects.active(on).filter(organisation=at)
    if department := filters.get("department"):
        posts = posts.filter(department=department)
    if words := filters.get("q"):
        posts = posts.filter(Q(person__name__icontains=words) | Q(payroll_id__icontains=words))
    facts = posts.order_by().values_list("person", "person__name", "department")
    people = {person: (name, where) for person, name, where in facts}
    asked = User.objects.filter(pk__in=posts.order_by().values("person"))
    found = [
        Owed(duty.person_id, *people[duty.person_id], duty.title, duty.due_on, duty.days_left(on))
        for source in sources()
        if source.kind == kind
        for duty in source.owed(asked, on)
        if duty.kind == kind and duty.organisation_id == at.pk and duty.person_id in people
    ]
    if filters.get("late"):
        found = [one for one in found if one.days < 0]
    return sorted(found, key=lambda one: (one.due_on, one.name, one.title))


def export_rows(found: list[Owed]) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER."""
    for one in found:
        due = f"{one.due_on:%d/%m/%Y}"
        yield one.name, one.department, one.title, due, max(0, -one.days) or ""
