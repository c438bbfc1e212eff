"""Somebody who leaves, one who has left, and a statement."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from governance.services import leaving
from people.roles import Role
from people.services import membership
from tests.access_roles import ALL, NOBODY, OFFICE, SIGNATURES, Rule, both
from tests.factories import make_user

if TYPE_CHECKING:
    from tests.pages import Kwargs, Place


def make(place: Place) -> None:
    today, office = place.school.today(), place.people[Role.OFFICE]
    for name, days in (("leaving", 5), ("left", -3)):
        called = f"Robin staff of {place.school}, {name}"
        person = make_user(Role.STAFF, at=place.school, name=called)
        place.rows[name] = membership.leave(
            person.memberships.get(), last_day=today + timedelta(days=days), by=None
        )
    done = make_user(Role.STAFF, at=place.school, name="Robin staff of Elm Park, gone")
    post = membership.leave(done.memberships.get(), last_day=today, by=None)
    place.rows["left_paper"] = leaving.record_paper(post, by=office, given_on=today)


KWARGS: dict[str, Kwargs] = {
    "governance:leaving": lambda place, _user: {"pk": place.rows["leaving"].pk},
    "governance:leaving_receipt": lambda place, _user: {
        "reference": place.rows["left_paper"].reference
    },
    "governance:leaving_record": lambda place, _user: {"pk": place.rows["left"].pk},
}
RULES: dict[str, Rule] = {
    # One's own only: nobody else's exists.
    "governance:leaving": both(NOBODY, seen=NOBODY),
    "governance:leaving_receipt": Rule(SIGNATURES, seen=SIGNATURES),
    "governance:leavers": Rule(SIGNATURES),
    "governance:leaving_record": both(OFFICE),
    "governance:self_check": both(ALL),
    "governance:self_checks": Rule(SIGNATURES),
    "governance:self_checks_csv": Rule(SIGNATURES),
}
