"""Which column of a staff list is what, told by its heading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# What a column may hold, with the words of its heading, likeliest first.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": (
        "Full name",
        (
            "full name",
            "name",
            "staff name",
            "employee name",
            "display name",
            "employee",
            "staff member",
            "person",
            "known as name",
            "preferred name",
        ),
    ),
    "first_name": (
        "First name",
        (
            "known as",
            "preferred forename",
            "preferred first name",
            "forename",
            "first name",
            "given name",
            "forenames",
            "first names",
            "given names",
            "christian name",
            "firstname",
            "legal forename",
            "chosen forename",
        ),
    ),
    "surname": (
        "Surname",
        (
            "surname",
            "last name",
            "family name",
            "lastname",
            "preferred surname",
            "legal surname",
            "second name",
        ),
    ),
    "email": (
        "E-mail",
        (
            "work email",
            "school email",
            "email",
            "email address",
            "work email address",
            "e mail",
            "e mail address",
            "mail",
            "primary email",
            "main email",
            "user name",
            "username",
            "upn",
            "user principal name",
            "school e mail",
            "work e mail",
            "staff email",
            "contact email",
        ),
    ),
    "payroll_id": (
        "Staff number",
        (
            "staff number",
            "payroll number",
            "payroll id",
            "employee number",
            "employee id",
            "staff id",
            "staff no",
            "payroll no",
            "employee no",
            "personnel number",
            "staff ref",
            "payroll",
            "payroll ref",
            "personnel id",
            "emp no",
            "works id",
        ),
    ),
    "roles": (
        "Role in the portal",
        (
            "portal role",
            "portal roles",
            "roles",
            "role",
            "access level",
            "user role",
            "permission",
            "permissions",
            "user type",
        ),
    ),
    "job_title": (
        "Job title",
        (
            "job title",
            "job",
            "position",
            "post",
            "post title",
            "title of post",
            "job role",
            "occupation",
            "job description",
            "contract post",
            "main post",
        ),
    ),
    "department": (
        "Department",
        (
            "department",
            "faculty",
            "dept",
            "team",
            "subject",
            "phase",
            "section",
            "year group",
            "subject area",
            "area",
        ),
    ),
    "line_manager": (
        "Line manager",
        (
            "line manager",
            "line manager email",
            "line manager e mail",
            "manager",
            "reports to",
            "manager email",
            "line manager name",
            "manager name",
            "supervisor",
            "line managed by",
        ),
    ),
    "starts_on": (
        "Start date",
        (
            "start date",
            "started",
            "date started",
            "date of joining",
            "joining date",
            "joined",
            "employment start date",
            "employment start",
            "contract start date",
            "contract start",
            "start",
            "first day",
            "date of arrival",
            "starting date",
            "date joined",
            "service start date",
        ),
    ),
    "ends_on": (
        "Leaving date",
        (
            "leaving date",
            "last day",
            "end date",
            "date of leaving",
            "leave date",
            "left",
            "date left",
            "employment end date",
            "contract end date",
            "finish date",
            "leaver date",
            "contract end",
            "employment end",
            "termination date",
            "end",
        ),
    ),
    "employment": (
        "Employment type",
        (
            "employment type",
            "contract type",
            "employment",
            "type of contract",
            "staff type",
            "employment status",
            "worker type",
            "type",
            "category",
            "staff category",
        ),
    ),
    "term_time_only": (
        "Term time only",
        (
            "term time only",
            "term time",
            "tto",
            "term only",
            "works term time only",
            "term time only contract",
        ),
    ),
}
LABELS: dict[str, str] = {name: label for name, (label, _) in FIELDS.items()}

Columns = Mapping[str, int]


def words_of(heading: str) -> str:
    """A heading reduced to its words: "E-mail:" and "e mail" are the same."""
    return " ".join(re.sub(r"[^\w]+|_", " ", heading.casefold()).split())


def match(
    fields: Mapping[str, tuple[str, tuple[str, ...]]], headings: Sequence[str]
) -> dict[str, int]:
    """Field → number of its column, counted from 0. A column stands for one field only.

    Where two columns could be the same field, the likelier wording has it: "Work email" before
    "Email".
    """
    known = [words_of(heading) for heading in headings]
    found: dict[str, int] = {}
    for name, (_, wordings) in fields.items():
        for wording in wordings:
            if wording in known and known.index(wording) not in found.values():
                found[name] = known.index(wording)
                break
    return found


def recognise(headings: Sequence[str]) -> dict[str, int]:
    """Which column of a staff list is what: a name is in one column, or in two."""
    found = match(FIELDS, headings)
    if "first_name" in found and "surname" in found:
        found.pop("name", None)
    elif "name" in found:
        found.pop("first_name", None)
        found.pop("surname", None)
    return found


def problems(mapping: Columns, width: int) -> list[str]:
    """What is wrong with a choice of columns, as sentences."""
    found = []
    if any(not 0 <= at < width for at in mapping.values()) or mapping.keys() - FIELDS.keys():
        found.append("One of the columns is not in this file.")
    if "name" in mapping and {"first_name", "surname"} & mapping.keys():
        found.append("Choose either the full name, or first name and surname.")
    if "name" not in mapping and not {"first_name", "surname"} & mapping.keys():
        found.append("Choose the column that holds people's names.")
    return found
