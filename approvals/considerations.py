"""What a school considers before it uses an account (A4): the questions, and what is missing.

The portal asks these; a school and its trust may ask more (`ExtraQuestion`). Keys stay as they are
for good, because answers name them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from approvals.models import Answer, ExtraQuestion, QuestionKind
from approvals.workflow import Status

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.models import BusinessCase
    from people.models import Organisation

PURPOSE = "What it is for"
PLATFORM = "The platform"
CARE = "Care for those on it"
RULES = "Policies, rules and training"
AGREEMENT = "Agreement and trial"
OWN = "Your school’s own questions"
TEXT, YES_NO, PERSON, DATE = (
    QuestionKind.TEXT, QuestionKind.YES_NO, QuestionKind.PERSON, QuestionKind.DATE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to consider. `kind` says which field of an answer it fills."""

    key: str
    text: str
    help: str
    kind: QuestionKind
    section: str = OWN

    @property
    def asks_mitigation(self) -> bool:
        """Whether a “no” needs a sentence on what is done about it."""
        return self.kind == QuestionKind.YES_NO

    @property
    def may_not_apply(self) -> bool:
        """What the account is for always applies; a moderator, a day or a consent may not."""
        return self.kind != QuestionKind.TEXT or self.section == OWN


QUESTIONS = (
    Question(
        "objectives",
        "What should this account achieve?",
        "Two or three things somebody could check in a year’s time.",
        TEXT,
        PURPOSE,
    ),
    Question(
        "message",
        "What will be posted there?",
        "News, pupils’ work, fixtures, reminders: give examples.",
        TEXT,
        PURPOSE,
    ),
    Question(
        "audience",
        "Who should read it?",
        "Parents and carers, pupils of which years, the neighbourhood, other schools.",
        TEXT,
        PURPOSE,
    ),
    Question(
        "asked_them",
        "Have you asked these people whether they would use it?",
        "A show of hands at a parents’ evening counts. Note how you asked and what they said.",
        YES_NO,
        PURPOSE,
    ),
    Question(
        "why_not_otherwise",
        "What can it do that the website, letters or lessons cannot?",
        "If they do the job as well, the account is not worth its risk.",
        TEXT,
        PURPOSE,
    ),
    Question(
        "which_platform",
        "Why this platform, and which others did you look at?",
        "Where these readers are already, what it shows beside your posts, and what it costs.",
        TEXT,
        PURPOSE,
    ),
    Question(
        "who_leads",
        "Who leads it: staff, pupils, or parents and carers?",
        "Where pupils or parents post, say which member of staff looks at each post first.",
        TEXT,
        PURPOSE,
    ),
    Question(
        "risks_reduced",
        "Have you listed what could go wrong, and changed what you can?",
        "The page of risks of this case is the place for it.",
        YES_NO,
        PLATFORM,
    ),
    Question(
        "both_sides",
        "Do two people look at the risks: one for pupils and teaching, one for the technical side?",
        "Both sign on the page of risks before the account is used.",
        YES_NO,
        PLATFORM,
    ),
    Question(
        "terms",
        "Do the platform’s terms let a school use it like this?",
        "Look for rules on accounts of organisations, on advertising and on who owns the pictures.",
        YES_NO,
        PLATFORM,
    ),
    Question(
        "age",
        "Is it suitable for the age of everybody who will see it?",
        "Most platforms ask for 13 at least. Look at what they recommend beside your posts, too.",
        YES_NO,
        PLATFORM,
    ),
    Question(
        "parents_agree",
        "Where parents or carers have to agree, have they?",
        "If nobody’s agreement is needed, say that it does not apply and why.",
        YES_NO,
        CARE,
    ),
    Question(
        "pictures_agreed",
        "Do you have permission for every picture, film, name and document you will post?",
        "Say where the list of permissions is kept, and who looks at it before a post.",
        YES_NO,
        CARE,
    ),
    Question(
        "privacy_settings",
        "Have you gone through its settings for privacy and safety?",
        "Note what you will switch off: messages from strangers, places, being tagged.",
        YES_NO,
        CARE,
    ),
    Question(
        "only_intended",
        "Can you keep what is not for everybody to those it is meant for?",
        "Needed wherever something is shared that you would not put on the school’s website.",
        YES_NO,
        CARE,
    ),
    Question(
        "moderator",
        "Who looks at comments and messages, day by day?",
        "Note how often. If the platform lets nobody write, say that it does not apply.",
        PERSON,
        CARE,
    ),
    Question(
        "resources",
        "Are there people and time enough to keep it going?",
        "Think of holidays, exam weeks, and of the day one of the runners leaves.",
        YES_NO,
        CARE,
    ),
    Question(
        "in_policy",
        "Does the school’s online safety or social media policy cover it?",
        "Name the policy and its section.",
        YES_NO,
        RULES,
    ),
    Question(
        "policy_told",
        "When was that policy last brought up to date and given to everybody?",
        "The day it went out to staff, pupils and parents.",
        DATE,
        RULES,
    ),
    Question(
        "acceptable_use",
        "Do the rules of acceptable use name it, and has everybody who takes part signed them?",
        "A must for accounts on which people write to each other.",
        YES_NO,
        RULES,
    ),
    Question(
        "clear_rules",
        "Do those who use it know how to behave there, and what is out of bounds?",
        "Say where the rules stand and how people were told of them.",
        YES_NO,
        RULES,
    ),
    Question(
        "training",
        "Has everybody who takes part been trained in online safety lately?",
        "Staff, the pupils concerned, and helpers from outside.",
        YES_NO,
        RULES,
    ),
    Question(
        "leader",
        "Which member of the leadership team knows of it and keeps in touch with it?",
        "Somebody you have spoken to about this account.",
        PERSON,
        AGREEMENT,
    ),
    Question(
        "agreement_kept",
        "Will the leadership team’s agreement be kept in writing?",
        "Sending this case to them does that: each vote stays on record.",
        YES_NO,
        AGREEMENT,
    ),
    Question(
        "trial_first",
        "Will you try it with a small group first?",
        "The case says who tries it, for how long, and what the trial should show.",
        YES_NO,
        AGREEMENT,
    ),
    Question(
        "evaluation",
        "How will you know whether it worked?",
        "What you will count, whom you will ask, and when.",
        TEXT,
        AGREEMENT,
    ),
)


