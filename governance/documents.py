"""What is read as one: a trust's policy and a school's local appendix to it (P7)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Value, When

from governance.models import Policy
from governance.models.policy import PolicyQuerySet
from people.models import Organisation


def parts_at(policy: Policy, organisation: Organisation) -> list[Policy]:
    """The policy and that school's appendix to it, as far as they are in force. One query."""
    return parts_among(policy, [organisation.pk])


def parts_among(policy: Policy, organisation_ids: Iterable[int]) -> list[Policy]:
    """The policy and the appendices of these schools, as far as they are in force; it comes first.

    Without the policy there is no document: its appendices fall out of force with it.
    """
    own = Policy.objects.filter(pk=policy.pk)
    found = list(_whole(own | _local([policy.pk], organisation_ids)))
    return found if found and found[0].pk == policy.pk else []


def appendices_among(
    policies: Iterable[Policy], organisation_ids: Iterable[int]
) -> dict[int, list[Policy]]:
    """The appendices of these schools to these policies, by the policy's id.

    No query for policies of schools, which have none.
    """
    trusts = [one.pk for one in policies if one.owner.kind == Organisation.Kind.TRUST]
    found: dict[int, list[Policy]] = {}
    if trusts:
        for appendix in _whole(_local(trusts, organisation_ids)):
            assert appendix.parent_id is not None
            found.setdefault(appendix.parent_id, []).append(appendix)
    return found


def _local(policy_ids: list[int], organisation_ids: Iterable[int]) -> PolicyQuerySet:
    return Policy.objects.filter(parent__in=policy_ids, owner__in=list(organisation_ids))


def _whole(policies: PolicyQuerySet) -> PolicyQuerySet:
    first = Case(When(parent=None, then=Value(0)), default=Value(1))
    return (
        policies.in_force()
        .select_related("current", "owner__parent", "parent")
        .order_by(first, "owner__name", "pk")
    )
