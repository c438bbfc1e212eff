"""One's own reminders, a school's ladders, and what is owed there."""

from __future__ import annotations

from tests.access_roles import ALL, DELIVERY, OFFICE, SIGNATURES, Rule, both, post

KWARGS = dict.fromkeys(
    ["notices:ladder", "notices:ladder_reset"], lambda _place, _user: {"kind": "policy.sign"}
)
KWARGS["notices:calendar"] = lambda _place, _user: {"token": "x"}
PUBLIC = {"notices:calendar": "fetched by a calendar program, by its key; days and nothing else"}
RULES = {
    "notices:reminders": both(ALL),
    "notices:calendar_create": post(ALL),
    "notices:calendar_revoke": post(ALL),
    "notices:ladders": Rule(OFFICE),
    "notices:ladder": both(OFFICE),
    "notices:ladder_reset": post(OFFICE),
    "notices:owed": Rule(SIGNATURES | DELIVERY),
    "notices:owed_csv": Rule(SIGNATURES),
}
