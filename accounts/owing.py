"""What the duties of accounts share: for when they are asked, and who holds a role where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from people.duty import People, among
from people.models import Membership, MembershipRole
from people.models.membership import MembershipQuerySet
from people.roles import Role


def moment_of(on: date) -> datetime:
    """Now, or noon of another day that is asked about."""
    now = timezone.now()
    return now if on == timezone.localdate(now) else datetime.combine(on, time(12), UTC)


def line_manager(on: date) -> Subquery:
    """An annotation of a row with a person and an account: their line manager at its school."""
    post = Membership.objects.active(on).filter(
        person=OuterRef("person"), organisation=OuterRef("account__organisation")
    )
    return Subquery(post.order_by().values("line_manager")[:1])


def posts_of(people: People, roles: Iterable[Role], on: date) -> MembershipQuerySet:
    """Where these people hold one of the roles."""
    posts: MembershipQuerySet = Membership.objects.active(on).holding(roles, on)
    return posts.filter(among(people)).order_by()


def ids_of(people: People, roles: Iterable[Role], on: date) -> set[int]:
    """Of those whose duties are asked for, the ones with such a role. Named ones cost no query."""
    if isinstance(people, QuerySet):
        return set(posts_of(people, roles, on).values_list("person", flat=True))
    return set(people)


def holders_at(
    places: Iterable[int], roles: Iterable[Role], on: date
) -> dict[int, dict[int, set[str]]]:
    """By place and person: which of the roles they hold there. One query."""
    held = MembershipRole.objects.held(on).filter(
        membership__organisation__in=places, role__in=roles
    )
    found: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = ("membership__organisation", "membership__person", "role")
    for place, person, role in held.order_by("pk").values_list(*columns):
        found[place][person].add(role)
    return found
