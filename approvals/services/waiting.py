"""What the sweep does about cases: settle, let run out, and tell others of what waits too long."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.utils import timezone

from approvals import voting
from approvals.models import BusinessCase
from approvals.services import asking, cases, settling
from approvals.services.telling import tell
from approvals.waiting import school_days_since_sent
from approvals.workflow import Status
from people.calendar import calendars
from people.models import Membership
from people.roles import Role
from web.errors import RuleBroken

if TYPE_CHECKING:
    from people.models import Organisation


def look_after() -> None:
    """Everything that happens to cases without anybody doing something. Safe to run twice."""
    settling.settle_all()
    let_run_out()
    escalate()


def let_run_out() -> int:
    """Approvals of accounts that nobody began in time. Returns how many."""
    approved = BusinessCase.objects.filter(status=Status.APPROVED, launched_at=None)
    count = 0
    for case in approved.select_related("organisation__parent").order_by("organisation", "pk"):
        last_day = case.last_day()
        if last_day is not None and case.organisation.today() > last_day:
            # Somebody begins it, or takes it back, at this moment.
            with suppress(RuleBroken):
                cases.expire(case)
                count += 1
    return count


def escalate() -> int:
    """Tell the trust lead, or the chair of governors, once of a case that waits too long (E10)."""
    waiting = BusinessCase.objects.waiting().select_related("organisation__parent")
    rows = list(waiting.order_by("pk"))
    years = calendars({row.organisation_id: row.organisation for row in rows}.values())
    late = [
        case
        for case in rows
        if school_days_since_sent(case, years[case.organisation_id])
        >= int(case.organisation.setting("approvals.escalate_after"))
    ]
    count = 0
    open_ones = voting.ballots_of(late, timezone.localdate(), nameless=True)
    for case in late:
        if not open_ones[case.pk].quorum.fulfilled:
            assert case.submitted_at is not None
            asking.ask(case)
            tell(
                case,
                _above(case.organisation),
                f"{case.organisation} has not decided on a business case: “{case.name}”",
                what="waits_long",
                occasion=case.submitted_at.isoformat(),
            )
            count += 1
    return count


def _above(at: Organisation) -> set[int]:
    """The leads of the trust; where there is none, the chair of governors."""
    places = [pk for pk in (at.pk, at.parent_id) if pk]
    posts = Membership.objects.active(at.today()).filter(organisation__in=places)
    for role in (Role.TRUST_LEAD, Role.CHAIR):
        held = posts.holding([role], at.today()).order_by()
        if found := set(held.values_list("person", flat=True)):
            return found
    return set()
