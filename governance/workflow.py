"""The life of a policy version, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from governance.text.names import same_name
from people.models import User
from people.roles import Permission, Role
from trail.workflow import Workflow

if TYPE_CHECKING:
    from governance.models import PolicyVersion, SignOff


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_SIGN_OFF = "in_sign_off", "Waiting for sign-off"
    RETURNED = "returned", "Sent back"
    PUBLISHED = "published", "Published"


class Action(models.TextChoices):
    SEND = "send", "Send for sign-off"
    RETURN = "return", "Send back"
    REOPEN = "reopen", "Take back to draft"
    PUBLISH = "publish", "Publish"


def roles_at(user: User, version: PolicyVersion) -> frozenset[Role]:
    """The roles this person holds at the very place that owns the policy."""
    held = (post.roles for post in user.posts if post.organisation.pk == version.policy.owner_id)
    return frozenset().union(*held)


def required_roles(version: PolicyVersion) -> list[Role]:
    return [Role(row.role) for row in version.policy.signatories.all()]


def waiting_for(version: PolicyVersion) -> list[Role]:
    """Signatories of whom no signature stands on the text as it is now."""
    given = {
        row.role for row in version.sign_offs.all() if row.content_hash == version.content_hash
    }
    return [role for role in required_roles(version) if role not in given]


def allowed(action: str, version: PolicyVersion, user: User) -> bool:
    """Managers of the owner's policies; a signatory may send a text back."""
    if user.can(Permission.MANAGE_POLICIES, at=version.policy.owner):
        return True
    return action == Action.RETURN and bool(roles_at(user, version) & set(required_roles(version)))


def has_text(version: PolicyVersion, user: User | None) -> Iterator[str]:
    from governance.text.render import is_empty

    if is_empty(version.body):
        yield "There is no text yet. Write or import it first."


def has_signatories(version: PolicyVersion, user: User | None) -> Iterator[str]:
    if not required_roles(version):
        yield "Nobody is asked to sign this policy off. Choose who signs, or publish it directly."


def is_signed_off(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """P2: every required signatory has signed exactly this text."""
    for role in waiting_for(version):
        yield f"{role.label} has not signed this text off yet."


def author_is_not_alone(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """Whoever wrote the text does not approve it alone: the first writer and the last together."""
    signed = [row for row in version.sign_offs.all() if row.content_hash == version.content_hash]
    writers = [one for one in (version.created_by, version.edited_by) if one]
    if signed and all(any(_is_by(one, row) for one in writers) for row in signed):
        yield "Only those who wrote this text have signed it off. Somebody else must sign too."


def _is_by(writer: User, row: SignOff) -> bool:
    if row.person_id is not None:
        return row.person_id == writer.pk
    return same_name(row.name, writer.name)


VERSION: Workflow[PolicyVersion] = Workflow(
    name="policy",
    allowed=allowed,
    moves={
        Action.SEND: {Status.DRAFT: Status.IN_SIGN_OFF},
        Action.RETURN: {Status.IN_SIGN_OFF: Status.RETURNED},
        Action.REOPEN: {Status.RETURNED: Status.DRAFT, Status.IN_SIGN_OFF: Status.DRAFT},
        Action.PUBLISH: {
            Status.DRAFT: Status.PUBLISHED,
            Status.IN_SIGN_OFF: Status.PUBLISHED,
        },
    },
    guards={
        Action.SEND: (has_text, has_signatories),
        Action.PUBLISH: (has_text, is_signed_off, author_is_not_alone),
    },
)
