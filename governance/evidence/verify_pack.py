#!/usr/bin/env python3
"""Checks an evidence pack without the portal that made it.

    python3 verify_pack.py PACK.zip
    python3 verify_pack.py FOLDER        (the pack, unpacked)

Needs Python 3.9 or newer and nothing else; connects to nothing, writes nothing, unpacks nothing.
Names every file that was altered, is missing or was added, then checks that the files agree with
each other. Exit code 0: all is as the manifest says. 1: something is not. Whether somebody made the
whole pack anew only the portal can say: give it the fingerprint that is printed at the end.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import re
import stat
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from itertools import zip_longest
from typing import IO, Any

MANIFEST, MANIFEST_HASH, DATA = "manifest.json", "manifest.json.sha256", "evidence.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,3}")
HASH = re.compile(r"[0-9a-f]{64}")
MOST_FILES, LARGEST_MANIFEST, LARGEST_PACK, CHUNK = 20_000, 4 * 2**20, 2**30, 2**16
ABOUT = ("form", "pack", "kind", "school", "policy", "person", "as_at", "made_at", "tables")
LEFT_BY_COMPUTERS = {".DS_Store", "Thumbs.db", "desktop.ini"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BROKEN = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, struct.error,
          NotImplementedError, RuntimeError, RecursionError, csv.Error, MemoryError)  # fmt: skip


class NoPack(Exception):
    """There is nothing here that could be checked."""


def shown(text: object, most: int = 100) -> str:
    """Text of an unknown pack, harmless on a terminal."""
    whole = str(text)
    safe = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in whole[:most])
    return safe + ("…" if len(whole) > most else "")


class Folder:
    """A pack that was unpacked. Links are not followed and devices not opened."""

    def __init__(self, path: str) -> None:
        inside = [e.path for e in os.scandir(path) if e.is_dir(follow_symlinks=False)]
        if not os.path.lexists(os.path.join(path, MANIFEST)) and len(inside) == 1:
            path = inside[0]
        self.path = path
        self.unsafe: list[str] = []
        self.names = list(self._found(path, ""))

    def _found(self, folder: str, prefix: str) -> Iterator[str]:
        for number, entry in enumerate(os.scandir(folder)):
            name = prefix + entry.name
            mode = entry.stat(follow_symlinks=False).st_mode
            if number > MOST_FILES or name.count("/") > 4:
                raise NoPack("There are far too many files in this folder.")
            if stat.S_ISDIR(mode):
                yield from self._found(entry.path, name + "/")
            elif not stat.S_ISREG(mode):
                self.unsafe.append(f"{shown(name)}: a link or a device, not a file")
            elif entry.name not in LEFT_BY_COMPUTERS:
                yield name

    def open(self, name: str) -> IO[bytes]:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(os.path.join(self.path, name), flags), "rb")


class Archive:
    """A pack as it was downloaded. Never unpacked: its files are read one by one."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self.zip = zipfile.ZipFile(file)
        except BROKEN as problem:
            raise NoPack(f"This archive cannot be opened: {shown(problem)}") from None
        entries = self.zip.infolist()
        if len(entries) > MOST_FILES:
            raise NoPack("There are far too many files in this archive.")
        self.entries = {entry.orig_filename: entry for entry in entries}
        self.names = [entry.orig_filename for entry in entries]
        self.unsafe = [f"{shown(one.orig_filename)}: {why}" for one in entries for why in odd(one)]
        if not is_plain(file, entries):
            self.unsafe.append(
                "the archive: it was packed again, or changed since the portal made it. What you "
                "see when you unpack it may be something else: check that folder, too"
            )

    def open(self, name: str) -> IO[bytes]:
        return self.zip.open(self.entries[name])


def odd(entry: zipfile.ZipInfo) -> Iterator[str]:
    """What no file of a pack is."""
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        yield "a link or a device, not a file"
    if entry.flag_bits & 1:
        yield "encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield "packed in an unusual way"


