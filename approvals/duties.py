"""What business cases ask of people: a vote, a rework, a launch in time, an evaluation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Runner
from accounts.workflow import Status as AccountStatus
from approvals import ballots
from approvals.models import BusinessCase, CasePart, ProposedRunner, Vote
from approvals.voting import ROLES, ballots_of
from approvals.waiting import nth_school_day, sent_on
from approvals.workflow import Status
from people.calendar import calendars
from people.duty import Duty, DutySource
from people.models import Membership, User
from people.roles import Permission, Role, roles_with

if TYPE_CHECKING:
    from approvals.voting import Ballot

DAY = timedelta(days=1)
DAYS_TO_REWORK = 14
# From so many days before on it is a task: a trial's end, and the end of an approval.
BEFORE_EVALUATION = timedelta(days=14)
BEFORE_RUNNING_OUT = timedelta(days=30)
LEADERS = (Role.HEAD, Role.SLT)
JUDGES = (*LEADERS, Role.TRUST_LEAD)
KEEPERS = roles_with(Permission.MANAGE_ACCOUNTS)


def _duty(kind: str, case: BusinessCase, person: int, *, what: str, due: date, **more: Any) -> Duty:
    at = case.organisation
    return Duty(
        kind=kind,
        occasion=f"{kind}:{case.pk}:{more.pop('occasion', due.isoformat())}",
        person_id=person,
        organisation_id=at.pk,
        due_on=due,
        title=f"{what}: “{case.name}”",
        url=reverse("approvals:case", args=[at.slug, case.number]),
        **more,
    )


def _with_school(cases: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return cases.select_related("organisation__parent").order_by("pk")


def _asked(found: dict[int, set[int]], people: QuerySet[User]) -> dict[int, list[int]]:
    """Of those whom a case (its id) concerns, the ones whose duties are asked for."""
    everybody = set().union(*found.values()) if found else set()
    if not everybody:
        return {}
    here = set(people.filter(pk__in=everybody).order_by().values_list("pk", flat=True))
    return {case: sorted(those & here) for case, those in found.items()}


# Deciding


def _to_decide(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Whoever may vote, has not, and whose vote would bring the case nearer to its approval."""
    cases = list(_with_school(BusinessCase.objects.waiting()))
    open_ones = ballots_of(cases, on, nameless=True)
    useful = {
        pk: {one.person.pk for one in ballot.voters if _is_asked(ballot, one.person.pk)}
        for pk, ballot in open_ones.items()
    }
    return _decisions(open_ones, _asked(useful, people))


def _to_decide_by(person_id: int, on: date) -> Iterator[Duty]:
    open_ones = ballots_of(_with_school(could_decide(person_id, on)), on, nameless=True)
    useful = {pk: [person_id] for pk, one in open_ones.items() if _is_asked(one, person_id)}
    return _decisions(open_ones, useful)


def _is_asked(ballot: Ballot, person: int) -> bool:
    """A chair of governors owes no vote before the case is theirs to read."""
    voter = ballot.voter(person)
    is_chair = voter is not None and voter.capacity == Vote.Capacity.CHAIR
    return ballot.useful(person) and not (is_chair and ballot.case.outside_asked_at is None)


def _decisions(open_ones: dict[int, Ballot], asked: dict[int, list[int]]) -> Iterator[Duty]:
    cases = [open_ones[pk].case for pk, people in asked.items() if people]
    if not cases:
        return
    years = calendars({case.organisation_id: case.organisation for case in cases}.values())
    for case in cases:
        sent = sent_on(case)
        days = int(case.organisation.setting("approvals.remind_after"))
        due = nth_school_day(years[case.organisation_id], sent, days)
        for person in asked[case.pk]:
            yield _duty(
                "case.decide", case, person, what="Decide on the business case", due=due,
                since=sent, occasion=sent.isoformat(),
            )  # fmt: skip


def could_decide(person_id: int, on: date) -> QuerySet[BusinessCase]:
    """Cases that wait where they hold a role that may vote, and in which they have no part."""
    mine = Membership.objects.active(on).filter(person=person_id).holding(ROLES, on)
    # As sets of cases: asked case by case, each would be looked up for thousands that wait.
    runs = ProposedRunner.objects.filter(person=person_id).values("case")
    edits = CasePart.objects.filter(person=person_id, has_edited=True).values("case")
    voted = Vote.objects.filter(person=person_id, content_hash=F("case__content_hash"))
    part = Q(author=person_id) | Q(pk__in=runs) | Q(pk__in=edits)
    waiting = BusinessCase.objects.waiting().filter(organisation__in=mine.reach())
    return waiting.filter(~part, ~Q(pk__in=voted.order_by().values("case")))


# Reworking


