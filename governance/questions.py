"""Who has to answer a question now, what became of it, and the lists of questions.

A question goes to the asker's line manager, then to the policy's author, then to those who manage
the owner's policies. Each but the last is waited for until a day that was fixed when it was asked;
who they are is asked of the facts of today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from governance.models import Question, QuestionEntry, SharedAnswer
from governance.models.question import near
from people.duty import Duty, DutySource
from people.models import Membership, User
from people.roles import Permission, roles_with
from web.prepared import prepared

DAY = timedelta(days=1)


class State(models.TextChoices):
    """What became of a question. Derived; `Chain` says with whom it is while it is open."""

    OPEN = "open", "Open"
    PASSED_ON = "passed_on", "Passed on"
    ANSWERED = "answered", "Answered"
    CLOSED = "closed", "Closed"
    LAPSED = "lapsed", "No longer needed"


@dataclass(frozen=True, slots=True)
class Chain:
    """Those who are waited for, one after the other; after them those who manage policies."""

    people: tuple[int, ...]
    then_managers: bool  # there is somebody among those who manage policies
    opened_on: date
    until: tuple[date, date, date]

    def step(self, on: date) -> int:
        """How often the question has been passed on by that day."""
        last = len(self.people) if self.then_managers else len(self.people) - 1
        return max(0, min(sum(on > day for day in self.until[:2]), last))

    @property
    def is_empty(self) -> bool:
        return not self.people and not self.then_managers

    def answerer(self, on: date) -> int | None:
        """Who has to answer; None: whoever manages the owner's policies."""
        step = self.step(on)
        return self.people[step] if step < len(self.people) else None

    def due_on(self, on: date) -> date:
        return self.until[self.step(on)]

    def since(self, on: date) -> date:
        step = self.step(on)
        return self.until[step - 1] + DAY if step else self.opened_on


def managing(on: date) -> QuerySet[Membership]:
    """Memberships whose holder manages the policies of the owner in the outer query."""
    return (
        Membership.objects.active(on)
        .holding(roles_with(Permission.MANAGE_POLICIES), on)
        .filter(organisation__reaches__below=OuterRef("policy__owner"))
    )


def traced(questions: QuerySet[Question], on: date) -> QuerySet[Any, Any]:
    """Questions with all that says who has to answer them on that day."""
    here = Membership.objects.active(on)
    post = here.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
    author = here.filter(near("policy__owner"), person=OuterRef("policy__author"))
    manager = post.order_by("-starts_on", "-pk").values("line_manager")
    return questions.annotate(
        asker_here=Exists(post),
        manager=Subquery(manager[:1]),
        manager_here=Exists(here.filter(person=OuterRef("manager"))),
        author_here=Exists(author),
        managers_here=Exists(managing(on).exclude(person=OuterRef("person"))),
    )


