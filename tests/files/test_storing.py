"""Taking a file in: what it is, what it is called, and where its bytes lie."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from files.models import StoredFile
from files.names import clean_name
from files.purposes import Purpose
from files.services import FileDamaged, open_file, store, sweep_orphans
from people.models import Organisation
from web.errors import RuleBroken

TEXT = "Our policy, with Zoë’s name in it.".encode()


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def on_disk(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("??/*"))


def keep(school: Organisation, data: bytes = TEXT, **details: Any) -> StoredFile:
    details = {"by": None, "purpose": Purpose.POLICY_SOURCE, "name": "policy.txt", **details}
    return store(data, organisation=school, **details)


def test_a_file_comes_back_as_it_was_sent(school: Organisation) -> None:
    stored = keep(school)
    assert open_file(stored) == TEXT
    assert stored.size == len(TEXT)
    assert stored.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert stored.content_type == "text/plain"


def test_an_upload_is_read_whole_and_called_what_it_was_called(school: Organisation) -> None:
    upload = SimpleUploadedFile("Minutes.txt", TEXT)
    upload.read(5)
    stored = store(upload, organisation=school, by=None, purpose=Purpose.POLICY_SOURCE)
    assert (stored.name, open_file(stored)) == ("Minutes.txt", TEXT)


def test_the_disk_holds_neither_the_words_nor_the_name(school: Organisation, folder: Path) -> None:
    keep(school, name="Complaint about Zoë.txt")
    [path] = on_disk(folder)
    assert b"policy" not in path.read_bytes()
    assert "Zo" not in str(path)
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_file_twice_is_two_files_with_different_bytes(
    school: Organisation, folder: Path
) -> None:
    keep(school)
    keep(school)
    first, second = on_disk(folder)
    assert first.read_bytes() != second.read_bytes()


@pytest.mark.parametrize(
    ("data", "purpose", "said"),
    [
        (b"", Purpose.POLICY_SOURCE, "empty"),
        (b"MZ\0\0program", Purpose.POLICY_SOURCE, "not taken here"),
        (b"\x89PNG\r\n\x1a\n", Purpose.POLICY_SOURCE, "not taken here"),
        (TEXT, Purpose.SIGN_OFF_SCAN, "PDF, PNG or JPEG"),
        (b"<html><script>x</script>", Purpose.SIGN_OFF_SCAN, "not taken here"),
    ],
)
def test_what_a_purpose_does_not_take_is_refused_and_leaves_nothing(
    school: Organisation, folder: Path, data: bytes, purpose: Purpose, said: str
) -> None:
    with pytest.raises(RuleBroken, match=said):
        keep(school, data, purpose=purpose, name="scan.pdf")
    assert not StoredFile.objects.exists()
    assert not on_disk(folder)


def test_a_file_over_the_limit_is_refused(school: Organisation, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    with pytest.raises(RuleBroken, match="larger than 1 MB"):
        keep(school, b"a" * (1024 * 1024 + 1))
    with pytest.raises(RuleBroken, match="larger than 1 MB"):
        keep(school, SimpleUploadedFile("a.txt", b"a" * (1024 * 1024 + 9)))  # type: ignore[arg-type]


def test_a_rollback_leaves_no_row_and_its_bytes_are_swept(
    school: Organisation, folder: Path
) -> None:
    kept = keep(school)

    def fail_after_storing() -> None:
        with transaction.atomic():
            keep(school)
            raise IntegrityError

    with pytest.raises(IntegrityError):
        fail_after_storing()
    assert StoredFile.objects.get() == kept
    assert len(on_disk(folder)) == 2

    assert sweep_orphans() == 0, "an upload under way is left alone"
    for path in on_disk(folder):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert sweep_orphans() == 1
    assert open_file(kept) == TEXT
    assert sweep_orphans() == 0


def test_the_sweep_of_a_portal_without_files_finds_nothing(school: Organisation) -> None:
    assert sweep_orphans() == 0


def test_changed_swapped_and_missing_bytes_are_noticed(school: Organisation, folder: Path) -> None:
    first, second = keep(school, b"One text"), keep(school, b"Another")
    paths = {path.name: path for path in on_disk(folder)}
    paths[first.key].write_bytes(paths[second.key].read_bytes())
    with pytest.raises(FileDamaged):
        open_file(first)
    paths[second.key].write_bytes(paths[second.key].read_bytes()[:-1])
    with pytest.raises(FileDamaged):
        open_file(second)
    paths[second.key].unlink()
    with pytest.raises(FileDamaged):
        open_file(second)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("policy.txt", "policy.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\Zoë\\Policy final.docx", "Policy final.docx"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie x=1.txt"),
        ('say "hello".txt', "say hello .txt"),
        ("txt.\u202eexe.pdf", "txt.exe.pdf"),
        ("", "file"),
        ("..", "file"),
        (" .txt", "file.txt"),
        ("/", "file"),
        ("\0\0", "file"),
        ("名前.md", "名前.md"),
    ],
)
def test_names_lose_what_a_path_or_a_header_could_trip_over(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_name_of_300_letters_keeps_its_ending() -> None:
    assert clean_name("a" * 300 + ".docx") == "a" * 145 + ".docx"
    assert len(clean_name("." * 50 + "é" * 300)) <= 150


@given(st.text(max_size=400))
def test_any_name_becomes_a_good_one(sent: str) -> None:
    name = clean_name(sent)
    assert 0 < len(name) <= 150
    assert clean_name(name) == name
    assert not set(name) & set('/\\\r\n\0"<>|')
    assert name.strip(". ")
