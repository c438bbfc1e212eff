"""Reading and signing (P4): the one place that makes acknowledgements."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from governance.checks import needed_and_missing
from governance.models import Acknowledgement, Policy, PolicyVersion, Signature, SignatureName
from governance.obligations import pairs
from governance.services.fitness_changed import fitness_changed
from governance.text.names import normalise, same_name
from people.models import Membership, Organisation, User
from trail import audit
from web.crypto import keyed_hash
from web.errors import RuleBroken
from web.prepared import prepared_to_share

STATEMENT = "I have read and understood {texts}, and I will keep to {them} in my work."
TEXT = "“{title}”, version {number}"
# No 0, O, 1, I or L: a reference is read out on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class NotTheName(RuleBroken):
    """The typed name does not match the person's (D6)."""


class CheckFirst(RuleBroken):
    """The text has a short check, which this school wants passed before the signature (D15)."""


class Superseded(RuleBroken):
    """The text was replaced while it was being read (D2). Nothing was recorded."""


@dataclass(frozen=True)
class Part:
    """One text of a document, and what a person has to do with it now."""

    policy: Policy
    membership_id: int | None  # through which it concerns them; None: not in the audience
    acknowledged: bool  # this very version
    again: int  # records of this version by this person that were annulled
    unchecked: bool = False  # it has a check, which they have not passed

    @property
    def version(self) -> PolicyVersion:
        assert self.policy.current is not None
        return self.policy.current


def statement_for(versions: Sequence[PolicyVersion]) -> str:
    """The words that are signed, naming every text."""
    named = [TEXT.format(title=one.title, number=one.number) for one in versions]
    texts = " and ".join(filter(None, ["; ".join(named[:-1]), named[-1]]))
    return STATEMENT.format(texts=texts, them="it" if len(named) == 1 else "them")


def is_for(policy: Policy, person: User) -> bool:
    """Whether the policy is in force and addressed to this person today."""
    rows = pairs(timezone.localdate())
    return rows.filter(person=person, policy_ref=policy.pk).exists()


def sign(policy_id: int, *, by: User, displayed: str, typed_name: str) -> Signature:
    """Sign one document: a policy, with the local appendices that concern this person.

    `displayed` names the texts of the page they read: content hashes, parted by spaces. A double
    click or a second tab gets the signature that exists. Raises Policy.DoesNotExist for a policy
    they cannot see, NotTheName, Superseded, CheckFirst, or RuleBroken for somebody the policy is
    not for.
    """
    return sign_together([policy_id], by=by, displayed=displayed, typed_name=typed_name)


def sign_together(
    policy_ids: Iterable[int], *, by: User, displayed: str, typed_name: str
) -> Signature:
    """Sign several documents in one sitting: one signature, a record for each text (P11)."""
    wanted, hashes = sorted(set(policy_ids)), frozenset(displayed.split())
    try:
        return _sign(wanted, hashes, by=by, typed_name=typed_name)
    except IntegrityError:
        # A second click was first. What it signed is on record now, and is not signed again.
        return _sign(wanted, hashes, by=by, typed_name=typed_name)


@transaction.atomic
def _sign(
    policy_ids: list[int], displayed: frozenset[str], *, by: User, typed_name: str
) -> Signature:
    found = act_of(policy_ids, displayed, by=by, typed_name=typed_name)
    return found if isinstance(found, Signature) else write(found)


def act_of(
    policy_ids: list[int],
    displayed: frozenset[str],
    *,
    by: User,
    typed_name: str,
    check_first: bool = True,
) -> Act | Signature:
    """What this person may sign now, with the policies held; or the signature that exists.

    They are held against publishing, not against each other: a thousand people may sign at once.

    Raises what `sign` raises. `check_first=False`: somebody without a login can do no check.
    """
    # One after the other, in the order of their ids, so that two sittings wait for each other.
    parts = [part for pk in policy_ids for part in _lock_and_look(pk, by, displayed)]
    mine = [part for part in parts if part.membership_id is not None or part.acknowledged]
    open_parts = [part for part in mine if not part.acknowledged]
    if not mine:
        raise RuleBroken("This policy is not addressed to you, so there is nothing to sign.")
    if not open_parts:
        return signed_already(by, {part.version.content_hash for part in mine})
    shown = {part.version.content_hash for part in parts}
    if not displayed <= shown or any(
        part.version.content_hash not in displayed for part in open_parts
    ):
        raise Superseded(
            "This policy was changed while you were reading. Nothing was recorded. "
            "Please look at what is new and sign again."
        )
    if not same_name(typed_name, by.name):
        raise NotTheName(
            f"Type your name as the school has it: {by.name}. "
            "If it is wrong there, ask the school office to correct it."
        )
    post = open_parts[0].membership_id
    assert post is not None
    place = _organisation_of(by, post)
    unchecked = [part.version.title for part in open_parts if part.unchecked]
    if check_first and unchecked and place.setting("policies.check_before_signing"):
        titles = " and ".join(f"“{title}”" for title in unchecked)
        raise CheckFirst(f"Do the short check about {titles} first. Then you can sign.")
    return Act(
        person=by,
        organisation=place,
        versions=[part.version for part in open_parts],
        typed_name=typed_name,
        again={part.version.pk: part.again for part in open_parts},
    )


