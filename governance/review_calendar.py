"""When the policies of a school or a trust come up for review, month by month (P6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.urls import reverse

from governance.models import Policy, Review
from people.models import Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User

MONTHS = 12
OVERDUE, OPEN, LATER, UNDATED = "overdue", "open", "later", "none"


@dataclass(frozen=True, slots=True)
class Line:
    """A policy in force with the day of its next review, and its open review if there is one."""

    policy_id: int
    title: str
    owner_id: int
    owner: str
    committee: str
    author_id: int | None
    author: str
    review_due_on: date | None
    trigger: str
    opened_on: date | None
    finish_by: date | None
    today: date
    href: str = ""

    @property
    def due_on(self) -> date | None:
        """The earlier of its own date and the day by which an open review is finished."""
        return min((day for day in (self.review_due_on, self.finish_by) if day), default=None)

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < self.today

    @property
    def is_open(self) -> bool:
        return self.opened_on is not None

    @property
    def why(self) -> str:
        return Review.Trigger(self.trigger).label if self.trigger else ""

    @property
    def state(self) -> str:
        said = ["Overdue"] if self.is_overdue else []
        said += ["Under review"] if self.is_open else []
        return ", ".join(said)

    @property
    def section(self) -> str:
        """Overdue, a month such as 2027-03, later than that, or without a day."""
        if self.due_on is None:
            return UNDATED
        if self.is_overdue:
            return OVERDUE
        month = f"{self.due_on:%Y-%m}"
        return month if month <= f"{months_from(self.today)[-1]:%Y-%m}" else LATER


def months_from(today: date) -> list[date]:
    """The first days of this month and of the eleven after it."""
    first = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + MONTHS)]


def name_of(section: str) -> str:
    """A section's heading."""
    named = {OVERDUE: "Overdue", LATER: "Later", UNDATED: "No day set", OPEN: "Under review now"}
    return named.get(section) or date.fromisoformat(f"{section}-01").strftime("%B %Y")


def lines_at(place: Organisation, user: User) -> list[Line]:
    """Every policy in force that counts there; for a trust, those of all its schools. One query."""
    today = place.today()
    rows = _policies(place, user).values_list(
        "pk",
        "title",
        "owner_id",
        "owner__name",
        "committee",
        "author_id",
        "author__name",
        "review_due_on",
        "opened__trigger",
        "opened__opened_on",
        "opened__due_on",
    )
    found = [
        Line(
            policy_id=pk,
            title=title,
            owner_id=owner_id,
            owner=owner,
            committee=committee,
            author_id=author_id,
            author=author or "",
            review_due_on=due_on,
            trigger=trigger or "",
            opened_on=opened_on,
            finish_by=finish_by,
            today=today,
        )
        for pk, title, owner_id, owner, committee, author_id, author, due_on, trigger, opened_on,
        finish_by in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.due_on or date.max, one.title))


def _policies(place: Organisation, user: User) -> QuerySet[Any, Any]:
    opened = FilteredRelation("reviews", condition=Q(reviews__closed_on=None))
    policies = Policy.objects.visible_to(user).in_force()
    if place.kind == Organisation.Kind.TRUST:
        policies = policies.filter(owner__reached_from__above=place)
    else:
        policies = policies.reaching(place)
    return policies.annotate(opened=opened).order_by(F("review_due_on").asc(nulls_last=True))


def address_of(line: Line, user: User, seen: dict[int, bool]) -> str:
    """Its review, for those who see the owner's drafts and for the author; else its text."""
    if line.author_id == user.pk or seen.get(line.owner_id):
        return reverse("governance:review", args=[line.policy_id])
    return reverse("governance:read", args=[line.policy_id])


def owners_seen(lines: Iterable[Line], place: Organisation, user: User) -> dict[int, bool]:
    """Of which owners this person sees drafts: they have the posts, so this asks no query."""
    owners = {line.owner_id for line in lines}
    below = place.kind == Organisation.Kind.TRUST and user.can(Permission.VIEW_DRAFTS, at=place)
    own = user.can(Permission.VIEW_DRAFTS, at=place)
    above = place.parent
    return {
        owner: below
        or (owner == place.pk and own)
        or (above is not None and owner == above.pk and user.can(Permission.VIEW_DRAFTS, at=above))
        for owner in owners
    }


@dataclass(frozen=True)
class Filter:
    """What the page was asked to show; empty means everything."""

    when: str = ""
    owner: str = ""
    committee: str = ""
    author: str = ""

    def matches(self, line: Line) -> bool:
        if self.when == OPEN and not line.is_open:
            return False
        if self.when not in ("", OPEN) and line.section != self.when:
            return False
        if self.owner and str(line.owner_id) != self.owner:
            return False
        if self.author and str(line.author_id or "none") != self.author:
            return False
        return not self.committee or line.committee == self.committee


def sections(lines: Iterable[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The lines below their headings, as they come."""
    for section, group in groupby(lines, key=lambda line: line.section):
        yield name_of(section), list(group)


def months(lines: Iterable[Line], today: date) -> list[tuple[str, str, int]]:
    """Each of the coming months, its short name, and how many reviews fall into it."""
    counts = Counter(line.section for line in lines)
    return [
        (month := f"{first:%Y-%m}", f"{first:%b %Y}", counts[month]) for first in months_from(today)
    ]
