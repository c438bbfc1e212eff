"""The script that checks a pack, and packs made to harm whoever checks them."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.evidence import verify_pack
from tests.governance.packs import zipped
from tests.governance.verifying import (
    resealed,
    slowly,
    unpack,
    verify,
    verify_zip,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def with_entry(pack_entries: dict[str, bytes], info: zipfile.ZipInfo, data: bytes = b"x") -> bytes:
    buffer = io.BytesIO(zipped(pack_entries))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(info, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../../outside.txt", "/etc/passwd", "texts/../../x", "..\\x", "C:\\x", "a\\b", "a//b",
        "./figures.csv", "texts/", "con\x1b[31mred", "x" * 60_000, "a/" * 500 + "a",
        "\u202egpj.exe", "fígures.csv", "figures.csv ", ".hidden", "",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_no_pack_has_is_not_safe(
    entries: dict[str, bytes], at: Path, name: str
) -> None:
    code, said = verify_zip(at, with_entry(entries, zipfile.ZipInfo(name)))

    assert code == 1
    assert "NOT SAFE" in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert len(said) < 3000


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["figures.csv", "Figures.csv", "manifest.json", "MANIFEST.JSON"])
def test_a_file_that_is_there_twice_is_not_safe(
    entries: dict[str, bytes], at: Path, name: str
) -> None:
    code, said = verify_zip(at, with_entry(entries, zipfile.ZipInfo(name), b"another"))

    assert code == 1
    assert "there twice" in said or "cannot be read" in said


def test_links_and_locked_files_are_not_safe(entries: dict[str, bytes], at: Path) -> None:
    link = zipfile.ZipInfo("texts/link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    code, said = verify_zip(at, with_entry(entries, link, b"/etc/passwd"))
    assert code == 1
    assert "a link or a device" in said

    data = bytearray(zipped(entries))
    central = data.rindex(b"PK\1\2")
    data[central + 8] |= 1  # encrypted, says the list
    code, said = verify_zip(at, bytes(data))
    assert code == 1
    assert "encrypted" in said


def test_in_a_folder_links_are_not_followed_and_pipes_not_opened(
    entries: dict[str, bytes], at: Path
) -> None:
    folder = at / "links"
    unpack(folder, entries)
    secret = at / "secret.csv"
    secret.write_bytes(entries["figures.csv"])
    (folder / "figures.csv").unlink()
    (folder / "figures.csv").symlink_to(secret)
    (folder / "texts" / "more").symlink_to("/")
    os.mkfifo(folder / "pipe.csv")

    begun = time.monotonic()
    code, said = verify(folder)

    assert code == 1
    assert time.monotonic() - begun < 5
    assert said.count("a link or a device, not a file") == 3
    assert "MISSING   figures.csv" in said


def test_names_in_a_folder_may_be_any_bytes(entries: dict[str, bytes], at: Path) -> None:
    folder = at / "bytes"
    unpack(folder, entries)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.csv")).write_bytes(b"x")

    code, said = verify(folder)

    assert code == 1
    assert "NOT SAFE" in said


def test_a_bomb_is_not_unpacked(entries: dict[str, bytes], at: Path) -> None:
    """256 megabytes of zeros under the name of a table, and as a manifest."""
    for name in ("figures.csv", "manifest.json", "more.csv"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, data in entries.items():
                if entry != name:
                    archive.writestr(zipfile.ZipInfo(entry), data)
            with archive.open(name, "w", force_zip64=True) as file:
                for _ in range(256):
                    file.write(bytes(2**20))
        begun = time.monotonic()
        code, said = verify_zip(at, buffer.getvalue())
        assert code == 1
        assert name in said
        assert time.monotonic() - begun < 5


class Endless:
    """A pack whose first file never ends."""

    unsafe: list[str] = []

    def __init__(self, entries: dict[str, bytes], name: str) -> None:
        self.entries, self.name, self.names, self.taken = entries, name, list(entries), 0

    def open(self, name: str) -> Any:
        return self if name == self.name else io.BytesIO(self.entries[name])

    def __enter__(self) -> Endless:
        return self

    def __exit__(self, *_: object) -> None:
        """There is nothing to close."""

    def read(self, size: int = -1) -> bytes:
        self.taken += size
        assert size >= 0, "It would have read on for ever."
        assert self.taken < 50 * 2**20, "It would have read on for ever."
        return bytes(size)


def test_no_more_is_read_than_the_manifest_allows(entries: dict[str, bytes]) -> None:
    source = Endless(entries, "figures.csv")
    check = verify_pack.Check(source)

    check.run()

    assert any("longer than" in problem for problem in check.problems)
    # One byte more to see that it is too long, and once more to look for what differs.
    assert source.taken <= 2 * len(entries["figures.csv"]) + 2 * verify_pack.CHUNK


def test_something_hidden_beside_the_files_is_told(pack: bytes, at: Path) -> None:
    middle = pack.index(b"PK\3\4", 10)
    for data in (
        b"#!/bin/sh\n" + pack,
        pack + b"tail",
        pack[:middle] + b"gap" + pack[middle:],
        _with_comment(pack),
        _second_opinion(pack),
    ):
        code, said = verify_zip(at, data)
        assert code == 1, said
        assert "packed again, or changed" in said or "cannot be" in said, said


def _with_comment(pack: bytes) -> bytes:
    return pack[:-2] + struct.pack("<H", 5) + b"hello"


def _second_opinion(pack: bytes) -> bytes:
    """The file's own head calls it by another name than the list does."""
    return pack.replace(b"not-signed.csv", b"yes-signed.csv", 1)


