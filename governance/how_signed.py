"""How people signed: with their own login, on a shared tablet or on paper. Shown apart (D11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from governance.models import Acknowledgement, Policy, Signature

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
    witnessed = Acknowledgement.objects.filter(
        policy=policy, signature__witnessed__isnull=False
    ).values("person")
    found = (
        with_how(rows.filter(person__in=witnessed))
        .filter(signed_how__in=[Signature.Method.TABLET, Signature.Method.PAPER])
        .order_by()
        .values_list("signed_how")
        .annotate(number=Count("pk"))
    )
    return [(WORDS[Signature.Method(how)], number) for how, number in sorted(found)]


def in_words(how: str | None) -> str:
    return WORDS[Signature.Method(how)] if how else ""
