"""Policies in every state, reached the way a real school reaches them."""

from __future__ import annotations

from itertools import count
from typing import Any

from governance.models import Policy, PolicyVersion, Signature
from governance.services import appendices, drafts, publishing, sign_off, signing
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user

_serial = count(1)
BODY = """## Why we have this policy

We want every post to be kind, accurate and safe.

- Ask before you post a picture.
- Never name a child.
"""


def make_head(at: Organisation) -> User:
    """Somebody who may manage the policies of a school or a trust."""
    role = Role.TRUST_LEAD if at.kind == Organisation.Kind.TRUST else Role.HEAD
    return make_user(role, at=at, name=f"Morgan Head{next(_serial)}")


def make_draft(
    owner: Organisation | None = None, *, by: User | None = None, body: str = BODY, **details: Any
) -> PolicyVersion:
    owner = owner or make_school()
    title = details.pop("title", f"Policy {next(_serial)}")
    return drafts.start_policy(owner, by=by or make_head(owner), title=title, body=body, **details)


def make_policy(
    owner: Organisation | None = None,
    *,
    by: User | None = None,
    audience: list[dict[str, Any]] | None = None,
    **details: Any,
) -> Policy:
    """A policy in force, for everyone of its owner unless `audience` says otherwise."""
    owner = owner or make_school()
    by = by or make_head(owner)
    version = make_draft(owner, by=by, **details)
    if audience is not None:
        drafts.set_audience(version, audience, by=by)
    publishing.publish(version, by=by, change="material")
    return Policy.objects.select_related("current", "owner").get(pk=version.policy_id)


def publish_next(
    policy: Policy, *, by: User, change: str = "material", body: str = BODY + "\nNew words.\n"
) -> PolicyVersion:
    """The next version of a policy, in force."""
    version = drafts.start_version(policy, by=by)
    version = drafts.edit_text(
        version,
        edition=version.edition,
        by=by,
        title=version.title,
        number=version.number,
        body=body,
    )
    return publishing.publish(version, by=by, change=change, summary="A few words are new.")


def sign(policy: Policy, person: User) -> Signature:
    """This person signs what is in force now."""
    current = Policy.objects.select_related("current").get(pk=policy.pk).current
    assert current is not None
    return signing.sign(
        policy.pk, by=person, displayed=current.content_hash, typed_name=person.name
    )


def make_in_sign_off(
    owner: Organisation | None = None, *roles: Role, by: User | None = None, **details: Any
) -> PolicyVersion:
    """A version that waits for these signatories (the chair of governors)."""
    owner = owner or make_school()
    by = by or make_head(owner)
    version = make_draft(owner, by=by, **details)
    drafts.set_signatories(version.policy, roles or (Role.CHAIR,), by=by)
    return sign_off.send(version, by=by)


def make_signed_off(owner: Organisation | None = None) -> Policy:
    """A policy in force that its chair of governors signed off."""
    owner = owner or make_school()
    head = make_head(owner)
    version = make_in_sign_off(owner, by=head)
    chair = make_user(Role.CHAIR, at=owner)
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    publishing.publish(version, by=head, change="material")
    return Policy.objects.select_related("current", "owner").get(pk=version.policy_id)


def make_appendix(policy: Policy, school: Organisation, *, by: User | None = None) -> Policy:
    """A school's local appendix to a policy of its trust, in force."""
    by = by or make_head(school)
    draft = appendices.start_appendix(policy, school, by=by)
    text = {"title": draft.title, "number": draft.number, "body": "We post on Fridays."}
    draft = drafts.edit_text(draft, edition=draft.edition, by=by, **text)
    publishing.publish(draft, by=by, change="material")
    return Policy.objects.select_related("current", "owner").get(pk=draft.policy_id)
