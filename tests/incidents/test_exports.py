"""What leaves the portal of one case: whole or without some names, checkable, on record."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from governance.evidence import verify_pack
from incidents.models import Case, CaseExport, Evidence
from incidents.own_record import CaseRefused
from incidents.services import access, chronology, evidence, exports, letters, people, triage, work
from incidents.services.people import Named
from people.models import User
from tests.incidents import given_files as given
from tests.incidents.factories import Cast, assess, make_case, target
from tests.web.pdfs import text_of
from web.errors import RuleBroken

P = CaseExport.Profile


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def full_case(cast: Cast, **details: Any) -> Case:
    case = make_case(cast, people=(target("Robin Ash"),), behalf="My form group", **details)
    pupil = Named("subject", name="Kim Birch", relation="pupil", year_group=8)
    people.add(case, pupil, by=cast.dsl)
    body = f"{cast.teacher.name} rang. KIM BIRCH says Robin Ash began; Birch denied it."
    chronology.add(case, by=cast.dsl, body=body)
    return case


def made(case: Case, profile: str, *, by: User, files: Any = ()) -> zipfile.ZipFile:
    found = exports.make(
        case, by=by, profile=profile, recipient="The police", why="Asked for", files=files
    )
    content = b"".join(found.pieces)
    assert len(content) == found.size
    return zipfile.ZipFile(io.BytesIO(content))


def said_in(archive: zipfile.ZipFile) -> str:
    tables = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".csv")]
    return "\n".join([*tables, archive.read("evidence.json").decode()])


def verdict(archive: zipfile.ZipFile, tmp_path: Path) -> tuple[int, str]:
    path = tmp_path / "export.zip"
    assert archive.fp is not None
    archive.fp.seek(0)
    path.write_bytes(archive.fp.read())
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        code = verify_pack.main([str(path)])
    out.seek(0)
    return code, out.read()


@pytest.mark.demand("F6")
def test_an_export_holds_the_original_byte_for_byte_and_the_verifier_accepts_it(
    cast: Cast, tmp_path: Path
) -> None:
    case = full_case(cast)
    row = evidence.add(case, evidence.prepare(given.jpeg(), "x.jpg"), by=cast.dsl, gate="no")
    other = evidence.add(case, evidence.prepare(b"Seen", "y.txt"), by=cast.dsl, gate="no")
    archive = made(case, P.FULL, by=cast.dsl, files=[row.public_id])
    assert archive.read("files/001.jpg") == given.jpeg()
    assert "files/002.txt" not in archive.namelist()
    assert archive.testzip() is None
    code, says = verdict(archive, tmp_path)
    assert code == 0, says
    kept = CaseExport.objects.get()
    assert kept.fingerprint in says
    assert (kept.files, kept.text("why"), kept.text("recipient")) == (1, "Asked for", "The police")
    assert [one.what for one in row.custody.all()] == ["exported", "added"]
    assert [one.what for one in other.custody.all()] == ["added"]
    assert case.views.filter(what="export").count() == 1
    assert case.lines.filter(verb="export.make").count() == 1


def test_an_export_that_was_changed_is_found_out(cast: Cast, tmp_path: Path) -> None:
    case = full_case(cast)
    row = evidence.add(case, evidence.prepare(b"Seen online", "y.txt"), by=cast.dsl, gate="no")
    archive = made(case, P.FULL, by=cast.dsl, files=[row.public_id])
    assert archive.fp is not None
    archive.fp.seek(0)
    changed = archive.fp.read().replace(b"Seen online", b"Seen inside")
    code, says = verdict(zipfile.ZipFile(io.BytesIO(changed)), tmp_path)
    assert code == 1
    assert "files/001.txt" in says


def test_each_profile_leaves_out_those_it_says(cast: Cast) -> None:
    case = full_case(cast)
    reporter = cast.teacher.name
    full = said_in(made(case, P.FULL, by=cast.dsl))
    for name in (reporter, "Kim Birch", "KIM BIRCH", "Robin Ash", "My form group"):
        assert name in full
    without = said_in(made(case, P.WITHOUT_REPORTER, by=cast.dsl))
    assert reporter not in without
    assert "My form group" not in without
    assert "Kim Birch" in without
    only_target = said_in(made(case, P.WITHOUT_OTHERS, by=cast.dsl))
    assert "irch" not in only_target.casefold()
    assert reporter not in only_target
    assert "[pupil] says Robin Ash began; [pupil] denied it." in only_target
    child_file = said_in(made(case, P.CHILD_FILE, by=cast.dsl))
    assert "[another pupil] says Robin Ash" in child_file
    assert cast.dsl.name in only_target  # whoever works on it is no third party
    assert reporter in child_file


def test_a_reporter_who_stays_unknown_is_in_no_export_but_the_owner_s(cast: Cast) -> None:
    case = make_case(cast, hide_reporter=True)
    assert cast.teacher.name not in said_in(made(case, P.FULL, by=cast.dsl))
    assess(case, by=cast.dsl)
    triage.begin(case, by=cast.dsl, owner=cast.dsl)
    case = Case.objects.get(pk=case.pk)
    assert cast.teacher.name in said_in(made(case, P.FULL, by=cast.dsl))
    assert cast.teacher.name not in said_in(made(case, P.FULL, by=cast.deputy))


def test_what_is_locked_away_or_damaged_never_leaves_and_nothing_does_without_a_reason(
    cast: Cast, tmp_path: Path
) -> None:
    case = full_case(cast)
    row = evidence.add(case, evidence.prepare(b"Seen", "secret.txt"), by=cast.dsl, gate="no")
    [path] = list(tmp_path.rglob("*-original"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RuleBroken, match="damaged"):
        made(case, P.FULL, by=cast.dsl, files=[row.public_id])
    evidence.quarantine(row, by=cast.dsl)
    with pytest.raises(RuleBroken, match="locked away"):
        made(case, P.FULL, by=cast.dsl, files=[row.public_id])
    said = said_in(made(case, P.FULL, by=cast.dsl))
    row = Evidence.objects.get(pk=row.pk)
    assert row.text("sha256") not in said
    assert "secret.txt" not in said
    for missing in ({"why": " "}, {"recipient": ""}, {"profile": "access"}, {"files": ["x"]}):
        details = {"profile": P.FULL, "recipient": "Us", "why": "So", **missing}
        with pytest.raises(RuleBroken):
            exports.make(case, by=cast.dsl, **details)  # type: ignore[arg-type]
    access.let_in(case, by=cast.dsl, person=cast.office, why="Reads along")
    with pytest.raises(CaseRefused):
        made(case, P.FULL, by=User.objects.get(pk=cast.office.pk))
    assert CaseExport.objects.count() == 1


@pytest.mark.once
def test_the_page_sends_an_archive_with_a_page_that_says_for_whom(cast: Cast) -> None:
    case = full_case(cast)
    evidence.add(case, evidence.prepare(b"Seen", "y.txt"), by=cast.dsl, gate="no")
    client = Client()
    client.force_login(cast.dsl)
    address = reverse("incidents:export", args=[case.reference])
    wrong = client.post(address, {"profile": "full", "recipient": "The police"})
    assert "Say why it leaves the portal." in wrong.text
    row = case.evidence.get()
    sent = {"profile": "full", "recipient": "The police", "why": "x", "along": [row.public_id]}
    response = client.post(address, sent)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert int(response["Content-Length"]) == len(content)
    assert response["Content-Disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(content))
    page = text_of(archive.read("case.pdf"))
    assert "The police" in page
    assert "files/001.txt" in page
    listed = client.get(reverse("incidents:files", args=[case.reference])).text
    assert "for The police, with 1 file" in listed


@pytest.mark.once
def test_a_letter_asks_the_host_by_name_and_says_nothing_of_the_child(cast: Cast) -> None:
    case = full_case(cast)
    work.need_takedown(case, by=cast.dsl, where="https://www.instagram.com/p/1 and more")
    client = Client()
    client.force_login(cast.dsl)
    address = reverse("incidents:letter", args=[case.reference, 1])
    page = client.get(address).text
    assert "To Instagram" in page
    assert "https://www.instagram.com/p/1" in page
    assert "0344 381 4772" in page
    for name in ("Robin Ash", "Kim Birch", cast.teacher.name):
        assert name not in page
    assert "To Instagram" in text_of(client.post(address).content)
    assert case.lines.filter(verb="letter.make").count() == 1
    assert letters.platform_of("in the class chat") == ""
