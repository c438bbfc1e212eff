"""Questions that are asked instead of signing: asked, answered, closed, shown to everybody."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from governance.models import Policy, Question, QuestionEntry, QuestionWords, SharedAnswer
from governance.models.question import MOST_WORDS
from governance.obligations import Obligation, obligations, owed
from governance.questions import chain_of, traced
from governance.text.render import Heading
from notices.services import notify
from people.calendar import SchoolCalendar
from people.models import Organisation, User
from trail import audit
from web.errors import RuleBroken

Kind = QuestionEntry.Kind
# Of one person about one policy at a time; more belongs into a conversation.
MOST_OPEN = 3
MOST_ENTRIES = 50  # of one question, for the same reason


@transaction.atomic
def ask(policy: Policy, *, by: User, words: str, about: Heading | None = None) -> Question:
    """Ask about a policy instead of signing it. Line manager and head hear nothing for a while.

    Raises RuleBroken when the person owes no signature under it, has asked the same already, or
    when there is nobody who could answer.
    """
    policy = _in_force(policy)
    assert policy.current is not None
    obligation = _owed_by(by, policy)
    words = _tidy(words, "Write your question.")
    _expect_something_new(policy, by, words)
    place = Organisation.objects.select_related("parent").get(pk=obligation.organisation_id)
    calendar, today = SchoolCalendar(place), place.today()
    question = Question.objects.create(
        person=by,
        organisation=place,
        policy=policy,
        version=policy.current,
        asking_id=obligation.asking_id,
        anchor=about.anchor if about else "",
        heading=about.text[:200] if about else "",
        asked_at=timezone.now(),
        paused_until=_pause(by, obligation, calendar, place, today),
    )
    _say(question, Kind.ASKED, by=by, words=words, waits=_waits(calendar, place, today))
    found = traced(Question.objects.select_related("waiting", "policy"), today).get(pk=question.pk)
    if chain_of(found).is_empty:
        raise RuleBroken(
            "There is nobody in the portal who could answer: you have no line manager here, and "
            "nobody else looks after this policy. Please ask your school office."
        )
    audit.record("question.ask", question, by=by, version=str(question.version_id))
    return question


@transaction.atomic
def follow_up(question: Question, *, by: User, words: str) -> QuestionEntry:
    """The asker adds something. After an answer it opens the question again, from the start.

    Raises PermissionDenied for anybody else, RuleBroken once the question is closed.
    """
    question = _locked(question)
    if by != question.person:
        raise PermissionDenied
    _expect_not_closed(question)
    words = _tidy(words, "Write what you would like to add.")
    if said := _said_last(question, by, words):
        return said
    waits = None
    if question.waiting_id is None:
        place = question.organisation
        waits = _waits(SchoolCalendar(place), place, place.today())
    entry = _say(question, Kind.FOLLOW_UP, by=by, words=words, waits=waits)
    audit.record("question.follow_up", question, by=by)
    return entry


@transaction.atomic
def answer(question: Question, *, by: User, words: str) -> QuestionEntry:
    """Answer somebody's question. They are told at once.

    The line manager, the author and those who manage the policy may, whoever's turn it is. Raises
    PermissionDenied for anybody else, RuleBroken once the asker has closed the question.
    """
    question = _locked(question)
    _expect_answerer(question, by)
    _expect_not_closed(question)
    words = _tidy(words, "Write your answer.")
    if said := _said_last(question, by, words):
        return said
    entry = _say(question, Kind.ANSWER, by=by, words=words)
    notify(
        question.person,
        organisation=question.organisation,
        kind="policy.question",
        occasion=f"policy.question:{entry.pk}",
        title=f"Your question has been answered: {question.version.title}",
        url=reverse("governance:question", args=[question.pk]),
        urgent=True,
    )
    audit.record("question.answer", question, by=by)
    return entry


@transaction.atomic
def close(question: Question, *, by: User) -> Question:
    """The asker says that this answers it, or that they need no answer any more."""
    question = _locked(question)
    if by != question.person:
        raise PermissionDenied
    _expect_not_closed(question)
    _say(question, Kind.CLOSED, by=by)
    audit.record("question.close", question, by=by)
    return question


@transaction.atomic
def share(
    question: Question, *, by: User, asked: str, answer: str, names_nobody: bool
) -> SharedAnswer:
    """Show a good answer to every reader: the question reworded, and without the asker's name.

    Raises RuleBroken when it has not been answered, is shown already, keeps the asker's own words
    or name, or when it has not been confirmed that it names nobody.
    """
    question = _locked(question)
    _expect_answerer(question, by)
    asked, answer = " ".join(asked.split()), answer.strip()
    RuleBroken.if_any(_sharing_problems(question, asked, answer, names_nobody=names_nobody))
    try:
        with transaction.atomic():
            shared = SharedAnswer.objects.create(
                question=question,
                policy=question.policy,
                version=question.version,
                anchor=question.anchor,
                heading=question.heading,
                asked=asked,
                answer=answer,
                shared_by=by,
                shared_at=timezone.now(),
            )
    except IntegrityError:
        raise RuleBroken("An answer to this question is shown to every reader already.") from None
    audit.record("question.share", question, by=by, shared=str(shared.pk))
    return shared


@transaction.atomic
def take_down(shared: SharedAnswer, *, by: User) -> SharedAnswer:
    """Show an answer to nobody any more."""
    shared = (
        SharedAnswer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("question__policy__owner", "question__person")
        .get(pk=shared.pk)
    )
    _expect_answerer(shared.question, by)
    if shared.taken_down_at is not None:
        raise RuleBroken("This answer has been taken down already.")
    shared.taken_down_by, shared.taken_down_at = by, timezone.now()
    shared.save(update_fields=["taken_down_by", "taken_down_at"])
    audit.record("question.take_down", shared.question, by=by, shared=str(shared.pk))
    return shared


def working_day_after(calendar: SchoolCalendar, day: date, days: int) -> date:
    """The last of so many working days after a day; the day itself for none."""
    for _ in range(days):
        day = calendar.next_working_day(day)
    return day


def _waits(calendar: SchoolCalendar, place: Organisation, today: date) -> tuple[date, date, date]:
    """The last days on which the first, the second and the third are waited for."""
    days = int(place.setting("policies.question_days"))
    first = working_day_after(calendar, today, days)
    second = working_day_after(calendar, first, days)
    return first, second, working_day_after(calendar, second, days)


def _pause(
    by: User, obligation: Obligation, calendar: SchoolCalendar, place: Organisation, today: date
) -> date | None:
    """The last day of the pause; None where the version that asks has been paused for already."""
    days = int(place.setting("policies.question_pause_days"))
    asked = Question.objects.filter(person=by, asking=obligation.asking_id)
    if days == 0 or asked.filter(paused_until__isnull=False).exists():
        return None
    return working_day_after(calendar, today, days)


def _owed_by(by: User, policy: Policy) -> Obligation:
    """What this person owes under the document now."""
    rows = owed(timezone.localdate()).filter(person=by, document_ref=policy.pk)
    for obligation in obligations(rows):
        return obligation
    raise RuleBroken(
        "You do not have to sign this policy at the moment, so there is nothing to wait with. "
        "If something in it is not clear, ask your line manager."
    )


def _expect_something_new(policy: Policy, by: User, words: str) -> None:
    unanswered = Question.objects.filter(person=by, policy=policy, waiting__isnull=False)
    said = QuestionWords.objects.filter(entry__question__in=unanswered, words=words)
    RuleBroken.if_any(
        ["You have asked this already. You find it under “My questions”."] if said.exists() else []
    )
    if unanswered.count() >= MOST_OPEN:
        raise RuleBroken(
            f"{MOST_OPEN} questions of yours about this policy are open. "
            "Add to one of them, or speak to your line manager."
        )


def _said_last(question: Question, by: User, words: str) -> QuestionEntry | None:
    """The last entry, when it says the same already: a double click says it once."""
    entries = question.entries.select_related("said")
    last = entries.order_by("-pk").first()
    if last and last.by_id == by.pk and hasattr(last, "said") and last.said.words == words:
        return last
    if entries.count() >= MOST_ENTRIES:
        raise RuleBroken("This has become a long exchange. Please speak to each other.")
    return None


def _say(
    question: Question,
    kind: str,
    *,
    by: User,
    words: str = "",
    waits: tuple[date, date, date] | None = None,
) -> QuestionEntry:
    """Write an entry, and move the pointer to what waits for an answer."""
    first, second, third = waits or (None, None, None)
    entry = QuestionEntry.objects.create(
        question=question,
        kind=kind,
        by=by,
        at=timezone.now(),
        first_until=first,
        second_until=second,
        third_until=third,
    )
    if words:
        QuestionWords.objects.create(entry=entry, words=words)
    if waits or kind in QuestionEntry.SETTLING:
        question.waiting = entry if waits else None
        question.save(update_fields=["waiting"])
    return entry


def _in_force(policy: Policy) -> Policy:
    """Locked against publishing, as signing does: the version asked about is the one in force."""
    found = (
        Policy.objects.in_force()
        .select_for_update(of=("self",), no_key=True)
        .select_related("current")
        .filter(pk=policy.pk)
        .first()
    )
    if found is None:
        raise RuleBroken("This policy has been withdrawn meanwhile. There is nothing to sign.")
    return found


def _locked(question: Question) -> Question:
    return (
        Question.objects.select_for_update(of=("self",), no_key=True)
        .select_related("policy__owner", "organisation__parent", "person", "version")
        .get(pk=question.pk)
    )


def may_answer(question: Question, by: User) -> bool:
    """Whoever may read somebody else's question may answer it."""
    return by != question.person and Question.objects.visible_to(by).filter(pk=question.pk).exists()


