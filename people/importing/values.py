"""What the text of a cell means: days, roles, kinds of employment, yes and no."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from people.importing.columns import words_of
from people.models import Membership
from people.roles import Role

Employment = Membership.Employment

EARLIEST = date(1940, 1, 1)
YEARS_AHEAD = 5
EXCEL_DAY_ZERO = date(1899, 12, 30)
# As a spreadsheet counts days: 1941 to 2064. Smaller numbers are years or slips.
EXCEL_DAYS = range(15_000, 60_000)

DAY_FORMATS = (
    "%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "%d.%m.%Y", "%d.%m.%y",
    "%d-%b-%y", "%d-%b-%Y", "%d-%B-%Y", "%d %b %y", "%d %b %Y", "%d %B %Y", "%d/%b/%Y",
    "%d/%b/%y", "%Y/%m/%d", "%d %B, %Y", "%Y%m%d",
)  # fmt: skip

ROLE_WORDS: dict[str, Role] = {
    **{words_of(role.label): role for role in Role},
    **{words_of(role.value): role for role in Role},
    "headteacher": Role.HEAD,
    "principal": Role.HEAD,
    "head of school": Role.HEAD,
    "acting head teacher": Role.HEAD,
    "acting headteacher": Role.HEAD,
    "executive headteacher": Role.HEAD,
    "executive head teacher": Role.HEAD,
    "headmaster": Role.HEAD,
    "headmistress": Role.HEAD,
    "senior leader": Role.SLT,
    "senior leadership": Role.SLT,
    "smt": Role.SLT,
    "leadership team": Role.SLT,
    "deputy head": Role.SLT,
    "deputy headteacher": Role.SLT,
    "deputy head teacher": Role.SLT,
    "assistant head": Role.SLT,
    "assistant headteacher": Role.SLT,
    "assistant head teacher": Role.SLT,
    "designated safeguarding lead dsl": Role.DSL,
    "safeguarding lead": Role.DSL,
    "deputy designated safeguarding lead": Role.DEPUTY_DSL,
    "ddsl": Role.DEPUTY_DSL,
    "deputy safeguarding lead": Role.DEPUTY_DSL,
    "admin": Role.OFFICE,
    "administrator": Role.OFFICE,
    "administration": Role.OFFICE,
    "school administrator": Role.OFFICE,
    "office manager": Role.OFFICE,
    "school business manager": Role.OFFICE,
    "business manager": Role.OFFICE,
    "secretary": Role.OFFICE,
    "it support": Role.IT,
    "it technician": Role.IT,
    "it manager": Role.IT,
    "ict technician": Role.IT,
    "network manager": Role.IT,
    "data protection lead": Role.DPO,
    "trustee": Role.GOVERNOR,
    "parent governor": Role.GOVERNOR,
    "staff governor": Role.GOVERNOR,
    "chair": Role.CHAIR,
    "chair of trustees": Role.CHAIR,
    "clerk": Role.CLERK,
    "clerk to governors": Role.CLERK,
    "governance professional": Role.CLERK,
    "ceo": Role.TRUST_LEAD,
    "chief executive": Role.TRUST_LEAD,
}
# Ordinary work: the role is Staff, and there is nothing to warn about.
STAFF_WORDS = frozenset(
    {
        "teacher", "class teacher", "teaching assistant", "ta", "hlta", "lsa", "support staff",
        "learning support assistant", "higher level teaching assistant", "cover supervisor",
        "caretaker", "site manager", "cleaner", "cook", "midday supervisor", "lunchtime supervisor",
        "technician", "librarian", "teaching staff", "non teaching staff", "support", "teaching",
        "nursery nurse", "early years practitioner", "head of department", "head of year",
        "senco", "user", "employee", "member of staff", "ect", "premises manager",
    }
)  # fmt: skip

EMPLOYMENT_WORDS: dict[str, str] = {
    **{words_of(kind.label): kind.value for kind in Employment},
    **{words_of(kind.value): kind.value for kind in Employment},
    **dict.fromkeys(
        ("full time", "part time", "staff", "employee", "perm", "contract", "permanent staff",
         "open ended", "substantive", "teaching", "support", "casual"),
        Employment.PERMANENT.value,
    ),
    **dict.fromkeys(
        ("temporary", "temp", "fixed", "maternity cover", "fixed term contract", "ftc"),
        Employment.FIXED_TERM.value,
    ),
    **dict.fromkeys(
        ("agency", "supply", "agency staff", "supply teacher", "agency worker"),
        Employment.AGENCY.value,
    ),
    **dict.fromkeys(
        ("student", "trainee", "trainee teacher", "pgce", "scitt", "itt", "placement"),
        Employment.STUDENT_TEACHER.value,
    ),
    **dict.fromkeys(
        ("self employed", "peripatetic", "external", "third party", "freelance"),
        Employment.CONTRACTOR.value,
    ),
    **dict.fromkeys(("volunteers", "helper"), Employment.VOLUNTEER.value),
    **dict.fromkeys(
        ("governor", "governors", "trustee", "parent governor", "staff governor",
         "co opted governor"),
        Employment.GOVERNOR.value,
    ),
    **dict.fromkeys(
        ("parent", "parents", "pta", "parent carer", "ptfa", "carer"), Employment.PARENT.value
    ),
}  # fmt: skip

YES = frozenset({"yes", "y", "true", "t", "1", "x", "tto", "term time only", "term time", "✓"})
NO = frozenset({"no", "n", "false", "f", "0", "all year", "all year round", "ayr", "full year"})


class Unclear(ValueError):
    """The cell cannot mean what its column holds. The text is a sentence."""


def a_day(text: str, *, today: date) -> date:
    """A day in any of the ways people in Britain write one: the day stands before the month."""
    found = _parsed(text)
    if found is None:
        raise Unclear(f"“{short(text)}” is not a date. Write it like 31/08/2026.")
    if not EARLIEST <= found <= today.replace(day=1) + timedelta(days=366 * YEARS_AHEAD):
        raise Unclear(f"“{short(text)}” is too far from today. Check the year.")
    return found


def _parsed(text: str) -> date | None:
    text = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$", "", text)
    text = re.sub(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\bsept\b", "Sep", text, flags=re.IGNORECASE)
    if text.isascii() and text.isdigit() and len(text) == 5 and int(text) in EXCEL_DAYS:
        return EXCEL_DAY_ZERO + timedelta(days=int(text))
    for pattern in DAY_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def an_address(text: str) -> str:
    """A mail address in lower case."""
    address = text.removeprefix("mailto:").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Unclear(f"“{short(text)}” is not an e-mail address.") from None
    if len(address) > 254:
        raise Unclear("This e-mail address is too long.")
    return address


def an_employment(text: str) -> str:
    try:
        return EMPLOYMENT_WORDS[words_of(text)]
    except KeyError:
        known = ", ".join(label.lower() for label in Employment.labels)
        raise Unclear(f"“{short(text)}” is not a kind of employment: use {known}.") from None


def yes_or_no(text: str) -> bool:
    word = words_of(text) or text
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unclear(f"“{short(text)}” is neither yes nor no.")


def some_roles(text: str) -> tuple[set[Role], list[str]]:
    """The roles named in a cell, and the words that name none."""
    if (whole := words_of(text)) in ROLE_WORDS:
        return {ROLE_WORDS[whole]}, []
    roles: set[Role] = set()
    unknown: list[str] = []
    for part in re.split(r"[;,/|&+]|\band\b", text):
        word = words_of(part)
        if word in ROLE_WORDS:
            roles.add(ROLE_WORDS[word])
        elif word in STAFF_WORDS:
            roles.add(Role.STAFF)
        elif word:
            unknown.append(part.strip())
    return roles, unknown


def short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
