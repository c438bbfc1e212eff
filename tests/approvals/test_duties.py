"""What business cases ask of people, and what happens when nobody does it (E10, E11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from approvals.duties import DECIDING, EVALUATING, LAUNCHING, REWORKING
from approvals.services import cases, launching, waiting
from approvals.waiting import nth_school_day
from approvals.workflow import Status
from notices.duties import duties_of, labels
from notices.ladders import LADDERS, rungs
from notices.models import Notice
from people.calendar import SchoolCalendar
from people.duty import Duty, DutySource
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from people.services import membership as memberships
from tests.approvals.factories import EXPOSED, fresh, give, make_case, make_trial, set_rule
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def owed(person: User, on: date) -> list[Duty]:
    """What cases ask of them: the same whether a page asks for one person or a sweep for all."""
    mine = [one for one in duties_of(person, on) if one.kind in KINDS]
    everybody = User.objects.all()
    swept = [duty for one in SOURCES for duty in one.owed(everybody, on)]
    swept = [duty for duty in swept if duty.person_id == person.pk]
    assert sorted(one.occasion for one in mine) == sorted(one.occasion for one in swept)
    return mine


SOURCES: tuple[DutySource, ...] = (DECIDING, REWORKING, LAUNCHING, EVALUATING)
KINDS = {source.kind for source in SOURCES}


def test_each_kind_has_a_name_and_a_ladder() -> None:
    assert labels().keys() >= KINDS
    assert LADDERS.keys() >= KINDS


@pytest.mark.demand("E10")
def test_a_case_that_waits_five_school_days_reminds_and_ten_escalate_once() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head = make_user(Role.HEAD, at=school)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    calendar.add_term(
        school, by=None, name="Autumn", starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 18)
    )
    # A day off in between is nobody's fault.
    calendar.add_closure(
        school, by=None, name="INSET", kind="inset", starts_on=date(2026, 11, 4),
        ends_on=date(2026, 11, 4),
    )  # fmt: skip
    with time_machine.travel(MONDAY):
        case = make_case(school, status=Status.SUBMITTED)
        (duty,) = owed(head, school.today())
        assert (duty.kind, duty.due_on) == ("case.decide", date(2026, 11, 10))
        assert duty.url == case.get_absolute_url()

    assert reminded(duty, MONDAY + 7 * DAY) == set()
    assert reminded(duty, MONDAY + 8 * DAY) == {"owner"}
    for days, told in ((14, 0), (15, 1), (18, 1)):
        with time_machine.travel(MONDAY + days * DAY):
            waiting.escalate()
            assert Notice.objects.filter(recipient=lead, kind="case.waits_long").count() == told
    with time_machine.travel(MONDAY + 18 * DAY):
        give(case, by=head)
        assert owed(head, school.today()) == []


def reminded(duty: Duty, on: datetime) -> set[str]:
    """Who has been told of it by that day, as its ladder has it."""
    return {rung.to for rung in rungs(LADDERS[duty.kind], duty, on.date())}


def test_without_a_trust_the_chair_of_governors_hears_of_it(school: Organisation) -> None:
    make_user(Role.HEAD, at=school)
    chair = make_user(Role.CHAIR, at=school)
    with time_machine.travel(MONDAY):
        make_case(school, status=Status.SUBMITTED)
    with time_machine.travel(MONDAY + 20 * DAY):
        assert waiting.escalate() == 1
    assert Notice.objects.get(recipient=chair).kind == "case.waits_long"


def test_whoever_has_voted_or_may_not_owes_no_vote(school: Organisation, head: User) -> None:
    slt, author = make_user(Role.SLT, at=school), make_user(Role.SLT, at=school)
    dsl, third = make_user(Role.DSL, at=school), make_user(Role.SLT, at=school)
    case = make_case(school, author=author, status=Status.SUBMITTED, **EXPOSED)
    today = school.today()
    assert [len(owed(one, today)) for one in (head, slt, dsl, third, author)] == [1, 1, 1, 1, 0]
    give(case, by=slt)
    give(case, by=third)
    # Two votes are there: what is missing is the head's, and only the head is asked.
    assert [len(owed(one, today)) for one in (head, slt, dsl, third)] == [1, 0, 0, 0]
    cases.change(case, by=author, aim="Another aim.")
    assert [len(owed(one, today)) for one in (head, slt, dsl, third)] == [1, 1, 1, 1]


def test_nobody_owes_a_vote_while_a_case_waits_for_a_signature(
    school: Organisation, head: User
) -> None:
    make_policy(school, by=head)
    slt = make_user(Role.SLT, at=school)
    case = make_case(school, status=Status.SUBMITTED)
    give(case, by=head)
    assert fresh(case).status == Status.SUBMITTED
    assert owed(slt, school.today()) == []
    with time_machine.travel(datetime.now(UTC) + 40 * DAY):
        assert waiting.escalate() == 0


def test_a_case_sent_back_is_the_authors_and_a_runners_where_the_author_has_left(
    school: Organisation, head: User
) -> None:
    case = make_case(school, status=Status.CHANGES_REQUESTED, head=head)
    runner = case.runners.order_by("pk")[0].person
    today = school.today()
    (duty,) = owed(case.author, today)
    assert (duty.kind, duty.due_on) == ("case.rework", today + 14 * DAY)
    assert owed(runner, today) == []
    memberships.leave(case.author.memberships.get(), last_day=today - DAY, by=None)
    assert [one.kind for one in owed(runner, today)] == ["case.rework"]


def test_whoever_keeps_the_register_is_told_before_an_approval_runs_out(
    school: Organisation, head: User
) -> None:
    it = make_user(Role.IT, at=school)
    case = make_case(school, status=Status.APPROVED, head=head)
    last_day = case.last_day()
    assert last_day is not None
    assert owed(it, last_day - 31 * DAY) == []
    (duty,) = owed(it, last_day - 30 * DAY)
    assert (duty.kind, duty.due_on) == ("case.launch", last_day)
    assert owed(case.author, last_day) == []


@pytest.mark.demand("E11")
def test_a_trial_past_its_end_nags_the_leadership_team_until_it_is_evaluated(
    school: Organisation,
) -> None:
    slt, runs = make_user(Role.SLT, at=school), make_user(Role.SLT, at=school)
    with time_machine.travel(MONDAY):
        head = make_user(Role.HEAD, at=school)
        case = make_trial(school, head=head, runners=[runs, make_user(at=school)], days=14)
        end = school.today() + 14 * DAY
        (duty,) = owed(head, school.today())
        assert (duty.kind, duty.due_on) == ("pilot.evaluate", end)
        assert owed(slt, school.today()) == [replace(duty, person_id=slt.pk)]
        assert owed(runs, school.today()) == []
    told = [rungs(LADDERS[duty.kind], duty, end + days * DAY) for days in (-1, 0, 3, 6, 10, 15)]
    assert len({one[0].on for one in told}) == 6
    assert {rung.to for rung in told[-1]} == {"owner", "head", "trust"}
    with time_machine.travel(MONDAY + 21 * DAY):
        launching.evaluate(case, by=slt, outcome="continue", reached="Half of them follow it.")
        assert owed(slt, school.today()) == owed(head, school.today()) == []


def test_where_everybody_of_the_team_runs_it_the_trust_lead_evaluates() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    head, slt = make_user(Role.HEAD, at=school), make_user(Role.SLT, at=school)
    case = make_trial(school, head=lead, runners=[head, slt], days=7)
    today = case.organisation.today()
    assert owed(head, today) == []
    assert [one.kind for one in owed(lead, today)] == ["pilot.evaluate"]


def test_a_school_day_is_found_where_no_term_lies_ahead(school: Organisation) -> None:
    calendar.add_term(
        school, by=None, name="Summer", starts_on=date(2026, 4, 14), ends_on=date(2026, 7, 20)
    )
    year = SchoolCalendar(school)
    assert nth_school_day(year, date(2026, 7, 1), 5) == date(2026, 7, 8)
    assert nth_school_day(year, date(2026, 7, 17), 5) == date(2026, 7, 22)


def test_the_tasks_of_somebody_without_a_part_in_cases_cost_no_query_more(
    school: Organisation, head: User, django_assert_max_num_queries: object
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    for _ in range(2):
        make_case(school, status=Status.SUBMITTED)
    today = school.today()
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(duties_of(head, today)) == 2
    assert teacher.posts  # every page has read them
    before = _queries(teacher, today)
    make_case(school, status=Status.SUBMITTED)
    assert _queries(teacher, today) == before


def _queries(person: User, on: date) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert duties_of(person, on) == []
    return len(captured)


def test_every_sweep_asks_as_much_however_many_cases_there_are(
    school: Organisation, head: User
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            for source in SOURCES:
                list(source.owed(User.objects.all(), school.today()))
        return len(captured)

    set_rule(school, quorum=2)
    for status in (Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.APPROVED):
        make_case(school, status=status, head=head)
    few = asked()
    for status in (Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.APPROVED):
        make_case(school, status=status, head=head)
    assert asked() == few
