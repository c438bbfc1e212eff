"""What an office does for one person: adding, correcting, giving roles, leaving and coming back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from people.models import Invitation, Membership, MembershipRole, Organisation, User
from people.roles import OTHERS_RECORDS, PERMISSIONS, Permission, Role, permissions_of
from people.services import membership as memberships
from trail import audit
from web.errors import RuleBroken

P = Permission


@transaction.atomic
def add(
    organisation: Organisation,
    *,
    name: str,
    email: str | None,
    sort_name: str = "",
    roles: Iterable[Role] = (),
    by: User,
    **details: Any,
) -> Membership:
    """Put one person on the staff list. Who uses the portal already joins with their own name.

    Raises RuleBroken for somebody who is there already.
    """
    _check(P.MANAGE_PEOPLE, organisation, by)
    email = email.strip().lower() if email else None
    person = User.objects.filter(email=email).first() if email else None
    if person is None:
        person = User.objects.create_user(email, name)
        if sort_name:
            person.sort_name = sort_name
            person.save(update_fields=["sort_name"])
    elif not person.is_active:
        raise RuleBroken("This e-mail address belongs to a closed login.")
    elif _here(person, organisation).exists():
        raise RuleBroken("Somebody with this e-mail address is on the staff list already.")
    return memberships.join(person, organisation, roles=roles, by=by, **details)


@transaction.atomic
def change_person(
    membership: Membership,
    *,
    by: User | None,
    name: str | None = None,
    email: str | None = None,
    sort_name: str | None = None,
) -> User:
    """Correct a name or an address. None leaves it as it is.

    A new address has to be proved again: it ends the sessions and any open invitation, and the old
    one opens nothing any more. Raises RuleBroken when the address is somebody else's.
    """
    person: User = User.objects.select_for_update(no_key=True).get(pk=membership.person_id)
    wanted = {"name": name, "email": email, "sort_name": sort_name}
    changed = {
        key: value for key, value in wanted.items() if value and value != getattr(person, key)
    }
    if "email" in changed:
        _check_free(person, changed["email"])
        EmailAddress.objects.filter(user=person).delete()
        Invitation.objects.filter(person=person, accepted_at=None, cancelled_at=None).update(
            cancelled_at=timezone.now()
        )
    if (
        "name" in changed
        and "sort_name" not in changed
        and not changed["name"].endswith(f" {person.sort_name}")
    ):
        changed["sort_name"] = changed["name"].split(" ")[-1]
    if changed:
        for key, value in changed.items():
            setattr(person, key, value)
        person.full_clean(exclude=["password"])
        person.save(update_fields=list(changed))
        if "email" in changed:
            person.mail_failed_at = None
            person.save(update_fields=["mail_failed_at"])
            memberships.end_sessions(person)
        audit.record("membership.person", membership, by=by, fields=",".join(sorted(changed)))
    return person


@transaction.atomic
def change(
    membership: Membership, person: dict[str, Any], post: dict[str, Any], *, by: User
) -> Membership:
    """Correct a person's name or address and their post here, both or neither."""
    _check(P.MANAGE_PEOPLE, membership.organisation, by)
    if person and not may_change_person(membership.person, by=by):
        raise PermissionDenied
    change_person(membership, by=by, **person)
    return memberships.change(membership, by=by, **post)


@transaction.atomic
def give_roles(membership: Membership, roles: Iterable[Role], *, by: User) -> Membership:
    """Give exactly these roles from today.

    Raises RuleBroken when somebody would raise or lock out themselves, or when the school would
    have nobody left who manages its people.
    """
    organisation, wanted = membership.organisation, set(roles)
    _check(P.MANAGE_PEOPLE, organisation, by)
    held = set(membership.roles.lasting().values_list("role", flat=True))
    if by.pk == membership.person_id:
        if any(PERMISSIONS[Role(role)] & OTHERS_RECORDS for role in wanted - held):
            raise RuleBroken("Somebody else has to give you a new role.")
        if not _manages_otherwise(by, membership, wanted):
            raise RuleBroken(
                "You would lose the right to manage people here. Ask a colleague to change it."
            )
    _check_somebody_manages(membership, wanted)
    return memberships.set_roles(membership, wanted, by=by)


