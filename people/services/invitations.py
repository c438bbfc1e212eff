"""Inviting people to sign in for the first time, and their accepting it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from people.models import Invitation, Membership, Organisation, User
from people.services import sign_in
from trail import audit
from web.errors import RuleBroken

SALT = "people.invitation"


class NotOpen(RuleBroken):
    """The link was used, withdrawn, replaced, has run out, or never was one."""

    def __init__(self) -> None:
        super().__init__("This invitation cannot be used any more.")


def token_for(invitation: Invitation) -> str:
    """The secret part of the link. It can be made again: nothing of it is stored."""
    return signing.Signer(salt=SALT).sign_object([invitation.pk, invitation.nonce])


def path_for(invitation: Invitation) -> str:
    return reverse("people:welcome", args=[token_for(invitation)])


def find(token: str) -> Invitation | None:
    """The open invitation of this link, or None for every reason there may be."""
    try:
        pk, nonce = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (
        Invitation.objects.open()
        .filter(pk=pk, nonce=nonce, person__is_active=True)
        .select_related("person", "organisation__parent")
        .first()
    )


@transaction.atomic
def invite(person: User, organisation: Organisation, *, by: User | None) -> Invitation:
    """Send an invitation, or send it again: an older link stops working.

    Raises RuleBroken for someone without an address or post, or who can sign in already.
    """
    _lock_person(person)
    return _invite(person, organisation, by=by)


def _lock_person(person: User) -> None:
    """Two clicks at once: the second sees what the first has sent."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _invite(person: User, organisation: Organisation, *, by: User | None) -> Invitation:
    RuleBroken.if_any(reasons_against(person, organisation))
    now = timezone.now()
    Invitation.objects.filter(person=person, accepted_at=None, cancelled_at=None).update(
        cancelled_at=now
    )
    invitation = Invitation.objects.create(
        person=person,
        organisation=organisation,
        nonce=secrets.token_hex(16),
        sent_to=person.email or "",
        created_at=now,
        created_by=by,
        expires_at=now + timedelta(days=organisation.setting("people.invitation_days")),
    )
    _send(invitation)
    audit.record("invitation.send", invitation, by=by, person=str(person.pk))
    return invitation


def invite_all(
    people: Iterable[User], organisation: Organisation, *, by: User | None
) -> tuple[list[Invitation], list[str]]:
    """Invite each of them who was not invited meanwhile; what stood in the way, in sentences.

    One transaction each: a hundred invitations do not hold the database while they are written.
    """
    sent: list[Invitation] = []
    problems: list[str] = []
    for person in people:
        try:
            with transaction.atomic():
                _lock_person(person)
                if not Invitation.objects.open().filter(person=person).exists():
                    sent.append(_invite(person, organisation, by=by))
        except RuleBroken as problem:
            problems.extend(problem.reasons)
    return sent, problems


@transaction.atomic
def cancel(invitation: Invitation, *, by: User) -> Invitation:
    """Withdraw an invitation: its link stops working."""
    invitation = _locked(invitation)
    invitation.cancelled_at = timezone.now()
    invitation.save(update_fields=["cancelled_at"])
    audit.record("invitation.cancel", invitation, by=by, person=str(invitation.person_id))
    return invitation


@transaction.atomic
def accept(invitation: Invitation, password: str) -> User:
    """The person chooses a password; their address is proved by having the link.

    Raises NotOpen when the link was used or withdrawn meanwhile.
    """
    invitation = _locked(invitation)
    person = invitation.person
    # The link proves the address it was sent to, and no other the office has entered since.
    if person.email != invitation.sent_to:
        raise NotOpen
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    sign_in.choose_password(person, password)
    audit.record("invitation.accept", invitation, by=person, person=str(person.pk))
    return person


def reasons_against(person: User, organisation: Organisation) -> list[str]:
    """Why this person cannot be invited by this school now."""
    reasons = []
    if not person.email:
        reasons.append(f"{person.name} has no e-mail address. Add one, then send the invitation.")
    if person.has_usable_password() or person.last_login is not None:
        reasons.append(f"{person.name} can sign in already.")
    # Somebody who starts next month may accept now, and sign in from their first day.
    posts = Membership.objects.filter(person=person, organisation=organisation).exclude(
        ends_on__lt=organisation.today()
    )
    if not person.is_active or not posts.exists():
        reasons.append(f"{person.name} has no post at {organisation.name}.")
    return reasons


def waiting_at(organisation: Organisation) -> QuerySet[User]:
    """People there with an address who have never signed in and have no open invitation."""
    posts = Membership.objects.filter(organisation=organisation).exclude(
        ends_on__lt=organisation.today()
    )
    waiting: QuerySet[User] = (
        User.objects.filter(pk__in=posts.values("person"), is_active=True, last_login=None)
        .exclude(email=None)
        .filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        .exclude(pk__in=Invitation.objects.open().values("person"))
    )
    return waiting


def _locked(invitation: Invitation) -> Invitation:
    found = (
        Invitation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person", "organisation")
        .filter(pk=invitation.pk)
        .open()
        .first()
    )
    if found is None:
        raise NotOpen
    return found


def _send(invitation: Invitation) -> None:
    context = {
        "invitation": invitation,
        "url": settings.SITE_URL + path_for(invitation),
        "portal_name": settings.PORTAL_NAME,
    }
    EmailMessage(
        f"{invitation.organisation.name}: your sign-in for {settings.PORTAL_NAME}",
        render_to_string("people/email/invitation.txt", context).strip(),
        None,
        [invitation.sent_to],
    ).send()
