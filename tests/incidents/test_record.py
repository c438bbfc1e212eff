"""What is written down about a case stays, a change is seen, and nothing gets out (F3)."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.clocks import facts_of, running
from incidents.models import Case, CaseLine, ChronologyEntry
from incidents.own_record import record
from incidents.services import (
    access,
    alerts,
    chronology,
    closing,
    keeping,
    looking,
    messages,
    people,
    referrals,
    reporting,
    telling,
    work,
)  # fmt: skip
from incidents.services.people import Named
from incidents.verifying import problems
from notices.passed_on import goes_to_deputy
from notices.services import sweep as notice_sweep
from people.calendar.hours import SchoolClock
from tests.incidents.factories import (
    Cast,
    a_report,
    afresh,
    assess,
    make_case,
    subject,
    target,
)  # fmt: skip
from trail import immutable
from web.errors import RuleBroken


def test_a_correction_stands_beside_what_it_corrects(cast: Cast) -> None:
    case = make_case(cast)
    first = chronology.add(case, by=cast.dsl, body="Rang the mother.", kind="call")
    second = chronology.correct(first, by=cast.head, body="Rang the father.")
    entries = [
        (entry.number, entry.text("body"), entry.corrects) for entry in case.chronology.all()
    ]
    assert entries == [(1, "Rang the mother.", None), (2, "Rang the father.", first)]
    assert second.written_by == cast.head
    later = timezone.now() + timedelta(hours=1)
    with pytest.raises(RuleBroken, match="not come yet"):
        chronology.add(case, by=cast.dsl, body="x", happened_at=later)
    assert problems(case) == []


@pytest.mark.demand("H6")
def test_a_case_with_twenty_entries_is_read_in_few_queries(cast: Cast) -> None:
    """What a page of a case asks for, with the look; session and person come on top."""
    case = make_case(cast, kind="grooming", people=(target(), target("Ida Elm")))
    for number in range(20):
        chronology.add(case, by=cast.dsl, body=f"Entry {number}")
    user = afresh(cast.dsl)
    assert user.posts
    with CaptureQueriesContext(connection) as queries:
        found = looking.look(case.reference, by=user)
        texts = [entry.text("body") for entry in found.chronology.select_related("written_by")]
        texts += [person.name for person in found.people.shown_to(user).select_related("user")]
        list(found.actions.select_related("owner"))
        running(facts_of(found), SchoolClock(found.organisation))
    assert len(texts) == 23
    assert len(queries) <= 13, queries.captured_queries
    assert found.views.get().person == user


def test_the_database_refuses_to_change_what_was_written(cast: Cast) -> None:
    case = make_case(cast)
    chronology.add(case, by=cast.dsl, body="As it was.")
    looking.look(case.reference, by=cast.dsl)
    messages.write_as_reporter(case.reference, by=cast.teacher, body="And this.")
    for table in ("caseline", "chronologyentry", "caseview", "message", "alert"):
        for statement in (
            f"UPDATE incidents_{table} SET case_id = case_id", f"DELETE FROM incidents_{table}",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    for change in ({"reference": "X"}, {"status": "closed"}, {"status": "open"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**change)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda case: case.lines.filter(number=1).update(verb="case.close"), "edited"),
        (lambda case: case.lines.filter(number=1).delete(), "missing"),
        (lambda case: case.chronology.update(sealed_body=b"other"), "chronologyentry was edited"),
        (lambda case: case.chronology.all().delete(), "chronologyentry is missing"),
        (
            lambda case: ChronologyEntry.objects.create(
                case=case, number=9, happened_at=timezone.now() - timedelta(hours=1),
                written_by=case.reporter, sealed_body=b"x",
            ),
            "chronologyentry was put in",
        ),
    ],
)  # fmt: skip
def test_whoever_tampers_with_the_database_is_found_out(cast: Cast, tamper, said: str) -> None:
    case = make_case(cast)
    chronology.add(case, by=cast.dsl, body="As it was.")
    out = io.StringIO()
    call_command("verify_cases", stdout=out)
    assert "1 checked, 0 broken" in out.getvalue()
    with immutable.lifted():
        tamper(case)
    assert any(said in problem for problem in problems(case)), problems(case)
    with pytest.raises(SystemExit):
        call_command("verify_cases", stdout=out)


def test_each_case_has_a_chain_of_its_own_without_a_gap(cast: Cast) -> None:
    one, two = make_case(cast), make_case(cast, people=(subject(cast.dsl),))
    for _ in range(2):
        chronology.add(one, by=cast.dsl, body="One")
        chronology.add(two, by=cast.head, body="Two")
    numbers = list(CaseLine.objects.visible_to(cast.dsl).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.once
def test_news_of_a_case_is_never_passed_to_a_deputy() -> None:
    """Standing in gives no rights; whoever may see the case is told by the case itself."""
    assert not goes_to_deputy(telling.KIND)


@pytest.mark.once
def test_a_line_holds_no_sentence() -> None:
    with pytest.raises(RuntimeError):
        record("case.report", Case(), by=None)


# Canaries (F3)

CANARY = "Zwitscherkanarienvogel"


@pytest.mark.demand("F3")
def test_nothing_that_is_said_of_a_case_stands_anywhere_in_the_open(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole case whose every text is a canary; then every column of every table is read."""
    caplog.set_level(logging.DEBUG)
    c = f"{CANARY} 1"
    report = a_report(
        kind="staff_abuse", what=c, where=c, platform=c, handle=c, when=c, done=c, behalf=c,
        people=(Named("subject", name=c, relation="staff"), target(c, year_group=7)),
    )  # fmt: skip
    case, receipt = reporting.submit_public(cast.school, report, relation="pupil", name=c)
    reporting.submit(cast.school, a_report(what=c), by=cast.teacher)
    messages.write_by_receipt(receipt, body=c)
    by = cast.head
    case = assess(case, by=by)
    case.refresh_from_db()
    from incidents.services import triage

    case = triage.begin(case, by=by, owner=by)
    looking.look(case.reference, by=by)
    chronology.correct(chronology.add(case, by=by, body=c), by=by, body=c)
    messages.answer(case, by=by, body=c)
    person = people.add(case, Named("witness", name=c), by=by)
    people.remove(person, by=by, why=c)
    people.record_conflict(case, person=cast.office, by=by, why=c)
    access.let_in(case, person=cast.slt, by=by, why=c)
    robin = case.people.targets().get()
    consent = work.ask_consent(robin, by=by)
    work.move_consent(consent, "override", by=by, note=c, basis=c)
    referral = case.referrals.get(body="police")
    referral = referrals.made(referral, by=by, number=c)
    referrals.answered(referrals.acknowledged(referral, by=by, number=c), by=by, outcome=c)
    takedown = work.need_takedown(case, by=by, where=c)
    work.move_takedown(takedown, "remove", by=by, note=c)
    breach = referrals.begin_breach(case, by=by, aware_at=timezone.now())
    referrals.decline_breach(referrals.assess_breach(breach, by=by, risk=c), by=by, why=c)
    work.offer_support(robin, by=by, what="counselling", note=c)
    action = work.add_action(case, by=by, text=c, owner=by, due_at=timezone.now())
    for row in case.actions.all():
        work.finish_action(row, by=by, note=c, needed=row.pk == action.pk)
    keeping.hold(case, by=by, why=c)
    closing.propose(case, by=by, outcome="advice", why=c)
    closing.close(case, by=cast.slt if not case.needs_two else _second(cast, case))
    closing.reopen(case, by=by, why=c)
    alerts.sweep(timezone.now() + timedelta(days=9))
    notice_sweep(timezone.now())
    found = [place for place, value in everything() if CANARY in value]
    assert found == []
    assert CANARY not in caplog.text
    assert problems(case) == []


def _second(cast: Cast, case: Case):
    access.let_in(case, person=cast.chair, by=cast.head, why="Second person", may_work=True)
    return cast.chair


def everything():
    """Every value of every table, as text; bytes as they lie there."""
    for model in apps.get_models():
        fields = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*fields):
            for name, value in zip(fields, row, strict=True):
                text = (
                    bytes(value).decode("latin1")
                    if isinstance(value, (bytes, memoryview))
                    else str(value)
                )
                yield f"{model._meta.label}.{name}", text
