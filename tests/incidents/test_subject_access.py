"""Somebody asks what is held about them: each entry is decided upon, checked by another, given."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import subject_access_duties
from incidents.access_entries import Entry, entries_of, named_in, others_of
from incidents.models import (
    Case,
    CaseExport,
    CaseLine,
    EntryDecision,
    RequestBundle,
    RequestedCase,
    SubjectRequest,
)
from incidents.services import chronology, closing, evidence, keeping, keys, people, work
from incidents.services import subject_access as requests
from incidents.services import subject_access_bundle as bundles
from incidents.services import subject_access_cases as cases
from incidents.services.people import Named
from incidents.services.subject_access import Asked
from incidents.services.subject_access_cases import Decision
from incidents.services.telling import TITLE
from incidents.visibility import Hidden
from notices.duties import duties_of
from notices.ladders import LADDERS
from people.models import User
from people.roles import Role
from tests.factories import make_user
from tests.incidents.factories import Cast, afresh, assess, make_case, subject, target
from tests.incidents.test_exports import verdict
from tests.incidents.test_visibility import away
from tests.web.pdfs import assert_accessible, text_of
from trail.models import AuditEvent
from web.errors import RuleBroken

F1, F3 = pytest.mark.demand("F1"), pytest.mark.demand("F3")
GIVE = Decision("give")
THIRD = Decision("withhold", ground="third_party")
ROBIN = {"name": "Robin Ash", "relation": "pupil", "year_group": 7}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def asked(cast: Cast, *, by: User | None = None, **details: Any) -> SubjectRequest:
    plain = Asked(received_on=cast.school.today(), asked_by="Mo Ash", **ROBIN)  # type: ignore[arg-type]
    return requests.record(cast.school, replace(plain, **details), by=by or cast.dsl)


def about_robin(cast: Cast, **details: Any) -> Case:
    case = make_case(cast, people=(target("Robin Ash", year_group=7),), **details)
    people.add(case, Named("subject", name="Kim Birch", relation="pupil"), by=cast.head)
    chronology.add(case, by=cast.head, body="Kim Birch began; kimbirch08 denied it to Robin.")
    return case


def found_in(request: SubjectRequest, by: User) -> list[RequestedCase]:
    rows = RequestedCase.objects.visible_to(afresh(by)).filter(request=request)
    return list(rows.select_related("case__organisation__parent", "case__key", "request"))


def entry_of(row: RequestedCase, by: User, words: str) -> Entry:
    (found,) = [
        entry for entry in entries_of(row.case, by) if any(words in text for text in entry.texts)
    ]
    return found


def decide_rest(row: RequestedCase, decision: Decision, *, by: User) -> int:
    made = cases.decisions_of(row)
    keys = [entry.key for entry in entries_of(row.case, by) if entry.key not in made]
    return cases.decide(row, keys, decision, by=by)


def opened(made: bundles.Made) -> zipfile.ZipFile:
    content = b"".join(made.pieces)
    assert len(content) == made.size
    return zipfile.ZipFile(io.BytesIO(content))


def everything(archive: zipfile.ZipFile) -> str:
    texts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return "\n".join([*texts, text_of(archive.read("what-is-given.pdf"))])


def test_a_request_is_answered_entry_by_entry_checked_and_given(cast: Cast, tmp_path: Path) -> None:
    case, request = about_robin(cast), asked(cast)
    work.add_action(
        case, by=cast.dsl, text="Ring the mother of Kim Birch", owner=cast.dsl,
        due_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    shown = evidence.add(case, evidence.prepare(b"Robin, seen", "a.txt"), by=cast.dsl, gate="no")
    other = evidence.add(case, evidence.prepare(b"Of Kim", "kim.txt"), by=cast.dsl, gate="no")
    assert cases.find(request, by=cast.dsl) == 1
    (row,) = found_in(request, cast.dsl)
    assert row.found == "child"
    # Nothing is given that nobody decided upon.
    with pytest.raises(RuleBroken, match="is not decided upon"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    body = entry_of(row, cast.dsl, "kimbirch08")
    named = named_in(body, others_of(row.case, request))
    assert {"Kim Birch", "kimbirch08"} <= set(named)
    assert not any("Robin" in word for word in named)
    words = ("Kim Birch", "kimbirch08")
    cases.decide(row, [body.key], Decision("black_out", words=words), by=cast.dsl)
    for said in ("Ring the mother", "kim.txt"):
        cases.decide(row, [entry_of(row, cast.dsl, said).key], THIRD, by=cast.dsl)
    child = next(
        entry for entry in entries_of(row.case, cast.dsl)
        if entry.section == "people" and "Kim Birch" in entry.texts
    )  # fmt: skip
    note = Decision("withhold", ground="third_party", note="SECRET GROUND")
    cases.decide(row, [child.key], note, by=cast.dsl)
    with pytest.raises(RuleBroken, match="wait for a decision"):
        cases.ready(row, by=cast.dsl)
    assert decide_rest(row, GIVE, by=cast.dsl) == 0
    cases.ready(row, by=cast.dsl)
    with pytest.raises(RuleBroken, match="Another person has to check"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    with pytest.raises(RuleBroken, match="Another person has to check"):
        cases.check(row, by=cast.dsl)
    cases.check(row, by=cast.deputy)
    archive = opened(bundles.make(request, by=cast.dsl, recipient="Mo Ash"))
    said = everything(archive)
    for gone in ("irch", "Of Kim", "kim.txt", "Ring the mother", "SECRET GROUND"):
        assert gone.casefold() not in said.casefold(), gone
    assert "[blacked out] began; [blacked out] denied it to Robin." in said
    assert "somebody else’s personal data" in said
    assert archive.read("matter-1/files/001.txt") == b"Robin, seen"
    assert_accessible(archive.read("what-is-given.pdf"), title="What is held about Robin Ash")
    code, says = verdict(archive, tmp_path)
    assert code == 0, says
    bundle = RequestBundle.objects.get()
    assert archive.read("manifest.json") == bundle.manifest
    assert bundle.fingerprint in says
    kept = CaseExport.objects.get()
    assert (kept.profile, kept.files, kept.text("recipient")) == ("access", 1, "Mo Ash")
    assert [one.what for one in shown.custody.all()] == ["exported", "added"]
    assert [one.what for one in other.custody.all()] == ["added"]
    requests.end(request, by=cast.dsl, outcome="sent")
    with pytest.raises(RuleBroken, match="has ended"):
        cases.find(request, by=cast.dsl)


def test_what_is_changed_or_added_later_is_decided_upon_and_checked_anew(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, GIVE, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    chronology.add(case, by=cast.deputy, body="A new thing")
    with pytest.raises(RuleBroken, match="One entry waits for a decision"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    decide_rest(row, THIRD, by=cast.dsl)
    with pytest.raises(RuleBroken, match="is not decided upon"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    with pytest.raises(RuleBroken, match="has changed"):
        cases.decide(row, ["0" * 32], GIVE, by=cast.dsl)
    cases.ready(row, by=cast.dsl)
    cases.send_back(row, by=cast.head, why="The mother may know")
    (row,) = found_in(request, cast.dsl)
    assert (row.ready_at, row.text("sent_back")) == (None, "The mother may know")
    cases.leave_out(row, by=cast.dsl, why="Another Robin Ash")
    cases.check(row, by=cast.deputy)
    archive = opened(bundles.make(request, by=cast.dsl, recipient="Mo Ash"))
    assert "hold nothing about this person" in everything(archive)
    assert not CaseExport.objects.exists()


def test_a_school_may_let_one_person_alone_do_it(cast: Cast) -> None:
    about_robin(cast)
    request = asked(cast)
    cast.school.settings["incidents.requests_checked"] = False
    cast.school.save()
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, GIVE, by=cast.dsl)
    cases.ready(row, by=cast.dsl)
    assert bundles.make(request, by=cast.dsl, recipient="Mo Ash").size


def test_a_decision_holds_only_where_it_says_enough(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    locked = evidence.add(case, evidence.prepare(b"x", "a.txt"), by=cast.dsl, gate="no")
    evidence.quarantine(locked, by=cast.dsl)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    body, file = entry_of(row, cast.dsl, "kimbirch08"), entries_of(row.case, cast.dsl)[-1]
    assert file.locked
    for entry, decision, why in [
        (body, Decision("withhold"), "on what ground"),
        (body, Decision("withhold", ground="because"), "on what ground"),
        (body, Decision("black_out"), "Write down the words"),
        (body, Decision("black_out", words=("Kim Burch",)), "Kim Burch” does not stand"),
        (body, Decision("perhaps"), "Decide whether"),
        (file, GIVE, "locked away"),
        (file, Decision("black_out", words=("x",)), "locked away"),
    ]:
        with pytest.raises(RuleBroken, match=why):
            cases.decide(row, [entry.key], decision, by=cast.dsl)
    assert not EntryDecision.objects.exists()


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
    about_robin(cast, hide_reporter=True, behalf="My form")
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


def test_the_month_begins_when_it_is_known_who_asks_and_is_made_longer_once(cast: Cast) -> None:
    today = cast.school.today()
    request = asked(cast, waits_for_identity=True, received_on=today - timedelta(days=20))
    assert request.due_on is None
    with pytest.raises(RuleBroken, match="confirm first who asks"):
        requests.extend(request, by=cast.dsl, months=1, why="Complex")
    with pytest.raises(RuleBroken, match="not confirmed who asks"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    for wrong in (today + timedelta(days=1), today - timedelta(days=21)):
        with pytest.raises(RuleBroken, match="This day"):
            requests.confirm_identity(request, by=cast.dsl, on=wrong)
    request = requests.confirm_identity(request, by=cast.dsl, on=today)
    first = request.due_on
    assert first is not None
    assert first > today + timedelta(days=27)
    for months in (0, 3):
        with pytest.raises(RuleBroken, match="One or two months"):
            requests.extend(request, by=cast.dsl, months=months, why="Complex")
    request = requests.extend(request, by=cast.dsl, months=2, why="Complex")
    assert request.due_on is not None
    assert request.due_on > first + timedelta(days=57)
    with pytest.raises(RuleBroken, match="added already"):
        requests.extend(request, by=cast.dsl, months=1, why="More")
    old = asked(cast, received_on=today - timedelta(days=40))
    with pytest.raises(RuleBroken, match="too late"):
        requests.extend(old, by=cast.dsl, months=1, why="Complex")
    for outcome, why in [("sent", "Make the bundle"), ("refused", "Say why"), ("x", "Choose")]:
        with pytest.raises(RuleBroken, match=why):
            requests.end(old, by=cast.dsl, outcome=outcome)
    requests.end(old, by=cast.dsl, outcome="withdrawn", note="By telephone")


def test_a_request_is_erased_when_its_time_is_over_and_its_key_is_wrapped_anew(
    cast: Cast, settings: Any
) -> None:
    about_robin(cast)
    request = asked(cast)
    settings.FIELD_KEYS = ["another-key-of-the-portal-for-this-test", *settings.FIELD_KEYS]
    assert keys.left() == 2
    assert keys.rotate() >= 2
    assert keys.left() == 0
    request = SubjectRequest.objects.get()
    assert request.text("asked_by") == "Mo Ash"
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, THIRD, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    requests.end(request, by=cast.dsl, outcome="sent")
    ended = timezone.now() - timedelta(days=3 * 366 + 1)
    assert requests.forget_old() == 0
    SubjectRequest.objects.update(ended_at=ended)
    assert requests.forget_old() == 1
    assert not EntryDecision.objects.exists()
    assert CaseExport.objects.count() == 1


def test_dates(cast: Cast) -> None:
    request = asked(cast, received_on=date(2025, 1, 31))
    assert request.due_on == date(2025, 2, 28)


def owed(person: User, on: date) -> set[str]:
    """The same whether a page asks for one person or a sweep for all."""
    mine = {one for one in duties_of(afresh(person), on) if one.kind == subject_access_duties.KIND}
    swept = subject_access_duties.ANSWERING.owed(User.objects.all(), on)
    assert mine == {one for one in swept if one.person_id == person.pk}
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
    ladder = LADDERS[subject_access_duties.KIND]
    assert {step.to for step in ladder.steps} == {"owner"}
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


def test_what_was_decided_goes_with_the_case(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, THIRD, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    assess(case, by=cast.dsl)
    case = closing.set_aside(case, "no_action", by=cast.head, why="Nothing in it")
    Case.objects.filter(pk=case.pk).update(ended_at=timezone.now() - timedelta(days=8 * 366))
    keeping.dispose(keeping.propose_disposal(case, by=cast.dsl), by=cast.head)
    assert not EntryDecision.objects.exists()
    assert not RequestedCase.objects.exists()
    assert RequestBundle.objects.visible_to(afresh(cast.dsl)).get().manifest
    assert not RequestBundle.objects.visible_to(afresh(cast.head)).exists()
