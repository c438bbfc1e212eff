"""What a staff list would change, worked out before anything is written.

The preview shows this plan, confirming applies it, and the command does both.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from people.importing import roster as rosters
from people.importing.columns import LABELS, Columns
from people.importing.roster import Roster
from people.importing.rows import Row, name_key, parse
from people.models import Membership, Organisation, User
from people.roles import OTHERS_RECORDS, PERMISSIONS, Role
from web.words import day_in_words

Employment = Membership.Employment
DETAILS = ("payroll_id", "job_title", "department", "employment", "term_time_only")
# Who is staff without saying so; the others hold no role until somebody gives them one.
STAFF_KINDS = frozenset(
    {
        Employment.PERMANENT.value,
        Employment.FIXED_TERM.value,
        Employment.AGENCY.value,
        Employment.STUDENT_TEACHER.value,
    }
)


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass
class Change:
    label: str
    before: str
    after: str


@dataclass
class PlannedRow:
    """What one row would do."""

    number: int
    name: str
    outcome: Outcome = Outcome.UNCHANGED
    person_id: int | None = None
    membership_id: int | None = None
    person: dict[str, str | None] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    leaves_on: date | None = None
    roles: list[Role] = field(default_factory=list)
    manager_row: int | None = None
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def sensitive_roles(self) -> list[Role]:
        """Roles it would give that let a person read other people's records."""
        return [role for role in self.roles if PERMISSIONS[role] & OTHERS_RECORDS]

    @property
    def label(self) -> str:
        return {"added": "New", "changed": "Changed", "unchanged": "As it is"}.get(
            self.outcome, "Error"
        )


@dataclass
class Plan:
    """What the whole file would do; `leavers` are here today and not in the file."""

    rows: list[PlannedRow]
    leavers: list[Membership]
    notes: list[str] = field(default_factory=list)

    def of(self, outcome: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.outcome.value for row in self.rows)
        return {outcome.value: counted[outcome.value] for outcome in Outcome}

    @property
    def sensitive(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.sensitive_roles and row.outcome != Outcome.ERROR]

    @property
    def changes_nothing(self) -> bool:
        return not (self.of(Outcome.ADDED) or self.of(Outcome.CHANGED))

    @property
    def digest(self) -> str:
        """Differs when anything the preview shows differs."""
        shown = [[asdict(row) for row in self.rows], [one.pk for one in self.leavers]]
        return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def make(
    organisation: Organisation,
    rows: list[tuple[int, list[str]]],
    columns: Columns,
    *,
    by: User | None,
) -> Plan:
    """Compare the rows of a file with the school's people. Reads only."""
    today = organisation.today()
    at_trust = organisation.kind == Organisation.Kind.TRUST
    parsed = parse(rows, columns, today=today, at_trust=at_trust)
    roster = rosters.load(organisation, parsed, by=by, today=today)
    planner = _Planner(roster, today, by)
    planned = planner.all(parsed)
    present = {row.person_id for row in planned}
    leavers = sorted(
        (
            one
            for person_id, one in roster.latest.items()
            if person_id not in present
            and one.person.is_active
            and one.ends_on is None
            and one.starts_on <= today
            and (by is None or person_id != by.pk)
        ),
        key=lambda one: (one.person.sort_name, one.person.name),
    )
    return Plan(planned, leavers)


