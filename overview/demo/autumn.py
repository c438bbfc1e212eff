"""What this autumn has brought to the demo trust: local rules, and what followed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.services import appendices, drafts, publishing, questions, sign_off
from overview.demo import texts
from overview.demo.part import HIGH, PRIMARY
from people.roles import Role

if TYPE_CHECKING:
    from governance.models import Policy
    from overview.demo.story import Demo


def local_rules(demo: Demo, policy: Policy) -> None:
    """The primary school adopts the trust's policy and adds its own; the high school has yet to."""
    head, school = demo.person(PRIMARY, "head"), demo.places[PRIMARY]
    with demo.on(-20):
        draft = appendices.start_appendix(policy, school, by=head)
        draft = drafts.edit_text(
            draft,
            edition=draft.edition,
            by=head,
            title="What holds at Thistledown besides",
            number="1.0",
            body=texts.LOCAL_RULES,
        )
        publishing.publish(draft, by=head, change="material")
        appendices.adopt(policy, school, by=head)


def a_question(demo: Demo, policy: Policy) -> None:
    """A new teacher asks before signing."""
    with demo.on(-2):
        questions.ask(
            policy,
            by=demo.person(PRIMARY, "teacher"),
            words="We film our science fair for the parents who cannot come. "
            "Does that count as a photograph of a child?",
        )


def sent_back(demo: Demo) -> None:
    """A text that the chair of governors wants changed before it is agreed."""
    deputy, chair = demo.person(HIGH, "deputy"), demo.person(HIGH, "chair")
    with demo.on(-9):
        draft = drafts.start_policy(
            demo.places[HIGH],
            by=deputy,
            title="Trips and visits: what we post while we are away",
            body=texts.TRIPS,
            committee="Pupil welfare committee",
        )
        drafts.set_signatories(draft.policy, [Role.CHAIR], by=deputy)
        draft = sign_off.send(draft, by=deputy)
    with demo.on(-6):
        sign_off.send_back(
            draft, by=chair, note="Please say who decides on the day, and by when parents are told."
        )
