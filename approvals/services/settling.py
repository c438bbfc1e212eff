"""From votes to an approval: when the quorum stands and everybody who would run it is fit (A3).

Asked after each vote, each signature and each training record, and by the sweep.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import SocialAccount
from accounts.services import approved
from approvals import voting
from approvals.models import BusinessCase, ProposedRunner
from approvals.services import asking
from approvals.services.locking import locked_case
from approvals.services.telling import tell, those_behind
from approvals.workflow import CASE, Action, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import User

log = structlog.get_logger(__name__)
DETAILS = ("name", "department", "aim", "audience", "access", "faces_pupils", "shows_pupils")


@transaction.atomic
def settle(case: BusinessCase) -> bool:
    """Approve it if nothing is missing any more. Returns whether it did."""
    return settle_locked(locked_case(case))


def settle_locked(case: BusinessCase) -> bool:
    """The same for a case that the caller has locked.

    The approval is the portal's own move, and so is entering the account: people have voted.
    """
    if case.status != Status.SUBMITTED:
        return False
    today = case.organisation.today()
    voted = voting.ballots_of([case], today, nameless=True)[case.pk]
    if not voted.quorum.fulfilled or waiting_for(case):
        return False
    with CASE.step(case, Action.APPROVE, by=None) as case:
        case.decided_at = timezone.now()
        case.account = approved.enter(
            case.organisation,
            platform=case.platform,
            people=[row.person for row in case.runners.select_related("person")],
            account=case.account,
            **{name: getattr(case, name) for name in DETAILS},
        )
        tell(case, those_behind(case), f"Approved: “{case.name}”", what="approved")
    return True


def waiting_for(case: BusinessCase) -> list[str]:
    """A sentence for each thing that a case still needs to be approved.

    Such as "Ms X: Has not signed …" where the votes are there; none where nothing is missing.
    """
    return CASE.problems(Action.APPROVE, case, None)


def on_fitness(people: Iterable[User]) -> None:
    """Some of these people have signed or been trained (FITNESS_CHANGED), in that transaction.

    No query for whoever signed in when no case waited for them, else one. What they did is kept
    whatever comes of it: where a case cannot be settled now, the sweep tries again.
    """
    awaited = [person.pk for person in people if getattr(person, "is_awaited", True)]
    if awaited:
        runs = ProposedRunner.objects.filter(person__in=awaited).values("case")
        _settle_each(BusinessCase.objects.waiting().filter(pk__in=runs))


def is_awaited() -> Exists:
    """Whether a case waits for the person of an outer query (SIGNED_IN_FACTS)."""
    return Exists(
        ProposedRunner.objects.filter(person=OuterRef("pk"), case__status=Status.SUBMITTED)
    )


def settle_all() -> int:
    """What became ready without anybody having done something: the sweep's part."""
    waiting = BusinessCase.objects.waiting().select_related("organisation__parent")
    cases = list(waiting.order_by("organisation", "pk"))
    voted = voting.ballots_of(cases, timezone.localdate(), nameless=True)
    for case in cases:
        if case.outside_asked_at is None and voted[case.pk].is_too_small:
            asking.ask(case)
    return sum(settle(case) for case in cases if voted[case.pk].quorum.fulfilled)


def _settle_each(waiting: QuerySet[BusinessCase]) -> None:
    """Locked all at once and in one order, before the first line is written in a record."""
    ids = list(waiting.order_by("organisation", "pk").values_list("pk", flat=True))
    if not ids:
        return
    for case in _locked(ids):
        try:
            with transaction.atomic():
                settle_locked(case)
        except Exception:
            log.exception("cases.not_settled", case=case.pk)


def _locked(ids: Iterable[int]) -> list[BusinessCase]:
    rows = BusinessCase.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    cases = list(rows.select_related("organisation__parent").order_by("organisation", "pk"))
    accounts = SocialAccount.objects.select_for_update(of=("self",), no_key=True)
    found = accounts.order_by("pk").in_bulk([one.account_id for one in cases if one.account_id])
    for case in cases:
        if case.account_id is not None:
            case.account = found[case.account_id]
    return cases
