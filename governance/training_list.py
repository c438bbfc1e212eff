"""From an uploaded list of training to what it would write, worked out before anything is written.

The preview shows this plan, and confirming applies it (D19).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from governance.models import TrainingCourse, TrainingRecord
from governance.services.training_rules import expiry_of, wrong_days
from people.importing import columns as staff_columns
from people.importing.columns import match
from people.importing.rows import name_key
from people.importing.values import Unclear, a_day
from people.models import Membership, Organisation, User

_PERSON = {name: staff_columns.FIELDS[name] for name in ("email", "name", "first_name", "surname")}
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    **_PERSON,
    "course": (
        "Course",
        ("course", "course title", "course name", "training", "training course", "training title",
         "training name", "module", "qualification", "title"),
    ),
    "completed_on": (
        "Completed on",
        ("completed on", "completed", "date completed", "completion date", "date of completion",
         "training date", "date of training", "date taken", "taken on", "attended on",
         "date attended", "date achieved", "achieved", "date of course", "date", "issue date"),
    ),
    "expires_on": (
        "Valid until",
        ("valid until", "expires on", "expires", "expiry date", "expiry", "expiration date",
         "date of expiry", "renewal date", "renew by", "valid to", "due for renewal"),
    ),
    "provider": (
        "Provider",
        ("provider", "who provided it", "training provider", "provided by", "delivered by",
         "company", "awarding body", "trainer"),
    ),
}  # fmt: skip
LONGEST_PROVIDER = 150


class Outcome(StrEnum):
    NEW = "added"
    KNOWN = "unchanged"
    ERROR = "error"


@dataclass
class Row:
    """What one row would write."""

    number: int
    who: str = ""
    course: str = ""
    completed_on: date | None = None
    expires_on: date | None = None
    provider: str = ""
    person_id: int | None = None
    course_id: int | None = None
    outcome: Outcome = Outcome.NEW
    own_expiry: bool = False  # the list says another day than the course
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return {"added": "New", "unchanged": "On record already"}.get(self.outcome, "Error")


@dataclass
class Plan:
    """What the whole list would write."""

    rows: list[Row]

    def of(self, outcome: str) -> list[Row]:
        return [row for row in self.rows if row.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.outcome.value for row in self.rows)
        return {outcome.value: counted[outcome.value] for outcome in Outcome}

    @property
    def digest(self) -> str:
        """Differs when anything that the preview shows differs."""
        shown = json.dumps([asdict(row) for row in self.rows], default=str)
        return hashlib.sha256(shown.encode()).hexdigest()


def recognise(headings: Sequence[str]) -> dict[str, int]:
    """Field → number of its column. The likelier wording has it; a column is one field only."""
    return match(FIELDS, headings)


def problems(columns: Mapping[str, int]) -> Iterator[str]:
    """What a list lacks, as sentences."""
    if not columns.keys() & {"email", "name", "surname"}:
        yield "The list has no column for the person: call one “E-mail” or “Name”."
    for name in ("course", "completed_on"):
        if name not in columns:
            yield f"The list has no column for “{FIELDS[name][0]}”. Give one that heading."


def make(
    organisation: Organisation,
    rows: Sequence[tuple[int, Sequence[str]]],
    columns: Mapping[str, int],
    *,
    by: User,
) -> Plan:
    """Compare the rows of a list with people, courses and records. Reads only; three queries."""
    planner = _Planner(organisation, columns, by)
    planned = [planner.row(number, cells) for number, cells in rows]
    planner.compare(planned)
    return Plan(planned)


@dataclass(frozen=True)
class _Person:
    pk: int
    name: str
    has_left: bool


class _Planner:
    def __init__(self, organisation: Organisation, columns: Mapping[str, int], by: User) -> None:
        self.organisation, self.columns, self.by = organisation, columns, by
        self.today = organisation.today()
        self.people: dict[int, _Person] = {}
        self.by_email: dict[str, int] = {}
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self._load_people()
        self.courses: dict[str, list[TrainingCourse]] = defaultdict(list)
        for course in TrainingCourse.objects.reaching(organisation):
            self.courses[_title_key(course.title)].append(course)

    def _load_people(self) -> None:
        """Everybody who is or was there; of two posts the one that goes on counts."""
        posts = Membership.objects.filter(organisation__reached_from__above=self.organisation)
        columns = ("person", "person__name", "person__email", "ends_on")
        for pk, name, email, ends_on in posts.order_by("pk").values_list(*columns):
            left = ends_on is not None and ends_on < self.today
            before = self.people.get(pk)
            self.people[pk] = _Person(pk, name, left and (before is None or before.has_left))
            self.by_name[name_key(name)].add(pk)
            if email:
                self.by_email[email] = pk

    def row(self, number: int, cells: Sequence[str]) -> Row:
        def text(name: str) -> str:
            at = self.columns.get(name)
            return cells[at] if at is not None and at < len(cells) else ""

        row = Row(number, provider=text("provider"), course=text("course"))
        self._person(row, text("email").lower(), text("name") or _joined(text))
        course = self._course(row)
        self._days(row, text("completed_on"), text("expires_on"), course)
        if len(row.provider) > LONGEST_PROVIDER:
            row.errors.append(f"The provider has more than {LONGEST_PROVIDER} characters.")
        if not row.provider and course:
            row.provider = course.provider
        return row

    def _person(self, row: Row, email: str, name: str) -> None:
        row.who = name or email
        if not row.who:
            row.errors.append("The row names nobody.")
            return
        if email:
            found = {self.by_email[email]} if email in self.by_email else set()
        else:
            found = self._called(name)
        if len(found) != 1:
            row.errors.append(self._nobody(email, name, several=bool(found)))
            return
        person = self.people[found.pop()]
        row.who, row.person_id = person.name, person.pk
        if person.has_left:
            row.errors.append(f"{person.name} has left {self.organisation}.")
        if person.pk == self.by.pk:
            row.errors.append("This row is about you: somebody else records your own training.")
        if email and name and name_key(name) != name_key(person.name):
            row.notes.append(f"The list calls them “{name[:60]}”.")

    def _called(self, name: str) -> set[int]:
        found = set(self.by_name.get(name_key(name), ()))
        family, comma, given = name.partition(",")
        if not found and comma:
            found = set(self.by_name.get(name_key(f"{given.strip()} {family.strip()}"), ()))
        # Somebody who has left is not meant where a colleague has the same name.
        return {pk for pk in found if not self.people[pk].has_left} or found

    def _nobody(self, email: str, name: str, *, several: bool) -> str:
        if several:
            return f"Several people are called “{name[:60]}”. Add their e-mail addresses."
        if email:
            return f"Nobody at {self.organisation} has the e-mail address “{email[:60]}”."
        return f"Nobody at {self.organisation} is called “{name[:60]}”."

    def _course(self, row: Row) -> TrainingCourse | None:
        if not row.course:
            row.errors.append("The course is missing.")
            return None
        found = self.courses.get(_title_key(row.course), [])
        found = [course for course in found if course.in_use] or found
        title = row.course[:80]
        if not found:
            row.errors.append(f"There is no course called “{title}”. Add it first.")
        elif len(found) > 1:
            row.errors.append(f"Both the school and its trust have a course called “{title}”.")
        elif not found[0].in_use:
            row.errors.append(f"The course “{title}” is not in use any more.")
        else:
            row.course, row.course_id = found[0].title, found[0].pk
            return found[0]
        return None

    def _days(self, row: Row, completed: str, expires: str, course: TrainingCourse | None) -> None:
        row.completed_on = self._day(row, "completed_on", completed)
        row.expires_on = self._day(row, "expires_on", expires)
        if not completed:
            row.errors.append("The day it was completed is missing.")
        if row.completed_on is None:
            return
        if course and row.expires_on is None:
            row.expires_on = expiry_of(course, row.completed_on)
        elif course:
            row.own_expiry = row.expires_on != expiry_of(course, row.completed_on)
        row.errors.extend(wrong_days(row.completed_on, row.expires_on, self.organisation))

    def _day(self, row: Row, name: str, text: str) -> date | None:
        if not text:
            return None
        try:
            return a_day(text, today=self.today)
        except Unclear as problem:
            row.errors.append(f"{FIELDS[name][0]}: {problem}")
            return None

    def compare(self, rows: list[Row]) -> None:
        """With what is on record, and with each other."""
        known = self._on_record({row.person_id for row in rows if row.person_id})
        seen: dict[tuple[int | None, int | None, date | None], int] = {}
        for row in rows:
            key = (row.person_id, row.course_id, row.completed_on)
            if None not in key and (twin := seen.setdefault(key, row.number)) != row.number:
                row.errors.append(f"Row {twin} says the same person, course and day.")
            if row.errors:
                row.outcome = Outcome.ERROR
            elif key in known:
                row.outcome = Outcome.KNOWN
                if known[key] != row.expires_on:
                    row.notes.append("On record with another end. Correct it on the person's page.")

    def _on_record(
        self, people: set[int]
    ) -> dict[tuple[int | None, int | None, date | None], date | None]:
        columns = ("person", "course", "completed_on", "expires_on")
        rows = TrainingRecord.objects.counting().filter(person__in=people).values_list(*columns)
        return {(person, course, done): ends for person, course, done, ends in rows}


def _joined(text: object) -> str:
    assert callable(text)
    return " ".join(part for part in (text("first_name"), text("surname")) if part)


def _title_key(title: str) -> str:
    return " ".join(title.casefold().split())