class _Planner:
    def __init__(self, roster: Roster, today: date, by: User | None) -> None:
        self.roster, self.today, self.by = roster, today, by
        self.taken: dict[int, PlannedRow] = {}

    def all(self, rows: list[Row]) -> list[PlannedRow]:
        planned = []
        for row in rows:
            one = PlannedRow(row.number, row.name, errors=row.errors, warnings=row.warnings)
            self._match(row, one)
            planned.append(one)
        self._managers(rows, planned)
        for row, one in zip(rows, planned, strict=True):
            self._plan(row, one)
            if one.errors:
                one.outcome = Outcome.ERROR
        broken = {one.number for one in planned if one.errors}
        for one in planned:
            if one.manager_row in broken:
                one.manager_row = None
                one.warnings.append("The line manager's own row has errors: none is set.")
        return planned

    # Who is it? Staff number, then e-mail, then the exact name.

    def _match(self, row: Row, one: PlannedRow) -> None:
        by_number = self.roster.by_number.get((row.payroll_id or "").casefold(), set())
        owner = self.roster.by_email.get(row.email) if row.email else None
        if len(by_number) > 1 and owner is None:
            one.errors.append("Two people here have this staff number already.")
            return
        if len(by_number) == 1:
            one.person_id = next(iter(by_number))
            if owner is not None and owner.pk != one.person_id:
                one.errors.append("This e-mail address belongs to somebody else already.")
        elif owner is not None:
            one.person_id = owner.pk
            if not owner.is_active:
                one.errors.append("This e-mail address belongs to a closed login.")
        else:
            self._match_by_name(row, one)
        if one.person_id is not None:
            twin = self.taken.setdefault(one.person_id, one)
            if twin is not one:
                for each, other in ((one, twin), (twin, one)):
                    each.errors.append(f"Row {other.number} is about the same person.")

    def _match_by_name(self, row: Row, one: PlannedRow) -> None:
        """By name only where the name is all there is, in the file or in the portal."""
        same = self.roster.by_name.get(name_key(row.name), set()) if row.name else set()
        if row.payroll_id or row.email:
            same = {pk for pk in same if self._has_only_a_name(self.roster.latest[pk])}
        if len(same) > 1:
            one.errors.append(
                "Several people here have this name. Add a staff number or an e-mail address."
            )
        elif same:
            one.person_id = next(iter(same))

    @staticmethod
    def _has_only_a_name(membership: Membership) -> bool:
        return not membership.payroll_id and not membership.person.email

    # Who is their line manager?

    def _managers(self, rows: list[Row], planned: list[PlannedRow]) -> None:
        by_email: dict[str, PlannedRow] = {}
        by_name: dict[str, list[PlannedRow]] = {}
        for row, one in zip(rows, planned, strict=True):
            if row.ends_on is None or row.ends_on >= self.today:
                by_name.setdefault(name_key(row.name), []).append(one)
                if row.email:
                    by_email[row.email] = one
        for row, one in zip(rows, planned, strict=True):
            if row.line_manager:
                self._manager(row.line_manager, one, by_email, by_name)

    def _manager(
        self,
        text: str,
        one: PlannedRow,
        by_email: dict[str, PlannedRow],
        by_name: dict[str, list[PlannedRow]],
    ) -> None:
        roster, key = self.roster, name_key(text)
        ids: set[int] = set()
        in_file: list[PlannedRow] = []
        if "@" in text:
            address = text.lower()
            in_file = [by_email[address]] if address in by_email else []
            ids = (
                {roster.managers_by_email[address]} & roster.names.keys()
                if (address in roster.managers_by_email)
                else set()
            )
        else:
            if "," in text:
                family, _, given = text.partition(",")
                key = name_key(f"{given.strip()} {family.strip()}")
            in_file = by_name.get(key, [])
            ids = set(roster.managers_by_name.get(key, set()))
        ids |= {row.person_id for row in in_file if row.person_id is not None}
        new = [row for row in in_file if row.person_id is None]
        if len(ids) + len(new) > 1:
            one.warnings.append(f"Line manager: several people are called “{text[:60]}”.")
        elif one.person_id in ids or one in new:
            one.warnings.append("Line manager: nobody is their own.")
        elif ids:
            one.details["line_manager_id"] = next(iter(ids))
        elif new:
            one.manager_row = new[0].number
        else:
            one.warnings.append(f"Line manager: nobody here is called “{text[:60]}”.")

    # What would change?

    def _plan(self, row: Row, one: PlannedRow) -> None:
        latest = self.roster.latest.get(one.person_id) if one.person_id else None
        if latest is not None and (latest.ends_on is None or latest.ends_on >= self.today):
            self._change(row, one, latest)
        elif row.ends_on and row.ends_on < self.today:
            one.details, one.manager_row = {}, None
            one.notes.append(f"Left on {day_in_words(row.ends_on)}: nothing to do.")
        else:
            self._add(row, one, latest)

    def _add(self, row: Row, one: PlannedRow, before: Membership | None) -> None:
        one.outcome = Outcome.ADDED
        starts_on = row.starts_on or self.today
        if before is not None and before.ends_on is not None:
            if starts_on <= before.ends_on:
                starts_on = max(self.today, before.ends_on + timedelta(days=1))
            one.warnings.append(
                f"Left on {day_in_words(before.ends_on)}: "
                f"would come back on {day_in_words(starts_on)}."
            )
        elif one.person_id is not None:
            one.notes.append("Already uses the portal: joins this school.")
        if row.ends_on and row.ends_on < starts_on:
            one.errors.append("The leaving date is before the start date.")
        if one.person_id is None:
            one.person = {"name": row.name, "email": row.email, "sort_name": row.sort_name}
            if row.email is None:
                one.warnings.append("No e-mail address: cannot sign in or get mail.")
        employment = row.employment or Employment.PERMANENT.value
        one.details |= {
            name: getattr(row, name) for name in DETAILS if getattr(row, name) is not None
        }
        one.details |= {"employment": employment, "starts_on": starts_on}
        if row.ends_on:
            one.details["ends_on"] = row.ends_on
        one.roles = sorted(row.roles or _usual_roles(employment))
        self._own_roles(one)

    def _change(self, row: Row, one: PlannedRow, latest: Membership) -> None:
        one.membership_id = latest.pk
        manager_id = one.details.pop("line_manager_id", None)
        self._change_person(row, one, latest.person)
        for name in DETAILS:
            self._compare(one, latest, name, getattr(row, name))
        if row.starts_on and not any(
            old.ends_on is None or old.ends_on >= row.starts_on
            for old in self.roster.earlier[latest.person_id]
        ):
            self._compare(one, latest, "starts_on", row.starts_on)
        if manager_id is not None and manager_id != latest.line_manager_id:
            one.details["line_manager_id"] = manager_id
            before = self.roster.names.get(latest.line_manager_id or 0, "")
            one.changes.append(
                Change(LABELS["line_manager"], before, self.roster.names.get(manager_id, ""))
            )
        if one.manager_row is not None:
            one.changes.append(
                Change(LABELS["line_manager"], "", f"the person in row {one.manager_row}")
            )
        self._change_roles(row, one, latest)
        self._change_end(row, one, latest)
        if one.changes:
            one.outcome = Outcome.CHANGED

    def _change_person(self, row: Row, one: PlannedRow, person: User) -> None:
        wanted = {"name": row.name, "email": row.email}
        differs = {
            name: value
            for name, value in wanted.items()
            if value and value != getattr(person, name)
        }
        if differs and person.pk in self.roster.out_of_reach:
            one.notes.append("Their name and e-mail address stay as they are in the portal.")
            return
        for name, value in differs.items():
            one.person[name] = value
            one.changes.append(
                Change(
                    {"name": "Name", "email": "E-mail"}[name], getattr(person, name) or "", value
                )
            )
        if "name" in differs:
            one.person["sort_name"] = row.sort_name
        if "email" in differs and person.email:
            one.warnings.append("A new e-mail address: they sign in with it from now on.")

    def _compare(self, one: PlannedRow, latest: Membership, name: str, value: Any) -> None:
        before = getattr(latest, name)
        if value is not None and value != before:
            one.details[name] = value
            one.changes.append(Change(LABELS[name], _shown(name, before), _shown(name, value)))

    def _change_roles(self, row: Row, one: PlannedRow, latest: Membership) -> None:
        """A file gives roles and never takes one away."""
        held = self.roster.held[latest.pk]
        gained = row.roles - held
        if held:
            gained.discard(Role.STAFF)
        one.roles = sorted(gained)
        self._own_roles(one)
        if gained:
            one.changes.append(Change("Roles", _labels(held), _labels(held | gained)))

    def _own_roles(self, one: PlannedRow) -> None:
        if self.by is not None and one.person_id == self.by.pk and one.sensitive_roles:
            one.errors.append("Somebody else has to give you a new role.")

    def _change_end(self, row: Row, one: PlannedRow, latest: Membership) -> None:
        if row.ends_on is None or row.ends_on == latest.ends_on:
            return
        if row.ends_on < one.details.get("starts_on", latest.starts_on):
            one.errors.append("The leaving date is before the start date.")
        elif self.by is not None and one.person_id == self.by.pk:
            one.errors.append("Somebody else has to end your own post.")
        one.leaves_on = row.ends_on
        before = day_in_words(latest.ends_on) if latest.ends_on else ""
        one.changes.append(Change(LABELS["ends_on"], before, day_in_words(row.ends_on)))


def _usual_roles(employment: str) -> set[Role]:
    if employment in STAFF_KINDS:
        return {Role.STAFF}
    return {Role.GOVERNOR} if employment == Employment.GOVERNOR else set()


def _labels(roles: set[Role]) -> str:
    return ", ".join(sorted(str(role.label) for role in roles))


def _shown(name: str, value: Any) -> str:
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(Employment(value).label) if name == "employment" else str(value)
