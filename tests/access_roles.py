"""Groups of roles, and what a rule of the access matrix says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from people.roles import Role

LINE_MANAGER = "line_manager"
R = Role
ALL = frozenset({*Role, LINE_MANAGER})
NOBODY: frozenset[str] = frozenset()
LEADERS = frozenset({R.SLT, R.HEAD, R.TRUST_LEAD})
OFFICE = frozenset({R.OFFICE, R.HEAD, R.TRUST_LEAD})
HELPERS = OFFICE | {R.IT, R.TRUST_IT}
DELIVERY = OFFICE | {R.IT, R.TRUST_IT}
SIGNATURES = LEADERS | {R.OFFICE, R.DSL, R.TRUST_SAFEGUARDING}
PEOPLE = SIGNATURES | {R.DEPUTY_DSL, R.IT, R.TRUST_IT}
DRAFTS = LEADERS | {R.DSL, R.DPO, R.CHAIR, R.CLERK, R.TRUST_SAFEGUARDING}
RECORD = frozenset({R.HEAD, R.DPO, R.CHAIR, R.TRUST_LEAD})
DASHBOARD = ALL - {R.STAFF, R.OFFICE, R.IT, R.TRUST_IT, LINE_MANAGER}
EXEMPTING = LEADERS | {R.OFFICE}
# Published policies of a school: its own people, and from the trust whoever looks after them.
READERS = ALL - {R.TRUST_IT}


@dataclass(frozen=True)
class Rule:
    """Who gets in with GET and with POST (None: no such method), and to whom the page exists.

    Who sees it and may not gets 403; to the others it does not exist: 404.
    """

    get: frozenset[str] | None
    post: frozenset[str] | None = None
    seen: frozenset[str] = ALL
    data: dict[str, str] = field(default_factory=dict)
    trusts: bool = False  # about a row of the trust, which its schools share
    own: bool = False  # the person's own sign-in: asked for with two roles only


def both(who: frozenset[str], **more: Any) -> Rule:
    return Rule(who, who, **more)


def post(who: frozenset[str], **more: Any) -> Rule:
    return Rule(None, who, **more)
