"""What the demo trust asks its people before they sign, and what one of them asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.models import CheckQuestion, Policy, PolicyVersion
from governance.reading import Standing
from governance.services import checks, questions, reading_evidence
from overview.demo.part import HIGH

if TYPE_CHECKING:
    from overview.demo.story import Demo
    from people.models import User

CHECK = (
    {
        "words": "A parent sends a message to your own account on a Saturday. What do you do?",
        "choices": [
            "I answer briefly, to be polite",
            "I do not answer there, and report it in the portal the same day",
            "I wait until Monday and answer there",
        ],
        "right": 2,
        "explanation": "We reply from a school account only, and about school matters only.",
        "anchor": "s-messages-from-pupils-and-families",
    },
    {
        "words": "You have a lovely picture of a child with a prize. What goes with it?",
        "choices": [
            "The child's first name",
            "The child's name and class",
            "No name at all, after we have asked the family",
        ],
        "right": 3,
        "explanation": "We ask first, and a child's name never stands beside their picture.",
        "anchor": "s-what-we-post",
    },
    {
        "words": "Where is the password of the school's account kept?",
        "choices": ["In the school's password vault", "In the notebook on my desk"],
        "right": 1,
        "explanation": "Passwords are changed each term and are kept in the vault only.",
        "anchor": "s-our-accounts",
    },
)


def write_check(version: PolicyVersion, by: User) -> None:
    for question in CHECK:
        checks.write(version, by=by, **question)  # type: ignore[arg-type]


def before_signing(number: int, person: User, standing: Standing) -> None:
    """Read it, some longer than others, and take its check."""
    for version in standing.to_sign:
        reading_evidence.tell(
            version, by=person, seconds=60 + number * 53 % 500, reached_end=number % 5 > 0
        )
        if asked := list(version.check_questions.all()):
            _take_check(version, number, person, asked)


def _take_check(
    version: PolicyVersion, number: int, person: User, asked: list[CheckQuestion]
) -> None:
    """The first question is the one that many find hard."""
    right = {one.pk: one.right for one in asked}
    hard = asked[0] if number % 5 < 2 else asked[1] if number % 11 == 0 else None
    if hard:
        wrong = next(one.number for one in hard.choices if one.number != hard.right)
        checks.take(version, by=person, chosen={**right, hard.pk: wrong})
    checks.take(version, by=person, chosen=right)


def an_answer_for_everybody(demo: Demo, policy: Policy) -> None:
    """The librarian asked whether a club counts; the answer helps others, too."""
    asker = demo.person(HIGH, "f.dray")
    manager = asker.memberships.get().line_manager
    assert manager is not None
    with demo.on(-15):
        question = questions.ask(
            policy, by=asker, words="My reading club has an account of its own. Is it one of ours?"
        )
    with demo.on(-13):
        questions.answer(
            question,
            by=manager,
            words="Yes: whatever speaks for the school is. The leadership team has it on its list.",
        )
        questions.share(
            question,
            by=manager,
            asked="Does it hold for the account of a club, too?",
            answer="Yes. Whatever speaks for the school is one of ours, and the leadership team "
            "agrees to it before it is opened.",
            names_nobody=True,
        )
        questions.close(question, by=asker)
