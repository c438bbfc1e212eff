"""The life of a policy version, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from django.db import models

from governance.text.names import same_name
from people.models import User
from people.roles import Permission, Role
from trail.workflow import Workflow

if TYPE_CHECKING:
    from governance.models import PolicyVersion, SignatoryRemoval, SignOff


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_SIGN_OFF = "in_sign_off", "Waiting for sign-off"
    RETURNED = "returned", "Sent back"
    PUBLISHED = "published", "Published"


WHERE = {
    Status.DRAFT: "it is a draft",
    Status.IN_SIGN_OFF: "it waits for sign-off",
    Status.RETURNED: "it was sent back",
    Status.PUBLISHED: "it is published",
}


class Action(models.TextChoices):
    SEND = "send", "Send for sign-off"
    SIGN_OFF = "sign_off", "Sign off"
    RECORD = "record_elsewhere", "Record a signature made elsewhere"
    RETURN = "return", "Send back"
    REOPEN = "reopen", "Take back to draft"
    PUBLISH = "publish", "Publish"


def roles_at(user: User, version: PolicyVersion) -> frozenset[Role]:
    """The roles this person holds at the very place that owns the policy."""
    held = (post.roles for post in user.posts if post.organisation.pk == version.policy.owner_id)
    return frozenset().union(*held)


def required_roles(version: PolicyVersion) -> list[Role]:
    """Those who sign this policy off, in their order."""
    return [Role(row.role) for row in version.policy.signatories.all()]


def waiting_for(version: PolicyVersion) -> list[Role]:
    """Signatories of whom no signature stands on the text and the audience as they are now."""
    given = {row.role for row in version.sign_offs.all() if row.is_for(version)}
    return [role for role in required_roles(version) if role not in given]


def asked_now(version: PolicyVersion) -> list[Role]:
    """Whose turn it is: all whose signature is missing or, one after the other, the first."""
    waiting = waiting_for(version)
    return waiting[:1] if version.policy.sign_off_in_order else waiting


def roles_to_sign(version: PolicyVersion, user: User) -> list[Role]:
    """The capacities in which this person can sign now, with one signature."""
    mine, waiting = roles_at(user, version), waiting_for(version)
    if version.policy.sign_off_in_order:
        return list(takewhile(lambda role: role in mine, waiting))
    return [role for role in waiting if role in mine]


def removals(version: PolicyVersion) -> list[SignatoryRemoval]:
    """Who was taken off the signatories since the version before this one was published."""
    rows = list(version.policy.removals.all())
    if not rows:
        return []
    until = version.published_at
    earlier = version.policy.versions.published().filter(ordinal__lt=version.ordinal)
    since = earlier.order_by("-ordinal").values_list("published_at", flat=True).first()
    return [
        row
        for row in rows
        if (since is None or row.at > since) and (until is None or row.at <= until)
    ]


def is_signatory(version: PolicyVersion, user: User) -> bool:
    return bool(roles_at(user, version) & set(required_roles(version)))


def allowed(action: str, version: PolicyVersion, user: User) -> bool:
    """Managers of the owner's policies; a signatory signs, and may send a text back."""
    if action == Action.SIGN_OFF:
        return is_signatory(version, user)
    if user.can(Permission.MANAGE_POLICIES, at=version.policy.owner):
        return True
    return action == Action.RETURN and is_signatory(version, user)


def has_text(version: PolicyVersion, user: User | None) -> Iterator[str]:
    from governance.text.render import is_empty

    if is_empty(version.body):
        yield "There is no text yet. Write or import it first."


def has_signatories(version: PolicyVersion, user: User | None) -> Iterator[str]:
    if not required_roles(version):
        yield "Nobody is asked to sign this policy off. Choose who signs, or publish it directly."


def it_is_their_turn(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """One signs after the other, where the policy says so; nobody signs the same text twice."""
    if user is None or roles_to_sign(version, user):
        return
    mine, waiting = roles_at(user, version), waiting_for(version)
    theirs = next((role for role in waiting if role in mine), None)
    if theirs is None:
        yield "You have already signed this text off."
    else:
        yield f"{theirs.label} signs after {in_a_sentence(waiting[0])}. It is not your turn yet."


def somebody_agrees(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """Where the school asks for it, no policy is published alone; a notice may be.

    And nobody publishes alone who has just taken away those who had to agree.
    """
    policy = version.policy
    if required_roles(version):
        return
    if policy.kind != policy.Kind.NOTICE and policy.owner.setting("policies.needs_sign_off"):
        yield "At your school somebody signs a policy off before it is published. Choose who signs."
    elif user is not None and any(row.by_id == user.pk for row in removals(version)):
        yield (
            "You took away everybody who signs this policy off. Somebody else has to publish it, "
            "or choose who signs."
        )


def check_is_whole(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """D15: three to five questions or none, each about a part that the text still has."""
    from governance.checks import problems

    yield from problems(version)


def is_signed_off(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """P2: every required signatory has signed exactly this text, for exactly these people."""
    for role in waiting_for(version):
        yield f"{role.label} has not signed this text off yet."


def author_is_not_alone(version: PolicyVersion, user: User | None) -> Iterator[str]:
    """Whoever wrote the text does not approve it alone: the first writer and the last together."""
    signed = [row for row in version.sign_offs.all() if row.is_for(version)]
    writers = [one for one in (version.created_by, version.edited_by) if one]
    if signed and all(any(_is_by(one, row) for one in writers) for row in signed):
        yield "Only those who wrote this text have signed it off. Somebody else must sign too."


def _is_by(writer: User, row: SignOff) -> bool:
    if row.person_id is not None:
        return row.person_id == writer.pk
    return same_name(row.name, writer.name)


def in_a_sentence(role: Role) -> str:
    """The role within a sentence."""
    label = role.label
    return label if label.split()[0].isupper() else f"the {label[0].lower()}{label[1:]}"


VERSION: Workflow[PolicyVersion] = Workflow(
    name="policy",
    allowed=allowed,
    start=Status.DRAFT,
    moves={
        Action.SEND: {Status.DRAFT: Status.IN_SIGN_OFF, Status.RETURNED: Status.IN_SIGN_OFF},
        Action.SIGN_OFF: {Status.IN_SIGN_OFF: Status.IN_SIGN_OFF},
        Action.RECORD: {Status.IN_SIGN_OFF: Status.IN_SIGN_OFF},
        Action.RETURN: {Status.IN_SIGN_OFF: Status.RETURNED},
        Action.REOPEN: {Status.RETURNED: Status.DRAFT, Status.IN_SIGN_OFF: Status.DRAFT},
        Action.PUBLISH: {
            Status.DRAFT: Status.PUBLISHED,
            Status.IN_SIGN_OFF: Status.PUBLISHED,
        },
    },
    guards={
        Action.SEND: (has_text, has_signatories, check_is_whole),
        Action.SIGN_OFF: (it_is_their_turn,),
        Action.PUBLISH: (
            has_text,
            check_is_whole,
            somebody_agrees,
            is_signed_off,
            author_is_not_alone,
        ),
    },
)
