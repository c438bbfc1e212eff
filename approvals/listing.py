"""Business cases as a list: what is asked for once, however many rows there are (H7)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from approvals.duties import could_decide
from approvals.models import BusinessCase, CasePart, ProposedRunner, Vote
from people.models import Organisation, User


def cases_at(at: Organisation, user: User, filters: dict[str, Any]) -> QuerySet[BusinessCase]:
    """Those of a school, or of all schools of a trust, that this person may see."""
    cases = BusinessCase.objects.visible_to(user).select_related("author", "organisation")
    if at.kind == Organisation.Kind.TRUST:
        cases = cases.filter(organisation__parent=at)
    else:
        cases = cases.filter(organisation=at)
    if words := filters.get("q", "").strip():
        cases = cases.filter(_named(words))
    if status := filters.get("status"):
        cases = cases.filter(status=status)
    match filters.get("mine"):
        case "mine":
            cases = cases.filter(_worked_on_by(user))
        case "vote":
            cases = cases.filter(pk__in=could_decide(user.pk, at.today()).values("pk"))
    approving = Count(
        "votes",
        filter=Q(votes__choice=Vote.Choice.APPROVE, votes__content_hash=F("content_hash")),
        distinct=True,
    )
    return cases.annotate(approving=approving).order_by("-created_at", "-pk")


def _named(words: str) -> Q:
    """By name, or by a reference however it is typed: BC-0012, bc12, 12."""
    digits = words.lower().removeprefix("bc").strip(" -").lstrip("0")
    named = Q(name__icontains=words) | Q(author__name__icontains=words)
    return named | Q(number=int(digits)) if digits.isdecimal() and len(digits) < 9 else named


def _worked_on_by(user: User) -> Q:
    parts = CasePart.objects.filter(person=user).values("case")
    runs = ProposedRunner.objects.filter(person=user).values("case")
    return Q(author=user) | Q(pk__in=parts) | Q(pk__in=runs)
