"""Concerns of many schools, written in bulk, as a report and its assessment leave them (H5, H6)."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from django.utils import timezone

from incidents.kinds import KINDS, Kind
from incidents.models import Case, CaseAction, CaseKey, CasePerson, ChronologyEntry, Evidence
from incidents.sealing import new_key, wrap, written
from incidents.workflow import Status
from people.models import Organisation, User
from web.crypto import current_key_id

BATCH = 1_000
AT_FIRST = 5  # one in so many is at the first school, where the list is measured
ENTRIES, MOST = 2, 20  # chronology of each case, and of the one whose page is measured
FILES, WITH_FILES = 2, 10_000  # files of the newest cases; no bytes lie on the disk
ACTIONS = 6  # of the one whose page is measured
WORDS = "A sentence of ordinary length about what was seen and done. " * 4


def concerns(schools: list[Organisation], by: User, count: int) -> str:
    """So many, the newest first; the reference of one at the first school with 20 entries."""
    numbers = iter(range(count))
    found = ""
    while batch := list(islice(numbers, BATCH)):
        rows = [_case(_school(schools, number), by, number) for number in batch]
        Case.objects.bulk_create(rows)
        CaseKey.objects.bulk_create(
            CaseKey(
                case=row, wrapped=wrap(row.data_key, row.reference), wrapped_with=current_key_id()
            )
            for row in rows
        )
        _entries(rows, by, range(ENTRIES))
        CasePerson.objects.bulk_create(
            written(CasePerson(case=row, role="target", relation="pupil"), name="Robin Ash")
            for row in rows
        )
        if batch[0] < WITH_FILES:
            _files(rows, by)
        if not found:
            found = rows[0].reference
            _entries(rows[:1], by, range(ENTRIES, MOST))
            _actions(rows[0], by)
    return found


def _school(schools: list[Organisation], number: int) -> Organisation:
    return schools[0 if number % AT_FIRST == 0 else number % len(schools)]


def _case(school: Organisation, by: User, number: int) -> Case:
    kind, at = list(Kind)[number % len(Kind)], timezone.now() - timedelta(hours=number)
    is_open = number // AT_FIRST % 10 == 0
    about = KINDS[kind]
    case = Case(
        organisation=school, kind=kind, clock=about.clock, about="none", reported_at=at,
        child_concerned=about.child, image_gate="no", severity="green", suggested="green",
        seen_by_head=True, seen_by_safeguarding=number % 3 > 0, seen_by_trust_lead=number % 7 == 0,
        owner=by,
        status=Status.OPEN if is_open else Status.NO_ACTION,
        triaged_at=at, triaged_by=by, opened_at=at if is_open else None,
        ended_at=None if is_open else at, ended_by=None if is_open else by,
    )  # fmt: skip
    case.__dict__["data_key"] = new_key()
    written(case, what=WORDS, set_aside="" if is_open else WORDS)
    return case


def _entries(rows: list[Case], by: User, numbers: range) -> None:
    ChronologyEntry.objects.bulk_create(
        written(
            ChronologyEntry(
                case=row, number=number + 1, happened_at=row.reported_at, written_by=by
            ),
            body=WORDS,
        )
        for row in rows
        for number in numbers
    )


def _files(rows: list[Case], by: User) -> None:
    Evidence.objects.bulk_create(
        written(
            Evidence(case=row, number=number, kind="png", size=200_000, added_by=by),
            name=f"seen-{number}.png", sha256="0" * 64,
        )
        for row in rows
        for number in range(1, FILES + 1)
    )  # fmt: skip


def _actions(case: Case, by: User) -> None:
    CaseAction.objects.bulk_create(
        written(CaseAction(case=case, owner=by, added_by=by, due_at=timezone.now()), text=WORDS)
        for _ in range(ACTIONS)
    )