def _expect_answerer(question: Question, by: User) -> None:
    if not may_answer(question, by):
        raise PermissionDenied


def _expect_not_closed(question: Question) -> None:
    if question.entries.filter(kind=Kind.CLOSED).exists():
        raise RuleBroken("This question has been closed by the person who asked it.")


def _tidy(words: str, missing: str) -> str:
    words = words.strip()
    if not words:
        raise RuleBroken(missing)
    if len(words) > MOST_WORDS:
        raise RuleBroken(f"This is too long. Please say it in at most {MOST_WORDS:,} characters.")
    return words


def _sharing_problems(
    question: Question, asked: str, answer: str, *, names_nobody: bool
) -> list[str]:
    entries = question.entries.all()
    problems = []
    if not entries.filter(kind=Kind.ANSWER).exists():
        problems.append("This question has not been answered yet.")
    if not asked:
        problems.append("Write the question in your own words.")
    if not answer:
        problems.append("Write the answer that everybody should read.")
    own = QuestionWords.objects.filter(entry__in=entries.filter(by=question.person))
    if asked and any(_plain(asked) == _plain(said.words) for said in own):
        problems.append("Say the question in other words: these are the asker's own.")
    if any(_plain(question.person.name) in _plain(text) for text in (asked, answer)):
        problems.append(f"Leave out the name {question.person.name}.")
    if not names_nobody:
        problems.append("Confirm that nobody is named and nobody can be recognised.")
    return problems


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
