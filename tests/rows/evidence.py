"""Evidence packs and as-at questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.services import evidence
from people.models import User
from people.roles import Role
from tests.access_roles import ALL, DASHBOARD, SIGNATURES, Rule, both, post

if TYPE_CHECKING:
    from tests.pages import Kwargs, Place


def make(place: Place) -> None:
    """One pack with names that is ready, one without, and one that waits."""
    head = User.objects.get(pk=place.people[Role.HEAD].pk)
    kinds = {"pack": "school", "figures_pack": "governors", "waiting_pack": "school"}
    for name, kind in kinds.items():
        place.rows[name] = evidence.ask(place.school, by=head, kind=kind)
    for name in ("pack", "figures_pack"):
        evidence.make(place.rows[name].pk, tell=False)
        place.rows[name].refresh_from_db()


def _pack(place: Place, _user: User) -> dict[str, int]:
    return {"pk": place.rows["pack"].pk}


KWARGS: dict[str, Kwargs] = {
    "governance:as_at": lambda place, _user: {"pk": place.teacher.pk},
    "governance:evidence_pack": _pack,
    "governance:evidence_download": _pack,
}
MAY_ASK = SIGNATURES | DASHBOARD
# For those who see figures only, a pack with names does not exist.
SEEN = ALL - (DASHBOARD - SIGNATURES)
RULES = {
    "governance:my_as_at": Rule(ALL),
    "governance:as_at": Rule(SIGNATURES),
    "governance:evidence": Rule(MAY_ASK),
    "governance:evidence_new": both(MAY_ASK),
    "governance:evidence_pack": Rule(SIGNATURES, seen=SEEN),
    "governance:evidence_download": post(SIGNATURES, seen=SEEN),
    "governance:evidence_confirm_file": both(ALL),
}
PUBLIC = {
    "governance:evidence_confirm": "whoever was handed a pack may ask whether it was made here",
    "governance:evidence_script": "whoever was handed a pack may check it with a script from here",
}
