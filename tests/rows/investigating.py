"""A case in which an account was asked for, content is to be opened, and somebody asks to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from incidents.approving import Side
from incidents.services import access, content, investigating, people, reporting
from incidents.services.people import Named
from incidents.services.telling import glass_code
from people.roles import Role
from tests.access_roles import ALL, Rule, both, post
from tests.incidents.factories import a_report
from tests.rows.cases_handling import HANDLERS
from tests.rows.cases_handling import WORK as SEEN

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

IT = frozenset({Role.IT, Role.TRUST_IT})
# Of those who see it the safeguarding lead asked herself.
DECIDES = frozenset({Role.HEAD, Role.DEPUTY_DSL})


def make(place: Place) -> None:
    dsl = place.people[Role.DSL]
    case = place.rows["asking"] = reporting.submit(place.school, a_report(), by=place.teacher)
    owner = people.add(case, Named("target", name="Robin Ash", relation="pupil"), by=dsl)
    investigating.ask_owner(
        owner, by=dsl, kind="account", which="X", why="Threats.", asked_at=timezone.now()
    )
    ask = {"what": "A video.", "where": "https://x.example/1", "why": "Who?", "hours": 4}
    place.rows["content"] = content.ask(case, by=dsl, **ask)
    opened = place.rows["opened"] = content.ask(case, by=dsl, **ask)
    content.approve(opened, by=place.people[Role.HEAD], side=Side.LEADING)
    content.approve(opened, by=place.people[Role.IT], side=Side.IT)
    place.rows["glass"] = access.ask_to_break_glass(
        case.reference, by=place.people[Role.SLT], why="A call."
    )


def _case(place: Place, _user: User) -> dict[str, Any]:
    return {"reference": place.rows["asking"].reference}


def _first(place: Place, user: User) -> dict[str, Any]:
    return {**_case(place, user), "number": 1}


KWARGS = {
    "incidents:investigating": _case,
    "incidents:account_ask": _case,
    "incidents:account_move": lambda place, user: {**_first(place, user), "move": "refuse"},
    "incidents:content_ask": _case,
    "incidents:content_decide": _first,
    "incidents:content_look": _first,
    "incidents:content_end": _first,
    "incidents:content_asked": lambda place, _user: {"reference": place.rows["content"].reference},
    "incidents:content_shut": lambda place, _user: {"reference": place.rows["opened"].reference},
    "incidents:glass_decide": lambda place, _user: {"code": glass_code(place.rows["glass"])},
}
RULES = {
    "incidents:investigating": Rule(SEEN, seen=SEEN),
    "incidents:account_ask": both(SEEN, seen=SEEN),
    "incidents:account_move": both(SEEN, seen=SEEN),
    "incidents:content_ask": both(SEEN, seen=SEEN),
    # Whoever sees it and may not decide is told so by the service, which notes that they tried.
    "incidents:content_decide": Rule(DECIDES, SEEN, seen=SEEN),
    "incidents:content_look": both(SEEN, seen=SEEN),
    "incidents:content_end": both(SEEN, seen=SEEN),
    "incidents:content_asked": both(IT, seen=IT),
    "incidents:content_shut": post(IT, seen=IT),
    "incidents:glasses": Rule(HANDLERS),
    # To whoever asks themselves there is nothing to decide.
    "incidents:glass_decide": both(HANDLERS - {Role.SLT}, seen=ALL - {Role.SLT}),
}
