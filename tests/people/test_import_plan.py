"""What a staff list would change, and what confirming it writes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.importing import plan as plans
from people.importing.plan import Outcome, Plan
from people.importing.plan_changed import PlanChanged
from people.models import Membership, Organisation, StaffImport, User
from people.roles import Role
from people.services import importing
from people.services import membership as memberships
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.people.staff_lists import PEOPLE
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
TODAY = date.today()
GONE = TODAY - timedelta(days=30)


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school)


def upload(school: Organisation, by: User, text: str) -> StaffImport:
    return importing.upload(school, text.encode(), by=by)


def plan(school: Organisation, by: User, text: str) -> Plan:
    return importing.plan_of(upload(school, by, text))


def run(school: Organisation, by: User, text: str, **more: Any) -> importing.Applied:
    found = upload(school, by, text)
    return importing.confirm(found, by=by, digest=importing.plan_of(found).digest, **more)


def post_of(name: str) -> Membership:
    return Membership.objects.select_related("person", "line_manager").get(person__name=name)


def test_a_first_list_adds_everybody_and_nothing_before_it_is_confirmed(
    school: Organisation, office: User
) -> None:
    before = User.objects.count(), Membership.objects.count(), AuditEvent.objects.count()
    found = upload(school, office, PEOPLE)
    counts = importing.plan_of(found).counts
    assert counts == {"added": 3, "changed": 0, "unchanged": 0, "error": 0}
    assert (User.objects.count(), Membership.objects.count(), AuditEvent.objects.count()) == before

    importing.confirm(found, by=office, digest=importing.plan_of(found).digest)

    anna = post_of("Anna O'Brien")
    assert anna.person.email == "anna@school.example"
    assert anna.person.sort_name == "O'Brien"
    assert anna.starts_on == date(2024, 9, 1)
    assert (anna.department, anna.payroll_id) == ("Maths", "101")
    assert str(anna.line_manager) == "Zoë Müller"
    assert str(post_of("Cher").line_manager) == "Zoë Müller"
    assert not anna.person.has_usable_password()
    assert [role.role for role in anna.roles.all()] == [Role.STAFF]
    found.refresh_from_db()
    assert (found.status, found.rows, found.headings) == ("done", [], [])


def test_the_same_file_again_changes_nothing(school: Organisation, office: User) -> None:
    text = (
        "Name,E-mail,Staff number,Role,Job,Dept,Manager,Start,Leaving date,Type,TTO\n"
        "Ann Lee,ann@x.example,1,Headteacher,,,,01/09/2020,,,\n"
        "Bo,,2,Wizard,,Arts,Ann Lee,,,agency,yes\n"
        "Cy Roe,,,,,,ann@x.example,,,governor,\n"
        f"Di Poe,di@x.example,,DSL; Staff,,,,01/01/2020,{TODAY + timedelta(9):%d/%m/%Y},,no\n"
        f"Ed Old,ed@x.example,,,,,,01/01/2020,{GONE:%d/%m/%Y},,\n"
    )
    run(school, office, text)
    for _ in range(2):
        lines = AuditEvent.objects.count()
        again = plan(school, office, text)
        assert again.counts == {"added": 0, "changed": 0, "unchanged": 5, "error": 0}, [
            row.changes for row in again.rows
        ]
        run(school, office, text)
        assert AuditEvent.objects.count() == lines + 1, "only that a list was imported"
    assert not User.objects.filter(name="Ed Old").exists(), "who has left is not added"


def test_rows_match_by_staff_number_then_address_then_name(
    school: Organisation, office: User
) -> None:
    run(school, office, "Name,Email,Staff number\nAnn,ann@x.example,1\nBo,bo@x.example,\nCy,,\n")
    changed = plan(
        school,
        office,
        "Name,Email,Staff number,Job title\n"
        "Ann Other,ann2@x.example,1,Cook\nBo,BO@X.EXAMPLE,2,\nCy,cy@x.example,3,\n",
    )
    assert changed.counts["changed"] == 3
    assert [(c.label, c.before, c.after) for c in changed.rows[0].changes] == [
        ("Name", "Ann", "Ann Other"),
        ("E-mail", "ann@x.example", "ann2@x.example"),
        ("Job title", "", "Cook"),
    ]
    assert [c.label for c in changed.rows[1].changes] == ["Staff number"]
    assert [c.label for c in changed.rows[2].changes] == ["E-mail", "Staff number"]


def test_two_people_of_one_name_need_more_than_the_name(school: Organisation, office: User) -> None:
    for number in (1, 2):
        make_member(make_person("Sam Hall"), school, payroll_id=str(number))
    row = plan(school, office, "Name\nSam Hall\n").rows[0]
    assert row.outcome == Outcome.ERROR
    assert "Several people here have this name" in row.errors[0]


def test_an_empty_cell_changes_nothing(school: Organisation, office: User) -> None:
    run(school, office, "Name,Email,Dept,Manager\nAnn,ann@x.example,Arts,\nBo,b@x.example,,Ann\n")
    kept = plan(school, office, "Name,Email,Dept,Manager\nAnn,ann@x.example,,\nBo,b@x.example,,\n")
    assert kept.changes_nothing


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",a@x.example,,,", "The name is missing."),
        ("A" * 151 + ",,,,", "more than 150 characters"),
        ("Ann,not-an-address,,,", "not an e-mail address"),
        ("Ann,,31/02/2026,,", "Start date: “31/02/2026” is not a date"),
        ("Ann,,29/02/2026,,", "is not a date"),
        ("Ann,,01/09/2026,01/08/2026,", "leaving date is before"),
        ("Ann,,,,Trust lead", "a role at a trust, not at a school"),
        ("Ann,same@x.example,,,", "Rows 2 and 3 have the same e-mail address."),
    ],
)
def test_errors_name_their_row_and_nothing_is_saved(
    school: Organisation, office: User, row: str, sentence: str
) -> None:
    text = f"Name,Email,Start date,Leaving date,Role\nGood,same@x.example,,,\n{row}\n"
    if "same@" not in row:
        text = text.replace("same@", "good@")
    found = upload(school, office, text)
    planned = importing.plan_of(found)
    assert planned.rows[1].number == 3
    assert sentence in " ".join(planned.rows[1].errors)
    people = User.objects.count()
    with pytest.raises(RuleBroken, match="Some rows have errors"):
        importing.confirm(found, by=office, digest=planned.digest)
    assert User.objects.count() == people


def test_rows_with_errors_can_be_left_out(school: Organisation, office: User) -> None:
    applied = run(
        school, office, "Name,Email\nGood,good@x.example\nBad,bad\n", leave_out_errors=True
    )
    assert (len(applied.added), applied.left_out) == (1, 1)
    assert not User.objects.filter(name="Bad").exists()


def test_names_are_kept_as_people_write_them(school: Organisation, office: User) -> None:
    names = ["O'Brien", "Zoë", "Cher", "A" * 150, "Ðorđe Þ. van der Berg-Żółć", "<b>Bob</b>"]
    run(school, office, "Full name\n" + "".join(f"{name}\n" for name in names))
    found = set(User.objects.values_list("name", flat=True))
    assert set(names) <= found


def test_a_name_written_family_first_is_turned(school: Organisation, office: User) -> None:
    run(school, office, 'Name,Line manager\n"O\'Brien, Anna",\nZoë,"O\'Brien, Anna"\n')
    anna = User.objects.get(name="Anna O'Brien")
    assert anna.sort_name == "O'Brien"
    assert post_of("Zoë").line_manager == anna


def test_an_address_used_elsewhere_joins_that_person_and_keeps_their_name(
    school: Organisation, office: User
) -> None:
    other = make_school("Hidden School")
    dana = make_user(Role.STAFF, at=other, name="Dana Real")
    text = f"Name,Email\nD. Wrong,{dana.email}\n"
    row = plan(school, office, text).rows[0]
    assert row.outcome == Outcome.ADDED
    assert row.notes == ["Already uses the portal: joins this school."]
    assert row.name == "D. Wrong"
    assert "Hidden" not in repr(row)
    assert "Dana" not in repr(row)

    run(school, office, text)
    dana.refresh_from_db()
    assert dana.name == "Dana Real"
    assert dana.memberships.count() == 2
    row = plan(school, office, text).rows[0]
    assert row.outcome == Outcome.UNCHANGED
    assert "stay as they are" in row.notes[0]


def test_an_address_of_somebody_else_is_an_error(school: Organisation, office: User) -> None:
    run(school, office, "Name,Email,Staff number\nAnn,ann@x.example,1\n")
    stranger = make_user(Role.STAFF, at=make_school())
    row = plan(school, office, f"Name,Email,Staff number\nAnn,{stranger.email},1\n").rows[0]
    assert row.errors == ["This e-mail address belongs to somebody else already."]


def test_sensitive_roles_stand_out_and_roles_are_never_taken(
    school: Organisation, office: User
) -> None:
    text = "Name,Role\nAnn,Headteacher\nBo,Teacher\nCy,Governor\n"
    assert [row.name for row in plan(school, office, text).sensitive] == ["Ann"]
    run(school, office, text)
    assert post_of("Bo").job_title == "Teacher"
    assert post_of("Cy").employment == "governor"
    run(school, office, "Name,Role\nAnn,DSL\nBo,\nCy,Staff\n")
    assert {role.role for role in post_of("Ann").roles.all()} == {Role.HEAD, Role.DSL}
    assert {role.role for role in post_of("Cy").roles.all()} == {Role.GOVERNOR}


def test_nobody_gives_themselves_a_sensitive_role(school: Organisation, office: User) -> None:
    row = plan(school, office, f"Name,Email,Role\n{office.name},{office.email},IT\n").rows[0]
    assert row.errors == ["Somebody else has to give you a new role."]


def test_a_missing_person_is_offered_and_leaves_only_when_ticked(
    school: Organisation, office: User
) -> None:
    run(school, office, PEOPLE)
    shorter = "\n".join(PEOPLE.splitlines()[:3])
    offered = plan(school, office, shorter)
    cher = post_of("Cher")
    assert [one.person.name for one in offered.leavers] == ["Cher"], "and never the importer"
    run(school, office, shorter)
    cher.refresh_from_db()
    assert cher.ends_on is None

    run(school, office, shorter, leavers={cher.pk: GONE})
    cher.refresh_from_db()
    assert cher.ends_on == GONE
    assert plan(school, office, shorter).leavers == []


def test_only_who_was_offered_can_leave(school: Organisation, office: User) -> None:
    stranger = make_member(make_person(), make_school())
    with pytest.raises(PlanChanged):
        run(school, office, PEOPLE, leavers={stranger.pk: TODAY})
    with pytest.raises(PlanChanged):
        run(school, office, PEOPLE, leavers={office.memberships.get().pk: TODAY})
    assert not User.objects.filter(name="Cher").exists(), "all or nothing"


def test_a_last_day_before_the_first_refuses_the_whole_import(
    school: Organisation, office: User
) -> None:
    post = make_member(make_person("Late Start"), school, since=TODAY)
    with pytest.raises(RuleBroken, match="Late Start: the last day"):
        run(school, office, PEOPLE, leavers={post.pk: GONE})
    assert not User.objects.filter(name="Cher").exists()


def test_a_leaving_date_in_the_file_ends_the_post(school: Organisation, office: User) -> None:
    run(school, office, "Name,Email\nAnn,ann@x.example\n")
    post = post_of("Ann")
    text = f"Name,Email,Leaving date\nAnn,ann@x.example,{TODAY + timedelta(5):%d/%m/%Y}\n"
    run(school, office, text)
    post.refresh_from_db()
    assert post.ends_on == TODAY + timedelta(5)
    assert plan(school, office, text).changes_nothing


def test_somebody_who_left_comes_back_with_a_new_post_and_a_warning(
    school: Organisation, office: User
) -> None:
    old = make_member(make_person("Ann", email="ann@x.example"), school, since=date(2020, 9, 1))
    memberships.leave(old, last_day=GONE, by=None)
    text = "Name,Email,Start date\nAnn,ann@x.example,01/09/2020\n"
    row = plan(school, office, text).rows[0]
    assert row.outcome == Outcome.ADDED
    assert "Left on" in row.warnings[0]
    run(school, office, text)
    assert Membership.objects.filter(person__name="Ann").count() == 2
    assert plan(school, office, text).changes_nothing


def test_a_leaver_manages_nobody_and_nobody_manages_themselves(
    school: Organisation, office: User
) -> None:
    memberships.leave(make_member(make_person("Old Boss"), school), last_day=GONE, by=None)
    rows = plan(school, office, "Name,Manager\nAnn,Old Boss\nBo,Bo\nCy,nobody@x.example\n").rows
    assert "nobody here is called “Old Boss”" in rows[0].warnings[0]
    assert "nobody is their own" in rows[1].warnings[0]
    assert "nobody@x.example" in rows[2].warnings[0]


def test_when_the_school_changed_meanwhile_the_preview_comes_again(
    school: Organisation, office: User
) -> None:
    found = upload(school, office, PEOPLE)
    digest = importing.plan_of(found).digest
    make_member(make_person("Anna O'Brien", email="anna@school.example"), school)
    with pytest.raises(PlanChanged, match="changed since you opened"):
        importing.confirm(found, by=office, digest=digest)
    assert not User.objects.filter(name="Cher").exists()


def test_confirming_twice_writes_once(school: Organisation, office: User) -> None:
    found = upload(school, office, PEOPLE)
    digest = importing.plan_of(found).digest
    importing.confirm(found, by=office, digest=digest)
    with pytest.raises(RuleBroken, match="already"):
        importing.confirm(found, by=office, digest=digest)


def test_only_who_manages_people_can_apply(school: Organisation, office: User) -> None:
    sheet_plan = plan(school, office, PEOPLE)
    with pytest.raises(PermissionDenied):
        importing.apply(school, sheet_plan, by=make_user(Role.SLT, at=school))


def test_trust_staff_may_manage_a_school_and_a_trust_knows_trust_roles(db: None) -> None:
    trust = make_trust()
    lead = make_user(Role.TRUST_LEAD, at=trust)
    run(make_school(trust=trust), lead, "Name\nAnn\n")
    run(trust, lead, "Name,Role\nBo,Trust IT\n")
    assert post_of("Bo").roles.get().role == Role.TRUST_IT


def test_unconfirmed_rows_are_erased_after_a_week(school: Organisation, office: User) -> None:
    old, new = (
        upload(school, office, PEOPLE),
        upload(school, make_user(Role.HEAD, at=school), PEOPLE),
    )
    StaffImport.objects.filter(pk=old.pk).update(uploaded_at=old.uploaded_at - timedelta(days=8))
    assert importing.erase_old() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.rows, old.status) == ([], "abandoned")
    assert len(new.rows) == 3


def test_a_plan_costs_the_same_queries_however_long_the_list(
    school: Organisation, office: User
) -> None:
    def cost(number: int) -> int:
        rows = [(n, [f"Person {n}", f"p{n}@x.example", "Person 1"]) for n in range(number)]
        with CaptureQueriesContext(connection) as asked:
            plans.make(school, rows, {"name": 0, "email": 1, "line_manager": 2}, by=office)
        return len(asked)

    assert cost(10) == cost(400) <= 5
