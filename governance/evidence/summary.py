"""The first file of a pack that anybody opens: what it says, as a PDF for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from governance.as_at import State
from governance.evidence.archive import Row, Shelf
from governance.models import EvidencePack, Signature
from people.models import Organisation
from web.pdf import pdf

# More names than these are a book: they are in the CSV files, and the summary says so.
MOST_ROWS = 2000
METHODS = {
    Signature.Method.OWN: "Signed in",
    Signature.Method.TABLET: "On a shared tablet",
    Signature.Method.PAPER: "On paper",
}


@dataclass(frozen=True)
class Part:
    """A heading with a sentence and a table below it."""

    heading: str
    text: str
    headers: list[str]
    rows: list[list[str]]


def about(pack: EvidencePack) -> str:
    """What a pack is about, in a line."""
    place = pack.organisation.name
    if pack.policy:
        return f"{pack.policy.title}, at {place}"
    if pack.person:
        return f"{pack.person.name}, at {place}"
    if pack.kind == EvidencePack.Kind.GOVERNORS:
        return f"Every policy of {place}: figures without names"
    return f"Every policy of {place}"


def said(at: datetime, place: Organisation) -> str:
    """A time as people of that school say it."""
    return _said(at, place.zone)


def _said(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M:%S}"


class Words:
    """Turns the rows' times and days into words of the school's own zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def time(self, utc: str) -> str:
        if not utc:
            return ""
        local = datetime.fromisoformat(utc).astimezone(self.zone)
        return f"{local.day} {local:%b %Y, %H:%M}"

    @staticmethod
    def day(iso: str) -> str:
        if not iso:
            return ""
        on = date.fromisoformat(iso)
        return f"{on.day} {on:%b %Y}"


def printed(
    pack: EvidencePack, made_at: datetime, shelves: dict[str, Shelf], doubts: list[str]
) -> bytes:
    """summary.pdf, tagged for screen readers."""
    place, local = pack.organisation, made_at.astimezone(pack.organisation.zone)
    data: dict[str, Any] = {
        "title": "Figures for governors" if not pack.with_names else "Evidence pack",
        "about": about(pack),
        "school": place.name,
        "foot": f"Evidence pack {pack.reference}, as at {said(pack.as_at, place)}",
        "facts": [
            ["About", about(pack)],
            ["As it stood", f"{said(pack.as_at, place)} ({place.time_zone})"],
            ["Made", said(made_at, place)],
            ["Reference", pack.reference],
        ],
        "doubts": doubts,
        "parts": [vars(part) for part in _parts(pack, shelves) if part.rows],
        "with_names": pack.with_names,
    }
    return pdf("pack", data, made_at=local)


def _parts(pack: EvidencePack, shelves: dict[str, Shelf]) -> Iterator[Part]:
    words = Words(pack.organisation.zone)
    several = len({row["school_id"] for row in shelves.get("figures", ())}) > 1
    if "figures" in shelves:
        yield _figures(shelves["figures"], several)
        if not several:
            yield _departments(shelves["departments"])
    yield _versions(shelves["versions"], words)
    yield _signed_off(shelves["sign_offs"], words, with_names=pack.with_names)
    if "standings" in shelves:
        yield from _people(shelves, words)
    if "reviews" in shelves:
        yield _reviews(shelves["reviews"], words)
        yield _groups(shelves["groups"], words)


def _percent(row: Row) -> str:
    return f"{row['percent']} %" if row["percent"] != "" else "–"


def _counts(row: Row) -> list[str]:
    apart = row["signed_on_tablet"] + row["signed_on_paper"]
    signed = f"{row['signed']} (of these {apart} on paper or a tablet)" if apart else row["signed"]
    return [
        str(one)
        for one in (
            row["people"], signed, row["not_signed"], row["overdue"], row["exempt"], _percent(row),
        )
    ]  # fmt: skip


COUNTED = ["People", "Signed", "Not signed", "Of these overdue", "Exempt", "Share signed"]


def _figures(rows: Iterable[Row], several: bool) -> Part:
    place = ["School"] if several else []
    return Part(
        "Figures",
        "Exempt people are left out of the share, which is rounded down.",
        [*place, "Policy", "Version", *COUNTED],
        [
            [*([row["school"]] if several else []), row["policy"], row["version"], *_counts(row)]
            for row in rows
        ],
    )


def _departments(rows: Iterable[Row]) -> Part:
    return Part(
        "By department",
        "Each policy of each person counts once.",
        ["Department", *COUNTED],
        [[row["department"] or "No department", *_counts(row)] for row in rows],
    )


