"""What one person has to do with policies: the questions the reading pages ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Window

from governance.documents import appendices_among
from governance.models import Acknowledgement, Policy, PolicyVersion
from governance.obligations import Grace, obligations_of, pairs
from people.models import Organisation, User
from people.roles import Permission
from web.prepared import prepared

if TYPE_CHECKING:
    from governance.obligations import Pair

SIGNED_PER_PAGE = 25
LOOKED_UP = 50  # policies to look up on one page; a trust of a hundred schools has many more


@dataclass(frozen=True)
class Part:
    """One text of a document, and what the reader has to do with it."""

    policy: Policy
    owes: bool
    last: Acknowledgement | None  # the latest version of it that they acknowledged

    @property
    def version(self) -> PolicyVersion:
        assert self.policy.current is not None
        return self.policy.current

    @property
    def to_sign(self) -> bool:
        """Not signed in these very words: signing the document signs it."""
        return self.last is None or self.last.version_id != self.policy.current_id


@dataclass(frozen=True)
class Standing:
    """What a person has to do with one document today."""

    parts: list[Part]  # the policy first, then the local appendices that concern them
    covered: bool
    owes: bool
    due_on: date | None
    exempt: bool
    organisation: Organisation | None

    @property
    def last(self) -> Acknowledgement | None:
        """The latest version of the policy itself that they acknowledged."""
        return self.parts[0].last

    @property
    def signed_before(self) -> bool:
        """Whether some of it was signed once: then what is new is marked."""
        return any(part.last for part in self.parts)

    @property
    def displayed(self) -> str:
        """The texts on the page, for `signing.sign`."""
        return " ".join(part.version.content_hash for part in self.parts)

    @property
    def to_sign(self) -> list[PolicyVersion]:
        """The texts that a signature now would be for."""
        return [part.version for part in self.parts if part.to_sign]


def standing_of(person: User, policy: Policy, on: date) -> Standing:
    """What they have to do with one document."""
    return standings_of(person, [policy], on)[policy.pk]


def owed_documents(person: User, on: date) -> list[Standing]:
    """Every document they owe a signature for, what falls due first on top. Three queries more."""
    wanted = {one.policy_id: one.due_on for one in obligations_of(person.pk, on)}
    policies = (
        Policy.objects.visible_to(person, on)
        .in_force()
        .filter(pk__in=wanted)
        .select_related("current", "owner")
    )
    found = standings_of(person, list(policies), on)
    return [found[pk] for pk in sorted(found, key=lambda pk: (wanted[pk], pk))]


def standings_of(person: User, policies: Sequence[Policy], on: date) -> dict[int, Standing]:
    """By the policy's id. Two queries, and one more for a trust's policies and their appendices."""
    rows: dict[int, list[Pair]] = {policy.pk: [] for policy in policies}
    pairs_of = pairs(on).filter(person=person, document_ref__in=list(rows))
    for row in pairs_of.select_related("organisation__parent").order_by("pk"):
        rows[row.document_ref].append(row)
    local = appendices_among(policies, [post.organisation.pk for post in person.posts])
    parts = {policy.pk: [policy, *local.get(policy.pk, [])] for policy in policies}
    last = _last_signed(person, [part for one in parts.values() for part in one])
    return {pk: _standing(parts[pk], rows[pk], last) for pk in rows}


def _standing(
    policies: list[Policy], rows: list[Pair], last: dict[int, Acknowledgement]
) -> Standing:
    owing = [row for row in rows if row.signed_at is None and not row.exempt]
    owed_here = {row.policy_ref for row in owing}
    due = [(_due_on(row), row.organisation) for row in owing]
    due_on, organisation = min(due, key=lambda each: each[0]) if due else (None, None)
    if organisation is None and rows:
        organisation = rows[0].organisation
    return Standing(
        parts=[Part(one, one.pk in owed_here, last.get(one.pk)) for one in policies],
        covered=bool(rows),
        owes=bool(owing),
        due_on=due_on,
        exempt=bool(rows) and all(row.exempt for row in rows),
        organisation=organisation,
    )


def _last_signed(person: User, policies: list[Policy]) -> dict[int, Acknowledgement]:
    """The latest version of each that they acknowledged, by the policy's id."""
    signed = (
        Acknowledgement.objects.counting()
        .filter(person=person, policy__in=policies)
        .select_related("version", "signature")
        .order_by("ordinal")
    )
    return {one.policy_id: one for one in signed}


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
        Acknowledgement.objects.counting()
        .filter(person=person)
        .select_related("version", "signature__witnessed__witness")
        .only(
            "at",
            "version__title",
            "version__number",
            "signature__reference",
            "signature__method",
            "signature__witnessed__witness__name",
        )
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
        Acknowledgement.objects.counting()
        .filter(person=person_id, policy=OuterRef("pk"))
        .order_by()
        .values("policy")
        .annotate(last=Max("at"))
    )
    return (
        Policy.objects.visible_to(User(pk=person_id), on)
        .in_force()
        .documents()
        .select_related("current", "owner")
        .only("title", "parent_id", "current__number", "owner__name")
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
