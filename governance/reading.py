"""What one person has to do with policies: the questions the reading pages ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Window

from governance.models import Acknowledgement, Policy, PolicyVersion
from governance.obligations import Grace, pairs
from people.models import Organisation, User
from people.roles import Permission
from web.prepared import prepared

if TYPE_CHECKING:
    from governance.obligations import Pair

SIGNED_PER_PAGE = 25
LOOKED_UP = 50  # policies to look up on one page; a trust of a hundred schools has many more


@dataclass(frozen=True)
class Standing:
    """What a person has to do with one policy today."""

    covered: bool
    owes: bool
    due_on: date | None
    exempt: bool
    organisation: Organisation | None
    last: Acknowledgement | None  # the latest version of it that they acknowledged

    @property
    def signed_earlier_version(self) -> bool:
        return self.owes and self.last is not None


def standing_of(person: User, policy: Policy, on: date) -> Standing:
    """Two queries: the posts through which the policy concerns them, and what they signed."""
    rows = list(
        pairs(on)
        .filter(person=person, policy_ref=policy.pk)
        .select_related("organisation__parent")
        .order_by("pk")
    )
    last = (
        Acknowledgement.objects.filter(person=person, policy=policy)
        .select_related("version", "signature")
        .order_by("-ordinal")
        .first()
    )
    owing = [row for row in rows if row.signed_at is None and not row.exempt]
    due = [(_due_on(row), row.organisation) for row in owing]
    due_on, organisation = min(due, key=lambda each: each[0]) if due else (None, None)
    if organisation is None and rows:
        organisation = rows[0].organisation
    return Standing(
        covered=bool(rows),
        owes=bool(owing),
        due_on=due_on,
        exempt=bool(rows) and all(row.exempt for row in rows),
        organisation=organisation,
        last=last,
    )


def may_see_signers(person: User, policy: Policy, place: Organisation, on: date) -> bool:
    """Whether the list of who has signed there opens for them: all of it, or their own team."""
    return (
        person.can(Permission.VIEW_SIGNATURES, at=place)
        or pairs(on).filter(organisation=place, policy_ref=policy.pk, line_manager=person).exists()
    )


def _due_on(row: Pair) -> date:
    grace = Grace.at(row.organisation)
    return grace.due_on(row.asked_at, row.starts_on, row.exempt_until)


def home_of(person: User, policy: Policy) -> Organisation:
    """Whose name and menu stand above a policy's pages: the reader's own school where it counts."""
    places = [post.organisation for post in person.posts]
    owner = policy.owner
    return next(
        (place for place in places if place.pk == owner.pk),
        next((place for place in places if place.parent_id == owner.pk), owner),
    )


def signed_by(person: User | int) -> QuerySet[Acknowledgement]:
    """What this person signed, newest first, in what a list of it shows."""
    return (
        Acknowledgement.objects.filter(person=person)
        .select_related("version", "signature")
        .only("at", "version__title", "version__number", "signature__reference")
        .order_by("-at", "-pk")
    )


@prepared
def _signed_last(*, person_id: int) -> QuerySet[Any, Any]:
    return signed_by(person_id).annotate(total=Window(Count("pk")))[:SIGNED_PER_PAGE]


def signed_page(person: User, number: str | None) -> Page[Acknowledgement]:
    """One page of what they signed. The first, which nearly everybody sees, is one query."""
    if number:
        return Paginator(signed_by(person), SIGNED_PER_PAGE).get_page(number)
    rows = _signed_last(person_id=person.pk)
    paginator = Paginator(rows, SIGNED_PER_PAGE)
    paginator.count = rows[0].total if rows else 0
    return Page(rows, 1, paginator)


def to_look_up(person: User, on: date, words: str = "") -> tuple[list[Policy], bool]:
    """Policies in force that they may read, each with the day they signed it, if they did.

    At most LOOKED_UP whose title holds the words, and whether there are more.
    """
    if words:
        found = list(_readable(person.pk, on).filter(title__icontains=words)[: LOOKED_UP + 1])
    else:
        found = _to_look_up(person_id=person.pk, on=on)
    return found[:LOOKED_UP], len(found) > LOOKED_UP


@prepared
def _to_look_up(*, person_id: int, on: date) -> QuerySet[Any, Any]:
    return _readable(person_id, on)[: LOOKED_UP + 1]


def _readable(person_id: int, on: date) -> QuerySet[Any, Any]:
    signed = (
        Acknowledgement.objects.filter(person=person_id, policy=OuterRef("pk"))
        .order_by()
        .values("policy")
        .annotate(last=Max("at"))
    )
    return (
        Policy.objects.visible_to(User(pk=person_id), on)
        .in_force()
        .select_related("current", "owner")
        .only("title", "current__number", "owner__name")
        .annotate(signed_at=Subquery(signed.values("last")))
        .order_by("title")
    )


def replaced_by(version: PolicyVersion) -> PolicyVersion | None:
    """The next published version after this one; None while it is the newest."""
    return (
        PolicyVersion.objects.published()
        .filter(policy=version.policy_id, ordinal__gt=version.ordinal)
        .order_by("ordinal")
        .first()
    )
