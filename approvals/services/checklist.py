"""Answering what a school considers before it uses an account, and asking more of it (A4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as day
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from accounts import no_passwords
from approvals.considerations import Question, questions_of
from approvals.models import Answer, BusinessCase, ExtraQuestion, QuestionKind
from approvals.services.locking import locked_for_editing, touch
from people.models import Membership, Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

NO, NOT_APPLICABLE = Answer.Verdict.NO, Answer.Verdict.NOT_APPLICABLE
FIELD_OF = {
    QuestionKind.YES_NO: "verdict",
    QuestionKind.TEXT: "text",
    QuestionKind.PERSON: "person",
    QuestionKind.DATE: "date",
    QuestionKind.LINK: "link",
}
MISSING = {
    QuestionKind.YES_NO: "Choose an answer.",
    QuestionKind.TEXT: "Write an answer.",
    QuestionKind.PERSON: "Choose a person.",
    QuestionKind.DATE: "Give the day.",
    QuestionKind.LINK: "Give the web address.",
}
A_LINK = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says to a question. Fields that its kind does not use stay empty."""

    verdict: str = ""
    text: str = ""
    person: User | None = None
    date: day | None = None
    link: str = ""
    note: str = ""
    mitigation: str = ""


@audit.refusals_on_record()
def answer(case: BusinessCase, *, by: User, question: str, **said: Any) -> Answer:
    """Answer one question, or answer it anew. The same answer again changes nothing.

    Raises Refused for whoever does not work on the case, and RuleBroken with everything that is
    wrong with the answer.
    """
    case = locked_for_editing(case, by)
    asked = _asked(case, question)
    given = _what_counts(asked, Said(**said))
    RuleBroken.if_any(_wrong(case, asked, given))
    row = case.answers.filter(question=question).first() or Answer(case=case, question=question)
    if row.pk and all(getattr(row, name) == value for name, value in _fields(given).items()):
        return row
    for name, value in _fields(given).items():
        setattr(row, name, value)
    row.answered_by, row.answered_at = by, timezone.now()
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save()
    touch(case, by)
    audit.record("case.answer", case, by=by, question=question, verdict=row.verdict)
    return row


@audit.refusals_on_record()
def clear(case: BusinessCase, *, by: User, question: str) -> None:
    """Take an answer back. Without one nothing happens."""
    case = locked_for_editing(case, by)
    taken, _ = case.answers.filter(question=question).delete()
    if taken:
        touch(case, by)
        audit.record("case.answer_taken_back", case, by=by, question=question)


@transaction.atomic
def add_question(
    organisation: Organisation,
    *,
    by: User,
    text: str,
    kind: str,
    help: str = "",  # noqa: A002
) -> ExtraQuestion:
    """Ask something more: of a school's cases, or of all those of a trust.

    Cases that are sent already need not answer it.
    """
    _keep(organisation, by)
    text = text.strip()
    if ExtraQuestion.objects.in_use().filter(organisation=organisation, text=text).exists():
        raise RuleBroken("This question is asked already.")
    row = ExtraQuestion(
        organisation=organisation, text=text, help=help.strip(), kind=kind, added_by=by,
        added_at=timezone.now(),
    )  # fmt: skip
    row.full_clean(validate_constraints=False)
    row.save()
    audit.record("question.add", row, by=by, kind=row.kind)
    return row


@transaction.atomic
def retire_question(question: ExtraQuestion, *, by: User) -> ExtraQuestion:
    """It is asked no longer. What was answered to it stays where it was answered."""
    question = ExtraQuestion.objects.select_for_update(of=("self",), no_key=True).get(
        pk=question.pk
    )
    _keep(question.organisation, by)
    if question.retired_at is None:
        question.retired_at = timezone.now()
        question.save(update_fields=["retired_at"])
        audit.record("question.retire", question, by=by)
    return question


def keeps_questions(user: User, at: Organisation) -> bool:
    """Whoever keeps the register there, or decides about accounts."""
    return any(
        user.can(one, at=at) for one in (Permission.MANAGE_ACCOUNTS, Permission.DECIDE_ACCOUNTS)
    )


def people_of(case: BusinessCase) -> Any:
    """Ids of those an answer may name: whoever is at the school today."""
    at = case.organisation
    return Membership.objects.active(at.today()).filter(organisation=at).values("person")


def _keep(organisation: Organisation, by: User) -> None:
    if not keeps_questions(by, organisation):
        raise PermissionDenied


def _asked(case: BusinessCase, key: str) -> Question:
    for question in questions_of(case):
        if question.key == key:
            return question
    raise RuleBroken("This question is not asked any longer.")


def _what_counts(question: Question, said: Said) -> Said:
    """Without the fields that a question of this kind, answered like this, does not use."""
    used = {"note"}
    if said.verdict == NOT_APPLICABLE:
        used.add("verdict")
    else:
        used.add(FIELD_OF[question.kind])
    if "verdict" in used and said.verdict == NO:
        used.add("mitigation")
    return Said(**{name: _stripped(v) for name, v in _fields(said).items() if name in used})


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _fields(said: Said) -> dict[str, Any]:
    # Not asdict(): it would copy the person.
    return {name: getattr(said, name) for name in Said.__slots__}


def _wrong(case: BusinessCase, question: Question, said: Said) -> Iterator[str]:
    """A sentence for each thing that keeps this from being an answer."""
    yield from _misses(case, question, said)
    if said.link and not _is_link(said.link):
        yield "A web address begins with https://, such as https://www.example.org/rules."
    for text in (said.text, said.link, said.note, said.mitigation):
        if sentence := no_passwords.problem(text):
            yield sentence


def _misses(case: BusinessCase, question: Question, said: Said) -> Iterator[str]:
    if said.verdict == NOT_APPLICABLE:
        yield from _does_not_apply(question, said)
        return
    if not getattr(said, FIELD_OF[question.kind]):
        yield MISSING[question.kind]
    if said.verdict not in ("", *Answer.Verdict.values):
        yield "This question is answered with yes, no or not applicable."
    if said.verdict == NO and not said.mitigation:
        yield "Say what is done about it."
    if said.person and not people_of(case).filter(person=said.person.pk).exists():
        yield f"{said.person} does not belong to {case.organisation}."


def _does_not_apply(question: Question, said: Said) -> Iterator[str]:
    if not question.may_not_apply:
        yield "This applies to every account: answer it in your own words."
    elif not said.note:
        yield "Say in a sentence why this does not apply."


def _is_link(text: str) -> bool:
    try:
        A_LINK(text)
    except ValidationError:
        return False
    return True
