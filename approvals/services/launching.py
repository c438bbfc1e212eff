"""From an approval to the trial, and from the trial to what becomes of the account (A8).

What stands in the way is asked by the account's own workflow too (`approvals/launching.py`), so
that no account begins or goes live past its business case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts import no_passwords
from accounts.services import life
from accounts.workflow import ACCOUNT, Action
from accounts.workflow import Status as AccountStatus
from approvals.launching import approval_problems, is_on_trial, may_evaluate
from approvals.models import Evaluation
from approvals.services.locking import locked_case
from approvals.services.telling import tell, those_behind
from approvals.workflow import Status
from people.roles import Permission
from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from approvals.models import BusinessCase
    from people.models import User

Outcome = Evaluation.Outcome
NEWS = {
    Outcome.CONTINUE: "“{name}” goes live",
    Outcome.CHANGE: "The trial of “{name}” goes on with changes",
    Outcome.CLOSE: "“{name}” is closed after its trial",
}


@audit.refusals_on_record()
def begin_pilot(
    case: BusinessCase, *, by: User, until: date, pilot_group: str = "", pilot_goals: str = ""
) -> BusinessCase:
    """Begin the trial of what was approved, until that day.

    `pilot_group`, `pilot_goals`: who tries it first and what it should show, where the case left
    that open (A8). An account that is still being set up is ready with this, if nothing is missing.

    Raises Refused for whoever is not on the leadership team, RuleBroken with all that is missing:
    answers, signatures under the risks, runners who are not fit, details of the account (E3, E4).
    """
    case = locked_case(case)
    if not by.can(Permission.DECIDE_ACCOUNTS, at=case.organisation):
        raise Refused("case.launch", case, by=by)
    if case.account is None or case.status != Status.APPROVED:
        raise RuleBroken(*approval_problems(case))
    case.pilot_group = case.pilot_group or pilot_group.strip()
    case.pilot_goals = case.pilot_goals or pilot_goals.strip()
    RuleBroken.if_any(_without_a_plan(case))
    if case.account.status == AccountStatus.SETUP:
        RuleBroken.if_any(ACCOUNT.problems(Action.PILOT, case.account, by))
        case.account = life.prepare(case.account, by=by)
    case.account = life.begin_pilot(case.account, by=by, until=until)
    case.launched_at = timezone.now()
    case.save(update_fields=["launched_at", "pilot_group", "pilot_goals"])
    tell(case, those_behind(case), f"The trial of “{case.name}” has begun", what="launched", but=by)
    audit.record("case.launch", case, by=by, until=until.isoformat())
    return case


def _without_a_plan(case: BusinessCase) -> Iterator[str]:
    if not case.pilot_group:
        yield "Say who tries it first."
    if not case.pilot_goals:
        yield "Say what the trial should show."
    yield from filter(None, map(no_passwords.problem, (case.pilot_group, case.pilot_goals)))


@audit.refusals_on_record()
def evaluate(
    case: BusinessCase,
    *,
    by: User,
    outcome: str,
    reached: str,
    learnt: str = "",
    changes: str = "",
    extended_until: date | None = None,
) -> Evaluation:
    """Say what the trial showed of the case's aims, and what becomes of the account.

    Continue takes it live, change goes on trying until a later day, close begins to close it.

    Raises Refused for whoever is not on the leadership team or runs the account, RuleBroken before
    the trial began or after it was decided.
    """
    case = locked_case(case)
    if not may_evaluate(case, by):
        raise Refused("case.evaluate", case, by=by)
    reached, learnt, changes = reached.strip(), learnt.strip(), changes.strip()
    RuleBroken.if_any(_not_now(case))
    RuleBroken.if_any(_wrong(case, outcome, reached, changes, extended_until))
    RuleBroken.if_any(filter(None, map(no_passwords.problem, (reached, learnt, changes))))
    is_change = outcome == Outcome.CHANGE
    found = Evaluation.objects.create(
        case=case,
        outcome=outcome,
        reached=reached,
        learnt=learnt,
        changes=changes,
        extended_until=extended_until if is_change else None,
        by=by,
        at=timezone.now(),
    )
    _carry_out(case, found, by)
    title = NEWS[Outcome(outcome)].format(name=case.name)
    tell(case, those_behind(case), title, what="evaluated", but=by)
    audit.record("case.evaluate", case, by=by, outcome=outcome)
    return found


def _carry_out(case: BusinessCase, found: Evaluation, by: User) -> None:
    assert case.account is not None
    match found.outcome:
        case Outcome.CONTINUE:
            life.go_live(case.account, by=by)
        case Outcome.CHANGE:
            assert found.extended_until is not None
            life.extend_pilot(case.account, by=by, until=found.extended_until)
        case _:
            life.begin_closing(case.account, by=by, why=found.reached)


def _not_now(case: BusinessCase) -> Iterator[str]:
    account = case.account
    if account is None or account.pilot_from is None:
        yield "The trial has not begun yet."
    elif not is_on_trial(account):
        yield f"The trial is over: the account is {account.get_status_display().lower()}."


def _wrong(
    case: BusinessCase, outcome: str, reached: str, changes: str, until: date | None
) -> Iterator[str]:
    assert case.account is not None
    if outcome not in Outcome.values:
        yield "Choose what becomes of the account."
    if not reached:
        yield "Say what the trial reached of its aims."
    if outcome == Outcome.CHANGE and (not changes or until is None):
        yield "Say what is done differently, and until when."
    if outcome != Outcome.CLOSE and case.account.paused_from:
        yield "The account is paused. Reinstate it first, or close it."
    if outcome == Outcome.CHANGE and until is not None and until <= case.organisation.today():
        yield "The trial goes on until a later day."
