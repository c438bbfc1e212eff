"""Whether the record of a case is whole: `problems(case)`, and `manage.py verify_cases`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from incidents.models import Case, CaseLine
from incidents.own_record import beginning, hash_of


def problems(case: Case) -> list[str]:
    """A sentence for each thing that is wrong; empty where the record is whole.

    It holds lines and hashes only, so it can be asked without the key, and after disposal.
    """
    lines = list(CaseLine.objects.filter(case=case).order_by("number"))
    return [*_chain(case, lines), *_contents(case, lines)]


def _chain(case: Case, lines: list[CaseLine]) -> Iterator[str]:
    previous = beginning(case.reference)
    for number, line in enumerate(lines, 1):
        if line.number != number:
            yield f"Line {number} is missing."
            return
        if line.previous != previous:
            yield f"Line {number} does not follow the one before it."
        if line.hash != hash_of(line, case.reference):
            yield f"Line {number} was edited."
        previous = line.hash
    if not lines:
        yield "There is no line at all."


def _contents(case: Case, lines: list[CaseLine]) -> Iterator[str]:
    """Every entry, message, export and look is vouched for by a line, and is what it was then."""
    vouched = {
        (line.target_type, line.target_id): line.content_hash for line in lines if line.content_hash
    }
    there = {}
    for rows, column in (
        (case.chronology.all(), "sealed_body"),
        (case.messages.all(), "sealed_body"),
        (case.exports.all(), "sealed_why"),
        (case.content_looks.all(), "sealed_what"),
    ):
        for row in rows:
            sealed = bytes(getattr(row, column))
            there[(row._meta.label_lower, row.pk)] = hashlib.sha256(sealed).hexdigest()
    for key in sorted(set(vouched) | set(there)):
        name = key[0].rpartition(".")[2]
        if key not in there:
            yield f"A {name} is missing."
        elif key not in vouched:
            yield f"A {name} was put in."
        elif vouched[key] != there[key]:
            yield f"A {name} was edited."
