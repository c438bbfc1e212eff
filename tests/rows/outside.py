"""What everybody sees of a school's accounts, and what is printed of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.services import register
from people.roles import Role
from tests.access_roles import PEOPLE, Rule
from tests.accounts.factories import make_account

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    account = make_account(place.school, head=head, name="News")
    register.set_house_rules(account, by=head, is_public=True, replies="Within two school days.")
    place.rows["shown"] = account


def _shown(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["shown"].pk}


KWARGS = dict.fromkeys(
    ["accounts:public_rules", "accounts:outside", "accounts:card", "accounts:rules_pdf"], _shown
)
RULES = {
    "accounts:register_pdf": Rule(PEOPLE),
    "accounts:outside": Rule(PEOPLE, seen=PEOPLE),
    "accounts:card": Rule(PEOPLE, seen=PEOPLE),
    "accounts:rules_pdf": Rule(PEOPLE, seen=PEOPLE),
}
PUBLIC = {
    "accounts:public": "which accounts are really the school's, for parents",
    "accounts:public_json": "the same for the school's own website",
    "accounts:public_poster": "the same on paper, with the address of the page",
    "accounts:public_rules": "house rules that the leadership team shows to everybody",
    "accounts:real": "whoever has an account's address may ask whether it is the school's",
}
