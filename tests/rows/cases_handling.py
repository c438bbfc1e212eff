"""One case with something of everything in it, and the pages of those who handle concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from incidents.kinds import FACTORS
from incidents.services import (
    access,
    chronology,
    keeping,
    people,
    referrals,
    reporting,
    triage,
    work,
)  # fmt: skip
from incidents.services.people import Named
from incidents.services.reporting import Report
from people.roles import Permission, Role, roles_with
from tests.access_roles import ALL, OFFICE, Rule, both, post

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Kwargs, Place

# The safeguarding team and the head were told; the office was let in to read.
WORK = frozenset({Role.HEAD, Role.DSL, Role.DEPUTY_DSL})
READ = WORK | {Role.OFFICE}
HANDLERS = frozenset(roles_with(Permission.HANDLE_CASES))


def make(place: Place) -> None:
    team = place.people
    case = _report(place)
    place.rows["concern"], place.rows["other_concern"] = case, _report(place)
    dsl = team[Role.DSL]
    answers = dict.fromkeys(FACTORS, "amber")
    case = triage.triage(case, by=dsl, factors=answers, reasons=answers, severity="amber")
    case = triage.begin(case, by=dsl, owner=dsl)
    chronology.add(case, by=dsl, body="Rang the mother.")
    target = people.add(case, Named("target", name="Robin Ash", relation="pupil"), by=dsl)
    work.ask_consent(target, by=dsl)
    work.offer_support(target, by=dsl, what="pastoral")
    work.need_takedown(case, by=dsl, where="https://x.example/1")
    referrals.begin_breach(case, by=dsl, aware_at=timezone.now() - timedelta(hours=1))
    access.let_in(case, person=team[Role.OFFICE], by=dsl, why="Takes the minutes.")
    people.record_conflict(case, person=team[Role.GOVERNOR], by=dsl, why="A relative.")
    keeping.link(case, place.rows["other_concern"], by=dsl)


def _report(place: Place) -> Any:
    report = Report(kind="cyberbullying", about="none", what="They wrote it.", image_gate="no")
    return reporting.submit(place.school, report, by=place.teacher)


def _about(**more: Any) -> Kwargs:
    return lambda place, _user: {"reference": place.rows["concern"].reference, **more}


def _link(place: Place, user: User) -> dict[str, Any]:
    return {**_about()(place, user), "other": place.rows["other_concern"].reference}


READING = ["case", "history", "people", "outside", "access", "keeping"]
WORKING = [
    "triage", "begin", "owner", "kind", "entry_add", "action_add", "person_add", "referral_add",
    "takedown_add", "breach_begin", "let_in", "restrict", "hold", "dispose", "link_add",
]  # fmt: skip
NUMBERED = [
    "entry_correct", "action_change", "action_done", "person_remove", "support_offer",
    "support_answer", "access_end", "glass_agree", "conflict_lift", "conflict_confirm",
]  # fmt: skip
MOVING = {"referral_move": "decide", "takedown_move": "request", "consent_move": "give"}


def _named(names: Any, value: Any) -> dict[str, Any]:
    return {f"incidents:{name}": value for name in names}


KWARGS: dict[str, Kwargs] = {
    **_named([*READING, *WORKING, "box", "conflict_add", "elsewhere"], _about()),
    **_named([*NUMBERED, "consent_ask"], _about(number=1)),
    **{f"incidents:{name}": _about(number=1, move=move) for name, move in MOVING.items()},
    "incidents:breach_move": _about(move="assess"),
    "incidents:move": _about(move="wait"),
    "incidents:ask_elsewhere": _about(what="training"),
    "incidents:link_remove": _link,
    "incidents:route": lambda _place, _user: {"kind": "media"},
    "incidents:playbook": lambda _place, _user: {"kind": "media"},
}
RULES = {
    "incidents:inbox": Rule(HANDLERS),
    "incidents:to_dispose": Rule(HANDLERS),
    "incidents:glass": both(HANDLERS),
    "incidents:routes": Rule(OFFICE),
    "incidents:route": both(OFFICE),
    "incidents:playbook": both(OFFICE),
    "incidents:first_inbox": Rule(ALL),
    "incidents:shortcuts": both(ALL),
    **_named(READING, Rule(READ, seen=READ)),
    **_named([*WORKING, *NUMBERED, *MOVING], both(WORK, seen=READ)),
    **_named(["breach_move", "move", "link_remove"], both(WORK, seen=READ)),
    **_named(["consent_ask", "ask_elsewhere"], post(WORK, seen=READ)),
    "incidents:box": Rule(READ, WORK, seen=READ),
    "incidents:conflict_add": both(READ, seen=READ),
    "incidents:elsewhere": Rule(WORK, seen=READ),
}
PUBLIC = {"incidents:covered": "a page that says nothing covers the screen of a case"}