@dataclass(frozen=True, slots=True)
class Considered:
    """A question of a case, counted from 1, and its answer where it has one."""

    number: int
    question: Question
    answer: Answer | None


def questions_for(
    organisation: Organisation, *, asked_by: datetime | None = None
) -> list[Question]:
    """The portal's questions, then those of the trust and of the school that are in use.

    `asked_by`: leaves out what was added after that moment. One query.
    """
    extra = ExtraQuestion.objects.in_use().filter(
        Q(organisation=organisation.pk) | Q(organisation=organisation.parent_id)
    )
    if asked_by is not None:
        extra = extra.filter(added_at__lte=asked_by)
    return [*QUESTIONS, *(Question(q.key, q.text, q.help, QuestionKind(q.kind)) for q in extra)]


def questions_of(case: BusinessCase) -> list[Question]:
    """Those a case has to answer. Once it is sent, a new question of the school comes too late.

    Otherwise a question added today would stop an account that was agreed to yesterday.
    """
    sent = case.status not in (Status.DRAFT, Status.CHANGES_REQUESTED)
    return questions_for(case.organisation, asked_by=case.submitted_at if sent else None)


def considered(case: BusinessCase) -> list[Considered]:
    """Each of its questions with its answer, in order. Two queries."""
    answers = {row.question: row for row in case.answers.select_related("person")}
    return [
        Considered(number, question, answers.get(question.key))
        for number, question in enumerate(questions_of(case), start=1)
    ]


def missing_answers(case: BusinessCase) -> Iterator[str]:
    """A sentence for each question that has no answer (E4)."""
    for one in considered(case):
        if one.answer is None:
            yield f"The question “{one.question.text}” is not answered."


def answered_no(case: BusinessCase) -> list[Considered]:
    """What the leadership team reads first: each “no”, with what is done about it."""
    return [one for one in considered(case) if one.answer and one.answer.verdict == NO]


NO = Answer.Verdict.NO