def signed_already(by: User, hashes: Collection[str]) -> Signature:
    """The newest signature of theirs under one of these texts."""
    return (
        Signature.objects.filter(acknowledgements__person=by)
        .filter(acknowledgements__content_hash__in=hashes, annulment=None)
        .order_by("-signed_at", "-pk")[:1]
        .get()
    )


def _lock_and_look(policy_id: int, by: User, displayed: frozenset[str]) -> list[Part]:
    """One query: the document, locked against publishing, and what it has to do with them."""
    wanted: Any = {"policy_id": policy_id, "person_id": by.pk, "on": timezone.localdate()}
    found = _locked(**wanted)
    if not _is_whole(found, policy_id, displayed):
        # Published while we waited for its lock, PostgreSQL finds a row gone; now it is there.
        found = _locked(**wanted)
    if not any(policy.pk == policy_id for policy in found):
        raise Policy.DoesNotExist
    return [
        Part(
            policy,
            policy.my_membership,
            acknowledged=policy.done is not None,
            again=policy.recorded or 0,
            unchecked=policy.unchecked,
        )
        for policy in found
    ]


def _is_whole(found: Sequence[Any], policy_id: int, displayed: frozenset[str]) -> bool:
    return any(policy.pk == policy_id for policy in found) and all(
        policy.current.content_hash in displayed for policy in found
    )


@prepared_to_share
def _locked(*, policy_id: int, person_id: int, on: date) -> QuerySet[Any, Any]:
    mine = pairs(on).filter(person=person_id, policy_ref=OuterRef("pk")).order_by("starts_on", "pk")
    recorded = Acknowledgement.objects.filter(person=person_id, version=OuterRef("current"))
    done = recorded.counting()
    counted = recorded.order_by().values("version").annotate(times=Count("pk"))
    here = Membership.objects.active(on).filter(person=person_id).order_by()
    return (
        Policy.objects.in_force()
        .visible_to(User(pk=person_id), on)
        .filter(Q(pk=policy_id) | Q(parent=policy_id, owner__in=here.values("organisation")))
        .select_related("current")
        .defer("current__body")
        .select_for_update(of=("self",), no_key=True)
        .annotate(
            my_membership=Subquery(mine.values("pk")[:1]),
            done=Subquery(done.values("pk")[:1]),
            unchecked=Case(
                When(needed_and_missing(person_id, OuterRef("current")), then=True), default=False
            ),
            recorded=Subquery(counted.values("times")),
        )
        .order_by("pk")
    )


@dataclass(frozen=True)
class Act:
    """One act of signing, about to be put on record.

    `at` is when they signed; `again` says by version's id how many records were annulled before.
    """

    person: User
    organisation: Organisation
    versions: Sequence[PolicyVersion]
    typed_name: str
    method: str = Signature.Method.OWN
    at: datetime = field(default_factory=timezone.now)
    again: Mapping[int, int] = field(default_factory=dict)


def write(act: Act) -> Signature:
    """One signature by the person themself, with its line in the record."""
    (signature,) = make([act])
    audit.record_many([audit.Entry("signature.make", signature, act.person, what(act))])
    return signature


def make(acts: Sequence[Act]) -> list[Signature]:
    """Signatures, the names apart, a record for each text. Three queries, however many they are.

    Checks nothing and writes no line of the record: `sign` and the services for paper and tablet
    do, in whose transaction it is called.
    """
    signatures = Signature.objects.bulk_create(_signature(act) for act in acts)
    SignatureName.objects.bulk_create(
        SignatureName(signature=signature, name=" ".join(act.typed_name.split()))
        for signature, act in zip(signatures, acts, strict=True)
    )
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            signature=signature,
            person=act.person,
            policy_id=version.policy_id,
            version=version,
            ordinal=version.ordinal,
            again=act.again.get(version.pk, 0),
            content_hash=version.content_hash,
            at=act.at,
        )
        for signature, act in zip(signatures, acts, strict=True)
        for version in act.versions
    )
    fitness_changed([act.person for act in acts])
    return signatures


def _signature(act: Act) -> Signature:
    return Signature(
        reference=new_reference(),
        person=act.person,
        organisation=act.organisation,
        statement=statement_for(act.versions),
        name_hash=keyed_hash(normalise(act.typed_name), purpose="signature.name"),
        method=act.method,
        signed_at=act.at,
    )


def what(act: Act) -> dict[str, str]:
    """What was signed, for the record."""
    return {
        "version": audit.listed(str(version.pk) for version in act.versions),
        "content": audit.listed(version.content_hash for version in act.versions),
    }


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