def with_last(questions: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Also what was said last, for `state_of`."""
    entries = QuestionEntry.objects.filter(question=OuterRef("pk")).order_by("-pk")
    found: QuerySet[Any, Any] = questions.annotate(last_kind=Subquery(entries.values("kind")[:1]))
    return found


def chain_of(question: Any) -> Chain:
    """Of a traced question that waits for an answer."""
    entry = question.waiting
    asked = (
        question.manager if question.manager_here else None,
        question.policy.author_id if question.author_here else None,
    )
    people = dict.fromkeys(one for one in asked if one not in (None, question.person_id))
    return Chain(
        tuple(people),
        then_managers=question.managers_here,
        opened_on=timezone.localdate(entry.at),
        until=(entry.first_until, entry.second_until, entry.third_until),
    )


def is_waiting(question: Any) -> bool:
    """Whether an answer is still needed: the asker is there, and the policy in force."""
    return bool(
        question.waiting_id is not None
        and question.asker_here
        and question.policy.current_id is not None
    )


def state_of(question: Any, on: date) -> State:
    """Of a traced question `with_last`."""
    if question.waiting_id is None:
        return State.CLOSED if question.last_kind == QuestionEntry.Kind.CLOSED else State.ANSWERED
    if not is_waiting(question):
        return State.LAPSED
    return State.PASSED_ON if chain_of(question).step(on) else State.OPEN


# Duties


def _open(on: date) -> QuerySet[Any, Any]:
    return (
        traced(Question.objects.filter(waiting__isnull=False), on)
        .filter(asker_here=True, policy__current__isnull=False)
        .select_related("waiting", "policy__current")
        .only(
            "person", "organisation", "waiting__at", "waiting__first_until",
            "waiting__second_until", "waiting__third_until", "policy__author", "policy__owner",
            "policy__current__title",
        )
        .order_by("pk")
    )  # fmt: skip


@prepared
def _open_for(*, person_id: int, on: date) -> QuerySet[Any, Any]:
    manages = managing(on).filter(person=person_id)
    found: QuerySet[Any, Any] = (
        _open(on)
        .annotate(i_manage=Exists(manages))
        .filter(Q(manager=person_id) | Q(policy__author=person_id) | Q(i_manage=True))
        .filter(~Q(person=person_id))
    )
    return found


def _may_be_asked(person_id: int, on: date) -> QuerySet[Question]:
    """Open questions that this person could be asked to answer at some time."""
    team = Membership.objects.active(on).filter(
        person=OuterRef("person"), organisation=OuterRef("organisation"), line_manager=person_id
    )
    return Question.objects.filter(
        Q(Exists(team))
        | Q(policy__author=person_id)
        | Q(Exists(managing(on).filter(person=person_id))),
        waiting__isnull=False,
    )


def _to_answer_by(person_id: int, on: date) -> Iterator[Any]:
    """The open questions that wait for this person. One query."""
    for question in _open_for(person_id=person_id, on=on):
        answerer = chain_of(question).answerer(on)
        if answerer == person_id or (answerer is None and question.i_manage):
            yield question


def to_answer(person: User, on: date) -> list[int]:
    """Ids of the questions that this person has to answer now."""
    return [question.pk for question in _to_answer_by(person.pk, on)]


def _answers_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    for question in _to_answer_by(person_id, on):
        yield _duty(question, person_id, on)


def _answers_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Two queries: the open questions, and who of these people manages whose policies."""
    questions = [one for one in _open(on) if not chain_of(one).is_empty]
    if not questions:
        return
    asked = {one.pk: chain_of(one).answerer(on) for one in questions}
    theirs = {one for one in asked.values() if one is not None}
    present = set(people.filter(pk__in=theirs).values_list("pk", flat=True))
    managers = _managers_among(people, questions, on)
    for question in questions:
        answerer = asked[question.pk]
        if answerer is not None:
            owing: Iterable[int] = {answerer} & present
        else:
            owing = managers[question.policy.owner_id] - {question.person_id}
        for person_id in sorted(owing):
            yield _duty(question, person_id, on)


def _managers_among(
    people: QuerySet[User], questions: Iterable[Any], on: date
) -> dict[int, set[int]]:
    """Who of these people manages the policies of each owner."""
    owners = {one.policy.owner_id for one in questions if chain_of(one).answerer(on) is None}
    found: dict[int, set[int]] = defaultdict(set)
    if owners:
        held = (
            Membership.objects.active(on)
            .holding(roles_with(Permission.MANAGE_POLICIES), on)
            .filter(person__in=people, organisation__reaches__below__in=owners)
            .order_by()
        )
        for owner, person in held.values_list("organisation__reaches__below", "person"):
            found[owner].add(person)
    return found


def _duty(question: Any, person_id: int, on: date) -> Duty:
    chain = chain_of(question)
    return Duty(
        kind="policy.answer",
        occasion=f"policy.answer:{question.waiting_id}",
        person_id=person_id,
        organisation_id=question.organisation_id,
        due_on=chain.due_on(on),
        title=f"Answer a question: {question.policy.current.title}",
        url=reverse("governance:question", args=[question.pk]),
        since=chain.since(on),
    )


ANSWERS = DutySource(
    "policy.answer", "Question to answer", _answers_owed, _answers_owed_by, _may_be_asked
)


# Lists


def mine(person: User, on: date) -> QuerySet[Any, Any]:
    """What this person asked, newest first."""
    return _listed(Question.objects.filter(person=person), on)


def of_others(person: User, on: date) -> QuerySet[Any, Any]:
    """Questions of others that this person may read, newest first."""
    return _listed(Question.objects.visible_to(person).exclude(person=person), on)


def _listed(questions: QuerySet[Question], on: date) -> QuerySet[Any, Any]:
    return with_last(traced(questions, on)).select_related(
        "waiting", "policy__owner", "person", "organisation"
    )


def in_state(state: str) -> Q:
    """A filter of the lists: open ones, answered ones, closed ones; anything else is all."""
    match state:
        case State.OPEN:
            return Q(waiting__isnull=False)
        case State.ANSWERED:
            return Q(waiting=None, last_kind=QuestionEntry.Kind.ANSWER)
        case State.CLOSED:
            return Q(waiting=None, last_kind=QuestionEntry.Kind.CLOSED)
    return Q()


def about(words: str) -> Q:
    """A filter of the lists: words of the policy's title, or of what was said."""
    said = QuestionEntry.objects.filter(question=OuterRef("pk"), said__words__icontains=words)
    return Q(policy__title__icontains=words) | Q(heading__icontains=words) | Q(Exists(said))


def shared_about(policies: Iterable[int]) -> QuerySet[SharedAnswer]:
    """What others asked about these policies, in the order in which it was shared."""
    return SharedAnswer.objects.shown().filter(policy__in=list(policies))
