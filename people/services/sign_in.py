"""Passwords, second factors, sessions and what a person sets for themselves."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from people.models import Invitation, Membership, Organisation, SecondFactorReset, User
from people.models.user import new_stamp
from people.roles import Permission, roles_with
from people.services.membership import end_sessions
from trail import audit
from web.errors import RuleBroken

HELPERS = (Permission.RESET_SIGN_IN, Permission.MANAGE_PEOPLE)


def may_help(user: User, organisation: Organisation) -> bool:
    """Whether this person may ask for, or confirm, a new start of somebody's two-step sign-in."""
    return any(user.can(permission, at=organisation) for permission in HELPERS)


@transaction.atomic
def choose_password(person: User, password: str) -> User:
    """A new password. Every other session of this person ends with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    _record("sign_in.password", person, by=person)
    return person


@transaction.atomic
def accept_open_invitations(person: User) -> None:
    """Somebody who has signed in, by whatever way, needs no invitation any more."""
    for invitation in Invitation.objects.filter(
        person=person, accepted_at=None, cancelled_at=None
    ).select_related("organisation"):
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        audit.record("invitation.accept", invitation, by=person)


@transaction.atomic
def choose_theme(person: User, theme: str) -> User:
    """Light, dark, or as the device is set."""
    person.theme = theme
    person.save(update_fields=["theme"])
    return person


@transaction.atomic
def sign_out_everywhere(person: User) -> None:
    """The person ends all their own sessions, this one too."""
    end_sessions(person)
    _record("sign_in.end_sessions", person, by=person)


@transaction.atomic
def factor_changed(person: User, verb: str) -> User:
    """A way of two-step sign-in was added or removed: every other session starts anew."""
    person.session_stamp = new_stamp()
    person.save(update_fields=["session_stamp"])
    _record(f"second_factor.{verb}", person, by=person)
    return person


@transaction.atomic
def set_flags(person: User, *, by: User) -> User:
    """An operator opens or closes an account, or the admin pages for it; its sessions end."""
    flags = ["is_active", "is_staff", "is_superuser"]
    person.save(update_fields=flags)
    if person.pk != by.pk:
        end_sessions(person)
    _record("sign_in.flags", person, by=by)
    return person


@transaction.atomic
def ask_reset(person: User, organisation: Organisation, *, by: User) -> SecondFactorReset:
    """IT or the office asks for a new start of somebody's two-step sign-in; another must confirm.

    Raises RuleBroken for oneself, for someone without a second factor or without a post there.
    """
    RuleBroken.if_any(_reset_reasons(person, organisation, by))
    SecondFactorReset.objects.filter(person=person, confirmed_at=None, cancelled_at=None).update(
        cancelled_at=timezone.now(), cancelled_by=by
    )
    reset = SecondFactorReset.objects.create(person=person, organisation=organisation, asked_by=by)
    _write_to(person, "reset_asked", reset)
    for helper in _helpers(organisation).exclude(pk__in=[person.pk, by.pk]):
        _write_to(helper, "reset_to_confirm", reset)
    audit.record("second_factor.ask_reset", reset, by=by, person=str(person.pk))
    return reset


@transaction.atomic
def confirm_reset(reset: SecondFactorReset, *, by: User) -> SecondFactorReset:
    """A second person confirms: the second factor is gone, the sessions end, its owner is told."""
    reset = _locked(reset)
    if by.pk in (reset.asked_by_id, reset.person_id):
        raise RuleBroken("Somebody else has to confirm this: two people decide it.")
    reset.confirmed_at, reset.confirmed_by = timezone.now(), by
    reset.save(update_fields=["confirmed_at", "confirmed_by"])
    Authenticator.objects.filter(user=reset.person).delete()
    end_sessions(reset.person)
    _write_to(reset.person, "reset_done", reset)
    audit.record("second_factor.confirm_reset", reset, by=by, person=str(reset.person_id))
    return reset


@transaction.atomic
def cancel_reset(reset: SecondFactorReset, *, by: User) -> SecondFactorReset:
    """It was not needed, or not asked for by its owner."""
    reset = _locked(reset)
    reset.cancelled_at, reset.cancelled_by = timezone.now(), by
    reset.save(update_fields=["cancelled_at", "cancelled_by"])
    audit.record("second_factor.cancel_reset", reset, by=by, person=str(reset.person_id))
    return reset


def _locked(reset: SecondFactorReset) -> SecondFactorReset:
    found = (
        SecondFactorReset.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person", "organisation")
        .filter(pk=reset.pk)
        .open()
        .first()
    )
    if found is None:
        raise RuleBroken("This request is no longer open.")
    return found


def _reset_reasons(person: User, organisation: Organisation, by: User) -> list[str]:
    reasons = []
    if person.pk == by.pk:
        reasons.append("Ask a colleague: nobody resets their own two-step sign-in.")
    if not Membership.objects.active().filter(person=person, organisation=organisation).exists():
        reasons.append(f"{person.name} has no post at {organisation.name} today.")
    if person.is_staff or person.is_superuser:
        reasons.append(f"{person.name} also operates the portal: another operator has to do it.")
    if not Authenticator.objects.filter(user=person).exists():
        reasons.append(f"{person.name} has not set up two-step sign-in.")
    return reasons


def _helpers(organisation: Organisation) -> models.QuerySet[User]:
    roles = {role for permission in HELPERS for role in roles_with(permission)}
    posts = Membership.objects.active().filter(organisation=organisation).holding(roles)
    found: models.QuerySet[User] = User.objects.filter(pk__in=posts.values("person"))
    return found.exclude(email=None)


def _write_to(person: User, template: str, reset: SecondFactorReset) -> None:
    if not person.email:
        return
    path = reverse("people:reset", args=[reset.organisation.slug, reset.pk])
    context = {
        "person": person,
        "reset": reset,
        "url": settings.SITE_URL + path,
        "set_up_url": settings.SITE_URL + reverse("mfa_index"),
        "portal_name": settings.PORTAL_NAME,
    }
    subject = render_to_string(f"people/email/{template}_subject.txt", context).strip()
    body = render_to_string(f"people/email/{template}.txt", context).strip()
    EmailMessage(f"{settings.PORTAL_NAME}: {subject}", body, None, [person.email]).send()


def _record(verb: str, person: User, *, by: User) -> None:
    """One line in the record of each school where they have a post, in a fixed order."""
    posts = Membership.objects.active().filter(person=person).select_related("organisation")
    for post in posts.order_by("organisation_id"):
        audit.record(verb, post, by=by)
