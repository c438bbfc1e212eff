"""Which versions applied at a past moment, to whom, and what had been signed by then (D12).

`pairs()` here is to any second of the past what `obligations.pairs()` is to today, and the two say
the same about now. Versions, withdrawals and acknowledgements carry their times and cannot change.
Posts, roles and exemptions carry days: a day counts whole, in the zone of the school.
`docs/evidence-pack.md` says what this can know and what it cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from governance.models import Acknowledgement, Exemption, Policy, PolicyVersion, Withdrawal
from governance.obligations import Grace, covered_by
from people.models import Membership, Organisation
from people.models.membership import on_day

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class PairFields(TypedDict):
        """What `pairs()` adds to a membership."""

        policy_ref: int
        parent_ref: int | None
        version_ref: int
        ordinal: int
        audience_ref: int
        signed_at: datetime | None
        signed: dict[str, Any] | None
        exempt: bool
        exempt_until: date | None

    class VersionFields(TypedDict):
        """What `in_force()` adds to a version."""

        asking_number: str
        asking_ordinal: int
        asked_at: datetime

    Pair = WithAnnotations[Membership, PairFields]
    InForce = WithAnnotations[PolicyVersion, VersionFields]

_POLICIES = "organisation__reached_from__above__policies"


def published_by(moment: datetime) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.published().filter(published_at__lte=moment)


def _standing(moment: datetime) -> QuerySet[PolicyVersion]:
    """The last version of each policy that was published by then, unless it was withdrawn."""
    later = published_by(moment).filter(policy=OuterRef("policy"), ordinal__gt=OuterRef("ordinal"))
    withdrawn = Withdrawal.objects.filter(version=OuterRef("pk"), at__lte=moment)
    return published_by(moment).exclude(Exists(later)).exclude(Exists(withdrawn)).order_by()


def _asking(moment: datetime, policy: str) -> QuerySet[PolicyVersion]:
    """The last material version by then: whoever signed that one or a later one owed nothing."""
    material = PolicyVersion.Change.MATERIAL
    return (
        published_by(moment).filter(policy=OuterRef(policy), change=material).order_by("-ordinal")
    )


def in_force(moment: datetime) -> QuerySet[InForce, InForce]:
    """The versions in force at that moment, each with the version that asked for signatures.

    A school's appendix is in force as long as the policy it belongs to.
    """
    asking = _asking(moment, "policy")
    above = _standing(moment).filter(policy=OuterRef("policy__parent"))
    return (
        _standing(moment)
        .filter(Q(policy__parent=None) | Q(Exists(above)))
        .annotate(
            asking_number=Subquery(asking.values("number")[:1]),
            asking_ordinal=Subquery(asking.values("ordinal")[:1]),
            asked_at=Subquery(asking.values("published_at")[:1]),
        )
    )


def pairs(moment: datetime, on: date) -> QuerySet[Pair, Pair]:
    """(post held on that day, version in force at that moment that covered it), as it stood.

    `on` is the day it was there. Annotated: policy_ref, version_ref, ordinal of the version that
    asked, signed_at and signed (the acknowledgement that counted by then, or None), exempt,
    exempt_until (end of the last exemption that was over).
    """
    above = _standing(moment).filter(policy=OuterRef("parent_ref"))
    signed, exemptions = _acknowledgements(moment), _exemptions()
    ended = exemptions.filter(ends_on__lt=on).order_by("-ends_on")
    return (
        _posts(on)
        .annotate(
            policy_ref=F(_POLICIES),
            parent_ref=F(f"{_POLICIES}__parent"),
            version_ref=F(f"{_POLICIES}__versions"),
        )
        .filter(version_ref__in=in_force(moment).values("pk"))
        .annotate(
            ordinal=Subquery(_asking(moment, "policy_ref").values("ordinal")[:1]),
            # An appendix is for whom the policy above it is for.
            audience_ref=Coalesce(Subquery(above.values("pk")[:1]), "version_ref"),
        )
        .filter(covered_by(OuterRef("audience_ref"), on))
        .annotate(
            signed_at=Subquery(signed.values("at")[:1]),
            signed=Subquery(signed.values(found=_AS_SIGNED)[:1]),
            exempt=Exists(exemptions.filter(on_day(on))),
            exempt_until=Subquery(ended.values("ends_on")[:1]),
        )
    )


def _posts(on: date) -> QuerySet[Membership]:
    """Posts held on that day. A closed login has no date: it is left out today, never earlier."""
    posts = Membership.objects.filter(on_day(on))
    return posts.filter(person__is_active=True) if on >= timezone.localdate() else posts


def _acknowledgements(moment: datetime) -> QuerySet[Acknowledgement]:
    """What counted. A signature that was annulled since was a mistake on that day, too."""
    return (
        Acknowledgement.objects.counting()
        .filter(
            person=OuterRef("person"),
            policy=OuterRef("policy_ref"),
            ordinal__gte=OuterRef("ordinal"),
            at__lte=moment,
        )
        .order_by("ordinal")
    )


def _exemptions() -> QuerySet[Exemption]:
    return Exemption.objects.filter(
        Q(policy=None) | Q(policy=OuterRef("policy_ref")) | Q(policy=OuterRef("parent_ref")),
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
    )


# In one column: a row for each person and policy costs one look-up more, and no join.
_AS_SIGNED = JSONObject(
    id="pk",
    number="version__number",
    content_hash="content_hash",
    method="signature__method",
    reference="signature__reference",
)


class State(StrEnum):
    SIGNED = "signed"
    EXEMPT = "exempt"
    NOT_SIGNED = "not signed"


@dataclass(frozen=True, slots=True)
class Signed:
    """The acknowledgement that counted at the moment asked about."""

    at: datetime
    number: str
    content_hash: str
    method: str
    reference: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One version that applied to a person through one post, and what they had done by then."""

    membership_id: int
    person_id: int
    person: str
    job_title: str
    department: str
    line_manager: str
    organisation: Organisation
    version: InForce
    signed: Signed | None
    state: State
    due_on: date
    on: date

    @property
    def overdue(self) -> bool:
        return self.state == State.NOT_SIGNED and self.due_on < self.on


