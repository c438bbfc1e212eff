"""A version's comprehension check: written with the draft, taken before signing (D15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from governance.models import CheckAnswer, CheckAttempt, CheckQuestion, Policy, PolicyVersion
from governance.models.check import MOST
from governance.services.drafts import open_draft
from governance.services.signing import is_for
from governance.text.render import Heading, outline
from people.models import User
from trail import audit
from web.errors import RuleBroken

# Enough for somebody who reads again after each; not enough to fill a table.
MOST_A_DAY = 30


class ChangedMeanwhile(RuleBroken):
    """Somebody else saved this question first. Its words are `question`'s now."""

    def __init__(self, question: CheckQuestion) -> None:
        self.question = question
        super().__init__(
            "Somebody else changed this question while you were writing. Yours is still below; "
            f"theirs asks “{question.words}”. Save again to replace it."
        )


@transaction.atomic
def write(
    version: PolicyVersion,
    *,
    by: User,
    words: str,
    choices: list[str],
    right: int,
    explanation: str,
    anchor: str = "",
) -> CheckQuestion:
    """Add a question to a draft's check.

    Raises RuleBroken when the draft cannot be edited, when the check is full or the part of the
    text is not there.
    """
    version = open_draft(version, by=by)
    last = version.check_questions.order_by("-position").first()
    if version.check_questions.count() >= MOST:
        raise RuleBroken(f"A check has at most {MOST} questions: it should take a minute or two.")
    question = CheckQuestion(version=version, position=last.position + 1 if last else 1)
    _fill(question, words, choices, right, explanation, anchor)
    audit.record("check.write", version, by=by, question=str(question.pk))
    return question


@transaction.atomic
def rewrite(
    question: CheckQuestion,
    *,
    by: User,
    edition: int,
    words: str,
    choices: list[str],
    right: int,
    explanation: str,
    anchor: str = "",
) -> CheckQuestion:
    """Change a question of a draft's check. `edition` is the one the writer started from.

    Raises ChangedMeanwhile when another edit came first, RuleBroken as `write` does.
    """
    version = open_draft(question.version, by=by)
    question = _of(version, question)
    if question.edition != edition:
        raise ChangedMeanwhile(question)
    question.edition += 1
    _fill(question, words, choices, right, explanation, anchor)
    audit.record("check.write", version, by=by, question=str(question.pk))
    return question


@transaction.atomic
def remove(question: CheckQuestion, *, by: User) -> None:
    """Take a question out of a draft's check; those after it move up."""
    version = open_draft(question.version, by=by)
    question = _of(version, question)
    removed = str(question.pk)
    question.delete()
    rest = version.check_questions.order_by("position")
    for position, one in enumerate(rest, start=1):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    audit.record("check.remove", version, by=by, question=removed)


@transaction.atomic
def take(version: PolicyVersion, *, by: User, chosen: Mapping[int, int]) -> CheckAttempt:
    """Answer the whole check. `chosen`: the number chosen, by the question's id.

    Raises RuleBroken for a text that is not in force or not addressed to the person, for a
    question left out, and for too many attempts in one day.
    """
    policy = Policy.objects.filter(current=version).first()
    if policy is None:
        raise RuleBroken("This text has been replaced meanwhile. Please read the one in force.")
    if not is_for(policy, by):
        raise RuleBroken("This policy is not addressed to you, so your answers are not kept.")
    questions = list(version.check_questions.all())
    if not questions:
        raise RuleBroken("There is no check about this text.")
    if any(chosen.get(one.pk) not in {each.number for each in one.choices} for one in questions):
        raise RuleBroken("Choose an answer to each question.")
    _expect_not_too_many(version, by)
    right = [chosen[one.pk] == one.right for one in questions]
    attempt = CheckAttempt.objects.create(
        person=by,
        version=version,
        at=timezone.now(),
        right=sum(right),
        asked=len(questions),
        passed=all(right),
    )
    CheckAnswer.objects.bulk_create(
        CheckAnswer(
            attempt=attempt,
            question=one,
            chosen=chosen[one.pk],
            is_right=chosen[one.pk] == one.right,
        )
        for one in questions
    )
    # That the check was taken, and not how it went: that is the person's own.
    audit.record("check.take", version, by=by)
    return attempt


def _expect_not_too_many(version: PolicyVersion, by: User) -> None:
    since = timezone.now() - timedelta(days=1)
    if CheckAttempt.objects.filter(person=by, version=version, at__gt=since).count() >= MOST_A_DAY:
        raise RuleBroken(
            f"You have tried {MOST_A_DAY} times today. Please ask a question about what is not "
            "clear, or speak to your line manager."
        )


def _of(version: PolicyVersion, question: CheckQuestion) -> CheckQuestion:
    found = version.check_questions.filter(pk=question.pk).first()
    if found is None:
        raise RuleBroken("Somebody has removed this question meanwhile.")
    return found


def _fill(
    question: CheckQuestion,
    words: str,
    choices: list[str],
    right: int,
    explanation: str,
    anchor: str,
) -> None:
    clause = _clause(question.version, anchor)
    given = [each.strip() for each in choices]
    named = [each for each in given if each]
    question.words, question.explanation = words.strip(), explanation.strip()
    for number in range(1, 6):
        setattr(question, f"choice_{number}", named[number - 1] if number <= len(named) else "")
    # The right one by its words: leaving a box empty in between moves the others up.
    right_words = given[right - 1] if 1 <= right <= len(given) else ""
    problems = []
    if len(named) < 2:
        problems.append("Give at least two answers to choose from.")
    if len({each.casefold() for each in named}) != len(named):
        problems.append("Two of the answers say the same.")
    if not right_words:
        problems.append("Say which answer is right; it cannot be an empty one.")
    RuleBroken.if_any(problems)
    question.right = named.index(right_words) + 1
    question.anchor, question.heading = (
        clause.anchor if clause else "",
        (clause.text[:200] if clause else ""),
    )
    try:
        question.full_clean()
    except ValidationError as problem:
        raise RuleBroken(*problem.messages) from None
    question.save()


def _clause(version: PolicyVersion, anchor: str) -> Heading | None:
    """The part of the text that answers the question. A text without headings has none."""
    headings = outline(version.body)
    for heading in headings:
        if heading.anchor == anchor:
            return heading
    if headings:
        raise RuleBroken("Choose the part of the text that says so.")
    return None
