"""What is read as one: a trust's policy and a school's local appendix to it (P7)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, Value, When

from governance.models import Policy
from people.models import Organisation


def parts_at(policy: Policy, organisation: Organisation) -> list[Policy]:
    """The policy and that school's appendix to it, as far as they are in force. One query."""
    return parts_among(policy, [organisation.pk])


def parts_among(policy: Policy, organisation_ids: Iterable[int]) -> list[Policy]:
    """The policy and the appendices of these schools, as far as they are in force; it comes first.

    Without the policy there is no document: its appendices fall out of force with it.
    """
    first = Case(When(parent=None, then=Value(0)), default=Value(1))
    own = Policy.objects.filter(pk=policy.pk)
    local = Policy.objects.filter(parent=policy.pk, owner__in=list(organisation_ids))
    found = list(
        (own | local)
        .in_force()
        .select_related("current", "owner__parent", "parent")
        .order_by(first, "owner__name", "pk")
    )
    return found if found and found[0].pk == policy.pk else []
