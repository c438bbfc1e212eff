"""Pasted lines: sentences, bullets, headings with dates below them, and tables with tabs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from people.year_import import words
from people.year_import.dates import Written, dates_in
from people.year_import.rows import Found, Left, shown
from people.year_import.spans import Span, Years, read, year_of

LONGEST_LINE = 500
WEEK = timedelta(days=4)  # from Monday to Friday
NO_DATE = "There is no date in this line."
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "–") | dict.fromkeys(map(ord, "‘’‛`´"), "'")
_BULLET = re.compile(r"^[\s•·●○▪■◦‣⁃*>–-]+|^\s*o\s+(?=\S)|^\s*(?:\d{1,2}|[a-z])[.)]\s+(?!\d)")
_TIME = re.compile(
    r"\b(?:at\s+)?(?:\d{1,2}(?:[.:]\d\d)?\s*(?:am|pm|noon|midday|a\.m\.?|p\.m\.?|hrs)\b|\d{1,2}:\d\d\b)",
    re.IGNORECASE,
)
# "Mon-Fri 26-30 October"
_WEEKDAYS = re.compile(
    r"\b(?:mon|tue|wed|thu|fri)[a-z]*\s*[–-]\s*(?:mon|tue|wed|thu|fri)[a-z]*[\s,]+(?=\d)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_RANGE = re.compile(r"(?:–|-|to|until|till|til|through|thru|up to|to and including|→|>)(?: the)?")
_ASIDE = re.compile(
    rf"[\s,–-]*(?:{words.KINDS[words.INSET].pattern}|{words.KINDS[words.CLOSED].pattern})"
    r"(?:[\s-]days?)?[\s,]*",
    re.IGNORECASE,
)
_COLUMN = {
    re.compile(r"^\s*(?:from|first|open)", re.IGNORECASE): "starts",
    re.compile(r"^\s*(?:to|until|last|close|closing)\b", re.IGNORECASE): "ends",
}
_WEEKDAY_CELL = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?", re.IGNORECASE)


@dataclass
class Group:
    """One date or one span in a line, with the words before it and those in its midst."""

    before: str
    first: Written
    last: Written | None = None
    aside: str = ""


@dataclass
class Lines:
    """Reads line after line; a heading holds for the lines below it."""

    years: Years
    found: list[Found] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    _heading: str = ""
    _kind: str = ""
    _role: str = ""
    _columns: list[str] = field(default_factory=list)

    def line(self, number: int, raw: str) -> None:
        """Read one line."""
        text = tidy(raw)
        if not any(map(str.isalnum, text)):
            return
        if len(text) > LONGEST_LINE:
            self.left.append(Left(number, shown(raw), "This line is too long to be read."))
        elif "\t" in text:
            self._table_row(number, shown(raw), [cell.strip() for cell in text.split("\t")])
        else:
            self.sentence(number, shown(raw), text)

    def sentence(self, number: int, raw: str, text: str) -> None:
        """Read the dates of a text and the words around them."""
        groups = list(_groups(text, dates_in(text)))
        if not groups:
            self._take_heading(number, raw, text)
            return
        end = (groups[-1].last or groups[-1].first).end
        for group, label in self._labelled(groups, text[end:]):
            found = self._read(number, raw, group, label, groups)
            self.found.append(found)
            self._read_aside(found, group.aside)
        self._role = ""

    # Words

    def _labelled(self, groups: list[Group], tail: str) -> Iterator[tuple[Group, str]]:
        """Each group with its words: those before it, or those after where a line begins so."""
        chunks = [*(group.before for group in groups), tail]
        if not _tells(chunks[0]) and any(map(_tells, chunks[1:])):
            yield from zip(groups, chunks[1:], strict=True)
            return
        label = ""
        for group in groups:
            label = group.before if _tells(group.before) else label
            if group is groups[-1] and not group.aside and _ASIDE.search(tail):
                group.aside = tail
            yield group, label

    def _read(self, number: int, raw: str, group: Group, label: str, line: list[Group]) -> Found:
        role = words.role_of(label) or (self._role if not _tells(label) else "")
        kind, label, problem = self._kind_of(label, role)
        span = Span(problem=problem) if problem else self._span(group, label, line)
        if span.readings:
            self.years.starts = year_of(span.readings[0][0])
        return Found(number, raw, label, kind, "" if group.last else role, span)

    def _kind_of(self, label: str, role: str) -> tuple[str, str, str]:
        """The kind, the words that name it, and what is unclear."""
        kind = words.kind_of(label)
        moves = words.LEAVES.search(label) or words.COMES.search(label)
        if kind == words.HALF_TERM and moves:
            return kind, label, (
                "“Closes” and “reopens” leave open which days are meant. "
                "Give the first and the last day of half-term."
            )  # fmt: skip
        if kind == words.HOLIDAY and moves:
            return words.TERM, self._heading if self._kind == words.TERM else "", ""
        if not kind and (not words.says_something(label) or (role and moves)):
            return self._kind or (words.TERM if role else ""), self._heading or label, ""
        if kind == words.TERM and self._kind == words.TERM and not words.NAMED_TERM.search(label):
            return kind, self._heading, ""
        return kind, label, ""

    def _read_aside(self, found: Found, aside: str) -> None:
        """ "Term starts on 4 January (INSET day)" says two things."""
        kind = words.kind_of(aside)
        if kind not in (words.INSET, words.CLOSED) or kind == found.kind or not found.span.readings:
            return
        first, last = found.span.readings[0]
        day = first if found.role != "ends" else last
        span = Span(((day, day),), found.span.doubts)
        self.found.append(replace(found, label=aside, kind=kind, role="", span=span))

    def _take_heading(self, number: int, raw: str, text: str) -> None:
        """A line without a date: what it says of the lines below it."""
        starts = words.school_year(text) or words.season_year(text)
        if starts is not None:
            self.years.starts = starts
        kind, role = words.kind_of(text), words.role_of(text)
        named = bool(words.NAMED_TERM.search(text)) or kind not in ("", words.TERM)
        if len(text.split()) > 10:
            named = role_only = False
        else:
            role_only = bool(role) and not named
        if named:
            self._heading, self._kind, self._role = text.strip(" :"), kind, role
        elif role_only:
            self._role = role
        elif starts is None and words.says_something(text) and kind != words.TERM:
            self.left.append(Left(number, raw, NO_DATE))

    # Days

    def _span(self, group: Group, label: str, line: list[Group]) -> Span:
        first, last = group.first, group.last
        starts = words.school_year(label) or words.season_year(label)
        dated = first.year or (last and last.year)
        alone = words.YEAR_ALONE.search(label)
        if not dated and starts is None:
            if alone:
                first = replace(first, year=int(alone[0]))
            else:
                starts = _neighbour(group, line)
        if starts is None:
            starts = self.years.known()
        span = read(first, last, starts, self.years.today)
        if last is None and words.A_WEEK.search(group.before):
            return replace(span, readings=tuple((a, a + WEEK) for a, _ in span.readings))
        return span

    # Tables

    def _table_row(self, number: int, raw: str, cells: list[str]) -> None:
        dated = [bool(dates_in(cell)) for cell in cells]
        filled = [cell for cell in cells if cell]
        if not any(dated):
            if len(filled) > 1 and any(_is_heading(cell) for cell in filled):
                self._columns = [_column(cell) for cell in cells]
            elif len(filled) == 1:
                self.sentence(number, raw, filled[0])
            else:
                self.left.append(Left(number, raw, NO_DATE))
            return
        if not self._columns:
            self.sentence(number, raw, "\t".join(cells))
            return
        self._by_columns(number, raw, cells, dated)

    def _by_columns(self, number: int, raw: str, cells: list[str], dated: list[bool]) -> None:
        """Each dated cell means what its row and its column say."""
        at = next((n for n, has in enumerate(dated) if cells[n] and not has), None)
        name, weekday = cells[at] if at is not None else "", ""
        if _WEEKDAY_CELL.fullmatch(name):
            at, name = None, ""
        columns = self._columns + [""] * len(cells)
        for n, cell in enumerate(cells):
            if dated[n]:
                self.sentence(number, raw, f"{name} {columns[n]}: {weekday} {cell}")
            weekday = cell if _WEEKDAY_CELL.fullmatch(cell) else ""


def tidy(raw: str) -> str:
    """A line with one kind of dash and of quotation mark, without bullets, times and asides."""
    text = unicodedata.normalize("NFKC", raw.translate(_DASHES)).translate(_DASHES)
    text = "".join(c if c.isprintable() or c == "\t" else " " for c in text).replace("|", "\t")
    text = _TIME.sub(" ", _WEEKDAYS.sub(" ", _without_bullet(text)))
    return _BRACKETS.sub(_bracket, text)


def _without_bullet(text: str) -> str:
    """Word sets a tab behind its bullets; other tabs part the cells of a table."""
    bullet, tab, rest = text.partition("\t")
    if tab and not bullet.strip(" •·●○▪o*–-") and "\t" not in rest:
        return rest
    return text if tab else _BULLET.sub("", text)


def _bracket(match: re.Match[str]) -> str:
    inner = match[1]
    if _WEEKDAY_CELL.fullmatch(inner.strip()):
        return match[0]
    if dates_in(inner) or words.kind_of(inner) or words.role_of(inner):
        return f", {inner}, "
    return " "


def _groups(text: str, dates: list[Written]) -> Iterator[Group]:
    """The dates of a line, two by two where the words between them say "until"."""
    at = number = 0
    while number < len(dates):
        group = Group(text[at : dates[number].start], dates[number])
        at = dates[number].end
        if number + 1 < len(dates):
            gap = text[at : dates[number + 1].start]
            aside = _ASIDE.search(gap)
            if _is_until(gap, group.before) or (aside and _is_until(_ASIDE.sub(" ", gap), "")):
                number += 1
                group.last, at = dates[number], dates[number].end
                group.aside = aside[0] if aside else ""
        number += 1
        yield group


def _is_until(gap: str, before: str) -> bool:
    core = " ".join(gap.replace(",", " ").split()).lower()
    if not core:
        return "\t" in gap
    if _RANGE.fullmatch(core):
        return True
    if core == "and":
        return before.rstrip().lower().endswith("between")
    return bool(words.ENDS.search(core)) and words.kind_of(core) in ("", words.TERM)


def _neighbour(group: Group, line: list[Group]) -> int | None:
    """The school year of the nearest date in the line that has its year, those behind it first."""
    at = line.index(group)
    for other in [*line[at + 1 :], *reversed(line[:at])]:
        for one in (other.first, other.last):
            if one and one.year and 1 <= one.month <= 12:
                return year_of(date(one.year, one.month, 1))
    return None


def _tells(text: str) -> bool:
    return bool(words.kind_of(text) or words.role_of(text) or words.says_something(text))


def _is_heading(cell: str) -> bool:
    return bool(
        words.kind_of(cell)
        or words.role_of(cell)
        or _column(cell) != cell
        or re.search(r"\b(?:dates?|day)\b", cell, re.IGNORECASE)
    )


def _column(cell: str) -> str:
    return next((role for words_of, role in _COLUMN.items() if words_of.match(cell)), cell)
