"""The office imports a staff list in the browser."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from people.models import Membership, Organisation, StaffImport, User
from people.roles import Role
from people.services import importing
from tests.factories import make_member, make_person, make_school, make_user
from tests.people.staff_lists import PEOPLE, bomb, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(school: Organisation, client: Client) -> User:
    user = make_user(Role.OFFICE, at=school)
    client.force_login(user)
    return user


def send(
    client: Client, school: Organisation, data: bytes, name: str = "staff.csv"
) -> HttpResponse:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("people:import", args=[school.slug]), {"file": file})


def address(name: str, found: StaffImport) -> str:
    return reverse(f"people:{name}", args=[found.organisation.slug, found.pk])


def columns(found: StaffImport, **other: str) -> dict[str, str]:
    return {f"column_{at}": name for name, at in found.mapping.items()} | other


def test_from_upload_to_done(client: Client, school: Organisation, office: User) -> None:
    response = send(client, school, PEOPLE.encode())
    found = StaffImport.objects.get()
    assertRedirects(response, address("import_columns", found))
    page = client.get(address("import_columns", found))
    assertContains(page, "Such as: Maths, Arts")
    assertNotContains(page, "optional")

    response = client.post(address("import_columns", found), columns(found))
    assertRedirects(response, found.get_absolute_url())
    preview = client.get(found.get_absolute_url())
    assertContains(preview, "Nothing has been saved yet.")
    assertContains(preview, "Anna O&#x27;Brien")
    assert User.objects.count() == 1

    digest = preview.context["form"].initial["digest"]
    done = client.post(address("import_confirm", found), {"digest": digest}, follow=True)
    assertContains(done, "The staff list is imported")
    assertContains(done, "Send 3 invitations")
    assert User.objects.count() == 4

    response = client.post(address("import_invite", found), follow=True)
    assertContains(response, "3 invitations are on the way.")
    assertNotContains(client.get(address("import_done", found)), "Send invitations?")
    assertRedirects(client.get(found.get_absolute_url()), address("import_done", found))


def test_a_wrong_column_is_corrected(client: Client, school: Organisation, office: User) -> None:
    send(client, school, b"Who,What\nAnna,Cook\n")
    found = StaffImport.objects.get()
    assertRedirects(client.get(found.get_absolute_url()), address("import_columns", found))
    page = client.post(address("import_columns", found), {"column_0": "", "column_1": ""})
    assertContains(page, "Choose the column that holds people")
    page = client.post(address("import_columns", found), {"column_0": "name", "column_1": "name"})
    assertContains(page, "is chosen for another column already")
    client.post(address("import_columns", found), {"column_0": "name", "column_1": "job_title"})
    assertContains(client.get(found.get_absolute_url()), "Anna")


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"%PDF-1.4 x", "staff.csv", "This is a PDF."),
        (b"", "staff.csv", "This file is empty."),
        (b"Name\n", "staff.csv", "no people below them"),
        (b"\0\1\2" * 90, "staff.xlsx", "not a text file"),
        (b"x" * (20 * 1024 * 1024 + 1), "staff.csv", "The limit is 20 MB."),
    ],
)
def test_a_wrong_file_gets_a_sentence_and_leaves_nothing(
    client: Client, school: Organisation, office: User, data: bytes, name: str, sentence: str
) -> None:
    assertContains(send(client, school, data, name), sentence)
    assert not StaffImport.objects.exists()


def test_a_zip_bomb_gets_a_sentence(client: Client, school: Organisation, office: User) -> None:
    assertContains(send(client, school, bomb(), "s.xlsx"), "too large when unpacked")


def test_markup_and_formulas_are_text(client: Client, school: Organisation, office: User) -> None:
    send(
        client,
        school,
        workbook(
            ["Name", "Job title", '<img src=x onerror="x">'],
            ["<script>alert(1)</script>", "=1+1", ""],
        ),
        "staff.xlsx",
    )
    found = StaffImport.objects.get()
    for url in (address("import_columns", found), found.get_absolute_url()):
        page = client.get(url)
        assertNotContains(page, "<script>alert")
        assertNotContains(page, "<img")
    digest = page.context["form"].initial["digest"]
    client.post(address("import_confirm", found), {"digest": digest})
    assert Membership.objects.get(person__name__startswith="<script").job_title == "=1+1"


def test_errors_are_shown_with_their_rows_and_stop_the_import(
    client: Client, school: Organisation, office: User
) -> None:
    send(client, school, b"Name,Start date\nAnna,01/09/2026\nBen,31/02/2026\n")
    found = StaffImport.objects.get()
    preview = client.get(found.get_absolute_url())
    assertContains(preview, "31/02/2026” is not a date")
    assertContains(preview, "leave out those with errors")
    digest = preview.context["form"].initial["digest"]
    stopped = client.post(address("import_confirm", found), {"digest": digest})
    assertContains(stopped, "Some rows have errors.")
    assert User.objects.count() == 1
    client.post(address("import_confirm", found), {"digest": digest, "leave_out_errors": "on"})
    assert User.objects.filter(name="Anna").exists()


def test_leavers_are_unticked_and_ticking_needs_a_day(
    client: Client, school: Organisation, office: User
) -> None:
    post = make_member(make_person("Gone Girl"), school)
    send(client, school, PEOPLE.encode())
    found = StaffImport.objects.get()
    preview = client.get(found.get_absolute_url())
    assertContains(preview, "Gone Girl leaves")
    assertNotContains(preview, "checked")
    digest = preview.context["form"].initial["digest"]
    tick = {"digest": digest, f"leaves_{post.pk}": "on", f"last_day_{post.pk}": ""}
    again = client.post(address("import_confirm", found), tick)
    assertContains(again, "Give the last day of Gone Girl.")
    tick[f"last_day_{post.pk}"] = "2026-11-30"
    client.post(address("import_confirm", found), tick)
    post.refresh_from_db()
    assert post.ends_on == date(2026, 11, 30)


def test_a_changed_school_shows_the_preview_again(
    client: Client, school: Organisation, office: User
) -> None:
    send(client, school, PEOPLE.encode())
    found = StaffImport.objects.get()
    digest = client.get(found.get_absolute_url()).context["form"].initial["digest"]
    make_member(make_person("Cher", email="cher@school.example"), school)
    again = client.post(address("import_confirm", found), {"digest": digest}, follow=True)
    assertContains(again, "The staff list changed since you opened this preview.")
    assert not User.objects.filter(name="Zoë Müller").exists()


def test_somebody_elses_upload_does_not_exist(
    client: Client, school: Organisation, office: User
) -> None:
    found = importing.upload(school, PEOPLE.encode(), by=make_user(Role.HEAD, at=school))
    elsewhere = make_school()
    foreign = importing.upload(elsewhere, PEOPLE.encode(), by=make_user(Role.HEAD, at=elsewhere))
    for one in (found, foreign):
        for name in ("import_preview", "import_columns", "import_done"):
            assert client.get(address(name, one)).status_code == 404
            assert (
                client.get(reverse(f"people:{name}", args=[school.slug, one.pk])).status_code == 404
            )
        for name in ("import_confirm", "import_abandon", "import_invite"):
            assert client.post(address(name, one)).status_code == 404


def test_without_the_right_to_manage_people_it_is_forbidden(
    client: Client, school: Organisation
) -> None:
    client.force_login(make_user(Role.SLT, at=school))
    assert client.get(reverse("people:import", args=[school.slug])).status_code == 403


def test_an_abandoned_upload_keeps_nothing(
    client: Client, school: Organisation, office: User
) -> None:
    send(client, school, PEOPLE.encode())
    found = StaffImport.objects.get()
    client.post(address("import_abandon", found))
    found.refresh_from_db()
    assert (found.rows, found.status) == ([], "abandoned")
    assertRedirects(
        client.get(found.get_absolute_url()), reverse("people:import", args=[school.slug])
    )


# The same from the command line.


def command(*args: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("import_staff", *args, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    except CommandError as problem:
        return problem.returncode, str(problem)
    return 0, out.getvalue()


def test_the_command_writes_the_same(school: Organisation, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(PEOPLE)
    at = ("--school", school.slug)
    code, text = command(str(file), *at, "--dry-run", "--json")
    assert (code, json.loads(text)["counts"]["added"], User.objects.count()) == (0, 3, 0)
    code, text = command(str(file), *at)
    assert (code, User.objects.count()) == (0, 3)
    assert "3 added" in text
    code, text = command(str(file), *at, "--json")
    assert json.loads(text)["counts"] == {"added": 0, "changed": 0, "unchanged": 3, "error": 0}


def test_the_commands_exit_codes(school: Organisation, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("Name,Email\nGood,good@x.example\nBad,bad\n")
    code, text = command(str(bad), "--school", school.slug)
    assert code == 1
    assert "Row 3: error: Bad: E-mail: “bad” is not an e-mail address." in text
    assert not User.objects.exists()
    assert command(str(bad), "--school", "nowhere")[0] == 2
    assert command(str(tmp_path / "none.csv"), "--school", school.slug)[0] == 2
    bad.write_bytes(b"%PDF")
    assert command(str(bad), "--school", school.slug)[0] == 2
