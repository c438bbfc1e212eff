"""What an investigation asks for: to be shown an account (I22), to have content opened (I24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from time_machine import travel

from incidents.approving import Side, approvers, missing
from incidents.models import CaseLine, CaseView, ContentLook, ContentRequest
from incidents.own_record import CaseRefused
from incidents.services import access, content, exports, investigating, keeping, people
from incidents.services.telling import tell_outside
from incidents.verifying import problems
from incidents.visibility import Hidden
from incidents.workflow import CASE
from incidents.workflow_parts import ACCOUNT, CONTENT
from notices.models import Mail, Notice
from people.roles import Role
from tests.factories import make_user
from tests.incidents.factories import Cast, afresh, begin, make_case, subject, target
from trail.models import AuditEvent
from trail.workflow import InvalidTransition
from web.errors import RuleBroken

F1 = pytest.mark.demand("F1")
CANARY = "Zaunkoenig"
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def case(cast: Cast):
    return begin(make_case(cast, people=(target(),)), by=cast.dsl)


def ask(case, by, **more):
    given = {
        "what": "A video.",
        "where": "https://x.example/v/1",
        "why": "To know who.",
        "hours": 4,
    }
    return content.ask(case, by=by, **{**given, **more})


def opened(case, cast: Cast, **more) -> ContentRequest:
    row = ask(case, cast.dsl, **more)
    content.approve(row, by=cast.head, side=Side.LEADING)
    return content.approve(row, by=cast.it, side=Side.IT)


def owner_asked(case, cast: Cast, **more):
    given = {"kind": "account", "which": "Instagram, robin.a", "why": "She was sent threats."}
    return investigating.ask_owner(
        case.people.targets().get(), by=cast.dsl, asked_at=timezone.now() - AN_HOUR,
        **{**given, **more},
    )  # fmt: skip


# An account or a device of somebody's own


@pytest.mark.once
@pytest.mark.parametrize("table", [ACCOUNT, CONTENT], ids=lambda one: one.name)
def test_every_status_of_these_tables_can_be_reached(table) -> None:
    reached = {table.start}
    for _ in range(9):
        reached |= {
            after for path in table.moves.values() for before, after in path.items()
            if before in reached
        }  # fmt: skip
    assert reached == {s for path in table.moves.values() for pair in path.items() for s in pair}


def test_an_account_is_asked_for_given_in_person_refused_or_withdrawn(cast: Cast, case) -> None:
    row, now = owner_asked(case, cast), timezone.now()
    assert "show an account" in " ".join(CASE.problems("propose", case, cast.dsl))
    row = investigating.refused(row, by=cast.dsl, why="She would rather not.")
    assert (row.status, row.text("refusal")) == ("refused", "She would rather not.")
    given = {"at": now, "presence": "Her mother.", "seen": "The messages of Monday."}
    for wrong, sentence in (
        ({"themselves": False}, "Only the owner signs in"),
        ({"at": now + AN_HOUR}, "has not come yet"),
        ({"at": now - 2 * AN_HOUR}, "before they were asked"),
        ({"presence": " "}, "who was there"),
        ({"seen": " "}, "what was looked at"),
    ):
        with pytest.raises(RuleBroken, match=sentence):
            investigating.shown(row, by=cast.dsl, **{"themselves": True, **given, **wrong})
    row = investigating.shown(row, by=cast.dsl, themselves=True, **given)
    assert (row.status, row.text("presence"), row.shown_at) == ("given", "Her mother.", now)
    with pytest.raises(InvalidTransition):
        investigating.refused(row, by=cast.dsl, why="No.")
    row = investigating.withdrawn(row, by=cast.dsl, why="She has changed her mind.")
    assert row.status == "withdrawn"
    assert "show an account" not in " ".join(CASE.problems("propose", case, cast.dsl))
    verbs = list(case.lines.filter(verb__startswith="inspection.").values_list("verb", flat=True))
    assert verbs == [f"inspection.{one}" for one in ("ask", "refuse", "give", "withdraw")]
    for change in ({"themselves": False, "status": "given"}, {"shown_at": now - 9 * AN_HOUR}):
        with pytest.raises(IntegrityError), transaction.atomic():
            case.account_requests.update(**change)
    with pytest.raises(Hidden):
        investigating.withdrawn(row, by=cast.teacher, why="x")


@pytest.mark.parametrize("secret", ["the password is Tuba-Robin7", "her login: x, pw: kAtze99!!"])
def test_what_looks_like_a_password_is_refused_in_every_field(cast: Cast, case, secret) -> None:
    row = owner_asked(case, cast)
    for attempt in (
        lambda: owner_asked(case, cast, which=secret),
        lambda: owner_asked(case, cast, why=secret),
        lambda: investigating.refused(row, by=cast.dsl, why=secret),
        lambda: investigating.shown(
            row, by=cast.dsl, at=timezone.now(), presence="x", seen=secret, themselves=True
        ),
        lambda: ask(case, cast.dsl, where=secret),
    ):
        with pytest.raises(RuleBroken, match="looks like a password"):
            attempt()
    assert case.account_requests.get().status == "asked"
    # The name of an account looks like one, and is none.
    assert owner_asked(case, cast, which="Snapchat, Robin2009_x").text("which").endswith("2009_x")
    assert ask(case, cast.dsl, where="https://x.example/Robin2009!", why="Who is @Robin2009?")


# Content that has to be opened


def test_content_is_opened_by_two_people_for_a_time_and_each_look_is_noted(
    cast: Cast, case
) -> None:
    row = ask(case, cast.dsl)
    assert missing(row) == [Side.LEADING, Side.IT]
    assert approvers(row, Side.LEADING) == {cast.head.pk, cast.deputy.pk}
    assert approvers(row, Side.IT) == {cast.it.pk}
    now = timezone.now()
    with pytest.raises(RuleBroken, match="not open"):
        content.note_look(row, by=cast.dsl, what="A video.", at=now)
    row = content.approve(row, by=cast.it, side=Side.IT)
    assert (row.status, row.until) == ("half", None)
    row = content.approve(row, by=cast.head, side=Side.LEADING)
    assert row.is_open()
    assert row.until - row.opened_at == timedelta(hours=4)
    content.note_look(row, by=cast.dsl, what="Two boys, and a dog.", at=timezone.now())
    with pytest.raises(RuleBroken, match="not open"):
        content.note_look(row, by=cast.dsl, what="Before.", at=row.opened_at - AN_HOUR)
    with pytest.raises(RuleBroken, match="open for a while"):
        content.shut(row, by=cast.it)
    assert "Content is asked for, or open" in " ".join(CASE.problems("propose", case, cast.dsl))
    # Nothing happens when the time is over: it follows from the clock.
    with travel(row.until + AN_HOUR, tick=False):
        assert (row.status, row.state, row.is_open()) == ("approved", "Its time is over", False)
        assert "Content is" not in " ".join(CASE.problems("propose", case, cast.dsl))
        content.note_look(row, by=cast.dsl, what="Once more.", at=row.until - AN_HOUR)
        with pytest.raises(RuleBroken, match="not open"):
            content.note_look(row, by=cast.dsl, what="Late.", at=row.until)
        with pytest.raises(RuleBroken, match="over already"):
            content.end(row, by=cast.dsl, why="Enough.")
        assert content.shut(row, by=cast.it).shut_by == cast.it
    assert [look.person for look in case.content_looks.all()] == [cast.dsl, cast.dsl]
    with pytest.raises(DatabaseError), transaction.atomic():
        ContentLook.objects.update(at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        ContentRequest.objects.update(until=row.until + AN_HOUR)
    assert problems(case) == []


def test_it_ends_early_is_refused_with_a_reason_or_is_no_longer_needed(cast: Cast, case) -> None:
    row = content.end(opened(case, cast), by=cast.dsl, why="We know who it was.")
    assert (row.status, row.is_open(), row.state) == ("ended", False, "Ended early")
    with pytest.raises(RuleBroken, match="not open"):
        content.note_look(row, by=cast.dsl, what="After.", at=timezone.now())
    row = ask(case, cast.dsl)
    with pytest.raises(RuleBroken, match="why it stays closed"):
        content.refuse(row, by=cast.it, side=Side.IT, why=" ")
    row = content.refuse(row, by=cast.it, side=Side.IT, why="The police have it.")
    assert (row.status, row.refused_by) == ("refused", cast.it)
    row = content.withdraw(ask(case, cast.dsl), by=cast.dsl)
    assert row.status == "withdrawn"
    for hours in (0, 400):
        with pytest.raises(RuleBroken, match="hours"):
            ask(case, cast.dsl, hours=hours)


@pytest.mark.demand("F7")
def test_nobody_decides_alone_for_themselves_or_for_a_side_that_is_not_theirs(
    cast: Cast, case
) -> None:
    both = make_user(Role.HEAD, Role.IT, at=cast.school)
    row = ask(case, cast.dsl)
    for person, side in (
        (cast.dsl, Side.LEADING), (cast.head, Side.IT), (cast.it, Side.LEADING),
    ):  # fmt: skip
        with pytest.raises(CaseRefused):
            content.approve(row, by=person, side=side)
    with pytest.raises(Hidden):
        content.approve(row, by=cast.teacher, side=Side.LEADING)
    content.approve(row, by=both, side=Side.IT)
    with pytest.raises(CaseRefused):
        content.approve(row, by=both, side=Side.LEADING)
    access.let_in(case, person=cast.it, by=cast.dsl, why="Knows the filter.", may_work=True)
    assert approvers(ask(case, cast.it), Side.IT) == {both.pk}
    # Somebody else in IT comes second, and reads who was quicker.
    with pytest.raises(RuleBroken, match=f"{both} has decided"):
        content.approve(row, by=cast.it, side=Side.IT)
    for change in (
        {"leading_by": both, "leading_at": timezone.now(), "status": "approved"},
        {"leading_by": cast.dsl, "leading_at": timezone.now()},
        {"opened_at": timezone.now(), "until": timezone.now() - AN_HOUR},
        {"status": "approved"},
        {"status": "refused"},
        {"status": "ended"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContentRequest.objects.filter(pk=row.pk).update(**change)
    # The case is whoever works on it: without them nothing is opened in their name.
    people.record_conflict(case, person=cast.dsl, by=cast.deputy, why="A cousin.")
    with pytest.raises(RuleBroken, match="no longer works on it"):
        content.approve(row, by=cast.head, side=Side.LEADING)


@F1
def test_it_finds_the_request_and_no_case_and_whoever_is_kept_out_finds_neither(
    cast: Cast, case
) -> None:
    other = make_user(Role.IT, at=cast.school)
    row = ask(case, cast.dsl)
    told = Notice.objects.filter(url=row.get_absolute_url())
    assert {one.recipient for one in told} == {cast.it, other}
    assert case.reference not in "".join(f"{one.title}{one.url}{one.occasion}" for one in told)
    with transaction.atomic():
        assert content.shown_to_it(row.reference, by=afresh(cast.it)).pk == row.pk
    assert case.views.get(person=cast.it).what == CaseView.What.ASKED
    # Kept out: the notice goes, the request is as one that nobody has, and it is not theirs.
    people.add(case, subject(cast.it), by=cast.dsl)
    assert {one.recipient for one in told.all()} == {other}
    for reference in (row.reference, "22222222ABCD"):
        with transaction.atomic(), pytest.raises(Hidden) as hidden:
            content.shown_to_it(reference, by=afresh(cast.it))
        assert str(hidden.value) == ""
    assert approvers(row, Side.IT) == {other.pk}
    everybody = {cast.it.pk, other.pk, cast.teacher.pk}
    told_now = tell_outside(
        case, everybody, clock="x", since=timezone.now(), url="/content/x/", named="x"
    )
    assert told_now == 2
    for verb in (
        lambda: content.approve(row, by=afresh(cast.it), side=Side.IT),
        lambda: content.refuse(row, by=afresh(cast.it), side=Side.IT, why="x"),
        lambda: content.shut(row, by=afresh(cast.it)),
    ):
        with pytest.raises(Hidden):
            verb()
    assert not CaseLine.objects.filter(verb="content.refused", actor=cast.it).exists()


@F1
def test_where_safeguarding_and_the_head_may_not_the_next_in_line_decide(cast: Cast) -> None:
    case = begin(make_case(cast), by=cast.dsl)
    row = ask(case, cast.dsl)
    people.record_conflict(case, person=cast.deputy, by=cast.dsl, why="A cousin.")
    assert approvers(row, Side.LEADING) == {cast.head.pk}
    people.add(case, subject(cast.head), by=cast.dsl)
    row = ContentRequest.objects.get(pk=row.pk)
    assert approvers(row, Side.LEADING) == {cast.chair.pk}


@pytest.mark.demand("F3")
def test_what_was_asked_for_is_not_a_look_at_the_case_and_goes_with_it(cast: Cast) -> None:
    case = begin(make_case(cast, people=(target(),)), by=cast.dsl)
    row, owner = ask(case, cast.dsl, why=CANARY, what=CANARY, where=CANARY), owner_asked(case, cast)
    with transaction.atomic():
        content.shown_to_it(row.reference, by=cast.it)
    assert not keeping.unread_left_out(type(case).objects.filter(pk=case.pk)).exists()
    content.refuse(row, by=cast.it, side=Side.IT, why=CANARY)
    investigating.refused(owner, by=cast.dsl, why=CANARY)
    for model in [*apps.get_app_config("incidents").get_models(), Notice, Mail, AuditEvent]:
        for values in model._base_manager.values_list():
            texts = [bytes(one) if isinstance(one, (bytes, memoryview)) else one for one in values]
            assert CANARY not in repr(texts), model
    keeping._forget_people(case)
    assert not case.account_requests.exists()


def test_the_record_of_a_case_vouches_for_looks_and_exports(cast: Cast, case) -> None:
    row = opened(case, cast)
    content.note_look(row, by=cast.dsl, what="A video.", at=timezone.now())
    exports.make(case, by=cast.dsl, profile="full", recipient="The police", why="They asked.")
    assert problems(case) == []
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("DELETE FROM incidents_contentlook")
