"""Telling those concerned what became of a business case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from notices.services import notify
from people.models import Membership, User

if TYPE_CHECKING:
    from approvals.models import BusinessCase


def tell(
    case: BusinessCase,
    people: Iterable[int],
    title: str,
    *,
    what: str,
    url: str = "",
    occasion: str = "",
    but: User | None = None,
) -> None:
    """Each of them once, while they are here. `but` did it, and knows.

    `occasion` tells one happening from another of the same kind; without it, this moment does.
    """
    at = case.organisation
    places = [pk for pk in (at.pk, at.parent_id) if pk]
    here = Membership.objects.active(at.today()).filter(organisation__in=places)
    wanted = User.objects.filter(pk__in=set(people), memberships__in=here).distinct()
    moment = occasion or timezone.now().isoformat()
    for person in wanted.exclude(pk=but.pk if but else None).order_by("pk"):
        notify(
            person,
            organisation=at,
            kind=f"case.{what}",
            occasion=f"case.{what}:{case.pk}:{moment}",
            title=title,
            url=url or case.get_absolute_url(),
        )


def those_behind(case: BusinessCase) -> set[int]:
    """Its author, those who would run the account, and those who work on it."""
    people = {case.author_id}
    people.update(case.runners.values_list("person", flat=True))
    people.update(case.parts.values_list("person", flat=True))
    return people
