"""When a signature that somebody else recorded is not right. Nothing is deleted (D1, D11)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from governance.models import Annulment, Policy, Signature, SignatureDispute
from notices.services import notify
from people.models import Membership, User
from people.roles import Permission, Role
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def annul(signature: Signature, *, by: User, reason: str, note: str = "") -> Annulment:
    """From now on it does not count: the person is asked to sign again, where they still owe it.

    Only what was recorded from paper or on a shared tablet: what somebody signed themself stands.
    Raises RuleBroken for such a one, for one's own, and for one that is annulled.
    """
    signature = _held(signature)
    if not by.can(Permission.RECORD_SIGNATURES, at=signature.organisation):
        raise PermissionDenied
    if signature.method == Signature.Method.OWN:
        raise RuleBroken("This person signed themself. That cannot be annulled.")
    if signature.person_id == by.pk:
        raise RuleBroken("This is your own signature. Ask a colleague to look at it.")
    if reason == Annulment.Reason.OTHER and not note.strip():
        raise RuleBroken("Say in a few words what was wrong.")
    if Annulment.objects.filter(signature=signature).exists():
        raise RuleBroken("This signature has been annulled already.")
    annulment = Annulment.objects.create(
        signature=signature, reason=reason, note=note.strip(), by=by
    )
    notify(
        signature.person,
        organisation=signature.organisation,
        kind="signature.annulled",
        occasion=f"signature.annulled:{signature.pk}",
        title=f"{signature.reference}, recorded for you by mistake, no longer counts.",
        url=signature.get_absolute_url(),
    )
    audit.record("signature.annul", signature, by=by, reason=reason)
    return annulment


@transaction.atomic
def dispute(signature: Signature, *, by: User, note: str = "") -> SignatureDispute:
    """The person says that it is not theirs, or not right.

    Whoever recorded it and the head are told. It counts until the school has looked at it.
    Raises RuleBroken for what they signed themself.
    """
    signature = _held(signature)
    if signature.person_id != by.pk:
        raise PermissionDenied
    if signature.method == Signature.Method.OWN:
        raise RuleBroken("You signed this yourself, with your own login.")
    if Annulment.objects.filter(signature=signature).exists():
        raise RuleBroken("This signature has been annulled already: it does not count any more.")
    dispute, is_new = SignatureDispute.objects.get_or_create(
        signature=signature, defaults={"note": note.strip()}
    )
    if is_new:
        for person in _who_answers(signature):
            notify(
                person,
                organisation=signature.organisation,
                kind="signature.disputed",
                occasion=f"signature.disputed:{signature.pk}",
                title=f"A colleague says that signature {signature.reference} is not right.",
                url=signature.get_absolute_url(),
                urgent=True,
            )
        audit.record("signature.dispute", signature, by=by)
    return dispute


def _who_answers(signature: Signature) -> QuerySet[User]:
    """Whoever recorded it, if still there, and the head."""
    here = Membership.objects.active().filter(organisation=signature.organisation_id)
    found: QuerySet[User] = User.objects.filter(
        Q(pk=signature.witnessed.recorded_by_id, pk__in=here.values("person"))
        | Q(pk__in=here.holding([Role.HEAD]).values("person"))
    )
    return found.order_by("pk")


def _held(signature: Signature) -> Signature:
    """Afresh, and after whoever signs or publishes the same policies.

    The policies are what everybody waits for: signatures themselves never change.
    """
    policies = Policy.objects.filter(acknowledgements__signature=signature).order_by("pk")
    list(policies.select_for_update(of=("self",), no_key=True).values_list("pk"))
    related = "person", "organisation__parent", "witnessed__witness", "witnessed__recorded_by"
    return Signature.objects.select_related(*related).get(pk=signature.pk)
