"""Signing in person on a shared tablet, before a witness who is signed in (P5, D11)."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from governance.models import Policy, Signature, WitnessedSignature
from governance.services import signing
from notices.services import News, notify_many
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def begin(policy: Policy, place: Organisation, *, by: User) -> None:
    """A colleague hands a tablet round. Only the record changes."""
    _require(by, place)
    audit.record("tablet.start", policy, by=by, at=place)


@transaction.atomic
def finish(policy: Policy, place: Organisation, *, by: User, number: int) -> None:
    """They have it back. Only the record changes."""
    audit.record("tablet.end", policy, by=by, at=place, signatures=str(number))


def sign(
    policy_id: int,
    place: Organisation,
    *,
    person: User,
    witness: User,
    displayed: str,
    typed_name: str,
) -> Signature:
    """This person signs what was displayed, and `witness`, whose session it is, sees it.

    Raises what `signing.sign` raises, and RuleBroken when the witness would sign for themself.
    """
    _require(witness, place)
    if person == witness:
        raise RuleBroken("Nobody is a witness of their own signature. Sign with your own login.")
    hashes = frozenset(displayed.split())
    try:
        with transaction.atomic():
            found = signing.act_of(
                [policy_id], hashes, by=person, typed_name=typed_name, check_first=False
            )
            if isinstance(found, Signature):
                return found
            act = replace(found, organisation=place, method=Signature.Method.TABLET)
            return _write(act, witness)
    except IntegrityError:
        return signing.signed_already(person, hashes)


def _write(act: signing.Act, witness: User) -> Signature:
    (signature,) = signing.make([act])
    WitnessedSignature.objects.bulk_create(
        [
            WitnessedSignature(
                signature=signature,
                person=act.person,
                witness=witness,
                recorded_by=witness,
                recorded_at=act.at,
            )
        ]
    )
    named = f"“{act.versions[0].title}”, version {act.versions[0].number}"
    kind = "signature.recorded"
    title = f"Signed by you on a shared tablet: {named}. If it was not you, say so on the receipt."
    news = News(act.person, f"{kind}:{signature.pk}", title, signature.get_absolute_url())
    notify_many([news], organisation=act.organisation, kind=kind)
    details = signing.what(act) | {"witness": str(witness.pk)}
    audit.record_many([audit.Entry("signature.tablet", signature, witness, details)])
    return signature


def _require(by: User, place: Organisation) -> None:
    if not by.can(Permission.RECORD_SIGNATURES, at=place):
        raise PermissionDenied