@transaction.atomic
def leave(membership: Membership, *, last_day: date, by: User) -> Membership:
    """A person leaves. Raises RuleBroken for oneself, and for the last who manages people."""
    _check(P.MANAGE_PEOPLE, membership.organisation, by)
    if by.pk == membership.person_id:
        raise RuleBroken("You cannot end your own post. Ask a colleague to do it.")
    _check_somebody_manages(membership, set())
    return memberships.leave(membership, last_day=last_day, by=by)


@transaction.atomic
def undo_leaving(membership: Membership, *, by: User) -> Membership:
    """They stay after all: the post and the roles that ended with it are open again.

    Raises RuleBroken once they have come back in another post.
    """
    _check(P.MANAGE_PEOPLE, membership.organisation, by)
    membership = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "person")
        .get(pk=membership.pk)
    )
    last_day = membership.ends_on
    if last_day is None:
        raise RuleBroken(f"{membership.person.name} is not leaving.")
    later = Membership.objects.filter(
        person=membership.person_id,
        organisation=membership.organisation_id,
        starts_on__gt=last_day,
    )
    if later.exists():
        raise RuleBroken(f"{membership.person.name} has come back since, in another post.")
    lasting = list(membership.roles.lasting().values_list("pk", flat=True))
    membership.ends_on = None
    membership.save(update_fields=["ends_on"])
    MembershipRole.objects.filter(pk__in=lasting).update(ends_on=None)
    audit.record("membership.stay", membership, by=by)
    return membership


def may_change_person(person: User, *, by: User) -> bool:
    """Whether a name and address are theirs to correct: they manage people wherever it counts.

    Those of an operator are no school's to change: a new address would open the admin pages.
    """
    if person.is_staff or person.is_superuser:
        return False
    managed = Organisation.objects.where(by, P.MANAGE_PEOPLE)
    return (
        not Membership.objects.active()
        .filter(person=person)
        .exclude(organisation__in=managed)
        .exists()
    )


def can_undo_leaving(membership: Membership) -> bool:
    return (
        membership.ends_on is not None
        and not Membership.objects.filter(
            person=membership.person_id,
            organisation=membership.organisation_id,
            starts_on__gt=membership.ends_on,
        ).exists()
    )


def _check(permission: Permission, organisation: Organisation, by: User) -> None:
    if not by.can(permission, at=organisation):
        raise PermissionDenied


def _check_free(person: User, email: str) -> None:
    if User.objects.filter(email=email.lower()).exclude(pk=person.pk).exists():
        raise RuleBroken("This e-mail address belongs to somebody else already.")


def _here(person: User, organisation: Organisation) -> Any:
    return Membership.objects.filter(person=person, organisation=organisation).exclude(
        ends_on__lt=organisation.today()
    )


def _manages_otherwise(person: User, membership: Membership, wanted: set[Role]) -> bool:
    """Whether they would still manage people there: with the new roles, or from another post."""
    if P.MANAGE_PEOPLE in permissions_of(frozenset(Role(role) for role in wanted)):
        return True
    at = membership.organisation
    return any(
        P.MANAGE_PEOPLE in post.permissions and post.organisation.pk in (at.pk, at.parent_id)
        for post in person.posts
        if post.membership_id != membership.pk
    )


def _check_somebody_manages(membership: Membership, wanted: set[Role]) -> None:
    """A school keeps somebody who manages its people, there or at its trust."""
    managing = {role for role, granted in PERMISSIONS.items() if P.MANAGE_PEOPLE in granted}
    held = set(membership.roles.lasting().values_list("role", flat=True))
    if not held & managing or wanted & managing:
        return
    at = membership.organisation
    others = (
        Membership.objects.active()
        .filter(organisation__in=[pk for pk in (at.pk, at.parent_id) if pk])
        .holding(managing)
        .exclude(pk=membership.pk)
    )
    if not others.exists():
        raise RuleBroken(
            f"Nobody would be left who manages people at {at.name}. "
            "Give somebody else a role first."
        )
