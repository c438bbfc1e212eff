"""What a request for somebody's data must not tell: hidden cases, hidden people, any text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import subject_access_duties
from incidents.models import (
    Case,
    CaseLine,
    EntryDecision,
    RequestBundle,
    RequestedCase,
    SubjectRequest,
)
from incidents.services import chronology, people
from incidents.services import subject_access as requests
from incidents.services import subject_access_bundle as bundles
from incidents.services import subject_access_cases as cases
from incidents.services.subject_access_cases import Decision
from incidents.services.subject_access_chasing import chase, stage_of
from incidents.services.telling import TITLE
from incidents.visibility import Hidden
from notices.duties import duties_of
from notices.models import Mail, Notice
from people.models import User
from people.roles import Role
from tests.factories import make_user
from tests.incidents.data_requests import (
    GIVE,
    about_robin,
    asked,
    decide_rest,
    entry_of,
    everything,
    found_in,
    opened,
)
from tests.incidents.factories import Cast, afresh, begin, subject
from tests.incidents.test_visibility import away
from trail.models import AuditEvent
from web.errors import RuleBroken

F1, F3 = pytest.mark.demand("F1"), pytest.mark.demand("F3")


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


@F1
def test_a_case_that_the_handler_may_not_see_is_not_found_counted_or_waited_for(cast: Cast) -> None:
    """The same queries whether there is one, and the same answer as for no such case."""
    shapes, request = [], asked(cast)
    for hidden in (False, True):
        if hidden:
            about_robin(cast, about="other_staff", kind="cyberbullying")
            people.add(Case.objects.get(), subject(cast.dsl), by=cast.head)
        user = afresh(cast.dsl)
        assert user.posts
        with CaptureQueriesContext(connection) as queries:
            assert cases.find(request, by=user) == 0
        shapes.append([query["sql"].split()[0] for query in queries])
    assert shapes[0] == shapes[1]
    case = Case.objects.get()
    for reference in (case.reference, "NOSUCHCASE22"):
        with pytest.raises(RuleBroken, match="You see no case"):
            cases.add(request, reference, by=cast.dsl, why="I heard of it")
    # The head finds it; for the safeguarding lead there is still nothing, and nothing to wait for.
    assert cases.find(request, by=cast.head) == 1
    (row,) = found_in(request, cast.head)
    assert found_in(request, cast.dsl) == []
    with pytest.raises(Hidden):
        cases.decide(row, ["0" * 32], GIVE, by=cast.dsl)
    decide_rest(row, GIVE, by=cast.head)
    cases.check(cases.ready(row, by=cast.head), by=cast.deputy)
    archive = opened(bundles.make(request, by=cast.dsl, recipient="Mo Ash"))
    assert case.reference not in everything(archive)
    assert bundles.make(request, by=cast.head, recipient="Mo Ash").size
    assert RequestBundle.objects.visible_to(afresh(cast.head)).count() == 2
    assert RequestBundle.objects.visible_to(afresh(cast.dsl)).count() == 1
    verbs = AuditEvent.objects.filter(verb__contains="request").values_list("verb", flat=True)
    assert set(verbs) == {"subject_request.record"}


@F1
def test_nobody_handles_a_request_about_themselves_or_for_whom_they_stand_in(cast: Cast) -> None:
    by_head = {"by": cast.head, "name": "", "relation": "staff", "year_group": None}
    about_dsl = asked(cast, person=cast.dsl, **by_head)
    made_by_dsl = asked(cast, by=cast.head, asker=cast.dsl)
    about_teacher = asked(cast, person=cast.teacher, **by_head)

    def seen(user: User) -> set[SubjectRequest]:
        return set(SubjectRequest.objects.visible_to(afresh(user)))

    everything_there = {about_dsl, made_by_dsl, about_teacher}
    assert seen(cast.dsl) == {about_teacher}
    assert seen(cast.deputy) == seen(cast.head) == everything_there
    cast.dsl.is_superuser = cast.dsl.is_staff = True
    cast.dsl.save()
    assert seen(cast.dsl) == {about_teacher}
    away(cast.dsl, cast.deputy, cast.school)
    assert seen(cast.deputy) == {about_teacher}
    for verb in (cases.find, requests.take_over):
        with pytest.raises(Hidden):
            verb(about_dsl, by=afresh(cast.dsl))  # type: ignore[operator]
    for role in (Role.SLT, Role.IT, Role.OFFICE, Role.GOVERNOR, Role.CHAIR):
        assert seen(make_user(role, at=cast.school)) == set()
    assert seen(make_user(Role.DPO, at=cast.school)) == everything_there
    for wrong in ({"person": cast.dsl}, {"asker": cast.dsl}):
        with pytest.raises(RuleBroken, match="Nobody answers a request about themselves"):
            asked(cast, **wrong)
    with pytest.raises(RuleBroken, match="Choose them from the list"):
        asked(cast, name=cast.teacher.name, relation="staff")


@F1
def test_a_reporter_who_stays_unknown_is_in_nothing_that_is_given(cast: Cast) -> None:
    # Its owner knows who it was, and whoever checks does not: both decide upon the same.
    begin(about_robin(cast, hide_reporter=True, behalf="My form"), by=cast.dsl)
    request = asked(cast)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, GIVE, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    said = everything(opened(bundles.make(request, by=cast.dsl, recipient="Mo Ash")))
    assert cast.teacher.name not in said
    assert "My form" not in said
    assert "Whatever would tell who reported it" in said


@F3
def test_nothing_of_a_request_is_legible_in_the_tables_the_record_or_a_mail(cast: Cast) -> None:
    canary = "ZXCANARY"
    case = about_robin(cast)
    request = asked(cast, name=f"Robin {canary}a", note=f"{canary}b", asked_by=f"{canary}c")
    row = cases.add(request, case.reference, by=cast.dsl, why=f"{canary}d")
    chronology.add(case, by=cast.dsl, body=f"{canary}e was there")
    (row,) = found_in(request, cast.dsl)
    entry = entry_of(row, cast.dsl, f"{canary}e")
    black = Decision("black_out", words=(f"{canary}e",), note=f"{canary}f")
    cases.decide(row, [entry.key], black, by=cast.dsl)
    decide_rest(row, Decision("withhold", ground="police", note=f"{canary}g"), by=cast.dsl)
    cases.ready(row, by=cast.dsl)
    cases.send_back(row, by=cast.head, why=f"{canary}h")
    cases.leave_out(row, by=cast.dsl, why=f"{canary}i")
    cases.check(row, by=cast.head)
    requests.extend(request, by=cast.dsl, months=1, why=f"{canary}j")
    bundles.make(request, by=cast.dsl, recipient=f"{canary}k")
    requests.end(request, by=cast.dsl, outcome="sent", note=f"{canary}l")
    for model in (
        SubjectRequest,
        RequestedCase,
        EntryDecision,
        RequestBundle,
        CaseLine,
        AuditEvent,
    ):
        for values in model.objects.values_list():
            assert canary.encode() not in b" ".join(
                bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode()
                for one in values
            ), model
    assert canary not in "".join(str(one.message()) for one in mail.outbox)
    request = SubjectRequest.objects.get()
    assert request.text("note") == f"{canary}b"


def owed(person: User, on: date) -> set[str]:
    """What their own page shows; nobody else's list shows any of it."""
    everybody = User.objects.all()
    assert not list(subject_access_duties.ANSWERING.owed(everybody, on))
    mine = {one for one in duties_of(afresh(person), on) if one.kind == subject_access_duties.KIND}
    assert {(one.title, one.url.split("/")[1]) for one in mine} <= {(TITLE, "matters")}
    return {one.url.split("/")[2] for one in mine}


