"""Files of policies that wait for a person to confirm what was read in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.access_roles import LEADERS, READERS, both

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place


def _upload(place: Place, user: User) -> dict[str, Any]:
    return {"file": place.source_of(user).pk}


def _of_policy(place: Place, user: User) -> dict[str, Any]:
    return {"pk": place.policy.pk, "file": place.source_of(user).pk}


KWARGS = {
    "governance:import_preview": _upload,
    "governance:import_version": lambda place, _user: {"pk": place.policy.pk},
    "governance:import_version_preview": _of_policy,
}
RULES = {
    "governance:import_preview": both(LEADERS),
    "governance:import_version": both(LEADERS, seen=READERS),
    "governance:import_version_preview": both(LEADERS, seen=READERS),
}
