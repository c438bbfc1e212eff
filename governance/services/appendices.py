"""A school takes up its trust's policy: its local appendix, and its word that it adopts it (P7)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from governance.models import Adoption, Policy, PolicyVersion
from governance.services import drafts
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

TITLE_LENGTH = 200


@transaction.atomic
def start_appendix(policy: Policy, school: Organisation, *, by: User) -> PolicyVersion:
    """Begin a school's own additions to a policy of its trust. They are published like any policy.

    Raises RuleBroken for a policy that is not the trust's or not in force, and for a second one.
    """
    drafts.expect_manager(school, by)
    _expect_of_the_trust(policy, school)
    if policy.appendices.filter(owner=school).exists():
        raise RuleBroken("This school has an appendix to the policy already. Change that one.")
    return drafts.start_policy(
        school,
        by=by,
        title=f"{policy.title[: TITLE_LENGTH - len(school.name) - 2]}: {school.name}",
        parent=policy,
        kind=policy.kind,
        is_public=policy.is_public,
        review_months=policy.review_months,
    )


@transaction.atomic
def adopt(policy: Policy, school: Organisation, *, by: User) -> Adoption:
    """The school confirms that the version in force holds there. A second time changes nothing."""
    if not by.can(Permission.MANAGE_POLICIES, at=school):
        raise PermissionDenied
    # Locked, so that it cannot be replaced between this look and the row.
    policy = (
        Policy.objects.select_for_update(of=("self",), no_key=True)
        .select_related("current")
        .get(pk=policy.pk)
    )
    _expect_of_the_trust(policy, school)
    version = policy.current
    assert version is not None
    adoption, new = Adoption.objects.get_or_create(
        version=version, organisation=school, defaults={"by": by, "at": timezone.now()}
    )
    if new:
        audit.record("policy.adopt", version, by=by, at=school)
    return adoption


def _expect_of_the_trust(policy: Policy, school: Organisation) -> None:
    if policy.is_appendix or policy.owner_id != school.parent_id:
        raise RuleBroken("This is not a policy of the school's trust.")
    if policy.current_id is None:
        raise RuleBroken("This policy is not in force.")
