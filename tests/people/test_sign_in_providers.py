"""Google, Microsoft and a school's own provider: whom they let in, and whom not."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from people.adapters import PortalSocialAccountAdapter
from people.models import Organisation, User
from people.roles import Role
from people.sign_in_provider import person_for
from tests.factories import make_person, make_school, make_trust, make_user


@pytest.fixture(autouse=True)
def _quiet(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    app = {"client_id": "id", "secret": "secret"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "google": {"APPS": [app]},
        "microsoft": {"APPS": [app]},
        "openid_connect": {"APPS": [{**app, "provider_id": "oidc", "name": "X"}]},
    }


@pytest.fixture
def request_(rf: RequestFactory) -> Any:
    request = rf.get("/sign-in/with/oidc/back/")
    request.user = AnonymousUser()
    request.session = SessionStore()
    request._messages = CookieStorage(request)
    with context.request_context(request):
        yield request


def domain_of(school: Organisation) -> str:
    return str(school.domains.get().domain)


def teacher_with_school_address(school: Organisation) -> User:
    person = make_user(Role.STAFF, at=school)
    person.email = f"teacher{person.pk}@{domain_of(school)}"
    person.save()
    return person


def answer(
    address: str,
    *,
    verified: bool = True,
    provider: str = "oidc",
    process: str = "login",
    **facts: Any,
) -> SocialLogin:
    login = SocialLogin(
        provider=PortalSocialAccountAdapter().get_provider(context.request, provider),
        user=User(email=address, name="From the provider"),
        account=SocialAccount(provider=provider, uid=f"uid-{address}", extra_data=facts),
        email_addresses=[EmailAddress(email=address, verified=verified, primary=True)],
    )
    login.state = {"process": process}
    return login


def arrive(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    people = User.objects.count()
    response = complete_login(request, login)
    assert User.objects.count() == people
    return response


def was_refused(response: HttpResponse) -> bool:
    return (
        response.status_code == 403
        and b"does not open the portal" in response.content
        and not SocialAccount.objects.exists()
    )


def test_a_verified_school_address_opens_the_persons_account(
    request_: Any, school: Organisation
) -> None:
    person = teacher_with_school_address(school)
    person.set_password("seven tall pines")
    person.save()
    response = arrive(request_, answer(person.email.upper()))
    assert response.status_code == 302
    assert request_.user == person
    assert SocialAccount.objects.get().user == person
    person.refresh_from_db()
    assert person.has_usable_password()


def test_an_unverified_address_opens_nothing(request_: Any, school: Organisation) -> None:
    person = teacher_with_school_address(school)
    assert was_refused(arrive(request_, answer(person.email, verified=False)))
    assert request_.user.is_anonymous


def test_an_address_outside_the_schools_domains_opens_nothing(
    request_: Any, school: Organisation
) -> None:
    person = make_user(Role.STAFF, at=school)  # has an address elsewhere
    assert was_refused(arrive(request_, answer(str(person.email))))


def test_another_schools_domain_opens_nothing(request_: Any, school: Organisation) -> None:
    person = make_user(Role.STAFF, at=school)
    person.email = f"x@{domain_of(make_school())}"
    person.save()
    assert was_refused(arrive(request_, answer(person.email)))


def test_a_domain_that_only_ends_like_the_schools_opens_nothing(
    request_: Any, school: Organisation
) -> None:
    person = make_user(Role.STAFF, at=school)
    person.email = f"x@evil-{domain_of(school)}"
    person.save()
    assert was_refused(arrive(request_, answer(person.email)))


def test_a_stranger_gets_no_account(request_: Any, school: Organisation) -> None:
    assert was_refused(arrive(request_, answer(f"stranger@{domain_of(school)}")))


def test_somebody_without_a_post_or_with_a_closed_account_is_refused(
    request_: Any, school: Organisation
) -> None:
    gone = make_person(email=f"gone@{domain_of(school)}")
    closed = teacher_with_school_address(school)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert person_for(str(gone.email)) is None
    assert person_for(str(closed.email)) is None


def test_the_trusts_domain_counts_at_its_schools_and_the_schools_at_the_trust() -> None:
    trust = make_trust()
    trust.domains.create(domain="trust.example")
    school = make_school(trust=trust)
    teacher = make_user(Role.STAFF, at=school)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    User.objects.filter(pk=teacher.pk).update(email="teacher@trust.example")
    User.objects.filter(pk=lead.pk).update(email=f"lead@{domain_of(school)}")
    assert person_for("teacher@trust.example") == teacher
    assert person_for(f"lead@{domain_of(school)}") == lead


def test_a_private_google_account_with_a_school_address_is_refused(
    request_: Any, school: Organisation
) -> None:
    person = teacher_with_school_address(school)
    assert was_refused(arrive(request_, answer(person.email, provider="google")))
    own = answer(person.email, provider="google", hd=domain_of(school))
    assert arrive(request_, own).status_code == 302
    assert request_.user == person


def test_nobody_connects_another_account_to_their_own(request_: Any, school: Organisation) -> None:
    request_.user = teacher_with_school_address(school)
    login = answer("private@example.com", process="connect")
    assert was_refused(arrive(request_, login))


def test_a_connected_account_opens_nothing_once_its_owner_has_left(
    request_: Any, school: Organisation
) -> None:
    gone = make_person(email=f"gone@{domain_of(school)}")
    SocialAccount.objects.create(user=gone, provider="oidc", uid=f"uid-{gone.email}")
    response = arrive(request_, answer(str(gone.email)))
    assert response["Location"] == "/sign-in/ended/"
    assert request_.user.is_anonymous


def test_a_second_factor_is_still_asked_for(request_: Any, school: Organisation) -> None:
    from allauth.mfa.models import Authenticator

    person = teacher_with_school_address(school)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert arrive(request_, answer(person.email))["Location"] == "/sign-in/second-step/"
    assert request_.user.is_anonymous


def test_sign_up_is_closed_on_every_way(request_: Any) -> None:
    from allauth.account.adapter import get_adapter

    adapter = PortalSocialAccountAdapter(request_)
    assert not adapter.is_open_for_signup(request_, answer("x@example.org"))
    assert not get_adapter(request_).is_open_for_signup(request_)
    with pytest.raises(ImmediateHttpResponse):
        adapter.pre_social_login(request_, answer("x@example.org"))


def test_without_settings_no_provider_is_offered(client: Any, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": []}}
    assert b"Sign in with a passkey" in client.get("/sign-in/").content
    assert b"Google" not in client.get("/sign-in/").content
