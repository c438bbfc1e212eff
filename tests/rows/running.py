"""Running an account day to day: its log, its checks, and exceptions for private contacts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import LogEntry
from accounts.services import log
from accounts.services.log import Said
from people.roles import Role
from tests.access_roles import LEADERS, PEOPLE, Rule, both, post
from tests.accounts.factories import make_account

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

KEEPERS = LEADERS | {Role.OFFICE, Role.IT, Role.TRUST_IT}


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    place.rows["run"] = make_account(place.school, head=head, name="Choir", run_by=2)
    place.rows["log_entry"] = log.add(
        place.rows["run"],
        by=head,
        kind=LogEntry.Kind.REMOVED,
        said=Said(timezone.now() - timedelta(hours=1), "A rude word", audience_told=True),
    )


def _account(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk}


def _kind(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk, "kind": "post"}


def _entry(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk, "entry": place.rows["log_entry"].pk}


KWARGS = {
    "accounts:log": _account,
    "accounts:log_export": _account,
    "accounts:log_choose": _account,
    "accounts:log_add": _kind,
    "accounts:log_correct": _entry,
    "accounts:log_strike": _entry,
}
RULES = {
    "accounts:log": Rule(PEOPLE, seen=PEOPLE),
    "accounts:log_export": Rule(PEOPLE, seen=PEOPLE),
    "accounts:log_choose": Rule(KEEPERS, seen=PEOPLE),
    "accounts:log_add": both(KEEPERS, seen=PEOPLE),
    "accounts:log_correct": both(KEEPERS, seen=PEOPLE),
    "accounts:log_strike": post(KEEPERS, seen=PEOPLE),
}
