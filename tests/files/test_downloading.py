"""Handing a file out: to those who may, as an attachment, and to nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from files.models import StoredFile
from files.purposes import Purpose
from files.services import store
from people.models import Organisation
from people.roles import Permission, Role, roles_with
from tests.factories import make_school, make_trust, make_user


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path
    return tmp_path


def source(school: Organisation, name: str = "Policy.txt") -> StoredFile:
    return store(
        b"<b>Words</b>", organisation=school, by=None, purpose=Purpose.POLICY_SOURCE, name=name
    )


def test_it_is_an_attachment_that_no_browser_opens_by_itself(
    client: Client, school: Organisation
) -> None:
    stored = source(school, "Rules “for” Zoë.txt")
    client.force_login(make_user(Role.SLT, at=school))
    response = client.get(stored.get_absolute_url())
    assert response.status_code == 200
    assert response.content == b"<b>Words</b>"
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Rules")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("role", [role for role in Role if not role.value.startswith("trust")])
def test_only_those_who_may_read_drafts_there_may_have_it(
    client: Client, school: Organisation, role: Role
) -> None:
    stored = source(school)
    client.force_login(make_user(role, at=school))
    expected = 200 if role in roles_with(Permission.VIEW_DRAFTS) else 404
    assert client.get(stored.get_absolute_url()).status_code == expected
    client.force_login(make_user(role, at=make_school()))
    assert client.get(stored.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_a_trust_lead_may_have_a_schools_file(client: Client) -> None:
    trust = make_trust()
    stored = source(make_school(trust=trust))
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    assert client.get(stored.get_absolute_url()).status_code == 200


def test_without_anybodys_word_nobody_may_have_it(
    client: Client, school: Organisation, settings: Any
) -> None:
    settings.FILE_SCOPES = []
    stored = source(school)
    client.force_login(make_user(Role.HEAD, at=school))
    assert client.get(stored.get_absolute_url()).status_code == 404


def test_a_damaged_file_and_an_unknown_one_are_not_found(
    client: Client, school: Organisation, folder: Path
) -> None:
    stored = source(school)
    client.force_login(make_user(Role.HEAD, at=school))
    for path in folder.glob("??/*"):
        path.write_bytes(b"something else")
    assert client.get(stored.get_absolute_url()).status_code == 404
    assert client.get(f"/files/{stored.pk + 1}/").status_code == 404


def test_nobody_downloads_without_signing_in_or_by_posting(
    client: Client, school: Organisation
) -> None:
    stored = source(school)
    assert client.get(stored.get_absolute_url()).status_code == 302
    client.force_login(make_user(Role.HEAD, at=school))
    assert client.post(stored.get_absolute_url()).status_code == 405