def is_plain(file: IO[bytes], entries: list[zipfile.ZipInfo]) -> bool:
    """Whether file follows file, each described once: nothing that other programs might show."""
    at = 0
    for one in sorted(entries, key=lambda one: one.header_offset):
        file.seek(one.header_offset)
        raw = file.read(30)
        head = struct.unpack("<4s5H3L2H", raw) if len(raw) == 30 else (b"",) * 11
        said = (head[0], one.header_offset, *head[2:4], *head[6:9], head[10], one.extra)
        sizes = (one.CRC, one.compress_size, one.file_size)
        if said != (b"PK\3\4", at, one.flag_bits, one.compress_type, *sizes, 0, b""):
            return False
        if file.read(head[9]) != one.orig_filename.encode("utf-8", "replace") or one.comment:
            return False
        at += 30 + head[9] + one.compress_size
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(max(size - 22, 0))
    raw = file.read(22)
    end = struct.unpack("<4s4H2LH", raw) if len(raw) == 22 else (b"",) * 8
    return end[0] == b"PK\5\6" and end[4:] == (len(entries), size - 22 - at, at, 0)


class Check:
    """One pack and everything that is wrong with it, in the order it was found."""

    def __init__(self, source: Any) -> None:
        self.source, self.problems = source, [f"NOT SAFE  {one}" for one in source.unsafe]
        self.manifest: dict[str, Any] = {}
        self.fingerprint = ""
        self.listed: dict[str, tuple[int, str]] = {}
        self.intact: set[str] = set()
        self.altered: dict[str, str] = {}

    def say(self, kind: str, name: str, why: str = "") -> None:
        self.problems.append(f"{kind:<9} {shown(name)}" + (f": {why}" if why else ""))

    def run(self) -> None:
        names = self._names()
        self._read_manifest(names)
        self._compare_files(names)
        tables: dict[str, Any] = {}
        try:
            tables.update(self._tables())
            if DATA in self.intact:
                self._compare_tables(tables)
                self._compare_texts({name: rows for name, (_, rows, _) in tables.items()})
        except (*BROKEN, KeyError, TypeError, AttributeError):
            if DATA in self.intact:
                self.say("DISAGREES", DATA, "it is not what a pack holds")
        for name in sorted(self.altered):
            self.say("ALTERED", name, self.altered[name] + first_difference(name, tables))

    def _names(self) -> set[str]:
        seen: set[str] = set()
        for name in self.source.names:
            folded = unicodedata.normalize("NFC", name).casefold()
            if folded in seen:
                self.say("NOT SAFE", name, "there twice, so nobody knows which one counts")
            elif not NAME.fullmatch(name):
                self.say("NOT SAFE", name, "no file of a pack has such a name")
            seen.add(folded)
        return {name for name in self.source.names if NAME.fullmatch(name)}

    def _read_manifest(self, names: set[str]) -> None:
        if MANIFEST not in names:
            raise NoPack(f"There is no {MANIFEST} here, so this is no evidence pack.")
        try:
            raw = self.read(MANIFEST, LARGEST_MANIFEST)
            self.manifest = as_json(raw)
            self.listed = dict(files_of(self.manifest))
        except BROKEN as problem:
            raise NoPack(f"{MANIFEST} was altered: it cannot be read. {shown(problem)}") from None
        self.fingerprint = hashlib.sha256(raw).hexdigest()
        said = f"{self.fingerprint}  {MANIFEST}\n".encode()
        if MANIFEST_HASH not in names:
            self.say("MISSING", MANIFEST_HASH)
        elif self._difference(MANIFEST_HASH, len(said), hashlib.sha256(said).hexdigest()):
            self.say("ALTERED", MANIFEST, f"or {MANIFEST_HASH}: the two do not fit together")

    def _compare_files(self, names: set[str]) -> None:
        missing = {}
        for name, (size, digest) in self.listed.items():
            if name not in names:
                missing[name] = digest
            elif why := self._difference(name, size, digest):
                self.altered[name] = why
            else:
                self.intact.add(name)
        most = max((self.listed[name][0] for name in missing), default=0)
        for name in sorted(names - set(self.listed) - {MANIFEST, MANIFEST_HASH}):
            try:
                digest = self.measure(name, most)[1]
            except BROKEN:
                digest = ""
            was = next((one for one in missing if missing[one] == digest), "")
            missing.pop(was, None)
            self.say("RENAMED" if was else "ADDED", name, was and f"it was {was}")
        for name in sorted(missing):
            self.say("MISSING", name)

    def _difference(self, name: str, size: int, digest: str) -> str:
        try:
            found, found_digest = self.measure(name, size)
        except BROKEN as problem:
            return f"it cannot be read. {shown(problem)}"
        if found > size:
            return f"it is longer than the {size:,} bytes it should have"
        if found < size:
            return f"{found:,} bytes instead of {size:,}"
        return "" if found_digest == digest else f"{size:,} bytes as it should, but other ones"

    def measure(self, name: str, size: int) -> tuple[int, str]:
        """Length and SHA-256, reading one byte more than there should be and no further."""
        digest, length = hashlib.sha256(), 0
        with self.source.open(name) as file:
            while length <= size and (part := file.read(min(CHUNK, size + 1 - length))):
                digest.update(part)
                length += len(part)
        return length, digest.hexdigest()

    def read(self, name: str, most: int) -> bytes:
        with self.source.open(name) as file:
            content: bytes = file.read(most + 1)
        if len(content) > most:
            raise ValueError("It is far too large.")
        return content

    def _tables(self) -> dict[str, Any]:
        """Each table: its CSV's name, its rows in the JSON, and its lines in the CSV or None."""
        data = as_json(self.read(DATA, self.listed[DATA][0] + CHUNK))
        if DATA in self.intact:
            for key in ABOUT:
                if data.get(key) != self.manifest.get(key):
                    self.say("DISAGREES", MANIFEST, f"{key} is not that of {DATA}")
        return {
            name: (table["file"], [dict(row) for row in data[name]], self._lines(table["file"]))
            for name, table in data["tables"].items()
        }

    def _lines(self, name: str) -> list[list[str]] | None:
        if name not in self.intact and name not in self.altered:
            return None
        try:
            text = self.read(name, self.listed[name][0] + CHUNK).decode("utf-8-sig")
            return list(csv.reader(io.StringIO(text, newline=""), strict=True))
        except BROKEN:
            return None

    def _compare_tables(self, tables: dict[str, Any]) -> None:
        for name, (file, rows, _) in tables.items():
            said = self.manifest["tables"].get(name, {}).get("rows")
            if said != len(rows):
                self.say("DISAGREES", DATA, f"{name} has {len(rows)} rows, not {shown(said)}")
            if file in self.intact and (why := first_difference(file, tables)):
                self.say("DISAGREES", file, why.strip(" ;"))
        if "figures" in tables and "standings" in tables:
            figures, standings = tables["figures"][1], tables["standings"][1]
            for state in ("signed", "not signed", "exempt"):
                counted = sum(int(row.get(state.replace(" ", "_"), 0)) for row in figures)
                if counted != sum(row.get("state") == state for row in standings):
                    self.say("DISAGREES", "figures.csv", f"not so many are “{state}”")

    def _compare_texts(self, rows: dict[str, Any]) -> None:
        """The name of each text is its hash, and each hash that was acknowledged has its text."""
        for name, (_, digest) in self.listed.items():
            if name.startswith("texts/") and name != f"texts/{digest}.txt":
                self.say("DISAGREES", name, "it is not the text that has this fingerprint")
        signed = [row.get("content_hash") for row in rows.get("acknowledgements", ())]
        signed += [row.get("signed_hash") for row in rows.get("standings", ())]
        for digest in sorted({str(one) for one in signed if one}):
            if f"texts/{digest}.txt" not in self.listed:
                self.say("DISAGREES", DATA, f"no text here has the signed hash {shown(digest)}")
        for row in rows.get("versions", ()):
            name = str(row.get("text"))
            if name in self.intact:
                text = as_json(self.read(name, self.listed[name][0]))
                said = (row.get("policy"), row.get("version"))
                if (text.get("title"), text.get("number")) != said:
                    self.say("DISAGREES", name, f"it is not the text of {shown(said)}")


