"""The office's list of what is owed, and one's own list of notices."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from notices import services
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_member, make_person, make_school, make_user
from tests.notices.conftest import TUESDAY, at, owe

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def owing(school: Organisation) -> Organisation:
    today = school.today()
    late = make_user(at=school, name="Lara Late", department="Science")
    owe(late, school, -9, title="Sign: Phones", on=today)
    owe(make_user(at=school, name="Sol Soon"), school, 4, title="Sign: Photos", on=today)
    owe(make_user(at=make_school(), name="Fay Far"), make_school(), -3, on=today)
    return school


def owed(client: Client, school: Organisation, **filters: str) -> str:
    return client.get(reverse("notices:owed", args=[school.slug]), filters).content.decode()


def test_the_office_sees_who_owes_what_the_most_overdue_first(
    owing: Organisation, client: Client
) -> None:
    client.force_login(make_user(Role.OFFICE, at=owing, since=owing.today()))
    page = owed(client, owing)
    assert page.index("Lara Late") < page.index("Sol Soon")
    assert "9 days overdue" in page
    assert "Due in 4 days" in page
    assert "2 to be done, 1 overdue" in page
    assert "Fay Far" not in page

    assert "Sol Soon" not in owed(client, owing, late="on")
    assert "Sol Soon" not in owed(client, owing, department="Science")
    assert "Lara Late" not in owed(client, owing, q="sol")
    assert "Nothing fits" in owed(client, owing, q="nobody")


def test_the_list_is_a_spreadsheet_too(owing: Organisation, client: Client) -> None:
    client.force_login(make_user(Role.OFFICE, at=owing, since=owing.today()))
    answer = client.get(reverse("notices:owed_csv", args=[owing.slug]), {"late": "on"})
    text = b"".join(answer.streaming_content).decode()
    assert "Lara Late,Science,Sign: Phones," in text
    assert "Sol Soon" not in text


def test_a_kind_that_is_between_two_people_is_shown_to_nobody_else(
    owing: Organisation, client: Client, settings: object
) -> None:
    person = make_user(at=owing, name="Quinn Quiet")
    owe(person, owing, -2, kind="policy.answer", on=owing.today(), title="Answer a question")
    client.force_login(make_user(Role.HEAD, at=owing, since=owing.today()))
    assert "Answer a question" not in owed(client, owing, kind="policy.answer")


def test_whoever_looks_after_mail_only_is_shown_the_mail(
    school: Organisation, client: Client
) -> None:
    client.force_login(make_user(Role.IT, at=school, since=school.today()))
    page = client.get(reverse("notices:owed", args=[school.slug]))
    assertRedirects(page, reverse("notices:delivery", args=[school.slug]))


def unread(client: Client) -> bool:
    return b"not read</span>" in client.get("/notices/").content


def test_the_navigation_counts_what_is_new_until_it_is_read(
    school: Organisation, client: Client
) -> None:
    person = make_user(at=school)
    client.force_login(person)
    assert not unread(client)
    for number in range(3):
        owe(person, school, 7, what=str(number))
    services.sweep(at(TUESDAY))
    page = client.get("/notices/")
    assertContains(page, '<span class="nav-count">3<span class="visually-hidden"> not read</span>')
    client.post(reverse("notices:read"))
    assert not unread(client)


def test_my_notices_can_be_narrowed(school: Organisation, client: Client) -> None:
    manager = make_user(at=school, name="Max Manager")
    owe(make_user(at=school, name="Ann Other"), school, -7, manager=manager, title="Sign: Phones")
    owe(manager, school, 7, what="2", title="Sign: Photos")
    services.sweep(at(TUESDAY))
    client.force_login(manager)
    page = client.get("/notices/", {"show": "others"})
    assertContains(page, "Ann Other has not done this: Sign: Phones")
    assertNotContains(page, "Sign: Photos")
    assertContains(client.get("/notices/", {"show": "page"}), "Nothing fits")


def test_whoever_gets_no_mail_reads_why(school: Organisation, client: Client) -> None:
    person = make_person("Nia No-Address", email=None)
    make_member(person, school)
    owe(person, school, 7)
    services.sweep(at(TUESDAY))
    client.force_login(person)
    page = client.get("/notices/")
    assertContains(page, "You get no mail from the portal")
    assertContains(page, "You have no e-mail address on the staff list")
    User.objects.filter(pk=person.pk).update(email="nia@example.org")
    assertNotContains(client.get("/notices/"), "You get no mail")
