"""What became of the version that a copy was made of (D7): what `/check/` and every PDF say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from governance.codes import code_of
from governance.models import Policy, PolicyVersion
from governance.reading import replaced_by


class State(StrEnum):
    DRAFT = "draft"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Copy:
    """A version as somebody holds it in hand, and how it stands today. Nothing of a person."""

    version: PolicyVersion
    state: State
    next: PolicyVersion | None = None  # what replaced it
    withdrawn_at: datetime | None = None

    @property
    def policy(self) -> Policy:
        return self.version.policy

    @property
    def published_on(self) -> date | None:
        return self._day(self.version.published_at)

    @property
    def replaced_on(self) -> date | None:
        return self._day(self.next.published_at) if self.next else None

    @property
    def withdrawn_on(self) -> date | None:
        return self._day(self.withdrawn_at)

    @property
    def latest(self) -> PolicyVersion | None:
        """What is in force now in its place."""
        return self.policy.current if self.state == State.SUPERSEDED else None

    @property
    def review_overdue(self) -> bool:
        due = self.policy.review_due_on
        return self.state == State.CURRENT and due is not None and due < self.policy.owner.today()

    def _day(self, at: datetime | None) -> date | None:
        return timezone.localdate(at, timezone=self.policy.owner.zone) if at else None


def copy_of(version: PolicyVersion) -> Copy:
    """How a version stands today. No query for one in force, else two at most."""
    policy = version.policy
    if not version.is_published:
        return Copy(version, State.DRAFT)
    if policy.current_id == version.pk:
        trust = policy.parent
        if trust is None or trust.current_id is not None:
            return Copy(version, State.CURRENT)
        # Without the policy it belongs to, an appendix is in force nowhere.
        return Copy(version, State.WITHDRAWN, withdrawn_at=_withdrawn_at(trust))
    following = replaced_by(version)
    if following is not None:
        return Copy(version, State.SUPERSEDED, next=following, withdrawn_at=_withdrawn_at(policy))
    return Copy(version, State.WITHDRAWN, withdrawn_at=_withdrawn_at(policy))


def _withdrawn_at(policy: Policy) -> datetime | None:
    """When the policy was withdrawn, if it is not in force."""
    if policy.current_id is not None:
        return None
    return policy.withdrawals.values_list("at", flat=True).first()


def check_address(version: PolicyVersion) -> str:
    """Where anybody may check a copy, for a QR code: the full address."""
    return f"{settings.SITE_URL}{reverse('governance:check_code', args=[code_of(version)])}"


def check_page() -> str:
    """Where a code is typed, as people write an address."""
    return f"{settings.SITE_URL}{reverse('governance:check')}".partition("://")[2].rstrip("/")


def public_address(policy: Policy) -> str:
    """Where anybody may read what is in force, without signing in; "" where only staff may."""
    owner, whole = policy.owner, policy.parent or policy
    if not (policy.is_public and whole.is_public and owner.setting("public.page")):
        return ""
    return reverse("governance:public_policy", args=[owner.slug, whole.pk])
