"""The script that checks a pack without the portal: what it finds."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.evidence import verify_pack
from tests.governance.packs import files, zipped
from tests.governance.verifying import (
    resealed,
    slowly,
    verify_folder,
    verify_zip,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SCRIPT = Path(verify_pack.__file__)
ANYWHERE = st.integers(min_value=0, max_value=2**40)


# A pack as it was made


@pytest.mark.demand("D18")
def test_a_pack_as_it_was_made_is_told_so(pack: bytes, entries: dict[str, bytes], at: Path) -> None:
    fingerprint = hashlib.sha256(entries["manifest.json"]).hexdigest()
    for code, said in (verify_zip(at, pack), verify_folder(at, entries)):
        assert code == 0, said
        assert f"All {len(entries) - 2} files are as the manifest says" in said
        assert fingerprint in said
        assert "St Olave’s, Wapping" in said


@pytest.mark.demand("D18")
def test_it_needs_python_and_nothing_else(pack: bytes, at: Path) -> None:
    """Isolated, without site-packages, from a folder of its own, with an ASCII terminal."""
    (at / "alone").mkdir()
    script = at / "alone" / "verify_pack.py"
    script.write_bytes(SCRIPT.read_bytes())
    (at / "pack.zip").write_bytes(pack)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(at / "pack.zip")],
        capture_output=True, text=True, check=False, cwd=at / "alone",
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""


def test_it_is_written_for_python_3_9() -> None:
    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 9))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
        assert not isinstance(node, ast.Match)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "zip":
            assert not node.keywords, "strict= came with 3.10"
    assert names <= sys.stdlib_module_names


def test_the_pack_brings_the_script_that_the_portal_offers(entries: dict[str, bytes]) -> None:
    assert entries["verify_pack.py"] == SCRIPT.read_bytes()


def test_files_that_computers_leave_behind_are_no_alarm(
    entries: dict[str, bytes], at: Path
) -> None:
    assert verify_folder(at, entries | {".DS_Store": b"x", "texts/Thumbs.db": b"y"})[0] == 0
    nested = {f"pack/{name}": data for name, data in entries.items()}
    assert verify_folder(at, nested)[0] == 0


# A pack that was changed


@pytest.mark.demand("D18")
@slowly
@given(which=ANYWHERE, where=ANYWHERE, bit=st.integers(0, 7))
def test_one_changed_bit_in_any_file_is_found_and_named(
    entries: dict[str, bytes], at: Path, which: int, where: int, bit: int
) -> None:
    name = sorted(entries)[which % len(entries)]
    data = bytearray(entries[name])
    data[where % len(data)] ^= 1 << bit
    changed = entries | {name: bytes(data)}

    code, said = verify_zip(at, zipped(changed))

    assert code == 1
    assert name.removesuffix(".sha256") in said
    assert "Traceback" not in said


@slowly
@given(which=ANYWHERE, keep=ANYWHERE, more=st.binary(max_size=40))
def test_a_file_cut_short_or_made_longer_is_named_with_its_size(
    entries: dict[str, bytes], at: Path, which: int, keep: int, more: bytes
) -> None:
    name = sorted(set(entries) - {"manifest.json", "manifest.json.sha256"})[
        which % (len(entries) - 2)
    ]
    was = entries[name]
    now = was + more if more else was[: keep % len(was)]

    code, said = verify_zip(at, zipped(entries | {name: now}))

    assert code == 1
    line = next(line for line in said.splitlines() if line.startswith(f"ALTERED   {name}"))
    assert ("longer than" if more else "instead of") in line
    assert f"{len(was):,}" in line


@slowly
@given(where=ANYWHERE, bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_in_the_archive_hides_nothing(
    pack: bytes, entries: dict[str, bytes], at: Path, where: int, bit: int
) -> None:
    """It is found, or it lies where nothing of a file is kept (a time, a version number)."""
    data = bytearray(pack)
    data[where % len(data)] ^= 1 << bit

    code, said = verify_zip(at, bytes(data))

    assert "Traceback" not in said
    if code == 0:
        assert files(bytes(data)) == entries


@slowly
@given(length=ANYWHERE)
def test_an_archive_that_was_cut_off_is_refused(pack: bytes, at: Path, length: int) -> None:
    assert verify_zip(at, pack[: length % len(pack)])[0] == 1


@pytest.mark.demand("D18")
def test_each_missing_file_is_named(entries: dict[str, bytes], at: Path) -> None:
    for name in entries:
        rest = {one: data for one, data in entries.items() if one != name}
        code, said = verify_zip(at, zipped(rest))
        assert code == 1
        assert f"MISSING   {name}" in said or f"There is no {name}" in said, said


@pytest.mark.demand("D18")
@pytest.mark.parametrize("name", ["more.csv", "texts/more.txt", "manifest2.json"])
def test_an_added_file_is_named(entries: dict[str, bytes], at: Path, name: str) -> None:
    for code, said in (
        verify_zip(at, zipped(entries | {name: b"x"})),
        verify_folder(at, entries | {name: b"x"}),
    ):
        assert code == 1
        assert f"ADDED     {name}" in said


def test_a_renamed_file_is_told_with_both_names(entries: dict[str, bytes], at: Path) -> None:
    changed = dict(entries)
    changed["signed.csv"] = changed.pop("not-signed.csv")

    code, said = verify_zip(at, zipped(changed))

    assert code == 1
    assert "RENAMED   signed.csv: it was not-signed.csv" in said
    assert "MISSING" not in said


def test_two_texts_that_changed_places_are_both_named(entries: dict[str, bytes], at: Path) -> None:
    first, second = [name for name in entries if name.startswith("texts/")][:2]
    changed = entries | {first: entries[second], second: entries[first]}

    code, said = verify_zip(at, zipped(changed))

    assert code == 1
    assert first in said
    assert second in said


def test_an_altered_cell_is_named_with_both_values(entries: dict[str, bytes], at: Path) -> None:
    altered = entries["who-has-signed.csv"].replace(b"not signed", b"signed", 1)

    code, said = verify_zip(at, zipped(entries | {"who-has-signed.csv": altered}))

    assert code == 1
    assert "who-has-signed.csv, " in said
    assert "“signed” there, “not signed” in evidence.json" in said


# A manifest that was changed with it


@slowly
@given(data=st.data())
def test_a_changed_value_of_the_manifest_is_found(
    entries: dict[str, bytes], at: Path, data: st.DataObject
) -> None:
    manifest = json.loads(entries["manifest.json"])
    key = data.draw(st.sampled_from(sorted(manifest)))
    manifest[key] = data.draw(st.sampled_from(["", 7, None, [], {}, "x", [1], {"a": 1}]))
    changed = entries | {"manifest.json": json.dumps(manifest).encode()}

    code, said = verify_zip(at, zipped(changed))

    assert code == 1
    assert "manifest.json" in said


def test_a_table_changed_together_with_the_manifest_disagrees_with_the_other(
    entries: dict[str, bytes], at: Path
) -> None:
    for name, old, new in (
        ("who-has-signed.csv", b"not signed", b"signed"),
        ("evidence.json", b'"state":"not signed"', b'"state":"signed"'),
        ("figures.csv", b",25\r\n", b",99\r\n"),
    ):
        assert old in entries[name], name
        changed = resealed(entries | {name: entries[name].replace(old, new, 1)})
        code, said = verify_zip(at, zipped(changed))
        assert code == 1, name
        assert "DISAGREES" in said


def test_a_row_taken_out_of_both_tables_is_missed_by_the_figures(
    entries: dict[str, bytes], at: Path
) -> None:
    data = json.loads(entries["evidence.json"])
    gone = data["standings"].pop()
    lines = entries["who-has-signed.csv"].decode("utf-8-sig").splitlines(keepends=True)
    changed = resealed(
        entries | {
            "evidence.json": json.dumps(data).encode(),
            "who-has-signed.csv": ("\ufeff" + "".join(lines[:-1])).encode(),
        }
    )  # fmt: skip

    code, said = verify_zip(at, zipped(changed))

    assert code == 1
    assert f"not so many are “{gone['state']}”" in said
    assert "rows, not" in said


def test_a_text_replaced_together_with_the_manifest_is_not_the_one_that_was_signed(
    entries: dict[str, bytes], at: Path
) -> None:
    name = next(name for name in entries if name.startswith("texts/"))
    changed = resealed(entries | {name: entries[name].replace(b"kind", b"cruel")})

    code, said = verify_zip(at, zipped(changed))

    assert code == 1
    assert f"DISAGREES {name}: it is not the text that has this fingerprint" in said


def test_a_text_left_out_together_with_the_manifest_is_missed(
    entries: dict[str, bytes], at: Path
) -> None:
    data = json.loads(entries["evidence.json"])
    name = f"texts/{data['acknowledgements'][0]['content_hash']}.txt"
    manifest = json.loads(entries["manifest.json"])
    kept = [one for one in manifest["files"] if one["path"] != name]
    rest = {one: body for one, body in entries.items() if one != name}

    code, said = verify_zip(at, zipped(resealed(rest, files=kept)))

    assert code == 1
    assert "no text here has the signed hash" in said


def test_a_pack_made_anew_from_its_parts_is_for_the_portal_to_unmask(
    entries: dict[str, bytes], at: Path
) -> None:
    """All fits together: only the fingerprint is another one."""
    code, said = verify_zip(at, zipped(resealed(entries)))

    assert code == 0
    assert hashlib.sha256(entries["manifest.json"]).hexdigest() not in said
