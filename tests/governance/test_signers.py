"""The list of who has and has not signed, and the exemptions beside it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import Exemption, Policy
from governance.services import exemptions
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head, make_policy, sign
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    with time_machine.travel("2026-09-07 10:00", tick=False):
        return make_policy(school, by=head)


@pytest.fixture
def people(school: Organisation, policy: Policy, head: User) -> dict[str, User]:
    found = {
        "signed": make_user(Role.STAFF, at=school, name="Signa Done", department="Arts"),
        "late": make_user(Role.STAFF, at=school, name="Lateria Example", department="Arts"),
        "exempt": make_user(Role.STAFF, at=school, name="Exe Away", department="Science"),
    }
    sign(policy, found["signed"])
    exemptions.allow(found["exempt"], school, by=head, reason="other", starts_on=school.today())
    return found


def page(client: Client, school: Organisation, policy: Policy, query: str = ""):  # type: ignore[no-untyped-def]
    return client.get(f"/schools/{school.slug}/policies/{policy.pk}/signatures/{query}")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Signa Done", "Lateria Example", "Exe Away"}),
        ("?state=signed", {"Signa Done"}),
        ("?state=overdue", {"Lateria Example"}),
        ("?state=not_signed", {"Lateria Example"}),
        ("?state=exempt", {"Exe Away"}),
        ("?department=Science", {"Exe Away"}),
        ("?q=lateria", {"Lateria Example"}),
        ("?q=nobody+of+that+name", set()),
    ],
)
def test_the_list_is_narrowed_down(
    client: Client, school: Organisation, policy: Policy, head: User, query: str, shown: set[str]
) -> None:
    client.force_login(head)
    response = page(client, school, policy, query)
    if shown:
        count = response.context["page"].paginator.count
        assert count == len(response.context["page"].object_list)
    for name in ("Signa Done", "Lateria Example", "Exe Away"):
        (assertContains if name in shown else assertNotContains)(response, name)


@pytest.mark.usefixtures("people")
def test_the_spreadsheet_says_the_same_and_runs_no_formula(
    client: Client, school: Organisation, policy: Policy, head: User
) -> None:
    make_user(Role.STAFF, at=school, name="=HYPERLINK(1)")
    client.force_login(head)
    response = client.get(f"/schools/{school.slug}/policies/{policy.pk}/signatures.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = {row["Name"]: row["State"] for row in csv.DictReader(io.StringIO(text))}

    assert rows["Signa Done"] == "Signed"
    assert rows["Lateria Example"] == "Overdue"
    assert rows["Exe Away"] == "Exempt"
    assert "'=HYPERLINK(1)" in rows
    filtered = client.get(
        f"/schools/{school.slug}/policies/{policy.pk}/signatures.csv?state=signed&department=Arts"
    )
    assert len(b"".join(filtered.streaming_content).splitlines()) == 2  # type: ignore[attr-defined]


def test_a_line_manager_sees_their_own_people_only(
    client: Client, school: Organisation, policy: Policy
) -> None:
    manager = make_user(Role.STAFF, at=school)
    make_user(Role.STAFF, at=school, name="Mine Own", line_manager=manager)
    make_user(Role.STAFF, at=school, name="Somebody Else")

    client.force_login(manager)
    response = page(client, school, policy)
    assertContains(response, "Mine Own")
    assertNotContains(response, "Somebody Else")
    assertContains(response, "You see the people you manage.")


def test_who_manages_nobody_is_refused(
    client: Client, school: Organisation, policy: Policy
) -> None:
    client.force_login(make_user(Role.STAFF, at=school))
    assert page(client, school, policy).status_code == 403


def test_nobody_exempts_themselves_or_somebody_elsewhere(school: Organisation, head: User) -> None:
    with pytest.raises(RuleBroken, match="cannot exempt yourself"):
        exemptions.allow(head, school, by=head, reason="other", starts_on=school.today())
    stranger = make_user(Role.STAFF, at=make_school())
    with pytest.raises(RuleBroken, match="not at this school"):
        exemptions.allow(stranger, school, by=head, reason="other", starts_on=school.today())


def test_an_exemption_that_ends_now_asks_again_today(
    client: Client, school: Organisation, head: User, people: dict[str, User]
) -> None:
    exemption = Exemption.objects.get()
    Exemption.objects.filter(pk=exemption.pk).update(starts_on=school.today() - timedelta(days=9))

    client.force_login(head)
    client.post(f"/schools/{school.slug}/exemptions/{exemption.pk}/end/")

    client.force_login(people["exempt"])
    assertContains(client.get("/"), "Read and sign")


def test_an_exemption_of_today_ends_with_the_day_and_says_so(
    client: Client, school: Organisation, head: User, people: dict[str, User]
) -> None:
    client.force_login(head)
    exemption = Exemption.objects.get()

    page = client.post(f"/schools/{school.slug}/exemptions/{exemption.pk}/end/", follow=True)

    assertContains(page, "The exemption ends today.")
    assertNotContains(page, "End now")
