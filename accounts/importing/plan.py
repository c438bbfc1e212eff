"""What a list of accounts would put on the register, worked out before anything is written (E12).

An import only ever adds: what is on the register already stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from accounts.domains import domains_of, not_among
from accounts.importing.rows import Row, parse
from accounts.models import SocialAccount
from accounts.platforms import PLATFORMS
from accounts.workflow import Status
from people.importing.columns import Columns
from people.importing.rows import name_key
from people.models import Membership, Organisation
from web.words import day_in_words, listed


class Outcome(StrEnum):
    ADDED = "added"
    UNCHANGED = "unchanged"
    ERROR = "error"


LABELS = {Outcome.ADDED: "New", Outcome.UNCHANGED: "As it is", Outcome.ERROR: "Cannot be taken"}


@dataclass
class PlannedRow:
    """What one row would do."""

    number: int
    name: str
    platform: str
    url: str = ""
    handle: str = ""
    key: str = ""
    outcome: Outcome = Outcome.ADDED
    runners: dict[int, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    agreed_on: date | None = None
    agreed_note: str = ""
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return LABELS[self.outcome]

    @property
    def platform_label(self) -> str:
        return PLATFORMS[self.platform].label if self.platform else ""

    @property
    def run_by(self) -> str:
        return listed(sorted(self.runners.values())) if self.runners else "nobody"


@dataclass
class Plan:
    """What the whole file would do."""

    rows: list[PlannedRow]

    def of(self, outcome: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        return {outcome.value: len(self.of(outcome)) for outcome in Outcome}

    @property
    def digest(self) -> str:
        """Differs when anything the preview shows differs."""
        shown = [asdict(row) for row in self.rows]
        return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def make(
    organisation: Organisation,
    rows: Iterable[tuple[int, list[str]]],
    columns: Columns,
    *,
    agreed_on: date,
    agreed_note: str,
) -> Plan:
    """Compare the rows of a file with the register. Reads only: four queries."""
    today = organisation.today()
    parsed = parse(rows, columns, today=today)
    planner = _Planner(organisation, parsed, today)
    for row in parsed:
        one = planner.plan(row)
        one.agreed_on = row.since or agreed_on
        one.agreed_note = row.agreed_note or agreed_note
    return Plan(planner.planned)


class _Planner:
    def __init__(self, organisation: Organisation, rows: list[Row], today: date) -> None:
        self.organisation, self.today = organisation, today
        self.least = int(organisation.setting("accounts.least_runners"))
        self.domains = domains_of(organisation)
        keys = {row.where.key for row in rows if row.where}
        here = SocialAccount.objects.open().filter(organisation=organisation)
        open_here = list(here)
        self.by_name = {(one.platform, name_key(one.name)): one for one in open_here}
        self.by_key = {one.key: one for one in open_here if one.key}
        elsewhere = SocialAccount.objects.open().exclude(organisation=organisation)
        self.taken = set(elsewhere.filter(key__in=keys).values_list("key", flat=True))
        self.people = _People(organisation, today)
        self.seen: dict[str, PlannedRow] = {}
        self.planned: list[PlannedRow] = []

    def plan(self, row: Row) -> PlannedRow:
        one = PlannedRow(row.number, row.name, row.platform, notes=row.notes)
        self.planned.append(one)
        if known := self._known(row):
            one.outcome = Outcome.UNCHANGED
            one.name, one.platform = known.name, known.platform
            one.notes = ["On your register already. An import changes nothing there."]
            return one
        if row.status == Status.CLOSED:
            one.outcome = Outcome.UNCHANGED
            one.notes = ["The list says that it is no longer in use: it is left out."]
            return one
        one.errors = [*row.errors, *self._wrong(row)]
        if row.where:
            one.key, one.url, one.handle = row.where.key, row.where.url, row.where.handle
            self._only_once(one)
        one.runners = self.people.named(row.runners, one.errors)
        one.details = _details(row)
        if one.errors:
            one.outcome = Outcome.ERROR
        elif len(one.runners) < self.least:
            have = {0: "Nobody runs", 1: "One person runs"}.get(
                len(one.runners), f"{len(one.runners)} people run"
            )
            one.notes.append(f"{have} it: it is restricted until {self.least} do.")
        return one

    def _known(self, row: Row) -> SocialAccount | None:
        if row.where:
            return self.by_key.get(row.where.key)
        if row.written or not row.name:
            return None
        return self.by_name.get((row.platform, name_key(row.name)))

    def _wrong(self, row: Row) -> Iterable[str]:
        if not row.written:
            yield "The account’s address is missing."
        if row.where and row.where.key in self.taken:
            yield "This account is on another school’s register. Ask us if that is not right."
        if row.status == Status.UNAUTHORISED:
            yield "The list says that nobody agreed to it. Record it on its own, not by a list."
        if row.email and (sentence := not_among(row.email, self.domains)):
            yield sentence
        if row.school and name_key(row.school) != name_key(self.organisation.name):
            yield "This row is about another school."

    def _only_once(self, one: PlannedRow) -> None:
        twin = self.seen.setdefault(one.key, one)
        if twin is not one:
            for each, other in ((one, twin), (twin, one)):
                each.errors.append(f"Row {other.number} is about the same account.")
                each.outcome = Outcome.ERROR


def _details(row: Row) -> dict[str, Any]:
    """What the register says of it; what the list does not say stays at its default."""
    texts = {
        name: getattr(row, name) for name in ("name", "department", "aim", "audience", "email")
    }
    rest = ("access", "comments", "faces_pupils", "shows_pupils")
    return texts | {name: value for name in rest if (value := getattr(row, name)) is not None}


class _People:
    """The school's people, by name and by e-mail address; those who have left, too."""

    def __init__(self, organisation: Organisation, today: date) -> None:
        self.names: dict[int, str] = {}
        self.here: dict[str, set[int]] = defaultdict(set)
        self.left: dict[str, date | None] = {}
        posts = Membership.objects.filter(organisation=organisation).order_by("starts_on", "pk")
        columns = ("person", "person__name", "person__email", "person__is_active",
                   "starts_on", "ends_on")  # fmt: skip
        for pk, name, email, is_active, starts_on, ends_on in posts.values_list(*columns):
            ways = {name_key(name), *([str(email).lower()] if email else [])}
            if is_active and starts_on <= today and (ends_on is None or ends_on >= today):
                self.names[pk] = name
                for way in ways:
                    self.here[way].add(pk)
            else:
                self.left |= dict.fromkeys(ways, ends_on)

    def named(self, wanted: list[str], errors: list[str]) -> dict[int, str]:
        """Who is meant, by id. What is wrong with a name goes to `errors`."""
        found: dict[int, str] = {}
        for name in wanted:
            way = name.lower() if "@" in name else name_key(name)
            who = self.here.get(way, set())
            if len(who) == 1:
                (pk,) = who
                if pk in found:
                    errors.append(f"Run by: {self.names[pk]} is named twice.")
                found[pk] = self.names[pk]
            elif who:
                errors.append(
                    f"Run by: {len(who)} people are called “{name}”. Give the e-mail address."
                )
            elif way in self.left:
                errors.append(f"Run by: {name} {_gone(self.left[way])}.")
            else:
                errors.append(f"Run by: nobody called “{name[:80]}” is on your staff list.")
        return found


def _gone(last_day: date | None) -> str:
    return f"left on {day_in_words(last_day)}" if last_day else "is not at your school today"
