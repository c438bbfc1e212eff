"""Versions with a check, and people who take it."""

from __future__ import annotations

from typing import Any

from governance.models import CheckAttempt, CheckQuestion, Policy, PolicyVersion
from governance.services import checks, publishing
from people.models import Organisation, User
from tests.governance.factories import BODY, make_draft

TEXT = BODY + "\n## Photographs\n\nAsk before you post one.\n"


def write(version: PolicyVersion, by: User, number: int = 1, **more: Any) -> CheckQuestion:
    data: dict[str, Any] = {
        "words": f"Question {number}?",
        "choices": ["No", "Yes", "Only on Sundays", "", ""],
        "right": 2,
        "explanation": "The policy says so.",
        "anchor": "s-photographs",
        **more,
    }
    return checks.write(version, by=by, **data)


def with_check(school: Organisation, head: User, questions: int = 3, **more: Any) -> Policy:
    """A policy in force whose check asks so many questions."""
    version = make_draft(school, by=head, body=TEXT, **more)
    for number in range(questions):
        write(version, head, number + 1)
    publishing.publish(version, by=head, change="material")
    return Policy.objects.select_related("current", "owner").get(pk=version.policy_id)


def take(policy: Policy, person: User, *, wrong: int = 0) -> CheckAttempt:
    """Answer all of them, the first `wrong` wrongly."""
    version = policy.current
    assert version is not None
    questions = list(version.check_questions.all())
    chosen = {one.pk: 1 if at < wrong else 2 for at, one in enumerate(questions)}
    return checks.take(version, by=person, chosen=chosen)
