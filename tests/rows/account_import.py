"""Importing a list of accounts. An upload is its uploader's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.services import account_import
from people.roles import Permission, Role
from tests.access_roles import LEADERS, Rule, both, post

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

LIST = b"Name,Address\nChoir,https://www.instagram.com/matrix_choir/\nNobody,no address\n"


def _import(place: Place, user: User) -> dict[str, Any]:
    """This person's own list, uploaded when it is asked for; or else the head's."""
    by = user if user.can(Permission.DECIDE_ACCOUNTS, at=place.school) else place.people[Role.HEAD]
    # Each time anew: what one test uploads is gone when it ends.
    found = account_import.upload(
        place.school, LIST, by=by, agreed_on=place.school.today(), agreed_note="The governors"
    )
    return {"pk": found.pk}


KWARGS = dict.fromkeys(
    [
        f"accounts:{name}"
        for name in ("import_columns", "import_preview", "import_confirm", "import_abandon")
    ],
    _import,
)
RULES = {
    "accounts:import": both(LEADERS),
    "accounts:import_columns": both(LEADERS),
    "accounts:import_preview": Rule(LEADERS),
    "accounts:import_confirm": post(LEADERS),
    "accounts:import_abandon": post(LEADERS),
}
