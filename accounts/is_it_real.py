"""Whether an account is the school's own, asked by somebody who has its address or its handle.

Asks the register of the trust (a school of its own: of the school). Says of an account that nobody
agreed to that it is not one of ours, and nothing else of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.alike import is_foreign, looks_like
from accounts.models import SocialAccount
from accounts.platforms import LONGEST_ADDRESS, OTHER, PLATFORMS, SCHEME, Address, read_address
from accounts.public import OF_STATUS, Shown, State, is_listed, shown
from accounts.workflow import Status
from web.errors import RuleBroken

MOST_HINTS = 5
UNREADABLE = (
    "This is neither an address nor a handle that we can read. Copy the address from the "
    "account’s own page, such as https://www.instagram.com/hill_drama/"
)


class Verdict(StrEnum):
    OURS = "ours"
    PAUSED = "paused"  # ours, and nobody is to rely on it now
    CLOSED = "closed"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one account. `asked`: what we understood."""

    verdict: Verdict
    asked: str
    found: tuple[Shown, ...] = ()
    not_ours_on: tuple[str, ...] = ()  # platforms where the same name is not one of ours
    alike: tuple[Shown, ...] = ()
    is_foreign: bool = False
    by_name: bool = False  # a handle alone, which may be somebody else's on another platform

    @property
    def is_public(self) -> bool:
        """Whether all it says stands on the public page as well."""
        return bool(self.found) and not self.not_ours_on and all(map(is_listed, self.found))


def answer(rows: Sequence[SocialAccount], written: str) -> Answer:
    """Whether this is an account of the school or of its trust: `rows`, as from `asked_at`.

    Raises RuleBroken with a sentence for what is neither an address nor a handle.
    """
    text = tidy(written)
    try:
        read = readings(text)
    except RuleBroken:
        if not is_foreign(text):
            raise
        alike = _alike([_last_part(text)], rows)
        return Answer(Verdict.NOT_OURS, text, alike=alike, is_foreign=True)
    keys = {one.key for one in read}
    by_name = not _is_address(text)
    asked = f"@{text.removeprefix('@')}" if by_name else read[0].url
    hits = [row for row in rows if row.key in keys]
    ours = [one for row in hits if (one := shown(row)) and one.state != State.CLOSED]
    bad = sorted({row.on.label for row in hits if _nobody_agreed(row)})
    if ours:
        verdict = Verdict.OURS if any(one.can_be_opened for one in ours) else Verdict.PAUSED
        return Answer(verdict, asked, tuple(ours), tuple(bad), by_name=by_name)
    if bad:
        return Answer(Verdict.NOT_OURS, asked, not_ours_on=tuple(bad), by_name=by_name)
    closed = [one for row in hits if (one := shown(row))]
    if closed:
        latest = max(closed, key=lambda one: (one.account.closed_on, one.account.pk))
        return Answer(Verdict.CLOSED, asked, (latest,), by_name=by_name)
    alike = _alike([one.handle for one in read], [row for row in rows if row.key not in keys])
    return Answer(Verdict.UNKNOWN, asked, alike=alike, by_name=by_name)


def readings(text: str) -> list[Address]:
    """Every account that these words may mean: a handle alone has one on each platform."""
    if _is_address(text):
        return [read_address(text)]
    found = list(_handles(text))
    if "." in text and not text.startswith("@"):
        found += _tried(text, "")
    if not found:
        raise RuleBroken(UNREADABLE)
    return list({one.key: one for one in found}.values())


def _handles(text: str) -> Iterator[Address]:
    for code in PLATFORMS:
        if code != OTHER.code:
            yield from _tried(text, code)


def _tried(text: str, platform: str) -> list[Address]:
    try:
        return [read_address(text, platform)]
    except RuleBroken:
        return []


def _is_address(text: str) -> bool:
    return "/" in text or bool(SCHEME.match(text))


def tidy(written: str) -> str:
    """Without what cannot be seen, and no longer than an address may be."""
    if len(written) > LONGEST_ADDRESS:
        raise RuleBroken("This is too long. Copy the address from the account’s own page.")
    text = unicodedata.normalize("NFKC", written)
    text = "".join(one for one in text if not unicodedata.category(one).startswith("C"))
    text = text.strip().strip("<>\"'“”‘’")
    if not text:
        raise RuleBroken("Give the account’s address or its handle.")
    if any(one.isspace() for one in text):
        raise RuleBroken("An address or a handle has no spaces.")
    return text


def _last_part(text: str) -> str:
    """What may be the name in an address that cannot be read."""
    path = text.partition("?")[0].partition("#")[0].rstrip("/")
    return path.rpartition("/")[2].lstrip("@")


def _nobody_agreed(row: SocialAccount) -> bool:
    """Known, and never one of the school's: being taken down, or gone, as well."""
    if row.status == Status.UNAUTHORISED:
        return True
    return row.status in OF_STATUS and not row.was_in_use


def _alike(names: Iterable[str], rows: Iterable[SocialAccount]) -> tuple[Shown, ...]:
    """Accounts on the page that somebody could take this one for."""
    asked = [name.partition("@")[0] or name for name in dict.fromkeys(names)]
    found = [
        one
        for row in rows
        if any(looks_like(name, row.handle.partition("@")[0]) for name in asked)
        and (one := shown(row))
        and one.can_be_opened
        and is_listed(one)
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.account.pk))[:MOST_HINTS])
