"""Who answers for a policy: whoever wrote it, while they are here; else the head."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q

from people.models import Membership, Organisation, User
from people.roles import Permission, Role, roles_with

HEADS = (Role.HEAD, Role.TRUST_LEAD)


def is_here(person: str, owner: str, on: date) -> Exists:
    """Whether the person in that column is at the policy's owner, below it, or above it."""
    near = Q(organisation__reached_from__above=OuterRef(owner)) | Q(
        organisation__reaches__below=OuterRef(owner)
    )
    return Exists(Membership.objects.active(on).filter(near, person=OuterRef(person)))


def may_manage(person: str, owner: str, on: date) -> Exists:
    """Whether the person in that column may change the policies of the owner in that one."""
    posts = Membership.objects.active(on).holding(roles_with(Permission.MANAGE_POLICIES), on)
    return Exists(
        posts.filter(person=OuterRef(person), organisation__reaches__below=OuterRef(owner))
    )


def is_head(person_id: int, owner: str, on: date) -> Exists:
    """Whether this person is the head of the school, or leads the trust, that owns the policy."""
    posts = Membership.objects.active(on).holding(HEADS, on)
    return Exists(posts.filter(person=person_id, organisation=OuterRef(owner)))


def heads_of(owner: Organisation) -> list[User]:
    """Whom to turn to at the owner of a policy."""
    on = owner.today()
    posts = Membership.objects.active(on).holding(HEADS, on).filter(organisation=owner)
    return list(User.objects.filter(pk__in=posts.values("person")).order_by("sort_name", "name"))
