"""Dates as schools write them: day first, in figures or in words."""

from __future__ import annotations

import re
from datetime import date

MONTHS = "january february march april may june july august september october november december"
TERMS = {"autumn": 9, "spring": 1, "summer": 4}  # the months in which they begin
MONTH = {name[:3]: index for index, name in enumerate(MONTHS.split(), start=1)}

DATE = re.compile(
    r"""(?P<year>20\d\d|19\d\d)-(?P<month>\d\d)-(?P<day>\d\d)
      | (?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4}|\d\d)\b
      | (?:(?P<dd>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?
        (?P<word>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+(?P<yy>20\d\d|19\d\d)
      | (?P<term>autumn|spring|summer)(?:\s+term)?,?\s+(?P<ty>20\d\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def to_date(found: re.Match[str]) -> date | None:
    """The date as written in Britain, day first; a month or a term alone means its first day."""
    if found["year"]:
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    elif found["y"]:
        year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
        year += 2000 if year < 100 else 0
    elif found["term"]:
        year, month, day = int(found["ty"]), TERMS[found["term"].lower()], 1
    else:
        year, month = int(found["yy"]), MONTH[found["word"].lower()]
        day = int(found["dd"] or 1)
    try:
        return date(year, month, day)
    except ValueError:
        return None
