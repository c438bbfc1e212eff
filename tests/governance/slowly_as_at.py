"""What applied at a past moment and what was signed by then, the long way: loops over every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from governance.models import (
    Acknowledgement,
    Annulment,
    AudienceRule,
    Exemption,
    Policy,
    PolicyVersion,
    Withdrawal,
)
from people.models import Membership, MembershipRole


@dataclass(frozen=True)
class Answer:
    """One post and one version that applied to it."""

    membership_id: int
    version_id: int
    signed_at: datetime | None
    exempt: bool


def _is_on(row: object, day: date) -> bool:
    starts_on, ends_on = row.starts_on, row.ends_on  # type: ignore[attr-defined]
    return bool(starts_on <= day and (ends_on is None or day <= ends_on))


class Rows:
    """Every row there is, read once."""

    def __init__(self) -> None:
        self.policies = list(Policy.objects.all())
        self.posts = list(Membership.objects.select_related("organisation", "person"))
        self.roles = list(MembershipRole.objects.all())
        self.versions = list(PolicyVersion.objects.all())
        self.rules = list(AudienceRule.objects.all())
        self.withdrawals = list(Withdrawal.objects.all())
        self.annulled = set(Annulment.objects.values_list("signature", flat=True))
        self.signed = list(Acknowledgement.objects.all())
        self.exemptions = list(Exemption.objects.all())


class Then:
    """The rows, and the moment from which they are looked at."""

    def __init__(self, moment: datetime, rows: Rows | None = None) -> None:
        rows = rows or Rows()
        self.moment = moment
        self.policies, self.posts, self.roles = rows.policies, rows.posts, rows.roles
        self.rules, self.exemptions = rows.rules, rows.exemptions
        self.versions = [
            one
            for one in rows.versions
            if one.published_at is not None and one.published_at <= moment
        ]
        self.gone = {one.version_id for one in rows.withdrawals if one.at <= moment}
        self.signed = [
            one for one in rows.signed if one.at <= moment and one.signature_id not in rows.annulled
        ]

    def last(self, policy_id: int) -> PolicyVersion | None:
        """What was in force of a policy, taken by itself."""
        found = None
        for one in self.versions:
            if one.policy_id == policy_id and (found is None or one.ordinal > found.ordinal):
                found = one
        return None if found is None or found.pk in self.gone else found

    def asking(self, policy_id: int) -> PolicyVersion:
        material = [
            one for one in self.versions if one.policy_id == policy_id and one.change == "material"
        ]
        return max(material, key=lambda one: one.ordinal)

    def answers(self) -> Iterator[Answer]:
        for policy in self.policies:
            version = self.last(policy.pk)
            speaks = self.last(policy.parent_id) if policy.parent_id else version
            if version is None or speaks is None:
                continue
            for post in self.posts:
                here = post.organisation
                if policy.owner_id in (here.pk, here.parent_id) and self._is_for(speaks, post):
                    yield self._answer(policy, version, post)

    def _is_for(self, speaks: PolicyVersion, post: Membership) -> bool:
        day = self.moment.astimezone(post.organisation.zone).date()
        if not _is_on(post, day) or (day >= timezone.localdate() and not post.person.is_active):
            return False
        held = {one.role for one in self.roles if one.membership_id == post.pk and _is_on(one, day)}
        return any(
            rule.organisation_id in (None, post.organisation_id)
            and rule.employment in ("", post.employment)
            and (rule.role == "" or rule.role in held)
            for rule in self.rules
            if rule.version_id == speaks.pk
        )

    def _answer(self, policy: Policy, version: PolicyVersion, post: Membership) -> Answer:
        asking = self.asking(policy.pk)
        signed = [
            one
            for one in self.signed
            if one.person_id == post.person_id
            and one.policy_id == policy.pk
            and one.ordinal >= asking.ordinal
        ]
        day = self.moment.astimezone(post.organisation.zone).date()
        exempt = any(
            one.person_id == post.person_id
            and one.organisation_id == post.organisation_id
            and one.policy_id in (None, policy.pk, policy.parent_id)
            and _is_on(one, day)
            for one in self.exemptions
            if one.policy_id is None or one.policy_id in (policy.pk, policy.parent_id)
        )
        first = min(signed, key=lambda one: one.ordinal).at if signed else None
        return Answer(post.pk, version.pk, first, exempt)
