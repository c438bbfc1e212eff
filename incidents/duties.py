"""What cases ask of people: to assess, to do an action, to be the second person.

The words are the same for every case: tasks are read over shoulders. Nobody is reminded by the
sweep: a case's own clocks tell people, if they may see it (`services/alerts.py`), so `owed` of
everybody is empty and only a person's own page asks. Nobody else reads what somebody owes here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from incidents.circles import ROLES
from incidents.listing import Row, page_of
from incidents.models import Access, Case, CaseAction
from incidents.workflow import Status, works_on
from people.duty import Duty, DutySource
from people.models import Membership, User

ASSESS, ACT, AGREE = "concern.assess", "concern.act", "concern.agree"
TITLES = {
    ASSESS: "A concern waits for you",
    ACT: "Something about a concern is for you to do",
    AGREE: "A concern waits for a second person",
}
HOLDING = frozenset().union(*ROLES.values())


def nobody(_people: QuerySet[User], _on: date) -> Iterator[Duty]:
    """The sweep reminds of none: see above."""
    return iter(())


def _duty(kind: str, case: Case, person: int, due: date) -> Duty:
    return Duty(
        kind=kind,
        occasion=f"{kind}:{case.reference}",
        person_id=person,
        organisation_id=case.organisation_id,
        due_on=due,
        title=TITLES[kind],
        url=case.get_absolute_url(),
        every_day_counts=True,
    )


def _waiting(person: int, on: date) -> QuerySet[Any, Any]:
    """Cases that wait where they hold an office, or that they own or were let into."""
    mine = Membership.objects.active(on).filter(person=person).holding(sorted(HOLDING), on)
    let_in = Access.objects.current(on).filter(person=person).values("case")
    near = Q(organisation__in=mine.reach()) | Q(owner=person) | Q(pk__in=let_in)
    states = (Status.SUBMITTED, Status.TRIAGED, Status.CLOSURE_PROPOSED)
    return Case.objects.filter(near, status__in=states)


def _has_actions(person: int, on: date) -> QuerySet[Any, Any]:
    return CaseAction.objects.still_open().filter(owner=person)


def _owed_by(person: int, on: date) -> Iterator[Duty]:
    """What cases that this person sees and works on wait for."""
    user = User.objects.get(pk=person)
    states = (Status.SUBMITTED, Status.TRIAGED, Status.CLOSURE_PROPOSED)
    for row in page_of(Case.objects.visible_to(user).filter(status__in=states), 1).rows:
        if works_on(row.case, user):
            yield from _of(row, user)


def _of(row: Row, user: User) -> Iterator[Duty]:
    case = row.case
    due = row.clock.due_at if row.clock else timezone.now()
    day = due.astimezone(case.organisation.zone).date()
    if case.status != Status.CLOSURE_PROPOSED:
        # What somebody else has in hand already is not everybody's task.
        if case.owner_id in (None, user.pk):
            yield _duty(ASSESS, case, user.pk, day)
    elif not (case.needs_two and case.proposed_by_id == user.pk):
        yield _duty(AGREE, case, user.pk, day)


def _actions_of(person: int, on: date) -> Iterator[Duty]:
    """One task for each case that they see with open actions of theirs, due with the first.

    The words are the same for all of them: six lines of one case would be six times the same line.
    """
    user = User.objects.get(pk=person)
    actions = CaseAction.objects.still_open().filter(owner=person).visible_to(user)
    texts = ("sealed_text", "sealed_note")
    rows = actions.select_related("case__organisation__parent").defer(*texts)
    seen: set[int] = set()
    for action in rows.order_by("due_at", "pk"):
        if action.case_id not in seen:
            seen.add(action.case_id)
            due = action.due_at.astimezone(action.case.organisation.zone).date()
            yield _duty(ACT, action.case, person, due)


ASSESSING = DutySource(ASSESS, "Concern", nobody, owed_by=_owed_by, gate=_waiting)
AGREEING = DutySource(AGREE, "Concern", nobody, owed_by=_owed_by, gate=_waiting)
ACTING = DutySource(ACT, "Concern", nobody, owed_by=_actions_of, gate=_has_actions)
