"""How people signed: with their own login, on a shared tablet or on paper. Shown apart (D11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from governance import progress
from governance.models import Acknowledgement, Policy, Signature
from people.models import Organisation
from web.prepared import prepared

if TYPE_CHECKING:
    from governance.obligations import Pair

WORDS = {
    Signature.Method.OWN: "Own login",
    Signature.Method.TABLET: "On a shared tablet",
    Signature.Method.PAPER: "On paper",
}


def with_how(rows: QuerySet[Pair, Pair]) -> QuerySet[Any, Any]:
    """Pairs with `signed_how`: the method of the signature that counts, or None."""
    counts = Acknowledgement.objects.counting().filter(
        person=OuterRef("person"), policy=OuterRef("policy_ref"), ordinal__gte=OuterRef("ordinal")
    )
    method = counts.order_by("ordinal").values("signature__method")[:1]
    return rows.annotate(signed_how=Subquery(method))


def seen_by_others(rows: QuerySet[Pair, Pair], policy: Policy) -> list[tuple[str, int]]:
    """How many of these signed before a witness: ("On paper", 12). One query, of the few alone."""
    return _named(_witnessed(rows, policy.pk))


def seen_by_others_at(policy: Policy, school: Organisation, on: date) -> list[tuple[str, int]]:
    """The same of a whole school, compiled once."""
    return _named(_witnessed_at(policy_id=policy.pk, organisation_id=school.pk, on=on))


@prepared
def _witnessed_at(
    *, policy_id: int, organisation_id: int, on: date
) -> QuerySet[Any, tuple[str, int]]:
    return _witnessed(progress.signers_of(policy_id, organisation_id, on), policy_id)


def _witnessed(rows: QuerySet[Pair, Pair], policy_id: int) -> QuerySet[Any, tuple[str, int]]:
    witnessed = Acknowledgement.objects.filter(
        policy=policy_id, signature__witnessed__isnull=False
    ).values("person")
    counted: QuerySet[Any, tuple[str, int]] = (
        with_how(rows.filter(person__in=witnessed))
        .filter(signed_how__in=[Signature.Method.TABLET, Signature.Method.PAPER])
        .order_by()
        .values_list("signed_how")
        .annotate(number=Count("pk"))
    )
    return counted


def _named(counted: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(WORDS[Signature.Method(how)], number) for how, number in sorted(counted)]


def in_words(how: str | None) -> str:
    return WORDS[Signature.Method(how)] if how else ""
