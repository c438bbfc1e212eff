"""Dates as people write them, found in a line of text. The day comes first.

A `Written` is one date as it stands there, perhaps without its year or with a wrong weekday; what
it means is told by `spans.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b\.?"
)
_BEFORE = rf"(?:\b(?P<weekday>{_WEEKDAY})[\s,]*(?:the\s+)?)?"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th)\b|\.(?=\s))?"
# Two digits are a year only where nothing says that they begin the next date.
_YEAR = (
    r"(?:[\s,]*(?P<year>[12]\d{3})\b"
    rf"|[\s-]+(?P<short>'?\d\d)(?![\d:.]|\s?(?:st|nd|rd|th)\b|[\s,–-]*(?:of\s+)?{_MONTH}))?"
)
_AFTER = rf"(?:,?\s*\(?\b(?P<after>{_WEEKDAY})\)?(?!\s*(?:the\s+)?\d))?"
_FORMS = [
    rf"{_BEFORE}(?<![\d/.])(?P<day>\d{{1,2}}){_ORDINAL}[\s-]*(?:of\s+)?(?P<month>{_MONTH}){_YEAR}{_AFTER}",
    rf"{_BEFORE}(?<!\d)(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}})(?!\d){_AFTER}",
    rf"{_BEFORE}(?<![\d/.])(?P<day>\d{{1,2}})\s?[/.-]\s?(?P<month>\d{{1,2}})\s?[/.-]\s?"
    rf"(?:(?P<year>\d{{4}})|(?P<short>\d\d))(?!\d){_AFTER}",
    rf"{_BEFORE}(?<![\d/.])(?P<day>\d\d)/(?P<month>\d\d)(?![\d/]){_AFTER}",
    rf"{_BEFORE}\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}}){_ORDINAL}(?!\d|\s?[–-]\s?\d|:)"
    rf"(?:,?\s*(?P<year>[12]\d{{3}})\b)?",
]
FORMS = [re.compile(form, re.IGNORECASE) for form in _FORMS]
# A day whose month follows later: "26 to 30 October". The 1 of "Term 1 - 2 September" is none.
_NOT_A_DAY = "".join(
    rf"(?<!\b{word}\s)" for word in ("term", "day", "week", "year", "phase", "half", "stage")
)
_BARE = re.compile(
    rf"(?:\b(?P<weekday>{_WEEKDAY})[\s,]*(?:the\s+)?|{_NOT_A_DAY})"
    rf"(?<![\d/.:])\b(?P<day>\d{{1,2}}){_ORDINAL}"
    r"\s*(?P<gap>–|-|to|until|till|,\s*and|,|and|&|\+)(?:\s+the)?\s*$",
    re.IGNORECASE,
)
# And one whose month came before: "26 October to Friday 30th".
_BARE_AFTER = re.compile(
    rf"\s*(?:–|-|to|until|till)(?:\s+the)?\s*(?:(?P<weekday>{_WEEKDAY})[\s,]*(?P<day>\d{{1,2}}+){_ORDINAL}+"
    rf"|(?P<alone>\d{{1,2}}+)(?:st|nd|rd|th))(?![\d:/.]|[\s-]*(?:of\s+)?{_MONTH})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Written:
    """One date as it is written, and where in the text."""

    day: int
    month: int
    year: int | None
    weekday: int | None
    start: int
    end: int
    short_year: bool = False

    def words(self, year: int) -> str:
        """The date in words, with the weekday that was written."""
        weekday = "" if self.weekday is None else f"{WEEKDAYS[self.weekday].title()} "
        return f"{weekday}{self.day} {MONTHS[self.month - 1].title()} {year}"


def dates_in(text: str) -> list[Written]:
    """Every date in the text, in its order."""
    found: list[Written] = []
    for one in _full(text):
        found += reversed(list(_bare_before(text, one, found[-1].end if found else 0)))
        found.append(one)
        if after := _BARE_AFTER.match(text, one.end):
            group = "day" if after["day"] else "alone"
            found.append(
                replace(
                    one, day=int(after[group]), weekday=_weekday(after["weekday"]),
                    start=after.start("weekday" if after["weekday"] else group), end=after.end(),
                )
            )  # fmt: skip
    return found


def _full(text: str) -> Iterator[Written]:
    """Dates that name their month; where two ways of reading overlap, the one that begins first."""
    at = 0
    matches = [form.search(text) for form in FORMS]
    while True:
        for number, match in enumerate(matches):
            if match and match.start() < at:
                matches[number] = FORMS[number].search(text, at)
        best = min(
            (match for match in matches if match), key=lambda m: (m.start(), -m.end()), default=None
        )
        if best is None:
            return
        yield _written(best)
        at = best.end()


def _written(match: re.Match[str]) -> Written:
    parts = match.groupdict()
    month = parts["month"]
    short = parts.get("short")
    year = parts.get("year") or (short and f"20{short[-2:]}")
    return Written(
        day=int(parts["day"]),
        month=int(month) if month.isdigit() else _month(month),
        year=int(year) if year else None,
        weekday=_weekday(parts["weekday"] or parts.get("after")),
        start=match.start(),
        end=match.end(),
        short_year=bool(short),
    )


def _bare_before(text: str, one: Written, at: int) -> Iterator[Written]:
    """Days that take their month and year from this date, nearest first."""
    end = one.start
    while match := _BARE.search(text[at:end]):
        start = at + match.start()
        weekday = _weekday(match["weekday"])
        day_end = at + match.start("gap")
        yield replace(one, day=int(match["day"]), weekday=weekday, start=start, end=day_end)
        end = start


def _month(word: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name[:3] == word[:3].lower())


def _weekday(word: str | None) -> int | None:
    if not word:
        return None
    return next(n for n, name in enumerate(WEEKDAYS) if name[:3] == word[:3].lower())
