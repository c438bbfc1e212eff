"""Who signs a policy off, and in which order (P2)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse

from governance.models import Policy, PolicySignatory, SignatoryRemoval
from governance.services.locking import expect_manager, locked_policy
from governance.workflow import Status
from notices.services import notify
from people.models import Membership, User
from people.roles import Role
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def set_signatories(
    policy: Policy,
    roles: Iterable[Role],
    *,
    by: User,
    in_order: bool = False,
    reason: str = "",
) -> Policy:
    """Say who must sign a version off before it is published, and whether one after the other.

    The roles are kept in the order given. Once somebody has been asked to sign this policy off,
    taking a role away needs a reason; those who hold the role are told.
    """
    wanted = list(dict.fromkeys(Role(role) for role in roles))
    # The open version first, so that nobody sends it while we look.
    drafts = policy.versions.open().select_for_update(of=("self",), no_key=True)
    statuses = [version.status for version in drafts]
    policy = locked_policy(policy)
    expect_manager(policy.owner, by)
    if Status.IN_SIGN_OFF in statuses:
        raise RuleBroken("A version is waiting for sign-off. Take it back to draft first.")
    removed = [Role(row.role) for row in policy.signatories.all() if row.role not in wanted]
    if removed and was_ever_sent(policy):
        _record_removals(policy, removed, by=by, reason=reason.strip())
    policy.signatories.all().delete()
    PolicySignatory.objects.bulk_create(
        PolicySignatory(policy=policy, role=role, position=turn)
        for turn, role in enumerate(wanted, start=1)
    )
    policy.sign_off_in_order = in_order
    policy.save(update_fields=["sign_off_in_order"])
    order = "one by one" if in_order else "any"
    audit.record("policy.signatories", policy, by=by, roles=",".join(wanted), order=order)
    return policy


def was_ever_sent(policy: Policy) -> bool:
    """Whether somebody has been asked to sign a version of it off."""
    return policy.versions.filter(sent_at__isnull=False).exists()


def _record_removals(policy: Policy, roles: Iterable[Role], *, by: User, reason: str) -> None:
    if not reason:
        raise RuleBroken(
            "Say why somebody no longer signs this policy off. It stays on record with the policy."
        )
    on = policy.owner.today()
    here = Membership.objects.active(on).filter(organisation=policy.owner)
    for role in roles:
        removal = SignatoryRemoval.objects.create(policy=policy, role=role, reason=reason, by=by)
        holders = here.holding([role], on).values("person")
        for person in User.objects.filter(pk__in=holders).exclude(pk=by.pk):
            notify(
                person,
                organisation=policy.owner,
                kind="policy.draft",
                occasion=f"policy.removal:{removal.pk}",
                title=f"You are no longer asked to sign off: {policy.title}",
                url=reverse("governance:policy", args=[policy.pk]),
            )
