"""The self-check of personal accounts: the school sees done or not done, never an answer (D21)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import SelfCheck
from governance.self_check import Rhythm
from governance.self_check_questions import EDITION, QUESTIONS
from governance.services import exemptions, self_check
from notices.duties import duties_of
from people.duty import Duty
from people.models import Organisation, User
from people.models.membership import Membership
from people.roles import Role
from people.services import membership, organisations
from tests.factories import make_member, make_school, make_trust, make_user
from trail.models import AuditEvent

pytestmark = pytest.mark.django_db
FOUNDED = date(2026, 12, 1)
DUE = FOUNDED + timedelta(days=30)
PAGE = "/self-check/"


@pytest.fixture
def school(db: None) -> Organisation:
    with time_machine.travel("2026-12-01 10:00"):
        return make_school()


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


@pytest.fixture
def head(school: Organisation) -> User:
    person = make_user(Role.HEAD, at=school, name="Hanna Head")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    return person


@pytest.fixture
def _in_march() -> Iterator[None]:
    with time_machine.travel("2027-03-01 10:00"):
        yield


def owed(person: User, on: date) -> list[Duty]:
    return [duty for duty in duties_of(person, on) if duty.kind == "self_check.do"]


def done(person: User, on: date) -> SelfCheck:
    with time_machine.travel(f"{on.isoformat()} 10:00"):
        return self_check.done(by=User.objects.get(pk=person.pk))


def answers(answer: str = "yes", **others: str) -> dict[str, str]:
    return {question.key: answer for question in QUESTIONS} | others


# Who owes it, and when


@pytest.mark.demand("D21")
def test_everybody_is_asked_within_their_first_month_and_then_once_a_year(teacher: User) -> None:
    assert owed(teacher, DUE - timedelta(days=15)) == []
    (duty,) = owed(teacher, DUE - timedelta(days=14))
    assert duty.due_on == DUE
    done(teacher, DUE)
    assert owed(teacher, DUE + timedelta(days=1)) == []
    assert owed(teacher, DUE + timedelta(days=350)) == []
    (again,) = owed(teacher, DUE + timedelta(days=351))
    assert again.due_on == DUE + timedelta(days=365)
    assert again.occasion != duty.occasion


def test_somebody_new_has_a_month_from_their_first_day(school: Organisation) -> None:
    person = make_user(Role.STAFF, at=school, since=date(2027, 5, 1))
    (duty,) = owed(person, date(2027, 5, 30))
    assert duty.due_on == date(2027, 5, 31)


@pytest.mark.parametrize("employment", Membership.Employment)
def test_it_is_for_those_who_meet_pupils(school: Organisation, employment: str) -> None:
    person = make_user(Role.STAFF, at=school, employment=employment)
    asked = employment not in {"governor", "parent"}
    assert bool(owed(person, DUE)) is asked


@pytest.mark.parametrize(
    ("ask", "first", "a_year_later"),
    [("yearly", True, True), ("edition", True, False), ("off", False, False)],
)
def test_the_school_decides_how_often(
    school: Organisation, teacher: User, head: User, ask: str, first: bool, a_year_later: bool
) -> None:
    organisations.change_settings(school, {"self_check.ask": ask}, by=head)
    assert bool(owed(teacher, DUE)) is first
    done(teacher, DUE)
    assert bool(owed(teacher, DUE + timedelta(days=365))) is a_year_later


def test_a_new_edition_asks_those_who_did_the_last(
    school: Organisation, teacher: User, head: User
) -> None:
    organisations.change_settings(school, {"self_check.ask": "edition"}, by=head)
    SelfCheck.objects.create(
        person=teacher, organisation=school, edition=EDITION - 1, done_on=FOUNDED
    )
    assert len(owed(teacher, DUE)) == 1


def test_a_person_at_two_schools_does_it_once() -> None:
    with time_machine.travel("2026-12-01 10:00"):
        trust = make_trust()
        first, second = make_school(trust=trust), make_school(trust=trust)
    person = make_user(Role.STAFF, at=first)
    make_member(person, second, Role.STAFF, since=date(2027, 2, 1))
    (duty,) = owed(person, date(2027, 3, 1))
    assert (duty.organisation_id, duty.due_on) == (first.pk, DUE)
    done(person, date(2027, 3, 1))
    assert owed(person, date(2027, 3, 10)) == []


def test_who_is_on_long_leave_is_not_asked_until_a_month_after(
    school: Organisation, teacher: User, head: User
) -> None:
    exemptions.allow(
        teacher, school, by=head, reason="long_leave",
        starts_on=date(2026, 12, 2), ends_on=date(2027, 4, 30),
    )  # fmt: skip
    assert owed(teacher, date(2027, 4, 30)) == []
    (duty,) = owed(teacher, date(2027, 5, 30))
    assert duty.due_on == date(2027, 5, 30)


def test_a_leaver_is_not_asked_any_more(teacher: User) -> None:
    membership.leave(teacher.memberships.get(), last_day=DUE, by=None)
    assert owed(teacher, DUE + timedelta(days=1)) == []


# The questions


@pytest.mark.demand("D21")
@pytest.mark.usefixtures("_in_march")
def test_whoever_goes_through_them_sees_what_to_do_and_owes_nothing(
    client: Client, teacher: User
) -> None:
    client.force_login(teacher)
    for question in QUESTIONS:
        assertContains(client.get(PAGE), question.text)
    page = client.post(PAGE, answers("yes", tags="not_yet", password="none"))
    todo = {question.key: question.todo for question in QUESTIONS}
    assertContains(page, todo["tags"])
    assertNotContains(page, todo["privacy"])
    assertNotContains(page, todo["password"])
    assert owed(teacher, date(2027, 3, 2)) == []
    assertContains(client.get(PAGE), "You did this last on 1 March 2027")


@pytest.mark.usefixtures("_in_march")
def test_nothing_left_to_do_is_said_kindly(client: Client, teacher: User) -> None:
    client.force_login(teacher)
    assertContains(client.post(PAGE, answers("yes")), "nothing left to do")
    assertContains(client.post(PAGE, answers("none")), "nothing left to do")


@pytest.mark.usefixtures("_in_march")
def test_an_answer_left_out_is_asked_for_and_the_others_stay(client: Client, teacher: User) -> None:
    client.force_login(teacher)
    sent = answers("not_yet")
    del sent["tags"]
    page = client.post(PAGE, sent)
    assertContains(page, "Choose an answer: Do others have to ask you")
    assert list(page.context["form"].errors) == ["tags"]
    assert page.content.decode().count("checked") == len(QUESTIONS) - 1
    assert not SelfCheck.objects.exists()


@pytest.mark.usefixtures("_in_march")
def test_twice_on_one_day_is_once_on_record(client: Client, teacher: User) -> None:
    client.force_login(teacher)
    client.post(PAGE, answers())
    client.post(PAGE, answers("not_yet"))
    assert SelfCheck.objects.count() == 1
    assert AuditEvent.objects.filter(verb="self_check.do").count() == 1


def test_changed_questions_are_a_new_edition() -> None:
    """Whoever changes a word of a question raises EDITION, and writes both down here."""
    words = json.dumps([[one.key, one.text] for one in QUESTIONS])
    assert (EDITION, hashlib.sha256(words.encode()).hexdigest()[:12]) == (1, "7004259cb91e")
    assert 6 <= len(QUESTIONS) <= 8


# No answer is kept anywhere


def database() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    return {
        model._meta.db_table: [
            json.dumps(row, cls=DjangoJSONEncoder, default=str)
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in apps.get_models()
    }


@pytest.mark.demand("D21")
@pytest.mark.usefixtures("_in_march")
def test_no_answer_reaches_database_session_cookie_address_or_log(
    client: Client, teacher: User, caplog: Any, capsys: Any
) -> None:
    canary = "canary-4711"
    client.force_login(teacher)
    client.get(PAGE)
    before = database()
    valid = client.post(PAGE, answers("not_yet", extra=canary))
    invalid = client.post(PAGE, answers(canary))
    assert (valid.status_code, invalid.status_code) == (200, 200)

    after = database()
    new = {table: set(rows) - set(before[table]) for table, rows in after.items()}
    assert {table for table, rows in new.items() if rows} == {
        "governance_selfcheck", "trail_auditevent", "trail_chainhead",
    }  # fmt: skip
    kept = json.dumps([sorted(rows) for rows in new.values()])
    told = caplog.text + "".join(capsys.readouterr())
    headers = str([valid.headers, invalid.headers, valid.cookies, invalid.cookies])
    session = json.dumps(dict(client.session))
    for place in (kept, told, headers, session, client.cookies.output()):
        assert canary not in place
        assert "not_yet" not in place
        assert not any(question.key in place for question in QUESTIONS)
    assert "/self-check/" not in told
    assert valid.headers["Cache-Control"] == "private, no-store"


def test_there_is_no_place_for_an_answer() -> None:
    columns = {field.name for field in SelfCheck._meta.get_fields()}
    assert columns == {"id", "person", "organisation", "edition", "done_on"}


@pytest.mark.usefixtures("_in_march")
def test_all_yes_and_all_no_leave_the_same_behind(school: Organisation, head: User) -> None:
    left = []
    for answer in ("yes", "not_yet", "none"):
        person, client = make_user(Role.STAFF, at=school), Client()
        client.force_login(person)
        client.post(PAGE, answers(answer))
        row = SelfCheck.objects.values("organisation", "edition", "done_on").get(person=person)
        line = AuditEvent.objects.get(verb="self_check.do", actor=person)
        left.append((row, line.details))
    assert left[0] == left[1] == left[2]


# Who has done it


@pytest.fixture
def people(school: Organisation, head: User, teacher: User) -> None:
    """At the first of March: one done, one overdue, one still in time, one exempt."""
    done(teacher, date(2027, 2, 1))
    make_user(Role.STAFF, at=school, name="Lateria Example", department="Arts")
    make_user(Role.STAFF, at=school, name="Newton Starter", since=date(2027, 2, 25))
    away = make_user(Role.STAFF, at=school, name="Exe Away")
    exemptions.allow(away, school, by=head, reason="long_leave", starts_on=date(2026, 12, 2))
    make_user(Role.GOVERNOR, at=school, name="Gwen Governor", employment="governor")
    done(head, date(2026, 12, 2))


@pytest.mark.demand("D21")
@pytest.mark.usefixtures("people", "_in_march")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Toni Teacher", "Lateria Example", "Newton Starter", "Exe Away", "Hanna Head"}),
        ("?state=done", {"Toni Teacher", "Hanna Head"}),
        ("?state=not_done", {"Lateria Example", "Newton Starter"}),
        ("?state=overdue", {"Lateria Example"}),
        ("?state=exempt", {"Exe Away"}),
        ("?department=Arts", {"Lateria Example"}),
        ("?q=newton", {"Newton Starter"}),
        ("?q=nobody+such", set()),
    ],
)
def test_the_school_sees_who_has_done_it_and_when(
    client: Client, school: Organisation, head: User, query: str, shown: set[str]
) -> None:
    client.force_login(head)
    url = reverse("governance:self_checks", args=[school.slug])
    page = client.get(url + query)
    assert {row.person.name for row, *_ in page.context["lines"]} == shown
    figures = page.context["figures"]
    assert (figures.done, figures.overdue, figures.exempt, figures.total) == (2, 1, 1, 5)
    assert (figures.percent, figures.pending) == (50, 1)
    download = client.get(reverse("governance:self_checks_csv", args=[school.slug]) + query)
    lines = list(csv.DictReader(io.StringIO(download.getvalue().decode("utf-8-sig"))))
    assert {line["Name"] for line in lines} == shown
    states = {line["Name"]: (line["State"], line["Last done"]) for line in lines}
    if not query:
        assert states["Toni Teacher"] == ("Done", "2027-02-01")
        assert states["Lateria Example"] == ("Overdue", "")


def test_in_a_schools_first_month_nobody_is_late_and_everybody_is_counted(
    client: Client, school: Organisation, head: User, teacher: User
) -> None:
    with time_machine.travel("2026-12-10 10:00"):
        client.force_login(head)
        page = client.get(reverse("governance:self_checks", args=[school.slug]))
    figures = page.context["figures"]
    assert (figures.done, figures.overdue, figures.pending, figures.total) == (0, 0, 2, 2)


@pytest.mark.usefixtures("people", "_in_march")
@pytest.mark.parametrize("role", [Role.STAFF, Role.GOVERNOR, Role.DEPUTY_DSL, Role.IT])
def test_the_list_is_not_for_everybody(client: Client, school: Organisation, role: Role) -> None:
    client.force_login(make_user(role, at=school))
    for name in ("self_checks", "self_checks_csv"):
        url = reverse(f"governance:{name}", args=[school.slug])
        assert client.get(url).status_code == 403


@pytest.mark.usefixtures("people", "_in_march")
def test_a_school_that_asks_nobody_is_told_so(
    client: Client, school: Organisation, head: User
) -> None:
    organisations.change_settings(school, {"self_check.ask": "off"}, by=head)
    client.force_login(head)
    page = client.get(reverse("governance:self_checks", args=[school.slug]))
    assertContains(page, "Nobody is asked at the moment")
    assert page.context["figures"].overdue == 0


@pytest.mark.usefixtures("people")
def test_the_list_and_the_tasks_agree_on_every_day(school: Organisation, head: User) -> None:
    """The condition in the database and the rule in Python say the same of each person."""
    from governance.self_check import at

    school = Organisation.objects.select_related("parent").get(pk=school.pk)
    for ask in ("yearly", "edition", "off"):
        organisations.change_settings(school, {"self_check.ask": ask}, by=head)
        school.refresh_from_db()
        rhythm = Rhythm.at(school)
        for days in range(0, 800, 13):
            on = FOUNDED + timedelta(days=days)
            late = set(at(school, on).filter(rhythm.overdue(on)).values_list("person", flat=True))
            people = User.objects.filter(memberships__organisation=school)
            told = {
                person.pk for person in people if any(duty.due_on < on for duty in owed(person, on))
            }
            assert late == told, (ask, on)


def test_a_self_check_cannot_be_changed_and_can_be_forgotten(teacher: User) -> None:
    row = done(teacher, DUE)
    with pytest.raises(DatabaseError), transaction.atomic():
        SelfCheck.objects.filter(pk=row.pk).update(done_on=DUE + timedelta(days=9))
    SelfCheck.objects.filter(pk=row.pk).delete()
