"""A school's settings and its year, in the browser."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from people.models import Closure, Organisation, Term, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user

pytestmark = pytest.mark.django_db
DAYS = "people__invitation_days"


@pytest.fixture
def office(school: Organisation, client: Client) -> User:
    user = make_user(Role.OFFICE, at=school)
    client.force_login(user)
    return user


def url(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"people:{name}", args=[school.slug, *args])


def rules(client: Client, at: Organisation, **changed: str) -> dict[str, str]:
    form = client.get(url("settings", at)).context["form"]
    shown = {name: str(form.initial.get(name) or "") for name in form.fields}
    return shown | changed


def test_a_rule_is_set_and_given_back_to_the_trust(client: Client, db: None) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    client.post(url("settings", trust), rules(client, trust, **{DAYS: "20"}))
    assertContains(client.get(url("settings", school)), "Left empty: 20 days, as the trust has it.")
    school.refresh_from_db()
    assert school.setting("people.invitation_days") == 20

    client.post(url("settings", school), rules(client, school, **{DAYS: "7"}))
    school = Organisation.objects.get(pk=school.pk)
    assert school.setting("people.invitation_days") == 7
    client.post(url("settings", school), rules(client, school, **{DAYS: ""}))
    school = Organisation.objects.get(pk=school.pk)
    assert school.setting("people.invitation_days") == 20


def test_a_value_out_of_bounds_is_refused(
    client: Client, school: Organisation, office: User
) -> None:
    page = client.post(url("settings", school), rules(client, school, **{DAYS: "400"}))
    assertContains(page, "choose a number from 1 to 90.")
    school.refresh_from_db()
    assert school.settings == {}


def test_a_school_without_trust_sees_the_usual_value(
    client: Client, school: Organisation, office: User
) -> None:
    assertContains(client.get(url("settings", school)), "Left empty: 30 days, as usual.")


def details(**changed: str) -> dict[str, str]:
    return {"name": "Oak", "colour": "#AA0000", "nation": "SCT", "time_zone": "Europe/London",
            "domains": "Oak.example\n@mail.oak.example"} | changed  # fmt: skip


def test_name_colour_and_domains_are_changed(
    client: Client, school: Organisation, office: User
) -> None:
    assert client.post(url("settings_details", school), details()).status_code == 302
    school.refresh_from_db()
    assert (school.name, school.colour, school.nation) == ("Oak", "#aa0000", "SCT")
    assert [one.domain for one in school.domains.all()] == ["mail.oak.example", "oak.example"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"domains": "gmail.com"}, "Anybody can have an address at gmail.com"),
        ({"domains": "no domain!"}, "is not a domain"),
        ({"colour": "red; }"}, "Choose a colour such as"),
        ({"time_zone": "Mars/Base"}, "There is a problem"),
        ({"name": ""}, "There is a problem"),
    ],
)
def test_wrong_details_are_refused(
    client: Client, school: Organisation, office: User, changed: dict[str, str], sentence: str
) -> None:
    before = school.name
    assertContains(client.post(url("settings_details", school), details(**changed)), sentence)
    school.refresh_from_db()
    assert school.name == before


TERM = {"name": "Autumn", "starts_on": "2026-09-01", "ends_on": "2026-12-18"}


def test_a_term_is_added_changed_and_deleted(
    client: Client, school: Organisation, office: User
) -> None:
    assertContains(client.get(url("terms", school)), "No terms yet")
    client.post(url("term_add", school), TERM)
    term = Term.objects.get()
    assertContains(client.get(url("terms", school)), "Autumn")
    client.post(url("term_change", school, term.pk), {**TERM, "ends_on": "2026-12-17"})
    term.refresh_from_db()
    assert term.ends_on == date(2026, 12, 17)
    assertContains(client.get(url("term_delete", school, term.pk)), "Delete this entry?")
    assert Term.objects.exists(), "looking deletes nothing"
    client.post(url("term_delete", school, term.pk))
    assert not Term.objects.exists()


def test_terms_in_the_wrong_order_or_overlapping_get_a_sentence(
    client: Client, school: Organisation, office: User
) -> None:
    page = client.post(url("term_add", school), {**TERM, "ends_on": "2026-08-01"})
    assertContains(page, "The last day cannot be before the first.")
    client.post(url("term_add", school), TERM)
    page = client.post(
        url("term_add", school), {**TERM, "name": "B", "starts_on": "2026-12-01",
                                  "ends_on": "2027-01-10"},
    )  # fmt: skip
    assertContains(page, "overlap with Autumn")
    assertContains(page, 'value="B"')
    assert Term.objects.count() == 1


def test_days_outside_every_term_are_saved_with_a_warning(
    client: Client, school: Organisation, office: User
) -> None:
    client.post(url("term_add", school), TERM)
    inset = {"kind": "inset", "name": "", "starts_on": "2026-09-01", "ends_on": ""}
    page = client.post(url("closure_add", school), inset, follow=True)
    assertNotContains(page, "outside every term")
    closure = Closure.objects.get()
    assert closure.ends_on == date(2026, 9, 1)
    page = client.post(
        url("closure_change", school, closure.pk), {**inset, "starts_on": "2026-08-28"},
        follow=True,
    )  # fmt: skip
    assertContains(page, "outside every term")
    client.post(url("closure_delete", school, closure.pk))
    assert not Closure.objects.exists()


def test_the_same_inset_day_twice_gets_a_sentence(
    client: Client, school: Organisation, office: User
) -> None:
    inset = {"kind": "inset", "name": "", "starts_on": "2026-09-01", "ends_on": ""}
    client.post(url("closure_add", school), inset)
    assertContains(client.post(url("closure_add", school), inset), "in the list already")


def test_another_schools_term_does_not_exist(
    client: Client, school: Organisation, office: User
) -> None:
    other = make_school()
    term = Term.objects.create(
        organisation=other, name="X", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 2)
    )
    assert client.get(url("term_change", school, term.pk)).status_code == 404
    assert client.post(url("term_delete", school, term.pk)).status_code == 404
    assert client.get(url("terms", other)).status_code == 404


def test_staff_do_not_change_settings(client: Client, school: Organisation) -> None:
    client.force_login(make_user(Role.SLT, at=school))
    for name in ("settings", "settings_details", "terms", "term_add", "closure_add"):
        assert client.get(url(name, school)).status_code == 403
