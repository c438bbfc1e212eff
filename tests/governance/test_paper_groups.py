"""Parents and pupils: how many of each group signed, apart from the staff (D9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from files.models import StoredFile
from governance.groups import figures_at
from governance.models import GroupRecord, Policy, PolicyVersion
from governance.services import groups
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head, make_policy, publish_next
from tests.governance.paper import PNG
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school, name="Olu Office")


@pytest.fixture
def policy(school: Organisation) -> Policy:
    with time_machine.travel(datetime(2026, 9, 1, 10).astimezone(), tick=False):
        return make_policy(school, title="Acceptable use")


def count(policy: Policy, by: User, place: Organisation | None = None, **more: Any) -> GroupRecord:
    place = place or policy.owner
    assert policy.current is not None
    said = {
        "audience": "parents", "group": "Year 4", "asked": 30, "signed": 20,
        "counted_on": place.today(), "how": "slips", **more,
    }  # fmt: skip
    version: PolicyVersion = said.pop("version", policy.current)
    return groups.record(place, version, by=by, **said)


def url(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"governance:{name}", args=[school.slug, *args])


@pytest.mark.demand("D9")
def test_a_group_is_counted_and_stands_apart_from_the_staff(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    count(policy, office)
    count(policy, office, group="Year 5", asked=28, signed=28)
    count(policy, office, audience="pupils", asked=29, signed=29)

    parents, pupils = figures_at(school)
    assert (parents.groups, parents.asked, parents.signed, parents.percent) == (2, 58, 48, 82)
    assert (pupils.asked, pupils.percent) == (29, 100)
    client.force_login(make_head(school))
    page = client.get(url("signers", school, policy.pk))
    assert page.context["figures"].signed == 0
    assertContains(page, "48 of 58")
    assertContains(client.get(reverse("overview:dashboard", args=[school.slug])), "48 of 58")


def test_a_correction_is_a_new_row_and_the_earlier_one_stays(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    first = count(policy, office, note="Three slips are with the class teacher")
    second = groups.correct(
        first, by=office, asked=30, signed=23, counted_on=school.today(), how="slips"
    )

    assert [one.signed for one in figures_at(school)] == [23]
    first.refresh_from_db()
    assert first.signed == 20
    client.force_login(office)
    page = client.get(first.get_absolute_url())  # an old address shows the last word
    assert page.context["record"] == second
    assertContains(page, "20 of 30")
    assertContains(page, "Three slips")


def test_of_two_corrections_of_the_same_figures_the_second_is_refused(
    policy: Policy, office: User
) -> None:
    first = count(policy, office)
    said = {"asked": 30, "counted_on": policy.owner.today(), "how": "slips"}
    groups.correct(first, by=office, signed=23, **said)
    with pytest.raises(RuleBroken, match="corrected this meanwhile"):
        groups.correct(first, by=office, signed=25, **said)


def test_a_group_taken_back_no_longer_counts_and_may_come_again(
    school: Organisation, policy: Policy, office: User
) -> None:
    first = count(policy, office)
    groups.correct(
        first, by=office, asked=30, signed=20, counted_on=school.today(), how="slips", is_void=True
    )
    assert figures_at(school) == []

    again = count(policy, office, group="YEAR  4", signed=29)
    assert again.corrects is not None
    assert [one.signed for one in figures_at(school)] == [29]


@pytest.mark.parametrize("group", ["Year 4", "year 4", "  Year   4 "])
def test_the_same_group_twice_leads_to_the_correction(
    client: Client, school: Organisation, policy: Policy, office: User, group: str
) -> None:
    first = count(policy, office)
    with pytest.raises(groups.RecordedAlready):
        count(policy, office, group=group)
    client.force_login(office)
    sent = {
        "version": policy.current_id, "audience": "parents", "group": group, "asked": 30,
        "signed": 25, "counted_on": school.today(), "how": "slips",
    }  # fmt: skip
    response = client.post(url("group_new", school, policy.pk), sent)
    assert response["Location"] == url("group_correct", school, first.pk)
    assert GroupRecord.objects.count() == 1


def test_other_versions_and_schools_have_groups_of_the_same_name() -> None:
    trust = make_trust()
    one, two = make_school(trust=trust), make_school(trust=trust)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    policy = make_policy(trust, by=lead)
    count(policy, lead, one)
    count(policy, lead, two)
    old = policy.current
    publish_next(policy, by=lead)
    policy.refresh_from_db()
    count(policy, lead, one, signed=3)

    assert [row.signed for row in figures_at(one)] == [3]  # what is in force
    assert figures_at(two) == []
    assert GroupRecord.objects.filter(version=old).count() == 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"signed": 31}, "No more can have signed"),
        ({"counted_on": datetime(2031, 1, 1).date()}, "future"),
        ({"counted_on": datetime(2026, 8, 1).date()}, "was published on"),
        ({"group": "   "}, "Name the group"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    policy: Policy, office: User, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(RuleBroken, match=why):
        count(policy, office, **wrong)
    assert not GroupRecord.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"signed": "31"}, "signed"), ({"signed": "-1"}, "signed"), ({"asked": "0"}, "asked"),
        ({"asked": "many"}, "asked"), ({"counted_on": "2031-01-01"}, "counted_on"),
        ({"group": " "}, "group"), ({"audience": "staff"}, "audience"), ({"how": ""}, "how"),
        ({"version": "999999"}, "version"), ({"asked": "99999999"}, "asked"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_by_its_field(
    client: Client, school: Organisation, policy: Policy, office: User,
    wrong: dict[str, str], field: str,
) -> None:  # fmt: skip
    client.force_login(office)
    sent = {
        "version": policy.current_id, "audience": "parents", "group": "Year 4", "asked": "30",
        "signed": "20", "counted_on": str(school.today()), "how": "slips",
    }  # fmt: skip
    page = client.post(url("group_new", school, policy.pk), sent | wrong)
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    assert not GroupRecord.objects.exists()


def test_the_whole_way_with_a_scan(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    client.force_login(office)
    sent = {
        "version": policy.current_id, "audience": "pupils", "group": "7B", "asked": "28",
        "signed": "27", "counted_on": str(school.today()), "how": "planner",
        "pages": [SimpleUploadedFile("slips.png", PNG)],
    }  # fmt: skip
    done = client.post(url("group_new", school, policy.pk), sent, follow=True)
    assertContains(done, "Pupils, 7B is on record.")
    record = GroupRecord.objects.get()
    assert record.scans.count() == 1
    page = client.get(url("group_correct", school, record.pk))
    assertContains(page, 'value="27"')
    client.post(
        url("group_correct", school, record.pk),
        {"asked": "28", "signed": "28", "counted_on": str(school.today()), "how": "planner"},
    )
    assert figures_at(school)[0].percent == 100


def test_a_scan_of_the_wrong_kind_stops_all_of_it(policy: Policy, office: User) -> None:
    with pytest.raises(RuleBroken, match="not taken here"):
        count(policy, office, scans=[SimpleUploadedFile("a.txt", b"words")])
    assert not GroupRecord.objects.exists()
    assert not StoredFile.objects.exists()


def test_governors_see_the_figures_and_neither_names_nor_slips(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    record = count(policy, office, note="A word", scans=[SimpleUploadedFile("slips.png", PNG)])
    client.force_login(make_user(Role.GOVERNOR, at=school))
    for page in (client.get(url("groups", school)), client.get(record.get_absolute_url())):
        assertContains(page, "20 of 30")
        for hidden in ("slips.png", "Olu Office", "A word", "Correct"):
            assertNotContains(page, hidden)
    assert client.get(record.scans.get().file.get_absolute_url()).status_code == 404


def test_who_may_not_record_is_refused_by_the_service(
    school: Organisation, policy: Policy, office: User
) -> None:
    record = count(policy, office)
    dsl = make_user(Role.DSL, at=school)
    said = {"asked": 30, "signed": 2, "counted_on": school.today(), "how": "slips"}
    with pytest.raises(PermissionDenied):
        count(policy, dsl, group="7B")
    with pytest.raises(PermissionDenied):
        groups.correct(record, by=dsl, **said)


def test_the_list_is_narrowed_down(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    count(policy, office, group="Year 4")
    count(policy, office, group="Year 5", audience="pupils")
    client.force_login(office)
    page = client.get(url("groups", school), {"q": "year 5"})
    assertContains(page, "Year 5")
    assertNotContains(page, "Year 4")
    assertContains(client.get(url("groups", school), {"audience": "parents"}), "Year 4")
    assertContains(client.get(url("groups", school), {"q": "acceptable"}), "Year 4")
    assertContains(client.get(url("groups", school), {"q": "none"}), "Nothing matches")


def test_the_record_has_figures_and_no_words(policy: Policy, office: User) -> None:
    count(policy, office, note="Sam's slip is missing")
    line = AuditEvent.objects.get(verb="group.record")
    assert (line.details["asked"], line.details["signed"]) == ("30", "20")
    assert "Sam" not in str(line.details)


def test_a_record_is_not_changed_but_its_note_may_be_erased(policy: Policy, office: User) -> None:
    record = count(policy, office, note="Sam's slip is missing")
    rows = GroupRecord.objects.filter(pk=record.pk)
    for deed in (
        lambda: rows.update(signed=30),
        lambda: rows.update(note="Other words"),
        lambda: rows.update(note="", signed=30),
        lambda: connection.cursor().execute("DELETE FROM governance_grouprecord"),
    ):
        with pytest.raises(DatabaseError, match="corrected by another row"), transaction.atomic():
            deed()
    rows.update(note="")
    assert rows.get().signed == 20


def test_the_days_of_a_correction_are_checked_too(
    client: Client, school: Organisation, policy: Policy, office: User
) -> None:
    record = count(policy, office)
    client.force_login(office)
    sent = {
        "asked": "30", "signed": "20", "how": "slips",
        "counted_on": str(school.today() + timedelta(days=1)),
    }  # fmt: skip
    page = client.post(url("group_correct", school, record.pk), sent)
    assert page.context["form"].errors["counted_on"]
