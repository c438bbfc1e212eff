"""Running an account day to day: its log, its checks, and exceptions for private contacts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.check_questions import QUESTIONS
from accounts.models import CheckFinding, LogEntry
from accounts.services import checks, exceptions, log
from accounts.services.checks import Answer
from accounts.services.log import Said
from people.roles import TRUST_ROLES, Role
from tests.access_roles import ALL, LEADERS, PEOPLE, Rule, both, post
from tests.accounts.factories import make_account
from tests.factories import make_user

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place

SEEING = LEADERS | {Role.DSL, Role.DEPUTY_DSL, Role.TRUST_SAFEGUARDING}
ANSWERS = {one.code: Answer("yes") for one in QUESTIONS} | {"follows": Answer("no", "A shop.")}
KEEPERS = LEADERS | {Role.OFFICE, Role.IT, Role.TRUST_IT}


def make(place: Place) -> None:
    head = place.people[Role.HEAD]
    place.rows["run"] = make_account(place.school, head=head, name="Choir", run_by=2)
    checks.do(place.rows["run"], by=head, answers=ANSWERS)
    place.rows["finding"] = CheckFinding.objects.get(check_done__account=place.rows["run"])
    place.rows["log_entry"] = log.add(
        place.rows["run"],
        by=head,
        kind=LogEntry.Kind.REMOVED,
        said=Said(timezone.now() - timedelta(hours=1), "A rude word", audience_told=True),
    )

    place.rows["asked"] = exceptions.ask(
        place.school,
        by=make_user(Role.STAFF, at=place.school),
        what="phone",
        reason="Parents of the choir reach me on the trip.",
        starts_on=place.school.today(),
        ends_on=place.school.today(),
    )


def _account(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk}


def _kind(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk, "kind": "post"}


def _entry(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk, "entry": place.rows["log_entry"].pk}


def _finding(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["run"].pk, "finding": place.rows["finding"].pk}


def _asked(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["asked"].pk}


KWARGS = {
    "accounts:log": _account,
    "accounts:log_export": _account,
    "accounts:log_choose": _account,
    "accounts:log_add": _kind,
    "accounts:log_correct": _entry,
    "accounts:log_strike": _entry,
    "accounts:checks": _account,
    "accounts:check_do": _account,
    "accounts:finding_settle": _finding,
    "accounts:before_posting": _account,
    "accounts:exception": _asked,
    "accounts:exception_end": _asked,
}
RULES = {
    "accounts:log": Rule(PEOPLE, seen=PEOPLE),
    "accounts:log_export": Rule(PEOPLE, seen=PEOPLE),
    "accounts:log_choose": Rule(KEEPERS, seen=PEOPLE),
    "accounts:log_add": both(KEEPERS, seen=PEOPLE),
    "accounts:log_correct": both(KEEPERS, seen=PEOPLE),
    "accounts:log_strike": post(KEEPERS, seen=PEOPLE),
    "accounts:checks_at": Rule(PEOPLE),
    "accounts:checks": Rule(PEOPLE, seen=PEOPLE),
    "accounts:check_do": both(KEEPERS, seen=PEOPLE),
    "accounts:finding_settle": both(KEEPERS, seen=PEOPLE),
    "accounts:before_posting": Rule(PEOPLE, seen=PEOPLE),
    "accounts:exceptions": Rule(ALL),
    # For oneself, at a place where one has a post.
    "accounts:exception_ask": both(ALL - TRUST_ROLES),
    "accounts:exception": Rule(SEEING, LEADERS, seen=SEEING),
    "accounts:exception_end": post(LEADERS, seen=SEEING),
}
