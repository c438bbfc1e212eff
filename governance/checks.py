"""A version's check: whether it is whole, who has passed it, and where people stumble."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.models import CheckAnswer, CheckAttempt, CheckQuestion, PolicyVersion
from governance.models.check import FEWEST, MOST
from governance.text.render import outline
from people.models import User

# Below this number a figure would say how one colleague did.
FEWEST_SHOWN = 5


def problems(version: PolicyVersion) -> Iterator[str]:
    """What keeps a check from being published: too few questions, or a clause that has gone."""
    questions = list(version.check_questions.all())
    if questions and not FEWEST <= len(questions) <= MOST:
        yield (
            f"The check has {_number(len(questions))}. "
            f"Write {FEWEST} to {MOST} of them, or remove the check."
        )
    anchors = {heading.anchor for heading in outline(version.body)} if questions else set()
    for question in questions:
        if question.anchor not in anchors and (question.anchor or anchors):
            yield (
                f"Question {question.position} of the check belongs to a part that the text no "
                "longer has. Choose the part again."
            )


def _number(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def copies(earlier: PolicyVersion, later: PolicyVersion) -> list[CheckQuestion]:
    """The check of a version for the draft that follows it, unsaved."""
    names = [
        field.name
        for field in CheckQuestion._meta.concrete_fields
        if field.name not in ("id", "version", "edition")
    ]
    return [
        CheckQuestion(version=later, **{name: getattr(question, name) for name in names})
        for question in earlier.check_questions.all()
    ]


def needed_and_missing(person: Any, version: Any) -> Q:
    """A condition: this version (an id or an OuterRef) has a check, and the person has not passed.

    For a query that exists: a version without a check costs no query more.
    """
    has_one = CheckQuestion.objects.filter(version=version)
    passed = CheckAttempt.objects.filter(person=person, version=version, passed=True)
    return Q(Exists(has_one)) & ~Q(Exists(passed))


@dataclass(frozen=True)
class Quiz:
    """The check of one version, and whether this person has passed it."""

    pk: int
    title: str
    passed: bool


def quizzes(person: User, versions: Iterable[PolicyVersion]) -> list[Quiz]:
    """Those of these versions that have a check. One query."""
    titles = {one.pk: one.title for one in versions}
    passed = CheckAttempt.objects.filter(person=person, version=OuterRef("version"), passed=True)
    rows = (
        CheckQuestion.objects.filter(version__in=list(titles))
        .order_by("version")
        .values_list("version", Exists(passed))
        .distinct()
    )
    return [Quiz(pk, titles[pk], done) for pk, done in rows]


@dataclass(frozen=True)
class Result:
    """How many got one question wrong the first time."""

    question: CheckQuestion
    wrong: int
    people: int

    @property
    def percent(self) -> int:
        return self.wrong * 100 // self.people if self.people else 0

    @property
    def is_unclear(self) -> bool:
        """A third or more went wrong: then the clause is to blame and not the people."""
        return self.wrong * 3 >= self.people


@dataclass(frozen=True)
class Results:
    """Of a whole check. `lines` is None while so few have taken it that it would tell on them."""

    people: int
    lines: list[Result] | None


def results(version: PolicyVersion) -> Results:
    """First attempts only, and nobody's name. Three queries."""
    questions = list(version.check_questions.all())
    first = CheckAttempt.objects.filter(version=version).first_of_each()
    if not questions:
        return Results(0, [])
    people = first.count()
    if people < FEWEST_SHOWN:
        return Results(people, None)
    wrong = dict(_wrong(first))
    return Results(people, [Result(one, wrong.get(one.pk, 0), people) for one in questions])


def _wrong(attempts: QuerySet[CheckAttempt]) -> QuerySet[CheckAnswer, tuple[int, int]]:
    return (
        CheckAnswer.objects.filter(attempt__in=attempts, is_right=False)
        .order_by()
        .values("question")
        .annotate(n=Count("pk"))
        .values_list("question", "n")
    )