def _versions(rows: Iterable[Row], words: Words) -> Part:
    return Part(
        "The versions in force",
        "The fingerprint is the SHA-256 of the text: each acknowledgement names it.",
        ["Policy", "Version", "Published", "Agreed", "Fingerprint of the text"],
        [
            [
                row["policy"], row["version"], words.time(row["published_at"]),
                words.day(row["agreed_on"]), row["content_hash"],
            ]
            for row in rows
            if row["in_force"]
        ],
    )  # fmt: skip


def _signed_off(rows: Iterable[Row], words: Words, *, with_names: bool) -> Part:
    return Part(
        "Who signed the versions off",
        "",
        ["Policy", "Version", "As", *(["Name"] if with_names else []), "On", "How"],
        [
            [
                row["policy"], row["version"], row["as"],
                *([row["name"]] if with_names else []), words.day(row["signed_on"]), row["how"],
            ]
            for row in rows
            if row["stands"]
        ],
    )  # fmt: skip


def _people(shelves: dict[str, Shelf], words: Words) -> Iterator[Part]:
    """Who has not signed, who was exempt, and who has signed: paper and tablet apart."""
    standing = shelves["standings"]
    yield _listed(
        "Not signed",
        standing,
        lambda row: row["state"] == State.NOT_SIGNED,
        ["Name", "Department", "Policy", "Due"],
        lambda row: [
            row["person"],
            row["department"],
            _text(row),
            words.day(row["due_on"]) + (" (overdue)" if row["overdue"] else ""),
        ],
    )
    yield _listed(
        "Exempt",
        shelves["exemptions"],
        lambda row: True,
        ["Name", "Policy", "Reason", "From", "Until", "Allowed by"],
        lambda row: [
            row["person"], row["policy"], row["reason"], words.day(row["from"]),
            words.day(row["until"]) or "No end set", row["allowed_by"],
        ],
    )  # fmt: skip
    yield _listed(
        "Signed on paper or on a shared tablet, before a witness",
        shelves["acknowledgements"],
        lambda row: row["counted"] and row["method"] != Signature.Method.OWN,
        ["Name", "Policy", "Signed", "How", "Witness", "Recorded by", "Receipt"],
        lambda row: [
            row["person"], _text(row), _when(row, words), METHODS[row["method"]],
            row["witness"], row["recorded_by"], row["receipt"],
        ],
    )  # fmt: skip
    yield _listed(
        "Signed in person, with their own login",
        standing,
        lambda row: row["method"] == Signature.Method.OWN,
        ["Name", "Policy", "Signed", "Receipt"],
        lambda row: [
            row["person"],
            f"{row['policy']}, version {row['signed_version']}",
            words.time(row["signed_at"]),
            row["receipt"],
        ],
    )


def _when(row: Row, words: Words) -> str:
    """Paper says the day and no hour."""
    at = words.time(row["at"])
    return at.split(",")[0] if row["method"] == Signature.Method.PAPER else at


def _text(row: Row) -> str:
    return f"{row['policy']}, version {row['version']}"


def _listed(
    heading: str,
    rows: Iterable[Row],
    wanted: Callable[[Row], bool],
    headers: list[str],
    line: Callable[[Row], list[str]],
) -> Part:
    """A table of people; too long a one is cut, and says where the rest is."""
    shown, total = [], 0
    for row in rows:
        if wanted(row):
            total += 1
            if total <= MOST_ROWS:
                shown.append(line(row))
    text = (
        f"The first {MOST_ROWS:,} of {total:,}. All of them are in the CSV files of this pack."
        if total > MOST_ROWS
        else ""
    )
    return Part(heading, text, headers, shown)


def _reviews(rows: Iterable[Row], words: Words) -> Part:
    return Part(
        "Reviews",
        "",
        ["Policy", "Opened", "Why", "Closed", "Outcome", "Next review"],
        [
            [
                row["policy"], words.day(row["opened_on"]), row["why"],
                words.day(row["closed_on"]), row["outcome"], words.day(row["next_due_on"]),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _groups(rows: Iterable[Row], words: Words) -> Part:
    return Part(
        "Parents and pupils",
        "Counted by the school on paper or elsewhere. No part of the figures above.",
        ["Policy", "Who", "Group", "Signed", "How", "Counted"],
        [
            [
                _text(row), row["who"], row["group"], f"{row['signed']} of {row['asked']}",
                row["how"], words.day(row["counted_on"]),
            ]
            for row in rows
        ],
    )  # fmt: skip
