"""Whose names an export does not tell.

Names are found as they are written in the case: in full, and each part of them. Nobody else's words
are understood: whoever sends an export on has to read it first, and the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from incidents.models import Case, CaseExport, CasePerson
from people.models import User

P, R = CaseExport.Profile, CasePerson.Role
REPORTER = "[who reported it]"
SHORTEST = 3
PUPILS = (CasePerson.Relation.PUPIL, CasePerson.Relation.FORMER_PUPIL)


@dataclass(frozen=True, slots=True)
class Withheld:
    """Whose names go, and what stands in their place."""

    names: dict[str, str] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @property
    def reporter(self) -> bool:
        """Whether nothing may tell who reported it."""
        return REPORTER in {*self.names.values(), *self.users.values()}

    def text(self, text: str) -> str:
        """The same words without those names."""
        for name, said in self._patterns():
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", said, text, flags=re.IGNORECASE)
        return text

    def found_in(self, text: str) -> list[str]:
        """Whatever of these names stands in the text, and words that hold a part of one."""
        found, left = [], text
        for name, _ in self._patterns():
            pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
            if re.search(pattern, left, flags=re.IGNORECASE):
                found.append(name)
                left = re.sub(pattern, "\n", left, flags=re.IGNORECASE)
        single = [name.casefold() for name, _ in self._patterns() if parts_of(name) == [name]]
        long = [part for part in single if len(part) > SHORTEST]
        for word in re.findall(r"[\w.@+-]*\w", left):
            if any(part in word.casefold() for part in long) and word not in found:
                found.append(word)
        return found

    def of(self, user: User | None) -> str:
        """A person of the portal, or what stands in their place."""
        if user is None:
            return ""
        return self.users.get(user.pk) or self.names.get(user.name, user.name)

    def _patterns(self) -> list[tuple[str, str]]:
        """Full names first, then their parts, but for those that somebody who stays bears, too."""
        staying = {part.casefold() for name in self.kept for part in parts_of(name)}
        found = dict(self.names)
        for name, said in self.names.items():
            for part in parts_of(name):
                if part.casefold() not in staying:
                    found.setdefault(part, said)
        return sorted(found.items(), key=lambda pair: -len(pair[0]))


def parts_of(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,]+", name) if len(part) >= SHORTEST]


def withheld(case: Case, profile: str, people: Iterable[CasePerson], by: User) -> Withheld:
    """What this profile leaves out of this case, for whoever exports it.

    A reporter who asked to stay unknown is left out of everything that another than the owner
    makes.
    """
    no_reporter = profile in (P.WITHOUT_REPORTER, P.WITHOUT_OTHERS) or not case.shows_reporter_to(
        by
    )
    names, users, rows, kept = {}, {}, {}, []
    for row in people:
        said = _said(row, profile, no_reporter)
        if not said:
            kept.append(row.name)
            continue
        names[row.name], rows[row.pk] = said, said
        if row.user_id is not None:
            users[row.user_id] = said
    if no_reporter and case.reporter is not None:
        names[case.reporter.name], users[case.reporter.pk] = REPORTER, REPORTER
    return Withheld(names, users, rows, tuple(kept))


def _said(row: CasePerson, profile: str, no_reporter: bool) -> str:
    if row.role == R.REPORTER:
        return REPORTER if no_reporter else ""
    if profile == P.WITHOUT_OTHERS and row.role != R.TARGET:
        return f"[{row.get_relation_display().lower()}]"
    if profile == P.CHILD_FILE and row.role != R.TARGET and row.relation in PUPILS:
        return "[another pupil]"
    return ""
