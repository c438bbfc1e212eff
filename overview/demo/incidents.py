"""One concern in the demo trust, from a teacher's report to the day it waits for."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from incidents.models import Case
from incidents.services import chronology, messages, reporting, triage, work
from incidents.services.people import Named
from incidents.services.reporting import Report
from overview.demo.part import HIGH
from people.services import organisations

if TYPE_CHECKING:
    from overview.demo.story import Demo

REPORT = Report(
    kind="cyberbullying",
    about="none",
    what="A form group has a chat of its own. Since Monday somebody posts drawings there of a girl "
    "who plays the tuba, with rude names under them. She showed me on her telephone in the "
    "corridor, and has not come to band practice since.",
    where="A chat of the form group",
    platform="A messaging app",
    when="Since Monday",
    done="I listened, and told her that she did right to tell me.",
    image_gate="no",
    people=(
        Named("target", name="Imogen Tallow", relation="pupil", year_group=8),
        Named("subject", name="somebody of her form group", relation="pupil", year_group=8),
    ),
)
LEVELS = {"nature": "amber", "visible": "amber", "spread": "green", "impact": "amber"}
REASONS = {
    "nature": "Hurtful, and about one child.",
    "visible": "Since Monday, in the chat of one form group.",
    "spread": "Nobody outside of the group has seen it, as far as we know.",
    "impact": "She stays away from band practice.",
}


def tell(demo: Demo) -> None:
    """The teacher reports it, the safeguarding lead assesses it, begins, and asks one question."""
    school, teacher, dsl = demo.places[HIGH], demo.person(HIGH, "teacher"), demo.person(HIGH, "dsl")
    with demo.at(demo.day(-3), time(12, 40)):
        case = reporting.submit(school, REPORT, by=teacher)
    with demo.at(demo.day(-3), time(14, 5)):
        case = triage.triage(case, by=dsl, factors=LEVELS, reasons=REASONS, severity="amber")
        case = triage.begin(case, by=dsl, owner=dsl)
    with demo.at(demo.day(-2), time(8, 20)):
        messages.answer(
            Case.objects.get(pk=case.pk),
            by=dsl,
            body="Thank you. Do you know who else is in the chat? Please do not ask the pupils.",
        )
        # What could not wait until today.
        for action in case.actions.order_by("pk")[:4]:
            work.finish_action(action, by=dsl)
        chronology.add(
            case, by=dsl, body="Rang Imogen’s mother: she is at home and safe. Both know whom to "
            "come to. Screenshots are kept. The drawings are to be taken down by whoever posted "
            "them.",
        )  # fmt: skip
    head = demo.person(HIGH, "head")
    organisations.change_settings(
        school,
        {
            "incidents.whistleblowing": "See our whistleblowing policy, or write to the chair "
            "of governors in a sealed envelope."
        },
        by=head,
    )
