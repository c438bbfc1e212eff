"""Signing in with Google, Microsoft or a school's own provider.

Such a sign-in opens an existing person's account and never makes one: on an address that the
provider has verified, in a domain of a school or trust where that person has a post today.
"""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from people.models import Membership, OrganisationDomain, User


def person_for(address: str) -> User | None:
    """Whose verified address this is, if it lies in a domain of a school they have a post at."""
    person = User.objects.filter(email=address.strip().lower(), is_active=True).first()
    if person is None:
        return None
    domain = address.strip().lower().rpartition("@")[2]
    posts = Membership.objects.active().filter(person=person)
    own = OrganisationDomain.objects.filter(
        domain=domain, organisation__in=posts.reach()
    ) | OrganisationDomain.objects.filter(
        domain=domain, organisation__in=posts.values("organisation__parent")
    )
    return person if own.exists() else None


class PortalSocialAccountAdapter(DefaultSocialAccountAdapter):
    """What the portal makes of an answer from a sign-in provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: Any = None, client_id: Any = None
    ) -> list[SocialApp]:
        """Providers come from the environment, never from a table somebody could write to."""
        found = [
            SocialApp(provider=name, **app)
            for name, its in settings.SOCIALACCOUNT_PROVIDERS.items()
            for app in its.get("APPS", [])
        ]
        return [
            app
            for app in found
            if provider in (None, app.provider, app.provider_id or None)
            and client_id in (None, app.client_id)
        ]

    def serialize_instance(self, instance: Any) -> dict[str, Any]:
        # Kept in the session while the second step is asked for; what a page remembers about a
        # person is no field and cannot be kept.
        vars(instance).pop("posts", None)
        kept: dict[str, Any] = super().serialize_instance(instance)
        return kept

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        for address in sociallogin.email_addresses:
            if not address.verified or not _is_of_its_domain(sociallogin, address.email):
                continue
            if person := person_for(address.email):
                return person, address.email.lower()
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        # Connecting any account one likes to one's own would go round the rule about domains.
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            _refuse(request)
        if not sociallogin.is_existing:
            _refuse(request)
        if email := sociallogin._did_authenticate_by_email:
            # The library empties the password of an account whose address nobody has verified. The
            # provider just did, and the office put the address there.
            EmailAddress.objects.filter(email=email).exclude(user=sociallogin.user).delete()
            EmailAddress.objects.update_or_create(
                user=sociallogin.user, email=email, defaults={"verified": True}
            )


def _is_of_its_domain(sociallogin: SocialLogin, address: str) -> bool:
    """A private Google account may carry a school's address; only the school's own has `hd`."""
    if sociallogin.account.provider != "google":
        return True
    hosted = str(sociallogin.account.extra_data.get("hd", "")).lower()
    return bool(hosted) and hosted == address.lower().rpartition("@")[2]


def _refuse(request: HttpRequest) -> NoReturn:
    raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", status=403))
