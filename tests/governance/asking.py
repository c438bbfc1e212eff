"""Asking a question, and what the portal then says of it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from governance.duties import SIGNING
from governance.models import Policy, Question
from governance.questions import ANSWERS, State, state_of, traced, with_last
from governance.services import questions
from people.models import User


def ask(policy: Policy, by: User, words: str = "May I post from a trip?") -> Question:
    return questions.ask(policy, by=by, words=words)


def asked_to_answer(*people: User, day: date | None = None) -> set[str]:
    """The names of those who have to answer, as both the sweep and their own page say it."""
    day = day or timezone.localdate()
    everybody = User.objects.all()
    owed = {duty.person_id for duty in ANSWERS.owed(everybody, day)}
    shown = {one.pk for one in everybody if list(ANSWERS.of(one, day))}
    assert owed == shown
    return {one.name for one in everybody if one.pk in owed}


def state(question: Question) -> State:
    today = timezone.localdate()
    return state_of(with_last(traced(Question.objects.all(), today)).get(pk=question.pk), today)


def pause(person: User) -> date | None:
    (duty,) = SIGNING.of(person, timezone.localdate())
    (swept,) = SIGNING.owed(User.objects.filter(pk=person.pk), timezone.localdate())
    assert duty == swept
    return duty.paused_until
