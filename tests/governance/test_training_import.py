"""Lists of training: checked row by row, written all at once or not at all (D19)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import TrainingCourse, TrainingImport, TrainingRecord
from governance.services import training_import
from governance.training_list import Outcome, Plan
from people.importing.plan_changed import PlanChanged
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import make_course, make_record
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-20 10:00", tick=False):
        yield


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


@pytest.fixture
def course(school: Organisation, head: User) -> TrainingCourse:
    return make_course(school, by=head, title="Online safety", provider="The council")


def read(school: Organisation, head: User, text: str | bytes) -> tuple[TrainingImport, Plan]:
    data = text.encode() if isinstance(text, str) else text
    found = training_import.upload(school, data, by=head)
    return found, training_import.plan_of(found)


def errors(plan: Plan) -> dict[int, list[str]]:
    return {row.number: row.errors for row in plan.rows if row.errors}


def test_a_list_is_recorded_as_its_preview_said(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    found, plan = read(
        school, head,
        "Staff member,E-mail,Training,Date completed,Expiry date,Training provider\n"
        f",{teacher.email},online  SAFETY,01/09/2026,,\n"
        "Toni Teacher,,Online safety,1 Oct 2025,31/12/2026,A company\n",
    )  # fmt: skip
    assert errors(plan) == {}
    assert not TrainingRecord.objects.exists()
    training_import.confirm(found, by=head, digest=plan.digest)
    rows = TrainingRecord.objects.order_by("completed_on").values_list(
        "person", "completed_on", "expires_on", "provider", "how", "state"
    )
    assert list(rows) == [
        (teacher.pk, date(2025, 10, 1), date(2026, 12, 31), "A company", "imported", "confirmed"),
        (teacher.pk, date(2026, 9, 1), date(2027, 9, 1), "The council", "imported", "confirmed"),
    ]
    assert TrainingRecord.objects.earliest("completed_on").notes.get().text == (
        "As the imported list says."
    )
    found.refresh_from_db()
    assert (found.status, found.rows, found.counts["added"]) == ("done", [], 2)


def test_what_is_wrong_is_said_by_row_and_by_name(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    make_user(Role.STAFF, at=school, name="Sam Same")
    make_user(Role.STAFF, at=school, name="Sam Same")
    gone = make_user(Role.STAFF, at=school, name="Lee Former")
    membership.leave(
        Membership.objects.get(person=gone), last_day=school.today() - timedelta(days=1), by=head
    )
    old = make_course(school, by=head, title="Old course")
    TrainingCourse.objects.filter(pk=old.pk).update(in_use=False)
    _, plan = read(
        school, head,
        "Name,E-mail,Course,Completed on,Valid until\n"
        "Nobody Known,,Online safety,01/09/2026,\n"
        ",nobody@example.org,Online safety,01/09/2026,\n"
        "Sam Same,,Online safety,01/09/2026,\n"
        "Lee Former,,Online safety,01/09/2026,\n"
        "Toni Teacher,,Knitting,01/09/2026,\n"
        "Toni Teacher,,Old course,01/09/2026,\n"
        "Toni Teacher,,Online safety,21/11/2026,\n"
        "Toni Teacher,,Online safety,30/02/2026,\n"
        "Toni Teacher,,Online safety,,\n"
        "Toni Teacher,,Online safety,02/09/2026,01/09/2026\n"
        ",,Online safety,01/09/2026,\n"
        f"{head.name},,Online safety,01/09/2026,\n"
        "Toni Teacher,,,01/09/2026,\n",
    )  # fmt: skip
    assert errors(plan) == {
        2: [f"Nobody at {school} is called “Nobody Known”."],
        3: [f"Nobody at {school} has the e-mail address “nobody@example.org”."],
        4: ["Several people are called “Sam Same”. Add their e-mail addresses."],
        5: [f"Lee Former has left {school}."],
        6: ["There is no course called “Knitting”. Add it first."],
        7: ["The course “Old course” is not in use any more."],
        8: ["The day lies in the future. Record a training once it has taken place."],
        9: ["Completed on: “30/02/2026” is not a date. Write it like 31/08/2026."],
        10: ["The day it was completed is missing."],
        11: ["It cannot run out before it was completed."],
        12: ["The row names nobody."],
        13: ["This row is about you: somebody else records your own training."],
        14: ["The course is missing."],
    }


def test_one_person_twice_in_a_list_is_told_and_written_once(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    found, plan = read(
        school, head,
        "Name,E-mail,Course,Completed on\n"
        "Toni Teacher,,Online safety,01/09/2026\n"
        f",{teacher.email},Online safety,2026-09-01\n"
        "Toni Teacher,,Online safety,02/09/2026\n",
    )  # fmt: skip
    assert errors(plan) == {3: ["Row 2 says the same person, course and day."]}
    with pytest.raises(RuleBroken, match="Some rows have errors"):
        training_import.confirm(found, by=head, digest=plan.digest)
    assert not TrainingRecord.objects.exists()
    training_import.confirm(found, by=head, digest=plan.digest, leave_out_errors=True)
    assert TrainingRecord.objects.count() == 2


def test_the_same_list_again_records_nothing(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    text = "Name,Course,Completed on\nToni Teacher,Online safety,01/09/2026\n"
    found, plan = read(school, head, text)
    training_import.confirm(found, by=head, digest=plan.digest)
    _, again = read(school, head, text)
    assert again.counts == {"added": 0, "unchanged": 1, "error": 0}
    _, other = read(school, head, text.replace("on\nT", "on,Valid until\nT").strip() + ",1/2/2027")
    assert other.rows[0].outcome == Outcome.KNOWN
    assert other.rows[0].notes == ["On record with another end. Correct it on the person's page."]


def test_what_changed_meanwhile_has_to_be_looked_at_again(
    school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    text = "Name,Course,Completed on\nToni Teacher,Online safety,01/09/2026\n"
    found, plan = read(school, head, text)
    make_record(teacher, course, school, by=head, completed_on=date(2026, 9, 1))
    with pytest.raises(PlanChanged):
        training_import.confirm(found, by=head, digest=plan.digest)
    assert TrainingRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This file is empty"),
        ("Course,Completed on\nOnline safety,01/09/2026\n", "no column for the person"),
        ("Name,Completed on\nToni Teacher,01/09/2026\n", "no column for “Course”"),
        ("Name,Course\nToni Teacher,Online safety\n", "no column for “Completed on”"),
        ("%PDF-1.7", "This is a PDF"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_a_sentence(
    school: Organisation, head: User, text: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        training_import.upload(school, text.encode(), by=head)
    assert not TrainingImport.objects.exists()


def test_a_trusts_courses_are_known_at_its_schools_and_doubles_are_told() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    head = make_head(school)
    make_user(Role.STAFF, at=school, name="Toni Teacher")
    make_course(trust, title="Online safety")
    text = "Name,Course,Completed on\nToni Teacher,Online safety,01/09/2026\n"
    assert errors(read(school, head, text)[1]) == {}
    make_course(school, by=head, title="online SAFETY")
    assert errors(read(school, head, text)[1]) == {
        2: ["Both the school and its trust have a course called “Online safety”."]
    }


def test_a_list_of_another_persons_is_not_theirs_to_confirm(
    school: Organisation, head: User, teacher: User, course: TrainingCourse, client: Client
) -> None:
    found, plan = read(
        school, head, "Name,Course,Completed on\nToni Teacher,Online safety,1/9/26\n"
    )
    office = make_user(Role.OFFICE, at=school)
    client.force_login(office)
    for name in ("preview", "confirm", "abandon"):
        url = reverse(f"governance:training_import_{name}", args=[school.slug, found.pk])
        data = {"digest": plan.digest}
        answer = client.get(url) if name == "preview" else client.post(url, data)
        assert answer.status_code == 404
    assert not TrainingRecord.objects.exists()


def test_five_thousand_rows_are_read_in_a_few_queries_and_recorded(
    school: Organisation, head: User, course: TrainingCourse
) -> None:
    people = crowds.many_people(school, 1000)
    lines = [
        f"{person.email},Online safety,{1 + month:02}/0{month}/2026"
        for person in people
        for month in range(1, 6)
    ]
    found, plan = read(school, head, "\n".join(["E-mail,Course,Completed on", *lines]))
    assert plan.counts == {"added": 5000, "unchanged": 0, "error": 0}
    with CaptureQueriesContext(connection) as captured:
        training_import.plan_of(found)
    assert len(captured) <= 4
    training_import.confirm(found, by=head, digest=plan.digest)
    assert TrainingRecord.objects.counting().count() == 5000
    with pytest.raises(RuleBroken, match="more than 5,000 rows"):
        training_import.upload(
            school, "\n".join(["E-mail,Course,Completed on", *lines, lines[0]]).encode(), by=head
        )


# The pages


def upload(client: Client, school: Organisation, text: str) -> Any:
    file = SimpleUploadedFile("list.csv", text.encode())
    url = reverse("governance:training_import", args=[school.slug])
    return client.post(url, {"file": file}, follow=True)


def test_from_the_file_to_the_record_by_the_pages(
    client: Client, school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    client.force_login(head)
    page = upload(
        client, school,
        "Name,Course,Completed on\nToni Teacher,Online safety,1/9/2026\nX Y,Online safety,x\n",
    )  # fmt: skip
    assertContains(page, "Nothing has been recorded yet.")
    assertContains(page, "Nobody at")
    assert not TrainingRecord.objects.exists()
    found = TrainingImport.objects.get()
    url = reverse("governance:training_import_confirm", args=[school.slug, found.pk])
    data = {"digest": page.context["form"].initial["digest"]}
    refused = client.post(url, data)
    assertContains(refused, "Some rows have errors", status_code=422)
    done = client.post(url, {**data, "leave_out_errors": "on"}, follow=True)
    assertContains(done, "1 recorded, 1 left out because of errors")
    assert TrainingRecord.objects.get().person == teacher
    again = client.post(url, {**data, "leave_out_errors": "on"}, follow=True)
    assert again.status_code == 200
    assert TrainingRecord.objects.count() == 1


def test_a_list_can_be_forgotten_and_is_after_a_week(
    client: Client, school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    client.force_login(head)
    text = "Name,Course,Completed on\nToni Teacher,Online safety,1/9/2026\n"
    upload(client, school, text)
    found = TrainingImport.objects.get()
    url = reverse("governance:training_import_abandon", args=[school.slug, found.pk])
    assertContains(client.post(url, follow=True), "The list is forgotten.")
    upload(client, school, text)
    with time_machine.travel("2026-11-28 10:00"):
        assert training_import.erase_old() == 1
    assert not TrainingImport.objects.exclude(rows=[]).exists()
    over = client.get(TrainingImport.objects.latest("pk").get_absolute_url(), follow=True)
    assertContains(over, "This upload is over")


def test_what_is_exported_can_be_imported_elsewhere_and_runs_no_formula(
    client: Client, school: Organisation, head: User, teacher: User, course: TrainingCourse
) -> None:
    make_record(teacher, course, school, by=head, provider="=1+1")
    client.force_login(head)
    url = reverse("governance:training_records_csv", args=[school.slug])
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Name"], row["Course"], row["State"]) == (
        "Toni Teacher", "Online safety", "Confirmed",
    )  # fmt: skip
    assert row["Provider"] == "'=1+1"
    _, plan = read(school, head, text)
    assert plan.counts == {"added": 0, "unchanged": 1, "error": 0}


def test_a_formula_in_a_cell_is_only_text(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    client.force_login(head)
    page = upload(client, school, "Name,Course,Completed on\n=HYPERLINK(1),=1+1,=TODAY()\n")
    assertContains(page, "=HYPERLINK(1)")
    assertContains(page, "is not a date")
    assertNotContains(page, "Import this list</button>")
