"""What there is to know about one person of the demo trust."""

from __future__ import annotations

from dataclasses import dataclass

from people.models import Membership
from people.roles import Role

E = Membership.Employment


@dataclass(frozen=True)
class Part:
    """One person of the demo: where, what they are called, what they do there.

    `login`: the part of the address before the @; empty for people without one.
    `shown`: listed among the logins that are printed, with this explanation.
    """

    place: str
    login: str
    name: str
    job: str
    department: str = ""
    roles: tuple[Role, ...] = (Role.STAFF,)
    employment: str = E.PERMANENT
    manager: str = ""
    shown: str = ""
    term_time_only: bool = False


TRUST, PRIMARY, HIGH = "willowmere", "thistledown", "merrowgate"
