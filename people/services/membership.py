"""Joining, changing and leaving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from people.models import Membership, MembershipRole, Organisation, User
from people.models.user import new_stamp
from people.roles import TRUST_ROLES, Role
from trail import audit
from web.errors import RuleBroken

RELATED = ("person", "organisation", "line_manager")


@dataclass(frozen=True)
class Joiner:
    """Somebody to be taken on by `join_many`; `details` are fields of Membership."""

    person: User
    roles: Iterable[Role] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def join(
    person: User,
    organisation: Organisation,
    *,
    roles: Iterable[Role] = (),
    starts_on: date | None = None,
    by: User | None,
    **details: Any,
) -> Membership:
    """A person starts at a trust or school, on a day that may lie ahead."""
    wanted = set(roles)
    RuleBroken.if_any(_misplaced(wanted, organisation))
    starts_on = starts_on or organisation.today()
    membership = Membership(
        person=person, organisation=organisation, starts_on=starts_on, **details
    )
    membership.full_clean()
    membership.save()
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=membership, role=role, starts_on=starts_on)
        for role in sorted(wanted)
    )
    audit.record("membership.join", membership, by=by, roles=",".join(sorted(wanted)))
    return membership


@transaction.atomic
def join_many(
    joiners: Iterable[Joiner], organisation: Organisation, *, by: User | None
) -> list[Membership]:
    """`join` for a whole staff list, in a number of statements that hardly grows with it.

    The same rules hold and each joiner gets the same line in the record. All of them or nobody;
    each person once.
    """
    joiners = list(joiners)
    if len({joiner.person.pk for joiner in joiners}) < len(joiners):
        raise ValueError("Nobody joins twice at once.")
    wanted = [sorted(set(joiner.roles)) for joiner in joiners]
    RuleBroken.if_any(_misplaced({role for roles in wanted for role in roles}, organisation))
    today = organisation.today()
    memberships = [
        Membership(
            person=joiner.person,
            organisation=organisation,
            **{"starts_on": today, **joiner.details},
        )
        for joiner in joiners
    ]
    _clean_many(memberships)
    Membership.objects.bulk_create(memberships)
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=membership, role=role, starts_on=membership.starts_on)
        for membership, roles in zip(memberships, wanted, strict=True)
        for role in roles
    )
    audit.record_many(
        audit.Entry("membership.join", membership, by, {"roles": ",".join(roles)})
        for membership, roles in zip(memberships, wanted, strict=True)
    )
    return memberships


@transaction.atomic
def change(membership: Membership, *, by: User | None, **details: Any) -> Membership:
    """Change job title, department, line manager, staff number, employment or dates.

    `details` are fields of Membership. Nothing is written where nothing differs.
    """
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(
        pk=membership.pk
    )
    changed = [name for name, value in details.items() if getattr(membership, name) != value]
    if changed:
        for name in changed:
            setattr(membership, name, details[name])
        membership.full_clean()
        membership.save(update_fields=changed)
        audit.record("membership.change", membership, by=by, fields=",".join(sorted(changed)))
    return membership


@transaction.atomic
def change_many(changes: Mapping[int, Mapping[str, Any]], *, by: User | None) -> int:
    """`change` for many posts, by their ids, with the same rules and lines. Returns how many."""
    posts = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .in_bulk(list(changes))
    )
    changed: dict[int, list[str]] = {}
    for pk, details in changes.items():
        names = [name for name, value in details.items() if getattr(posts[pk], name) != value]
        if names:
            changed[pk] = sorted(names)
            for name in names:
                setattr(posts[pk], name, details[name])
    _clean_many([posts[pk] for pk in changed])
    for pk, names in changed.items():
        posts[pk].save(update_fields=names)
    audit.record_many(
        audit.Entry("membership.change", posts[pk], by, {"fields": ",".join(names)})
        for pk, names in changed.items()
    )
    return len(changed)


@transaction.atomic
def set_roles(
    membership: Membership, roles: Iterable[Role], *, by: User | None, on: date | None = None
) -> Membership:
    """Give exactly these roles from that day on. Roles that end keep their dates."""
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(
        pk=membership.pk
    )
    wanted, on = set(roles), on or membership.organisation.today()
    RuleBroken.if_any(_misplaced(wanted, membership.organisation))
    if membership.ends_on is not None and membership.ends_on < on:
        raise RuleBroken("Roles cannot be given after the last day.")
    held = {row.role: row for row in membership.roles.lasting()}
    gone, new = held.keys() - wanted, wanted - held.keys()
    for role in gone:
        _end_role(held[role], on)
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=membership, role=role, starts_on=on, ends_on=membership.ends_on)
        for role in sorted(new)
    )
    if gone or new:
        audit.record(
            "membership.roles",
            membership,
            by=by,
            gained=",".join(sorted(new)),
            lost=",".join(sorted(gone)),
        )
    return membership


@transaction.atomic
def leave(membership: Membership, *, last_day: date, by: User | None) -> Membership:
    """A person leaves. Their history stays; sessions end if this was their last post.

    Another last day than the one recorded before moves the roles that end with the post, too.
    Raises RuleBroken when the last day lies before the first.
    """
    membership = Membership.objects.select_for_update(of=("self",), no_key=True).get(
        pk=membership.pk
    )
    if last_day < membership.starts_on:
        raise RuleBroken("The last day cannot be before the first.")
    membership.roles.filter(starts_on__gt=last_day).delete()
    membership.roles.filter(
        Q(pk__in=membership.roles.lasting().values("pk")) | Q(ends_on__gt=last_day)
    ).update(ends_on=last_day)
    membership.ends_on = last_day
    membership.save(update_fields=["ends_on"])
    for step in settings.LEAVER_STEPS:
        import_string(step)(membership, by=by)
    if not Membership.objects.active().filter(person=membership.person).exists():
        end_sessions(membership.person)
    audit.record("membership.leave", membership, by=by, last_day=last_day.isoformat())
    return membership


def end_sessions(person: User) -> None:
    """Sign this person out everywhere."""
    User.objects.filter(pk=person.pk).update(session_stamp=new_stamp())


def _clean_many(posts: Sequence[Membership]) -> None:
    """What full_clean says of each post, in two queries for all whose answer is plain.

    Who has another post there, a last day before the first or a doubtful line manager is asked
    one by one; for everybody else the constraints hold as a matter of course.
    """
    others: dict[tuple[int, int], set[int]] = defaultdict(set)
    places = {post.organisation_id for post in posts}
    found = Membership.objects.filter(organisation__in=places).order_by()
    for place, person, pk in found.values_list("organisation", "person", "pk"):
        others[place, person].add(pk)
    named = {post.line_manager_id for post in posts if post.line_manager_id is not None}
    managers = set(User.objects.filter(pk__in=named).order_by().values_list("pk", flat=True))
    for post in posts:
        manager, last_day = post.line_manager_id, post.ends_on
        if (
            others[post.organisation_id, post.person_id] - {post.pk}
            or (last_day is not None and last_day < post.starts_on)
            or (manager is not None and (manager == post.person_id or manager not in managers))
        ):
            post.full_clean()
        else:
            post.clean_fields(exclude=RELATED)


def _end_role(row: MembershipRole, on: date) -> None:
    if row.starts_on >= on:
        row.delete()
    else:
        row.ends_on = on - timedelta(days=1)
        row.save(update_fields=["ends_on"])


def _misplaced(roles: set[Role], organisation: Organisation) -> Iterable[str]:
    if organisation.kind == Organisation.Kind.SCHOOL:
        for role in sorted(roles & TRUST_ROLES):
            yield f"{Role(role).label} is a role at a trust, not at a school."