@F1
@F3
def test_whoever_has_it_is_chased_in_time_everybody_and_never_whom_it_is_about(cast: Cast) -> None:
    today = cast.school.today()
    about_head = asked(cast, person=cast.head, name="", relation="staff", year_group=None)
    here, due = {about_head.reference}, about_head.due_on
    assert due is not None
    early, late = due - timedelta(days=15), due - timedelta(days=14)
    assert owed(cast.dsl, early) == here
    assert owed(cast.deputy, early) == set()
    assert owed(cast.deputy, late) == owed(cast.dsl, late) == here
    for person in (cast.head, cast.teacher, cast.slt, cast.trust_lead):
        assert owed(person, late) == set()
    assert due.isoformat() in str(list(duties_of(cast.dsl, late)))
    # Once whoever has it has left, it is everybody's at once.
    cast.dsl.memberships.update(ends_on=today + timedelta(days=1))
    assert owed(cast.deputy, early) == here
    requests.end(about_head, by=cast.deputy, outcome="withdrawn", note="By letter")
    assert owed(cast.deputy, late) == set()


def test_a_second_person_finds_what_waits_for_them_among_their_tasks(cast: Cast) -> None:
    about_robin(cast)
    request, today = asked(cast), cast.school.today()
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    cases.leave_out(row, by=cast.dsl, why="Another child")

    def waits_for(person: User) -> int:
        kinds = [one.kind for one in duties_of(afresh(person), today)]
        return kinds.count(subject_access_duties.CHECK)

    assert [waits_for(one) for one in (cast.dsl, cast.deputy, cast.head)] == [0, 1, 1]
    people.record_conflict(row.case, person=cast.deputy, by=cast.head, why="A relative")
    assert [waits_for(one) for one in (cast.deputy, cast.head)] == [0, 1]
    cases.check(row, by=cast.head)
    assert waits_for(cast.head) == 0


@F1
@F3
def test_the_answer_is_chased_to_the_last_day_and_after_without_saying_of_what(cast: Cast) -> None:
    request = asked(cast, person=cast.head, name="", relation="staff", year_group=None)
    due = request.due_on
    assert due is not None

    def told(days: int, hour: int = 10) -> set[int]:
        before = set(Notice.objects.values_list("pk", flat=True))
        day = due + timedelta(days=days)
        now = datetime.combine(day, time(hour), cast.school.zone)
        first = chase(now)
        assert chase(now) == 0
        new = Notice.objects.exclude(pk__in=before)
        assert {(one.title, one.url) for one in new} <= {(TITLE, request.get_absolute_url())}
        assert len(new) == first
        return set(new.values_list("recipient", flat=True))

    both = {cast.dsl.pk, cast.deputy.pk}
    assert told(-15) == set()
    assert told(-14, hour=7) == told(-14, hour=18) == set()
    assert told(-14) == both
    assert told(-13) == set()
    assert told(-3) == told(-1) == told(0) == told(1) == told(2) == both
    assert {stage_of(days) for days in range(-40, 3)} == {None, -14, -7, -3, -1, 0, 1, 2}
    # Urgent mails belong to no school, so that whoever looks after delivery sees none of it.
    assert Mail.objects.exists()
    assert set(Mail.objects.values_list("organisation", flat=True)) == {None}
    assert not any("Robin" in mail.text or "data" in mail.subject for mail in Mail.objects.all())
    requests.end(request, by=cast.deputy, outcome="withdrawn", note="By letter")
    assert told(3) == set()