@pytest.mark.parametrize(
    "manifest",
    [
        b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"files": []}', b"[" * 200_000,
        b'{"files": [], "files": []}', b'{"a": ' + b"9" * 100_000 + b"}",
        b'{"tables": {}, "files": [5]}', b'{"tables": {}, "files": [{"path": "a"}]}',
        b'{"tables": {}, "files": [{"path": "../a", "bytes": 1, "sha256": "' + b"0" * 64 + b'"}]}',
        b'{"tables": {}, "files": [{"path": "a", "bytes": -1, "sha256": "' + b"0" * 64 + b'"}]}',
        b'{"tables": {}, "files": [{"path": "a", "bytes": true, "sha256": "' + b"0" * 64 + b'"}]}',
        b'{"tables": {}, "files": [{"path": "a", "bytes": 9e9, "sha256": "' + b"0" * 64 + b'"}]}',
        b'{"tables": {}, "files": [{"path": "a", "bytes": 9999999999, "sha256": "'
        + b"0" * 64 + b'"}]}',
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(
    entries: dict[str, bytes], at: Path, manifest: bytes
) -> None:
    code, said = verify_zip(at, zipped(entries | {"manifest.json": manifest}))

    assert code == 1
    assert "manifest.json" in said
    assert "Traceback" not in said


@slowly
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["tables", "standings", "file", "rows", "figures", "versions", "text"]),
            inner, max_size=3,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_json_in_place_of_the_tables_is_survived(
    entries: dict[str, bytes], at: Path, data: Any
) -> None:
    changed = entries | {"evidence.json": json.dumps(data).encode()}

    for one in (changed, resealed(changed)):
        code, said = verify_zip(at, zipped(one))
        assert code == 1
        assert "evidence.json" in said or "manifest.json" in said


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"PK\5\6" + bytes(18), b"hello", bytes(5000)])
def test_what_is_no_archive_is_refused(at: Path, data: bytes) -> None:
    assert verify_zip(at, data)[0] == 1


def test_nothing_at_all_is_refused(at: Path) -> None:
    (at / "empty").mkdir()
    assert verify(at / "empty")[0] == 1
    assert verify(at / "nowhere.zip")[0] == 1
