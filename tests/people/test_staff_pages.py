"""The staff list of a school and each person's page."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from people import trail as people_trail
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from web.csv import safe_cell

pytestmark = pytest.mark.django_db
TODAY = date.today()
SOON, GONE = TODAY + timedelta(days=10), TODAY - timedelta(days=10)


@pytest.fixture
def office(school: Organisation, client: Client) -> User:
    user = make_user(Role.OFFICE, at=school, name="Olga Office")
    client.force_login(user)
    return user


@pytest.fixture
def ann(school: Organisation) -> Membership:
    return make_member(
        make_person("Ann Lee", email="ann@x.example"), school, Role.STAFF, department="Maths"
    )


def url(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"people:{name}", args=[school.slug, *args])


def names(client: Client, school: Organisation, query: str = "") -> set[str]:
    page = client.get(url("list", school) + query)
    assert page.status_code == 200
    return {post.person.name for post, *_ in page.context["rows"]}


def test_the_list_is_searched_and_filtered(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    make_member(make_person("Bo", email=None), school, Role.DSL, payroll_id="pay-77")
    leaving = make_member(make_person("Cy"), school)
    memberships.leave(leaving, last_day=SOON, by=None)
    left = make_member(make_person("Di"), school)
    memberships.leave(left, last_day=GONE, by=None)
    make_member(make_person("Ed"), school, since=SOON)
    make_member(make_person("Fay"), make_school())

    assert names(client, school) == {"Ann Lee", "Bo", "Cy", "Olga Office"}
    assert names(client, school, "?q=ANN@x") == {"Ann Lee"}
    assert names(client, school, "?q=PAY-77") == {"Bo"}
    assert names(client, school, "?role=dsl") == {"Bo"}
    assert names(client, school, "?department=Maths") == {"Ann Lee"}
    assert names(client, school, "?status=leaving") == {"Cy"}
    assert names(client, school, "?status=left") == {"Di"}
    assert names(client, school, "?status=future") == {"Ed"}
    assert names(client, school, "?only=no_address") == {"Bo"}
    assert names(client, school, "?only=not_signed_in&status=current") == {"Ann Lee", "Bo", "Cy"}
    assert names(client, school, "?employment=governor") == set()
    assert names(client, school, "?role=nonsense") == {"Ann Lee", "Bo", "Cy", "Olga Office"}


def test_a_thousand_people_cost_the_queries_of_ten(
    client: Client, school: Organisation, office: User
) -> None:
    def add(number: int) -> None:
        for n in range(number):
            make_member(make_person(), school, Role.STAFF, department=f"Dept {n % 5}")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(url("list", school))
        return len(asked)

    add(10)
    ten = cost()
    add(190)
    assert cost() == ten <= 8


def test_the_export_is_safe_for_spreadsheets(
    client: Client, school: Organisation, office: User
) -> None:
    make_member(make_person("=cmd()"), school, job_title="@evil", department="-1")
    response = client.get(url("export", school))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    evil = next(row for row in rows if "cmd" in row["Name"])
    assert (evil["Name"], evil["Job title"], evil["Department"]) == ("'=cmd()", "'@evil", "'-1")
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_could_be_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_who_may_see_and_who_may_change(
    client: Client, school: Organisation, ann: Membership
) -> None:
    pk = ann.person_id
    expected = {Role.STAFF: (403, 403), Role.IT: (200, 403), Role.OFFICE: (200, 200)}
    for role, (see, change) in expected.items():
        client.force_login(make_user(role, at=school))
        assert client.get(url("list", school)).status_code == see
        assert client.get(url("detail", school, pk)).status_code == see
        for name in ("change", "roles", "leave"):
            assert client.get(url(name, school, pk)).status_code == change
        assert client.get(url("add", school)).status_code == change
    client.force_login(make_user(Role.HEAD, at=make_school()))
    for address in (url("list", school), url("detail", school, pk), url("export", school)):
        assert client.get(address).status_code == 404


def test_a_person_of_another_school_does_not_exist_here(
    client: Client, school: Organisation, office: User
) -> None:
    stranger = make_user(Role.STAFF, at=make_school())
    for name in ("detail", "change", "roles", "leave"):
        assert client.get(url(name, school, stranger.pk)).status_code == 404


def test_posts_elsewhere_are_shown_only_to_those_who_may_see_them(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    make_member(ann.person, make_school("Secret School"))
    assertNotContains(client.get(url("detail", school, ann.person_id)), "Secret School")
    page = client.get(url("change", school, ann.person_id))
    assertContains(page, "not this school’s alone to change")
    assertNotContains(page, 'name="email"')
    client.post(
        url("change", school, ann.person_id),
        {"name": "Hacked", "email": "h@x.example", "employment": "permanent",
         "starts_on": "2024-09-01"},
    )  # fmt: skip
    ann.person.refresh_from_db()
    assert (ann.person.name, ann.person.email) == ("Ann Lee", "ann@x.example")


def test_adding_a_person(client: Client, school: Organisation, office: User) -> None:
    data = {"name": "  New   Nell ", "email": "NELL@x.example", "employment": "permanent",
            "starts_on": "2026-09-01", "roles": ["staff"]}  # fmt: skip
    assert client.post(url("add", school), data).status_code == 302
    nell = User.objects.get(name="New Nell")
    assert nell.email == "nell@x.example"
    assert nell.memberships.get().starts_on == date(2026, 9, 1)
    again = client.post(url("add", school), data)
    assertContains(again, "is on the staff list already")
    bad = client.post(url("add", school), {**data, "name": "", "roles": ["trust_it"]})
    assertContains(bad, "There is a problem")
    assert User.objects.filter(name="").count() == 0


def test_changing_details_and_address(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    stamp = ann.person.session_stamp
    data = {"name": "Ann Lee-Poe", "sort_name": "Lee", "email": "ann2@x.example",
            "employment": "agency", "starts_on": "2024-09-01", "department": "Arts"}  # fmt: skip
    assert client.post(url("change", school, ann.person_id), data).status_code == 302
    ann.refresh_from_db()
    person = User.objects.get(pk=ann.person_id)
    assert (person.name, person.sort_name, person.email) == (
        "Ann Lee-Poe", "Lee-Poe", "ann2@x.example",
    )  # fmt: skip
    assert (ann.employment, ann.department) == ("agency", "Arts")
    assert person.session_stamp != stamp, "a new address ends the sessions"
    taken = client.post(url("change", school, ann.person_id), {**data, "email": office.email})
    assertContains(taken, "belongs to somebody else already")


def test_a_leaver_is_no_choice_as_line_manager(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    boss = make_member(make_person("Old Boss"), school)
    assertContains(client.get(url("change", school, ann.person_id)), "Old Boss")
    memberships.leave(boss, last_day=SOON, by=None)
    page = client.get(url("change", school, ann.person_id))
    assertNotContains(page, "Old Boss")
    assert ann.person not in page.context["form"].fields["line_manager"].queryset


def test_roles_are_given_and_taken(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    client.post(url("roles", school, ann.person_id), {"roles": ["dsl", "slt"]})
    assert set(ann.roles.filter(ends_on=None).values_list("role", flat=True)) == {"dsl", "slt"}
    refused = client.post(url("roles", school, ann.person_id), {"roles": ["trust_lead"]})
    assert refused.status_code == 200


def test_nobody_locks_themselves_out_or_raises_themselves(
    client: Client, school: Organisation, office: User
) -> None:
    page = client.post(url("roles", school, office.pk), {"roles": ["staff"]})
    assertContains(page, "You would lose the right to manage people here.")
    page = client.post(url("roles", school, office.pk), {"roles": ["office", "it"]})
    assertContains(page, "Somebody else has to give you a new role.")
    page = client.post(
        url("leave", school, office.pk), {"last_day": f"{SOON}", "confirmed": "True"}
    )
    assertContains(page, "You cannot end your own post.")
    assert office.memberships.get().roles.get().role == Role.OFFICE


def test_the_last_who_manages_people_stays(client: Client, db: None) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head = make_user(Role.HEAD, at=school, name="Only Head")
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    response = client.post(url("roles", school, head.pk), {"roles": []})
    assert response.status_code == 302, "the trust still manages them"

    alone = make_school()
    boss = make_user(Role.HEAD, at=alone)
    client.force_login(boss)
    page = client.post(url("roles", alone, boss.pk), {"roles": []})
    assertContains(page, "You would lose the right")


def test_leaving_is_confirmed_first_and_can_be_undone(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    leave = url("leave", school, ann.person_id)
    assertContains(client.post(leave, {"last_day": f"{SOON}"}), "Check before you record it")
    ann.refresh_from_db()
    assert ann.ends_on is None
    assertContains(client.post(leave, {"last_day": "1999-01-01"}), "cannot be before")
    client.post(leave, {"last_day": f"{SOON}", "confirmed": "True"})
    ann.refresh_from_db()
    assert ann.ends_on == SOON
    assert ann.roles.get().ends_on == SOON
    page = client.get(url("detail", school, ann.person_id))
    assertContains(page, "They stay after all")

    client.post(url("stay", school, ann.person_id))
    ann.refresh_from_db()
    assert ann.ends_on is None
    assert ann.roles.get().ends_on is None


def test_leaving_cannot_be_undone_once_they_came_back(
    client: Client, school: Organisation, office: User, ann: Membership
) -> None:
    memberships.leave(ann, last_day=GONE, by=None)
    make_member(ann.person, school, since=TODAY)
    response = client.post(url("stay", school, ann.person_id), follow=True)
    assertContains(response, "is not leaving")


def test_the_record_of_a_post_is_for_those_who_read_trail_or_people(
    school: Organisation, ann: Membership
) -> None:
    def may(user: User, kind: str, pk: int) -> bool | None:
        return people_trail.scope(user, kind, pk)

    head, staff = make_user(Role.HEAD, at=school), make_user(Role.STAFF, at=school)
    it, stranger = make_user(Role.IT, at=school), make_user(Role.HEAD, at=make_school())
    post, at = "people.membership", "people.organisation"
    assert [may(one, post, ann.pk) for one in (head, it, staff, stranger)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [may(one, at, school.pk) for one in (head, it, staff, stranger)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert may(head, post, 0) is False
    assert may(head, "governance.policyversion", 1) is None
