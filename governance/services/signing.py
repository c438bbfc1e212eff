"""Reading and signing (P4): the one place that makes acknowledgements."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from governance.models import Acknowledgement, Policy, PolicyVersion, Signature, SignatureName
from governance.obligations import pairs
from governance.text.names import normalise, same_name
from people.models import Membership, Organisation, User
from trail import audit
from web.crypto import keyed_hash
from web.errors import RuleBroken
from web.prepared import prepared

STATEMENT = (
    "I have read and understood “{title}”, version {number}, and I will keep to it in my work."
)
# No 0, O, 1, I or L: a reference is read out on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class NotTheName(RuleBroken):
    """The typed name does not match the person's (D6)."""


class Superseded(RuleBroken):
    """The text was replaced while it was being read (D2). Nothing was recorded."""


@dataclass(frozen=True)
class Standing:
    """What a person has to do with a policy now."""

    policy: Policy
    membership_id: int | None  # through which it concerns them; None: not in the audience
    acknowledged: bool  # this very version

    @property
    def version(self) -> PolicyVersion:
        assert self.policy.current is not None
        return self.policy.current


def statement_for(version: PolicyVersion) -> str:
    return STATEMENT.format(title=version.title, number=version.number)


def is_for(policy: Policy, person: User) -> bool:
    """Whether the policy is in force and addressed to this person today."""
    rows = pairs(timezone.localdate())
    return rows.filter(person=person, policy_ref=policy.pk).exists()


def sign(policy_id: int, *, by: User, displayed: str, typed_name: str) -> Signature:
    """Sign the current version, provided it is the one that was displayed.

    `displayed` is the content hash of the page the person read. A double click or a second tab
    gets the signature that exists. Raises Policy.DoesNotExist for a policy they cannot see,
    NotTheName, Superseded, or RuleBroken for somebody the policy is not for.
    """
    try:
        with transaction.atomic():
            return _sign(policy_id, by=by, displayed=displayed, typed_name=typed_name)
    except IntegrityError:
        # The lock makes this all but impossible; the unique constraint makes it harmless.
        return Signature.objects.get(
            acknowledgements__person=by,
            acknowledgements__policy=policy_id,
            acknowledgements__content_hash=displayed,
        )


def _sign(policy_id: int, *, by: User, displayed: str, typed_name: str) -> Signature:
    standing = _lock_and_look(policy_id, by)
    if standing.acknowledged:
        return Signature.objects.get(
            acknowledgements__person=by, acknowledgements__version=standing.version
        )
    if standing.membership_id is None:
        raise RuleBroken("This policy is not addressed to you, so there is nothing to sign.")
    if displayed != standing.version.content_hash:
        raise Superseded(
            "This policy was changed while you were reading. Nothing was recorded. "
            "Please look at what is new and sign again."
        )
    if not same_name(typed_name, by.name):
        raise NotTheName(
            f"Type your name as the school has it: {by.name}. "
            "If it is wrong there, ask the school office to correct it."
        )
    return _write(standing, by=by, typed_name=typed_name)


def _lock_and_look(policy_id: int, by: User) -> Standing:
    """One query: the policy, locked against publishing, and what it has to do with this person."""
    wanted: Any = {"policy_id": policy_id, "person_id": by.pk, "on": timezone.localdate()}
    # Published while we waited for its lock, PostgreSQL finds it gone; the second time it is there.
    found = _locked(**wanted) or _locked(**wanted)
    if not found:
        raise Policy.DoesNotExist
    (policy,) = found
    return Standing(policy, policy.my_membership, acknowledged=policy.done is not None)


@prepared
def _locked(*, policy_id: int, person_id: int, on: date) -> QuerySet[Any, Any]:
    mine = pairs(on).filter(person=person_id, policy_ref=OuterRef("pk")).order_by("starts_on", "pk")
    done = Acknowledgement.objects.filter(person=person_id, version=OuterRef("current"))
    return (
        Policy.objects.in_force()
        .visible_to(User(pk=person_id), on)
        .filter(pk=policy_id)
        .select_related("current")
        .defer("current__body")
        .select_for_update(of=("self",), no_key=True)
        .annotate(
            my_membership=Subquery(mine.values("pk")[:1]), done=Subquery(done.values("pk")[:1])
        )
        .order_by()
    )


def _write(standing: Standing, *, by: User, typed_name: str) -> Signature:
    assert standing.membership_id is not None
    version, now = standing.version, timezone.now()
    signature = Signature.objects.create(
        reference=new_reference(),
        person=by,
        organisation=_organisation_of(by, standing.membership_id),
        statement=statement_for(version),
        name_hash=keyed_hash(normalise(typed_name), purpose="signature.name"),
        signed_at=now,
    )
    SignatureName.objects.bulk_create(
        [SignatureName(signature=signature, name=" ".join(typed_name.split()))]
    )
    Acknowledgement.objects.create(
        signature=signature,
        person=by,
        policy=standing.policy,
        version=version,
        ordinal=version.ordinal,
        content_hash=version.content_hash,
        at=now,
    )
    audit.record(
        "signature.make", signature, by=by, version=str(version.pk), content=version.content_hash
    )
    return signature


def _organisation_of(by: User, membership_id: int) -> Organisation:
    """The post's organisation, from what the request already knows."""
    for post in by.posts:
        if post.membership_id == membership_id:
            return post.organisation
    return Membership.objects.select_related("organisation").get(pk=membership_id).organisation


def new_reference() -> str:
    """Such as S-7K2M-9QXD: 8 of 31 letters, about 850 thousand million of them."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"S-{letters[:4]}-{letters[4:]}"