def as_json(raw: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no object, or names something twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("Something is named twice.")
        return found

    text = raw.decode("utf-8")
    data = json.loads(text, object_pairs_hook=once, parse_int=lambda digits: int(digits[:20]))
    if not isinstance(data, dict):
        raise ValueError("It should hold an object.")
    return data


def files_of(manifest: dict[str, Any]) -> Iterator[tuple[str, tuple[int, str]]]:
    """(name, (bytes, SHA-256)) of each file. Raises ValueError for what no pack lists."""
    files, total = manifest.get("files"), 0
    seen: set[str] = set()
    if not isinstance(files, list) or not isinstance(manifest.get("tables"), dict):
        raise ValueError("It lists no files.")
    for one in files:
        found = [one.get(key) for key in ("path", "bytes", "sha256")] if type(one) is dict else []
        if [type(each) for each in found] != [str, int, str]:
            raise ValueError("It lists something that is no file.")
        name, size, digest = str(found[0]), int(found[1] or 0), str(found[2])
        if not NAME.fullmatch(name) or not HASH.fullmatch(digest) or name.casefold() in seen:
            raise ValueError("It lists a file twice, or by a name that no file of a pack has.")
        seen.add(name.casefold())
        total += max(size, 0)
        if size < 0 or total > LARGEST_PACK or len(seen) > MOST_FILES:
            raise ValueError("It lists more than a pack can hold.")
        yield name, (size, digest)


def cell(value: object) -> str:
    """How the portal writes a value into a CSV."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def first_difference(file: str, tables: dict[str, Any]) -> str:
    """Where a CSV and the JSON part, as the end of a sentence."""
    for csv_name, rows, lines in tables.values():
        if lines and file in (csv_name, DATA):
            wanted = [
                list(rows[0]) if rows else lines[0],
                *(map(cell, row.values()) for row in rows),
            ]
            for number, pair in enumerate(zip_longest(lines, wanted, fillvalue=()), 1):
                for at, (here, there) in enumerate(zip_longest(*pair, fillvalue="")):
                    if here != there:
                        where = (
                            f"line {number} of {shown(csv_name)}, {shown(lines[0][at : at + 1])}"
                        )
                        return f"; {where}: “{shown(here)}” there, “{shown(there)}” in {DATA}"
    return ""


def report(check: Check, write: Any) -> None:
    facts, portal = check.manifest, check.manifest.get("portal")
    address = portal.get("address") if isinstance(portal, dict) else ""
    about = [shown(facts.get(key)) for key in ("pack", "school", "policy", "person")]
    write("Evidence pack " + ", ".join(one for one in about if one))
    write(f"As it stood at {shown(facts.get('as_at'))}, made at {shown(facts.get('made_at'))}\n")
    for problem in check.problems[:500]:
        write(problem)
    if check.problems:
        write(f"\nNOT AS IT WAS MADE: {len(check.problems)} found.")
    else:
        write(f"All {len(check.listed)} files are as the manifest says, and agree with each other.")
    write(f"\nThe fingerprint of this pack is\n{check.fingerprint}")
    write(f"Whether the portal made it, the portal says at {shown(address)}/evidence/confirm/")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Checks an evidence pack.")
    parser.add_argument("pack", help="the ZIP file, or the folder it was unpacked into")
    path = parser.parse_args(arguments).pack

    def write(line: str) -> None:
        data = (line + os.linesep).encode(sys.stdout.encoding or "ascii", "backslashreplace")
        sys.stdout.buffer.write(data)

    try:
        with open(os.devnull if os.path.isdir(path) else path, "rb") as file:
            check = Check(Folder(path) if os.path.isdir(path) else Archive(file))
            check.run()
    except (NoPack, *BROKEN) as problem:
        write(f"NOT AS IT WAS MADE: {shown(problem, 300)}")
        return 1
    report(check, write)
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
