"""Who owes an acknowledgement of what: derived, in one query, for one person or for a school.

Home page, digests, lists and dashboards all start from `pairs()`, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from governance.models import Acknowledgement, AudienceRule, Exemption, PolicyVersion, Question
from people.models import Membership, MembershipRole, Organisation
from people.models.membership import on_day
from people.settings_registry import resolve
from web.prepared import prepared

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class PairFields(TypedDict):
        """What `pairs()` adds to a membership."""

        policy_ref: int
        document_ref: int
        version_ref: int
        ordinal: int
        asking_ref: int
        asked_at: datetime
        signed_at: datetime | None
        exempt: bool
        exempt_until: date | None

    Pair = WithAnnotations[Membership, PairFields]

_POLICIES = "organisation__reached_from__above__policies"


def covered_by(version: Any, on: date) -> Exists:
    """Whether a membership matches any audience rule of `version` (an id or an OuterRef)."""
    holds = MembershipRole.objects.filter(
        on_day(on), membership=OuterRef(OuterRef("pk")), role=OuterRef("role")
    )
    return Exists(
        AudienceRule.objects.filter(version=version).filter(
            Q(organisation=None) | Q(organisation=OuterRef("organisation")),
            Q(employment="") | Q(employment=OuterRef("employment")),
            Q(role="") | Q(Exists(holds)),
        )
    )


def audience_of(version: PolicyVersion, on: date) -> QuerySet[Membership]:
    """The active memberships a version is for, published or not (the preview of D9).

    An appendix is for whom the trust's policy is for.
    """
    policy = version.policy
    speaks = policy.parent.current_id if policy.parent else version.pk
    return (
        Membership.objects.active(on)
        .filter(organisation__reached_from__above=policy.owner_id)
        .filter(covered_by(speaks, on))
    )


def pairs(on: date) -> QuerySet[Pair, Pair]:
    """(active membership, policy in force that covers it), with what was signed and exempted.

    Annotated: policy_ref, document_ref (the trust's policy where policy_ref is an appendix to it,
    else the same), version_ref, ordinal of the version that asks, asked_at, signed_at (None: not
    signed since then), exempt (bool), exempt_until (end of the last exemption).
    """
    acknowledged = Acknowledgement.objects.counting().filter(
        person=OuterRef("person"), policy=OuterRef("policy_ref"), ordinal__gte=OuterRef("ordinal")
    )
    exemptions = Exemption.objects.filter(
        Q(policy=None) | Q(policy=OuterRef("policy_ref")) | Q(policy=OuterRef("document_ref")),
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
    )
    ended = exemptions.filter(ends_on__lt=on).order_by("-ends_on")
    return (
        Membership.objects.active(on)
        .annotate(
            policy_ref=F(_POLICIES),
            document_ref=Coalesce(f"{_POLICIES}__parent", _POLICIES),
            version_ref=F(f"{_POLICIES}__current"),
            parent_ref=F(f"{_POLICIES}__parent"),
            ordinal=F(f"{_POLICIES}__asking__ordinal"),
            asking_ref=F(f"{_POLICIES}__asking"),
            asked_at=F(f"{_POLICIES}__asking__published_at"),
        )
        .filter(version_ref__isnull=False)
        # An appendix is for whom its policy is for; without that policy it is for nobody.
        .annotate(
            audience_ref=Case(
                When(parent_ref=None, then=F("version_ref")),
                default=F(f"{_POLICIES}__parent__current"),
            )
        )
        .filter(audience_ref__isnull=False)
        .filter(covered_by(OuterRef("audience_ref"), on))
        .annotate(
            signed_at=Subquery(acknowledged.order_by("ordinal").values("at")[:1]),
            exempt=Exists(exemptions.filter(on_day(on))),
            exempt_until=Subquery(ended.values("ends_on")[:1]),
        )
    )


def owed(on: date) -> QuerySet[Pair, Pair]:
    """The pairs in which something is still to be signed."""
    return pairs(on).filter(signed_at=None, exempt=False)


class Limits(TypedDict):
    """The moments and days that a school's rules make of one day. Parameters of a query."""

    asked_before: datetime
    joined_before: date
    back_before: date


def past_due(*, asked_before: datetime, joined_before: date, back_before: date) -> Q:
    """A condition on `pairs()`: asked, joined and back from an exemption before these."""
    return Q(
        Q(exempt_until=None) | Q(exempt_until__lt=back_before),
        asked_at__lt=asked_before,
        starts_on__lt=joined_before,
    )


