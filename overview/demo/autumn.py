"""What this autumn has brought to the demo trust: local rules, and what followed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.services import appendices, drafts, publishing
from overview.demo import texts
from overview.demo.part import PRIMARY

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
