"""Where the sign-in library asks us: who may, under which address, and in which words."""

from __future__ import annotations

import base64
import ipaddress
import secrets
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from people.models import User
from people.services import sign_in
from people.sign_in_provider import PortalSocialAccountAdapter
from web.crypto import decrypt, encrypt, keyed_hash

__all__ = ["PortalAccountAdapter", "PortalMFAAdapter", "PortalSocialAccountAdapter"]

SAME_WORDS = "The e-mail address and password do not match. Check both and try again."
WRONG_CODE = "This code is not right. An app shows a new one every 30 seconds: try that."
DEVICE_COOKIE = "known_device"
DEVICE_SALT = "people.known-device"
DEVICE_DAYS = 180
# Within this time of signing in, nobody is asked for their password again.
FRESH_SECONDS = 15 * 60


class PortalAccountAdapter(DefaultAccountAdapter):
    """Sign-in, sign-out and passwords."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": SAME_WORDS,
        "email_password_mismatch": SAME_WORDS,
        "invalid_login": SAME_WORDS,
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": WRONG_CODE,
        "too_many_login_attempts": (
            "That was too many tries. Wait five minutes and try again, or choose a new password."
        ),
        "rate_limited": "That was too many tries. Wait a few minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited by their school."""
        return False

    # Who may

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Only people with a post today. Asked once they have proved who they are, never before."""
        if not user.is_active or not user.posts:
            clear_login(request)
            return self.respond_user_inactive(request, user)
        found: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return found

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        sign_in.accept_open_invitations(user)
        if not _device(request, user.email or ""):
            value = f"{_login_hash(user.email or '')}.{secrets.token_hex(8)}"
            response.set_signed_cookie(
                DEVICE_COOKIE,
                value,
                salt=DEVICE_SALT,
                max_age=DEVICE_DAYS * 24 * 60 * 60,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response

    def set_password(self, user: User, password: str) -> None:
        sign_in.choose_password(user, password)

    def reauthenticate(self, user: User, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of signing in: a new member of staff is asked once, not twice."""
        request = context.request
        records = get_authentication_records(request, request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < FRESH_SECONDS
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)

    # How often

    def get_client_ip(self, request: HttpRequest) -> str:
        """A keyed hash of the visitor's network address: enough to count by, useless to a thief."""
        return _network_hash(super().get_client_ip(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Somebody else's wrong guesses must not keep the owner out: a browser that has signed in
        # to this account before has a count of its own.
        login = credentials.get("email", "").strip().lower()
        return _device(request, login) or _login_hash(login)

    # Which address

    def is_safe_url(self, url: str | None) -> bool:
        return url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={context.request.get_host()},
            require_https=context.request.is_secure(),
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Built from SITE_URL, never from the Host header somebody sent."""
        uid, _, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})
        return settings.SITE_URL + path

    # In which words

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.PORTAL_NAME}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        known = {"portal_name": settings.PORTAL_NAME, "site_url": settings.SITE_URL}
        self.render_mail(template_prefix, email, context | known).send()

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """ "Your password was changed" and the like, to the address on the staff list."""
        if user.email:
            self.send_mail(template_prefix, user.email, {"user": user, **(context or {})})

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Any:
        subject = render_to_string(f"{template_prefix}_subject.txt", context).strip()
        body = render_to_string(f"{template_prefix}_message.txt", context).strip()
        return EmailMessage(
            self.format_email_subject(subject),
            body,
            self.get_from_email(),
            [email] if isinstance(email, str) else email,
            headers=headers,
        )

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_inactive")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people:me")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": "Type your password",
            "mfa_reauthenticate": "Type a code from your app, or a recovery code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        return [
            {**method, "description": words.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]


class PortalMFAAdapter(DefaultMFAAdapter):
    """Authenticator apps, recovery codes and passkeys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
    }
    PURPOSE = "second-factor"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(text.encode(), purpose=self.PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(base64.b64decode(encrypted_text), purpose=self.PURPOSE).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.PORTAL_NAME}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        return "My passkey"

    def _get_site_name(self) -> str:
        return settings.PORTAL_NAME


def _login_hash(login: str) -> str:
    return keyed_hash(login, purpose="sign-in-attempts")[:32]


def _device(request: HttpRequest, login: str) -> str | None:
    """What the browser remembers of having signed in to this account before, if that is true."""
    try:
        value = request.get_signed_cookie(
            DEVICE_COOKIE, salt=DEVICE_SALT, max_age=DEVICE_DAYS * 24 * 60 * 60
        )
    except (KeyError, signing.BadSignature):
        return None
    return value if value and value.startswith(f"{_login_hash(login)}.") else None


def _network_hash(address: str) -> str:
    """One visitor's network: an IPv4 address, or the /64 that an IPv6 line is given."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        address = str(ipaddress.ip_network(f"{ip}/64", strict=False))
    return keyed_hash(address, purpose="client-address")[:32]
