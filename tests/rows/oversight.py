"""Devices, trips, emergencies, safeguards and the review of access."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.services import access_reviews, devices, emergencies, trips
from people.roles import Role
from tests.access_roles import LEADERS, NOBODY, PEOPLE, Rule, both, post
from tests.accounts.factories import make_account

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

REGISTER = PEOPLE
KEEPERS = LEADERS | {Role.OFFICE, Role.IT, Role.TRUST_IT}
SUSPENDING = LEADERS | {Role.DSL, Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING}
BOTH_KINDS = LEADERS | {Role.IT, Role.TRUST_IT}


def make(place: Place) -> None:
    school, head = place.school, place.people[Role.HEAD]
    today = school.today()
    account = make_account(school, head=head, name="Sports")
    tablet = devices.enter(
        school, by=head, name="Sports tablet", inventory_number="T-7", pin_confirmed_on=today
    )
    place.rows["overseen"] = account
    place.rows["device"] = tablet
    place.rows["use"] = devices.allow(account, tablet, by=head)
    place.rows["trip"] = trips.allow(
        account,
        by=head,
        person=place.people[Role.SLT],
        device=tablet,
        name="Lake District",
        starts_on=today,
        ends_on=today + timedelta(days=2),
    )
    place.rows["emergency"] = emergencies.ask(
        account, by=head, reason="Nobody who runs it can be reached."
    )
    review = access_reviews.open_review(school, by=head)
    place.rows["access_review"] = review
    place.rows["access_row"] = review.rows.earliest("pk")


def _account(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["overseen"].pk}


def _one(name: str) -> Any:
    def kwargs(place: Place, _user: User) -> dict[str, Any]:
        return {name: place.rows[name].pk}

    return kwargs


def _with(name: str) -> Any:
    def kwargs(place: Place, _user: User) -> dict[str, Any]:
        return {"pk": place.rows["overseen"].pk, name: place.rows[name].pk}

    return kwargs


def _review(place: Place, _user: User) -> dict[str, Any]:
    return {"review": place.rows["access_review"].pk}


def _row(place: Place, _user: User) -> dict[str, Any]:
    return {"row": place.rows["access_row"].pk}


KWARGS = {
    **{f"accounts:device_{verb}": _one("device") for verb in ("pin", "retire", "lost")},
    **{
        f"accounts:{name}": _account
        for name in (
            "account_devices", "device_allow", "device_new", "trip_lend", "emergency",
            "emergency_ask", "safeguards", "confirm_sign_in", "tell_address", "confirm_address",
            "pupils", "waive", "change_now",
        )
    },
    "accounts:device_off": _with("use"),
    **{f"accounts:trip_{verb}": _with("trip") for verb in ("end", "cancel", "photos")},
    **{
        f"accounts:emergency_{verb}": _with("emergency")
        for verb in ("agree", "refuse", "withdraw", "end")
    },
    **{f"accounts:access_{name}": _review for name in ("review", "export", "rest")},
    **{f"accounts:access_{name}": _row for name in ("keep", "ask", "end", "answer")},
}  # fmt: skip
RULES = {
    "accounts:devices": Rule(REGISTER),
    "accounts:device_enter": both(KEEPERS),
    "accounts:device_pin": both(KEEPERS, seen=REGISTER),
    "accounts:device_retire": post(KEEPERS, seen=REGISTER),
    # And whoever runs an account on it, or has it on a trip.
    "accounts:device_lost": post(KEEPERS, seen=REGISTER),
    "accounts:account_devices": Rule(REGISTER, seen=REGISTER),
    "accounts:device_allow": both(KEEPERS, seen=REGISTER),
    "accounts:device_new": both(KEEPERS, seen=REGISTER),
    "accounts:device_off": post(KEEPERS, seen=REGISTER),
    "accounts:trip_lend": both(KEEPERS, seen=REGISTER),
    "accounts:trip_end": post(KEEPERS, seen=REGISTER),
    "accounts:trip_cancel": post(KEEPERS, seen=REGISTER),
    # Whoever sees the account reads it; only whoever leads the trip confirms.
    "accounts:trip_photos": Rule(REGISTER, frozenset({Role.SLT}), seen=REGISTER),
    "accounts:emergency": Rule(REGISTER, seen=REGISTER),
    "accounts:emergency_ask": both(BOTH_KINDS, seen=REGISTER),
    "accounts:emergency_agree": post(BOTH_KINDS, seen=REGISTER),
    "accounts:emergency_refuse": both(BOTH_KINDS, seen=REGISTER),
    "accounts:emergency_withdraw": post(frozenset({Role.HEAD}), seen=REGISTER),
    "accounts:emergency_end": post(BOTH_KINDS, seen=REGISTER),
    "accounts:safeguards": Rule(REGISTER, seen=REGISTER),
    "accounts:confirm_sign_in": both(KEEPERS, seen=REGISTER),
    "accounts:tell_address": both(KEEPERS, seen=REGISTER),
    # Whoever was told, and nobody by a role.
    "accounts:confirm_address": both(NOBODY, seen=REGISTER),
    "accounts:pupils": post(KEEPERS, seen=REGISTER),
    "accounts:waive": both(LEADERS, seen=REGISTER),
    "accounts:change_now": both(KEEPERS | SUSPENDING, seen=REGISTER),
    "accounts:access_reviews": Rule(REGISTER),
    "accounts:access_open": post(KEEPERS),
    "accounts:access_review": Rule(REGISTER, seen=REGISTER),
    "accounts:access_export": Rule(REGISTER, seen=REGISTER),
    "accounts:access_rest": both(KEEPERS, seen=REGISTER),
    "accounts:access_keep": post(KEEPERS, seen=REGISTER),
    "accounts:access_ask": post(KEEPERS, seen=REGISTER),
    "accounts:access_end": both(KEEPERS, seen=REGISTER),
    # Whoever was asked.
    "accounts:access_answer": both(NOBODY, seen=REGISTER),
}
