"""PDFs and the check of a printed copy's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.codes import code_of
from tests.access_roles import READERS, SIGNATURES, Rule

if TYPE_CHECKING:
    from tests.pages import Kwargs, Place


def _code(place: Place) -> str:
    assert place.policy.current is not None
    return code_of(place.policy.current)


KWARGS: dict[str, Kwargs] = {
    "governance:policy_pdf": lambda place, _user: {"pk": place.policy.pk},
    "governance:version_pdf": lambda place, _user: {"pk": place.policy.current_id},
    "governance:receipt_pdf": lambda place, _user: {"reference": place.signature.reference},
    "governance:check_code": lambda place, _user: {"code": _code(place)},
}
RULES = {
    "governance:policy_pdf": Rule(READERS, seen=READERS),
    "governance:version_pdf": Rule(READERS, seen=READERS),
    "governance:receipt_pdf": Rule(SIGNATURES, seen=SIGNATURES),
}
PUBLIC = {
    "governance:check": "whoever holds a printed copy may check it",
    "governance:check_code": "whoever holds a printed copy may check it",
}
