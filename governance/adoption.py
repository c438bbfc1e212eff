"""Which schools have adopted a policy of their trust, and which still owe their word (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from governance import progress
from governance.models import Adoption, AudienceRule, Policy, PolicyVersion
from governance.progress import Figures
from people.duty import Duty, DutySource, People
from people.models import MembershipRole, Organisation, User
from people.models.membership import on_day
from people.roles import Role
from people.settings_registry import resolve
from web.prepared import prepared

_POLICIES = "membership__organisation__parent__policies"


def stands(policy: Policy) -> Q:
    """Adoptions that still hold: of the last material version or a later one."""
    assert policy.asking is not None
    return Q(version__policy=policy.pk, version__ordinal__gte=policy.asking.ordinal)


def concerns(school: Organisation, version: PolicyVersion) -> bool:
    """Whether the version is for anybody at this school."""
    rules = version.audience.filter(Q(organisation=None) | Q(organisation=school))
    return rules.exists()


def due_on(policy: Policy, school: Organisation) -> date:
    """The day by which a school says that it adopts the version that asks."""
    assert policy.asking is not None
    asked_at = policy.asking.published_at
    assert asked_at is not None
    days = timedelta(days=int(school.setting("policies.adoption_days")))
    return asked_at.astimezone(school.zone).date() + days


@dataclass(frozen=True)
class SchoolLine:
    """One school of a trust, and how far it is with one of the trust's policies."""

    school: Organisation
    concerned: bool
    adoption: Adoption | None
    due_on: date
    appendix: Policy | None
    figures: Figures
    appendix_figures: Figures
    today: date

    @property
    def state(self) -> str:
        if self.adoption:
            return "adopted"
        if not self.concerned:
            return "not_concerned"
        return "overdue" if self.due_on < self.today else "waiting"

    @property
    def label(self) -> str:
        return STATES[self.state]

    @property
    def review_overdue(self) -> bool:
        """Of its appendix: the policy's own review is the trust's."""
        due = self.appendix.review_due_on if self.appendix else None
        return due is not None and due < self.today


STATES = {
    "adopted": "Adopted",
    "waiting": "Not yet",
    "overdue": "Overdue",
    "not_concerned": "Not addressed to this school",
}


def lines(policy: Policy, on: date) -> list[SchoolLine]:
    """Every school below the policy's trust, by name. Five queries, however many schools."""
    assert policy.current is not None
    schools = (
        Organisation.objects.filter(reached_from__above=policy.owner, kind="school")
        .select_related("parent")
        .order_by("name")
    )
    rules = list(policy.current.audience.values_list("organisation", flat=True))
    adopted = {
        one.organisation_id: one
        for one in Adoption.objects.filter(stands(policy)).select_related("by", "version")
    }
    appendices = {
        one.owner_id: one for one in Policy.objects.filter(parent=policy).select_related("current")
    }
    both = progress.by_place(policy.owner, on, "policy_ref", document=policy)
    return [
        SchoolLine(
            school=school,
            concerned=None in rules or school.pk in rules or school.parent_id in rules,
            adoption=adopted.get(school.pk),
            due_on=due_on(policy, school),
            appendix=(appendix := appendices.get(school.pk)),
            figures=both.get((school.pk, policy.pk), Figures()),
            appendix_figures=both.get((school.pk, appendix.pk if appendix else 0), Figures()),
            today=on,
        )
        for school in schools
    ]


def _unadopted(people: People, on: date) -> QuerySet[MembershipRole, tuple[Any, ...]]:
    """Heads of schools whose trust has a policy in force that the school has not adopted."""
    here = OuterRef("membership__organisation")
    given = Adoption.objects.filter(
        organisation=here,
        version__policy=OuterRef("policy_ref"),
        version__ordinal__gte=OuterRef("ordinal"),
    )
    meant = AudienceRule.objects.filter(version=OuterRef("version_ref")).filter(
        Q(organisation=None) | Q(organisation=here)
    )
    return (
        MembershipRole.objects.held(on)
        .filter(role=Role.HEAD, membership__person__in=people)
        .annotate(
            policy_ref=F(_POLICIES),
            parent_ref=F(f"{_POLICIES}__parent"),
            version_ref=F(f"{_POLICIES}__current"),
            ordinal=F(f"{_POLICIES}__asking__ordinal"),
        )
        .filter(version_ref__isnull=False, parent_ref=None)
        .filter(Exists(meant))
        .filter(~Exists(given))
        .order_by("membership__person_id", "policy_ref", "pk")
        .values_list(
            "membership__person_id",
            "membership__organisation_id",
            "membership__organisation__slug",
            "membership__organisation__settings",
            "membership__organisation__parent__settings",
            "membership__organisation__time_zone",
            "policy_ref",
            f"{_POLICIES}__asking_id",
            f"{_POLICIES}__asking__published_at",
            f"{_POLICIES}__current__title",
        )
    )


@prepared
def _unadopted_by(*, person_id: int, on: date) -> QuerySet[MembershipRole, tuple[Any, ...]]:
    return _unadopted([person_id], on)


def _owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_adopt(_unadopted(people, on).iterator(chunk_size=2000))


def _owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_adopt(_unadopted_by(person_id=person_id, on=on))


def _to_adopt(rows: Iterable[tuple[Any, ...]]) -> Iterator[Duty]:
    for person, school, slug, own, above, zone, policy, asking, asked_at, title in rows:
        since = asked_at.astimezone(ZoneInfo(zone)).date()
        days = int(resolve("policies.adoption_days", own, above))
        yield Duty(
            kind="policy.adopt",
            occasion=f"policy.adopt:{asking}:{school}",
            person_id=person,
            organisation_id=school,
            due_on=since + timedelta(days=days),
            title=f"Confirm that your school adopts: {title}",
            url=reverse("governance:adoption", args=[slug, policy]),
            since=since,
        )


def _is_head(person_id: int, on: date) -> QuerySet[MembershipRole]:
    return MembershipRole.objects.filter(
        on_day(on),
        role=Role.HEAD,
        membership__person=person_id,
        membership__organisation__parent__isnull=False,
    )


ADOPTING = DutySource(
    "policy.adopt", "Trust policy to adopt", _owed, _owed_by, _is_head, {Role.HEAD}
)
