"""A policy with a check, a question that waits and one that was answered for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.services import checks, drafts, publishing, questions
from people.roles import Role
from tests.access_roles import ALL, DRAFTS, LEADERS, LINE_MANAGER, NOBODY, READERS, Rule, both, post
from tests.governance.factories import make_draft

if TYPE_CHECKING:
    from tests.pages import Kwargs, Place

TEXT = "## Before you post\n\nAsk the family first.\n\n## Afterwards\n\nDelete the picture.\n"
CHECK = [
    ("Whom do you ask before you post a picture?", ["Nobody", "The family"], "s-before-you-post"),
    ("What becomes of the picture?", ["I keep it", "I delete it"], "s-afterwards"),
    ("May a friend post it for you?", ["Yes", "No, the same holds for them"], "s-before-you-post"),
]
# The line manager of whoever asked, and those who manage the policy; the author is among them.
ANSWERERS = LEADERS | {LINE_MANAGER}


def make(place: Place) -> None:
    head, teacher = place.people[Role.HEAD], place.teacher
    draft = make_draft(place.school, by=head, title="Pictures of pupils", body=TEXT)
    for words, choices, anchor in CHECK:
        checks.write(
            draft, by=head, words=words, choices=choices, right=2,
            explanation="The text says so.", anchor=anchor,
        )  # fmt: skip
    version = publishing.publish(draft, by=head, change="material")
    answered = questions.ask(version.policy, by=teacher, words="Does it hold for a choir, too?")
    questions.answer(answered, by=head, words="Yes, for everybody.")
    place.rows["shared_answer"] = questions.share(
        answered, by=head, asked="Are choirs included?", answer="Yes.", names_nobody=True
    )
    place.rows["question"] = questions.ask(
        version.policy, by=teacher, words="What about last year's pictures?"
    )
    place.rows["quiz"] = version
    place.rows["quiz_draft"] = drafts.start_version(version.policy, by=head)
    place.rows["quiz_question"] = place.rows["quiz_draft"].check_questions.first()


def _row(name: str) -> Kwargs:
    return lambda place, _user: {"pk": place.rows[name].pk}


KWARGS: dict[str, Kwargs] = {
    "governance:question_ask": lambda place, _user: {"pk": place.rows["quiz"].policy_id},
    **{
        f"governance:{name}": _row("question")
        for name in (
            "question", "question_answer", "question_add", "question_close", "question_share",
        )
    },
    "governance:question_take_down": _row("shared_answer"),
    **dict.fromkeys(("governance:quiz", "governance:quiz_new"), _row("quiz_draft")),
    **dict.fromkeys(("governance:quiz_edit", "governance:quiz_remove"), _row("quiz_question")),
    **dict.fromkeys(
        ("governance:quiz_take", "governance:quiz_results", "governance:reading_evidence"),
        _row("quiz"),
    ),
}  # fmt: skip
RULES: dict[str, Rule] = {
    "governance:question_ask": both(READERS, seen=READERS),
    "governance:question_mine": Rule(ALL),
    "governance:question_inbox": Rule(ALL),
    # A colleague's question is nobody else's business: to the others it does not exist.
    "governance:question": Rule(ANSWERERS, seen=ANSWERERS),
    "governance:question_answer": post(ANSWERERS, seen=ANSWERERS),
    "governance:question_add": post(NOBODY, seen=ANSWERERS),
    "governance:question_close": post(NOBODY, seen=ANSWERERS),
    "governance:question_share": both(ANSWERERS, seen=ANSWERERS),
    "governance:question_take_down": post(ANSWERERS, seen=READERS),
    "governance:quiz": Rule(DRAFTS, seen=DRAFTS),
    "governance:quiz_new": both(LEADERS, seen=DRAFTS),
    "governance:quiz_edit": both(LEADERS, seen=DRAFTS),
    "governance:quiz_remove": post(LEADERS, seen=DRAFTS),
    "governance:quiz_take": both(READERS, seen=READERS),
    "governance:quiz_results": Rule(LEADERS, seen=READERS),
    "governance:reading_evidence": post(READERS, seen=READERS),
}
