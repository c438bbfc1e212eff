"""Joining, changing and leaving."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from people.models import Membership, MembershipRole, Organisation, User
from people.models.user import new_stamp
from people.roles import TRUST_ROLES, Role
from trail import audit
from web.errors import RuleBroken


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
def change(membership: Membership, *, by: User | None, **details: Any) -> Membership:
    """Change job title, department, line manager, staff number, employment or dates.

    `details` are fields of Membership. Nothing is written where nothing differs.
    """
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    changed = [name for name, value in details.items() if getattr(membership, name) != value]
    if changed:
        for name in changed:
            setattr(membership, name, details[name])
        membership.full_clean()
        membership.save(update_fields=changed)
        audit.record("membership.change", membership, by=by, fields=",".join(sorted(changed)))
    return membership


@transaction.atomic
def set_roles(
    membership: Membership, roles: Iterable[Role], *, by: User | None, on: date | None = None
) -> Membership:
    """Give exactly these roles from that day on. Roles that end keep their dates."""
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    wanted, on = set(roles), on or membership.organisation.today()
    RuleBroken.if_any(_misplaced(wanted, membership.organisation))
    held = {row.role: row for row in membership.roles.filter(ends_on=None)}
    gone, new = held.keys() - wanted, wanted - held.keys()
    for role in gone:
        _end_role(held[role], on)
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=membership, role=role, starts_on=on) for role in sorted(new)
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

    Raises RuleBroken when the last day lies before the first.
    """
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if last_day < membership.starts_on:
        raise RuleBroken("The last day cannot be before the first.")
    membership.ends_on = last_day
    membership.save(update_fields=["ends_on"])
    membership.roles.filter(ends_on=None, starts_on__lte=last_day).update(ends_on=last_day)
    membership.roles.filter(starts_on__gt=last_day).delete()
    audit.record("membership.leave", membership, by=by, last_day=last_day.isoformat())
    for step in settings.LEAVER_STEPS:
        import_string(step)(membership, by=by)
    if not Membership.objects.active().filter(person=membership.person).exists():
        end_sessions(membership.person)
    return membership


def end_sessions(person: User) -> None:
    """Sign this person out everywhere."""
    User.objects.filter(pk=person.pk).update(session_stamp=new_stamp())


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