_ROW = (
    "pk",
    "person_id",
    "person__name",
    "job_title",
    "department",
    "line_manager__name",
    "organisation_id",
    "starts_on",
    "version_ref",
    "signed_at",
    "signed",
    "exempt",
    "exempt_until",
)


@dataclass(frozen=True)
class Question:
    """About whom, about which policies, and as at which moment.

    `organisations` are the schools whose people are asked about; `policies` narrows down the
    policies that reach them.
    """

    moment: datetime
    organisations: QuerySet[Organisation]
    person_id: int | None = None
    policies: QuerySet[Policy] | None = None

    @classmethod
    def at(cls, place: Organisation, moment: datetime, **narrower: Any) -> Question:
        """About a school; about a trust with all its schools."""
        return cls(moment, Organisation.objects.filter(reached_from__above=place), **narrower)

    @classmethod
    def of(cls, person_id: int, moment: datetime) -> Question:
        """About one person, wherever they had a post."""
        places = Organisation.objects.filter(
            pk__in=Membership.objects.filter(person=person_id).order_by().values("organisation")
        )
        return cls(moment, places, person_id)

    @cached_property
    def places(self) -> dict[int, Organisation]:
        return {one.pk: one for one in self.organisations.select_related("parent")}

    @property
    def policies_there(self) -> QuerySet[Policy]:
        """Those of the schools and of their trusts, in force at that moment or not."""
        reaching = Policy.objects.filter(owner__reaches__below__in=self.organisations)
        if self.policies is not None:
            reaching = reaching.filter(pk__in=self.policies.values("pk"))
        return reaching

    @cached_property
    def versions(self) -> dict[int, InForce]:
        """What was in force there, by id, without the texts."""
        found = (
            in_force(self.moment)
            .filter(policy__in=self.policies_there)
            .select_related("policy__owner")
            .defer("body")
            .order_by("title", "pk")
        )
        return {one.pk: one for one in found}

    @property
    def posts(self) -> QuerySet[Membership]:
        """The posts that were held there on that day."""
        held = Q(pk__in=())
        for on, places in self.days().items():
            held |= on_day(on) & Q(organisation__in=places)
        posts = Membership.objects.filter(held)
        return posts if self.person_id is None else posts.filter(person=self.person_id)

    def pairs(self, on: date, places: Iterable[int]) -> QuerySet[Pair, Pair]:
        rows = pairs(self.moment, on).filter(
            organisation__in=list(places), version_ref__in=list(self.versions)
        )
        return rows if self.person_id is None else rows.filter(person=self.person_id)

    def days(self) -> dict[date, list[int]]:
        """Which day it was where. One, unless the schools lie in several zones and it was night."""
        found: dict[date, list[int]] = {}
        for place in self.places.values():
            found.setdefault(self.moment.astimezone(place.zone).date(), []).append(place.pk)
        return found

    def standings(self) -> Iterator[Standing]:
        """The answer, streamed in the order of titles and names: three queries for any number."""
        graces = {pk: Grace.at(place) for pk, place in self.places.items()}
        for on, places in self.days().items():
            rows = self.pairs(on, places).order_by(
                f"{_POLICIES}__versions__title", "policy_ref",
                "person__sort_name", "person__name", "pk",
            )  # fmt: skip
            for row in rows.values_list(*_ROW).iterator(chunk_size=2000):
                yield self._answer(row, on, graces)

    def acknowledged(self) -> QuerySet[Acknowledgement]:
        """Every acknowledgement by then, also of what was no longer in force; newest first.

        Of the people who had a post there on that day, or of the one person asked about.
        """
        whose = (
            Q(person__in=self.posts.order_by().values("person"))
            if self.person_id is None
            else Q(person=self.person_id)
        )
        return (
            Acknowledgement.objects.filter(
                whose, policy__in=self.policies_there.values("pk"), at__lte=self.moment
            )
            .select_related("version", "signature__annulment")
            .defer("version__body")
            .order_by("-at", "-pk")
        )

    def _answer(self, row: tuple[Any, ...], on: date, graces: dict[int, Grace]) -> Standing:
        (
            membership, person, name, job, department, manager, place, since,
            version_ref, signed_at, signed, exempt, until,
        ) = row  # fmt: skip
        version = self.versions[version_ref]
        state = State.EXEMPT if exempt else State.NOT_SIGNED
        return Standing(
            membership_id=membership,
            person_id=person,
            person=name,
            job_title=job,
            department=department,
            line_manager=manager or "",
            organisation=self.places[place],
            version=version,
            signed=_signed(signed_at, signed) if signed_at else None,
            state=State.SIGNED if signed_at else state,
            due_on=graces[place].due_on(version.asked_at, since, until),
            on=on,
        )


def _signed(at: datetime, found: dict[str, Any]) -> Signed:
    return Signed(at, found["number"], found["content_hash"], found["method"], found["reference"])