@dataclass(frozen=True, slots=True)
class Grace:
    """How long a school gives: days after a material version, and days for someone new."""

    version_days: int
    joiner_days: int
    zone: ZoneInfo

    @classmethod
    def at(cls, organisation: Organisation) -> Grace:
        parent = organisation.parent
        above = parent.settings if parent else None
        return cls.of(organisation.settings, above, organisation.time_zone)

    @classmethod
    def of(cls, own: dict[str, Any], above: dict[str, Any] | None, time_zone: str) -> Grace:
        return cls(
            int(resolve("policies.grace_days", own, above)),
            int(resolve("policies.joiner_grace_days", own, above)),
            ZoneInfo(time_zone),
        )

    def due_on(self, asked_at: datetime, starts_on: date, exempt_until: date | None) -> date:
        """The latest of version + grace, first day + joiner's, end of exemption + joiner's."""
        days = [
            asked_at.astimezone(self.zone).date() + timedelta(days=self.version_days),
            starts_on + timedelta(days=self.joiner_days),
        ]
        if exempt_until is not None:
            days.append(exempt_until + timedelta(days=1 + self.joiner_days))
        return max(days)

    def limits(self, on: date) -> Limits:
        """What lies before these is past due on that day: `due_on`, turned round."""
        joined_before = on - timedelta(days=self.joiner_days)
        return Limits(
            asked_before=datetime.combine(
                on - timedelta(days=self.version_days), time(), self.zone
            ),
            joined_before=joined_before,
            back_before=joined_before - timedelta(days=1),
        )

    def past_due(self, on: date) -> Q:
        """The same rule as a condition on `pairs()`: every day of `due_on` lies before `on`."""
        return past_due(**self.limits(on))

    def overdue(self, on: date) -> Q:
        """Past due, and still to be signed."""
        return self.past_due(on) & Q(signed_at=None, exempt=False)


@dataclass(frozen=True, slots=True)
class Obligation:
    """One person owes a signature under one document, through one of their posts.

    `policy_id` is where it is read: the trust's policy, when only a school's appendix is owed.
    `asking_id` is the version that asks: the trust's, when both do.
    """

    person_id: int
    organisation_id: int
    line_manager_id: int | None
    policy_id: int
    asking_id: int
    title: str
    due_on: date
    since: date
    in_appendix: bool = False
    paused_until: date | None = None  # an open question: nobody else is told until then


_ROW = (
    "person_id",
    "organisation_id",
    "line_manager_id",
    "document_ref",
    "asking_ref",
    "document_title",
    "policy_ref",
    "asked_at",
    "starts_on",
    "exempt_until",
    "organisation__settings",
    "organisation__parent__settings",
    "organisation__time_zone",
    "paused_until",
)


def obligations(memberships: QuerySet[Pair, Pair]) -> Iterator[Obligation]:
    """What is owed, one per person and document: what falls due first of it counts.

    `memberships` is `owed()` narrowed down. One query, streamed, in the order of people.
    """
    return from_rows(rows_of(memberships).iterator(chunk_size=2000))


def obligations_of(person_id: int, on: date) -> Iterator[Obligation]:
    """What one person owes: `obligations()` for a page."""
    return from_rows(_owed_by(person_id=person_id, on=on))


def rows_of(memberships: QuerySet[Pair, Pair]) -> QuerySet[Pair, tuple[Any, ...]]:
    """What `from_rows` reads: for a query that is compiled once."""
    title = Coalesce(f"{_POLICIES}__parent__current__title", f"{_POLICIES}__current__title")
    asked = Question.objects.filter(
        person=OuterRef("person"),
        asking=OuterRef("asking_ref"),
        waiting__isnull=False,
        paused_until__isnull=False,
    )
    pause = Subquery(asked.values("paused_until")[:1])
    return (
        memberships.annotate(document_title=title, paused_until=pause)
        .order_by("person_id", "document_ref", "pk", "policy_ref")
        .values_list(*_ROW)
    )


@prepared
def _owed_by(*, person_id: int, on: date) -> QuerySet[Pair, tuple[Any, ...]]:
    return rows_of(owed(on).filter(person=person_id))


def from_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[Obligation]:
    """One per person and document, of rows in the order of `rows_of`."""
    pending: Obligation | None = None
    for row in rows:
        one = _obligation(row)
        if pending and (pending.person_id, pending.policy_id) == (one.person_id, one.policy_id):
            pending = _together(pending, one)
            continue
        if pending:
            yield pending
        pending = one
    if pending:
        yield pending


def _together(one: Obligation, other: Obligation) -> Obligation:
    """Two parts of a document, or two posts: the earlier day, and the trust's text if it asks.

    So a duty keeps its name when an appendix comes to be owed as well, and nobody is told twice.
    """
    first = min(one, other, key=lambda each: each.due_on)
    named = min(one, other, key=lambda each: each.in_appendix)
    return replace(
        first,
        asking_id=named.asking_id,
        in_appendix=named.in_appendix,
        paused_until=named.paused_until,
    )


def _obligation(row: tuple[Any, ...]) -> Obligation:
    person, organisation, manager, document, asking, title, policy = row[:7]
    asked_at, starts_on, exempt_until = row[7:10]
    grace = Grace.of(*row[10:13])
    due_on = grace.due_on(asked_at, starts_on, exempt_until)
    since = max(asked_at.astimezone(grace.zone).date(), starts_on, exempt_until or starts_on)
    appendix, pause = policy != document, row[13]
    return Obligation(
        person, organisation, manager, document, asking, title, due_on, since, appendix, pause
    )