def _to_rework(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Its author; where they have left, those who would run the account."""
    cases = list(_with_school(_sent_back(on)).prefetch_related("runners"))
    owners = {
        case.pk: {case.author_id}
        if case.author_is_here
        else {row.person_id for row in case.runners.all()}
        for case in cases
    }
    asked = _asked(owners, people)
    for case in cases:
        since = timezone.localdate(case.back_at, case.organisation.zone)
        for person in asked.get(case.pk, ()):
            yield _duty(
                "case.rework",
                case,
                person,
                what="Rework the business case",
                due=since + DAYS_TO_REWORK * DAY,
                since=since,
            )


def _sent_back(on: date) -> QuerySet[Any, Any]:
    """Those that were sent back, with when: of several times the last."""
    back = Q(votes__choice=Vote.Choice.CHANGES)
    here = Membership.objects.active(on).filter(
        Q(organisation=OuterRef("organisation")) | Q(organisation=OuterRef("organisation__parent")),
        person=OuterRef("author"),
    )
    cases: QuerySet[Any, Any] = BusinessCase.objects.filter(status=Status.CHANGES_REQUESTED)
    found: QuerySet[Any, Any] = cases.annotate(
        back_at=Max("votes__at", filter=back), author_is_here=Exists(here)
    )
    return found.filter(back_at__isnull=False)


def _could_rework(person_id: int, on: date) -> QuerySet[BusinessCase]:
    runs = ProposedRunner.objects.filter(person=person_id, case=OuterRef("pk"))
    back = BusinessCase.objects.filter(status=Status.CHANGES_REQUESTED)
    return back.filter(Q(author=person_id) | Exists(runs))


# Beginning in time


def _approved() -> QuerySet[BusinessCase]:
    return BusinessCase.objects.filter(status=Status.APPROVED, launched_at=None)


def _to_launch(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """Whoever keeps the register of the school, before the approval runs out."""
    ends = {
        case: last_day
        for case in _with_school(_approved())
        if (last_day := case.last_day()) and last_day - BEFORE_RUNNING_OUT <= on <= last_day
    }
    if not ends:
        return
    keep = Membership.objects.active(on).holding(KEEPERS, on).order_by()
    at: dict[int, set[int]] = defaultdict(set)
    rows = keep.filter(organisation__in={case.organisation_id for case in ends})
    for place, person in rows.values_list("organisation", "person"):
        at[place].add(person)
    asked = _asked({case.pk: at[case.organisation_id] for case in ends}, people)
    for case, last_day in ends.items():
        for person in asked.get(case.pk, ()):
            yield _duty(
                "case.launch", case, person, what="Begin the account before its approval runs out",
                due=last_day, since=last_day - BEFORE_RUNNING_OUT,
            )  # fmt: skip


def _could_launch(person_id: int, on: date) -> QuerySet[BusinessCase]:
    mine = Membership.objects.active(on).filter(person=person_id).holding(KEEPERS, on)
    return _approved().filter(organisation__in=mine.order_by().values("organisation"))


# Evaluating


def _on_trial() -> QuerySet[BusinessCase]:
    trial = AccountStatus.PILOT
    on_trial = Q(account__status=trial) | Q(account__paused_from=trial)
    return BusinessCase.objects.filter(on_trial, status=Status.APPROVED)


def _to_evaluate(people: QuerySet[User], on: date) -> Iterator[Duty]:
    """The leadership team but for those who run the account (E11); else the trust lead."""
    ending = _on_trial().filter(account__pilot_until__lte=on + BEFORE_EVALUATION)
    cases = list(_with_school(ending).select_related("account", "organisation__parent"))
    if not cases:
        return
    given = ballots.read(cases, JUDGES, on, nameless=True)
    run: dict[int, set[int]] = defaultdict(set)
    rows = Runner.objects.current(on).filter(account__in=[case.account_id for case in cases])
    for account, person in rows.values_list("account", "person"):
        run[account].add(person)
    asked = _asked(
        {case.pk: _judges(given[case.pk], run[case.account_id]) for case in cases}, people
    )
    for case in cases:
        due = case.account.pilot_until
        for person in asked.get(case.pk, ()):
            yield _duty(
                "pilot.evaluate", case, person, what="Say what the trial showed", due=due,
                since=due - BEFORE_EVALUATION,
            )  # fmt: skip


def _judges(given: ballots.Given, run: set[int]) -> set[int]:
    free = {
        person: roles
        for person, roles in given.holders.items()
        if person not in given.runners and person not in run
    }
    return {pk for pk, roles in free.items() if roles & set(LEADERS)} or set(free)


def _could_evaluate(person_id: int, on: date) -> QuerySet[BusinessCase]:
    posts = Membership.objects.active(on).filter(person=person_id)
    mine = posts.holding(JUDGES, on)
    return _on_trial().filter(organisation__in=mine.reach())


DECIDING = DutySource(
    "case.decide", "Business case to decide on", _to_decide, _to_decide_by, could_decide, ROLES
)
REWORKING = DutySource("case.rework", "Business case sent back", _to_rework, gate=_could_rework)
LAUNCHING = DutySource(
    "case.launch", "Approved account to begin", _to_launch, gate=_could_launch, roles=KEEPERS
)
EVALUATING = DutySource(
    "pilot.evaluate", "Trial to evaluate", _to_evaluate, gate=_could_evaluate, roles=JUDGES
)
