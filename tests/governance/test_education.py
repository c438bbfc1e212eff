"""The log of what a school taught pupils and parents, or sent them (P13)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.education import public_entries
from governance.models import EducationEntry
from governance.services import education
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-20 10:00", tick=False):
        yield


@pytest.fixture
def school() -> Organisation:
    found = make_school("Elm Park School")
    for name, first, last in (
        ("Summer term 2026", date(2026, 4, 13), date(2026, 7, 21)),
        ("Autumn term 2026", date(2026, 9, 2), date(2026, 12, 18)),
        ("Spring term 2027", date(2027, 1, 4), date(2027, 3, 26)),
    ):
        calendar.add_term(found, name=name, starts_on=first, ends_on=last, by=None)
    return found


@pytest.fixture
def dsl(school: Organisation, client: Client) -> User:
    found = make_user(Role.DSL, at=school, name="Dana Lead")
    client.force_login(found)
    return found


def add(school: Organisation, by: User, day: date, title: str, **more: Any) -> EducationEntry:
    details = {"kind": "lesson", "for_pupils": True, **more}
    return education.add(school, by=by, given_on=day, title=title, **details)


@pytest.fixture
def entries(school: Organisation, dsl: User) -> list[EducationEntry]:
    return [
        add(school, dsl, date(2026, 6, 1), "Kind words", groups="Year 5"),
        add(school, dsl, date(2026, 8, 5), "Holiday letter", kind="letter", for_pupils=False,
            for_parents=True, is_public=True),
        add(school, dsl, date(2026, 10, 1), "Group chats", kind="assembly", for_staff=True,
            details="With a play.", is_public=True),
    ]  # fmt: skip


def page(client: Client, school: Organisation, query: str = "") -> Any:
    return client.get(reverse("governance:education", args=[school.slug]) + query)


@pytest.mark.usefixtures("entries")
def test_the_log_stands_under_the_terms_of_the_schools_own_year(
    client: Client, school: Organisation
) -> None:
    terms = page(client, school).context["terms"]
    assert [(term, [one.title for one in found]) for term, found in terms] == [
        ("Autumn term 2026", ["Group chats"]),
        ("Outside term", ["Holiday letter"]),
        ("Summer term 2026", ["Kind words"]),
    ]


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?term={summer}", {"Kind words"}),
        ("?audience=parents", {"Holiday letter"}),
        ("?audience=staff", {"Group chats"}),
        ("?kind=assembly", {"Group chats"}),
        ("?q=year+5", {"Kind words"}),
        ("?q=play", {"Group chats"}),
        ("?q=nothing+of+that+kind", set()),
        ("?term=0", {"Kind words", "Holiday letter", "Group chats"}),
    ],
)
def test_the_log_is_narrowed_down_and_counted(
    client: Client, school: Organisation, query: str, titles: set[str]
) -> None:
    summer = school.terms.get(name__startswith="Summer").pk
    found = page(client, school, query.format(summer=summer))
    assert {one.title for one in found.context["page"]} == titles
    assert found.context["reached"].total == len(titles)
    url = reverse("governance:education_csv", args=[school.slug]) + query.format(summer=summer)
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    assert {row["What"] for row in csv.DictReader(io.StringIO(text))} == titles


@pytest.mark.usefixtures("dsl")
def test_terms_to_come_are_not_offered(client: Client, school: Organisation) -> None:
    offered = [label for _, label in page(client, school).context["form"]["term"].field.choices]
    assert offered == ["All", "Autumn term 2026", "Summer term 2026"]


def test_an_entry_is_added_changed_and_deleted_by_the_pages(
    client: Client, school: Organisation, dsl: User
) -> None:
    new = reverse("governance:education_new", args=[school.slug])
    data = {"title": "Passwords", "given_on": "2026-11-02", "kind": "lesson",
            "audience": ["pupils", "parents"], "groups": "Year 6", "is_public": "on"}  # fmt: skip
    assertContains(client.post(new, data, follow=True), "Pupils and parents (Year 6)")
    entry = EducationEntry.objects.get()
    edit = reverse("governance:education_edit", args=[school.slug, entry.pk])
    assertContains(client.get(edit), 'value="parents"')
    client.post(edit, {**data, "audience": ["staff"], "title": "Long passwords"})
    entry.refresh_from_db()
    assert (entry.title, entry.audience) == ("Long passwords", "Staff (Year 6)")
    gone = reverse("governance:education_delete", args=[school.slug, entry.pk])
    assertContains(client.get(gone), "Delete this entry?")
    assertContains(client.post(gone, follow=True), "The entry has been deleted.")
    assert not EducationEntry.objects.exists()
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor) == ("education.delete", dsl)
    assert line.details == {"entry": str(entry.pk), "kind": "lesson", "on": "2026-11-02"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"title": ""}, "title"), ({"audience": []}, "audience"), ({"kind": "party"}, "kind"),
     ({"given_on": "2026-11-21"}, "given_on"), ({"given_on": "31/02/2026"}, "given_on")],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_is_said_by_the_field(
    client: Client, school: Organisation, dsl: User, change: dict[str, Any], field: str
) -> None:
    data = {"title": "Passwords", "given_on": "2026-11-02", "kind": "lesson",
            "audience": ["pupils"], **change}  # fmt: skip
    found = client.post(reverse("governance:education_new", args=[school.slug]), data)
    assert list(found.context["form"].errors) == [field]
    assert not EducationEntry.objects.exists()


def test_the_service_refuses_a_day_to_come_and_whoever_does_not_keep_the_log(
    school: Organisation, dsl: User
) -> None:
    with pytest.raises(RuleBroken, match="lies in the future"):
        add(school, dsl, date(2026, 11, 21), "Tomorrow")
    for by in (make_user(Role.GOVERNOR, at=school), make_head(make_school())):
        with pytest.raises(PermissionDenied):
            add(school, by, date(2026, 11, 1), "Not mine")
    with pytest.raises(IntegrityError), transaction.atomic():
        EducationEntry.objects.create(
            organisation=school, given_on=date(2026, 1, 1), kind="other", title="x", added_by=dsl
        )


def test_nothing_is_written_where_nothing_differs(school: Organisation, dsl: User) -> None:
    entry = add(school, dsl, date(2026, 11, 2), "Passwords")
    lines = AuditEvent.objects.count()
    education.change(entry, by=dsl, title="Passwords", kind="lesson")
    assert AuditEvent.objects.count() == lines
    education.change(entry, by=dsl, title="Long passwords")
    assert AuditEvent.objects.latest("pk").details == {"fields": "title"}


@pytest.mark.usefixtures("entries")
def test_governors_read_the_log_without_names_and_change_nothing(
    client: Client, school: Organisation
) -> None:
    client.force_login(make_user(Role.GOVERNOR, at=school))
    found = page(client, school)
    assertContains(found, "Group chats")
    assertNotContains(found, "Dana Lead")
    assertNotContains(found, "Add to the log")
    client.force_login(make_head(school))
    assertContains(page(client, school), "Entered by Dana Lead")
    client.force_login(make_user(Role.STAFF, at=school))
    assert page(client, school).status_code == 403


@pytest.mark.usefixtures("entries")
def test_the_public_part_is_what_was_made_public_in_the_last_year_and_names_nobody(
    school: Organisation, dsl: User
) -> None:
    found = public_entries(school, date(2026, 11, 20))
    assert [(one.title, one.term, one.kind, one.audience) for one in found] == [
        ("Group chats", "Autumn term 2026", "Assembly", "Pupils and staff"),
        ("Holiday letter", "Outside term", "Letter or message", "Parents"),
    ]
    assert not any("Dana" in str(one) for one in found)
    assert public_entries(school, date(2026, 9, 1)) == found[1:]
    assert public_entries(school, date(2026, 10, 1) + timedelta(days=366)) == []


def test_a_trusts_entries_are_public_at_its_schools_and_one_schools_are_not_at_another() -> None:
    trust = make_trust()
    school, sister = make_school(trust=trust), make_school(trust=trust)
    add(trust, make_head(trust), date(2026, 11, 2), "For all", is_public=True)
    add(sister, make_head(sister), date(2026, 11, 3), "Only there", is_public=True)
    assert [one.title for one in public_entries(school, date(2026, 11, 20))] == ["For all"]


def test_a_formula_in_the_log_is_only_text_in_a_spreadsheet(
    client: Client, school: Organisation, dsl: User
) -> None:
    add(school, dsl, date(2026, 11, 2), "=HYPERLINK(1)")
    url = reverse("governance:education_csv", args=[school.slug])
    assert b"'=HYPERLINK(1)" in b"".join(client.get(url).streaming_content)
