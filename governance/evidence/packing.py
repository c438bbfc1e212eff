"""Making a pack: what was known goes from the database into one archive, sealed."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from governance.as_at import Question
from governance.evidence import documents, manifest, people, summary
from governance.evidence.archive import Archive, Row, Shelf, write_csv, write_json
from governance.evidence.people import Tally
from governance.evidence.tables import OF_PEOPLE, TABLES
from governance.models import EvidencePack, Policy
from governance.text.canonical import canonical_bytes
from web.words import utc

if TYPE_CHECKING:
    from governance.evidence.documents import Version

log = structlog.get_logger(__name__)
HERE = Path(__file__).parent
VERIFIER = "verify_pack.py"
NOT_OF_A_PERSON = ("figures", "departments", "reviews", "adoptions", "groups")
TEXTS_AT_ONCE = 20


@dataclass(frozen=True)
class Made:
    """A finished pack."""

    content: bytes
    manifest_hash: str


def question_of(pack: EvidencePack) -> Question:
    """What the pack asks, in the words of `as_at`. A trust's policy comes with its appendices."""
    narrower: dict[str, Any] = {"person_id": pack.person_id}
    if pack.policy_id is not None:
        narrower["policies"] = Policy.objects.filter(
            Q(pk=pack.policy_id) | Q(parent=pack.policy_id)
        )
    return Question.at(pack.organisation, pack.as_at, **narrower)


def make(pack: EvidencePack, made_at: datetime) -> Made:
    """The pack as bytes. Reads the database and writes nothing."""
    question, archive = question_of(pack), Archive(made_at)
    found, shelves = _gather(pack, question)
    head = _head(pack, made_at, shelves)
    for name, shelf in shelves.items():
        columns = TABLES[name].columns_for(with_names=pack.with_names)
        write_csv(archive, TABLES[name].file, columns, shelf)
    write_json(archive, "evidence.json", head, shelves)
    doubts = list(_write_texts(archive, _with_texts(question, found))) if pack.with_names else []
    archive.add("summary.pdf", summary.printed(pack, made_at, shelves, doubts))
    archive.add("README.txt", _readme(pack, made_at))
    archive.add(VERIFIER, verifier())
    listed = manifest.sealed(head, archive.entries)
    archive.add(manifest.NAME, listed)
    archive.add(manifest.HASH_NAME, manifest.hash_file(listed))
    return Made(archive.close(), manifest.fingerprint(listed))


def _gather(
    pack: EvidencePack, question: Question
) -> tuple[QuerySet[Version, Version], dict[str, Shelf]]:
    """Every table of the pack. One query each, of which none grows with the people."""
    tally = Tally(question)
    standing = tally.watch(people.standings(question))
    if pack.with_names:
        first = _shelved("standings", pack, standing)
    else:
        first = Shelf(())
        for _ in standing:  # only counted
            pass
    found = documents.versions_of(question, tally.applied if pack.person_id else None)
    rows: dict[str, Iterable[Row]] = {
        "figures": tally.figures(),
        "departments": tally.by_department(),
        "not_signed": people.not_signed(first),
        "acknowledgements": people.acknowledgements(question),
        "exemptions": people.exemptions(question),
        "versions": documents.versions(question, found, with_texts=pack.with_names),
        "sign_offs": documents.sign_offs(found),
        "reviews": documents.reviews(question),
        "adoptions": documents.adoptions(question),
        "groups": documents.groups(question),
    }
    shelves = {
        name: first if name == "standings" else _shelved(name, pack, rows[name])
        for name in TABLES
        if not (name in OF_PEOPLE and not pack.with_names)
        and not (name in NOT_OF_A_PERSON and pack.person_id)
    }
    return found, shelves


def _shelved(name: str, pack: EvidencePack, rows: Iterable[Row]) -> Shelf:
    columns = TABLES[name].columns_for(with_names=pack.with_names)
    return Shelf({column: row[column] for column in columns} for row in rows)


def _head(pack: EvidencePack, made_at: datetime, shelves: dict[str, Shelf]) -> Row:
    """What the pack is about, for evidence.json and the manifest."""
    place = pack.organisation
    return {
        "form": manifest.FORM,
        "pack": pack.reference,
        "kind": pack.kind,
        "school": place.name,
        "policy": pack.policy.title if pack.policy else "",
        "person": pack.person.name if pack.person else "",
        "as_at": utc(pack.as_at),
        "time_zone": place.time_zone,
        "made_at": utc(made_at),
        "made_by": asked_by(pack),
        "portal": {
            "name": settings.PORTAL_NAME,
            "version": portal_version(),
            "address": settings.SITE_URL,
        },
        "tables": {
            name: {"file": TABLES[name].file, "rows": shelf.count}
            for name, shelf in shelves.items()
        },
    }


def asked_by(pack: EvidencePack) -> list[str]:
    """In which roles the pack was asked for: a role says enough, the record knows the person."""
    place = pack.organisation
    here = (place.pk, place.parent_id)
    posts = [post for post in pack.requested_by.posts if post.organisation.pk in here]
    return sorted({label for post in posts for label in post.role_labels})


def _with_texts(
    question: Question, found: QuerySet[Version, Version]
) -> QuerySet[Version, Version]:
    return found.filter(Q(pk__in=list(question.versions)) | Q(read=True))


def _write_texts(archive: Archive, found: QuerySet[Version, Version]) -> Iterator[str]:
    """Each text in the bytes that its fingerprint is made of; yields those it does not fit."""
    written: set[str] = set()
    for one in found.order_by("pk").iterator(TEXTS_AT_ONCE):
        if one.content_hash in written:
            continue
        written.add(one.content_hash)
        content = canonical_bytes(
            title=one.title, number=one.number, language=one.language, body=one.body
        )
        archive.add(f"texts/{one.content_hash}.txt", content)
        if hashlib.sha256(content).hexdigest() != one.content_hash:
            log.error("evidence_text_differs", version=one.pk)
            yield f"{one.title}, version {one.number}"


def verifier() -> bytes:
    """The script that checks a pack, as it goes into each."""
    return (HERE / VERIFIER).read_bytes()


@cache
def verifier_hash() -> str:
    return hashlib.sha256(verifier()).hexdigest()


def _readme(pack: EvidencePack, made_at: datetime) -> bytes:
    words = (HERE / "readme.txt").read_text(encoding="utf-8")
    text = words.format(
        reference=pack.reference,
        about=summary.about(pack),
        as_at=summary.said(pack.as_at, pack.organisation),
        made_at=summary.said(made_at, pack.organisation),
        portal=settings.PORTAL_NAME,
        address=settings.SITE_URL,
    )
    return text.encode("utf-8")


@cache
def portal_version() -> str:
    project = Path(settings.BASE_DIR) / "pyproject.toml"
    try:
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, KeyError, ValueError):
        return "unknown"
