"""A shared tablet has no way out but the witness, who shows who they are (P5, D11)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from governance import kiosk
from governance.models import Policy, Signature
from governance.services import publishing
from people.models import Organisation, User
from people.roles import Role
from people.services import sign_in
from tests.factories import make_user
from tests.governance.factories import make_head, make_policy, sign
from tests.pages import routes
from trail.models import AuditEvent

pytestmark = pytest.mark.django_db
PASSWORD = "seven tall pines"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def policy(school: Organisation) -> Policy:
    return make_policy(school)


@pytest.fixture
def witness(school: Organisation) -> User:
    person = make_user(Role.OFFICE, at=school, name="Wyn Witness")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def cook(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Zoë Cook-Smith")


@pytest.fixture
def table(client: Client, policy: Policy, witness: User, cook: User) -> Client:
    """A tablet that is handed table."""
    return handed_round(client, policy, witness)


def handed_round(client: Client, policy: Policy, witness: User) -> Client:
    client.force_login(User.objects.get(pk=witness.pk))
    response = client.post(start_of(policy))
    assert response["Location"] == reverse("governance:tablet"), response
    return client


def start_of(policy: Policy, place: Organisation | None = None) -> str:
    return reverse("governance:tablet_start", args=[(place or policy.owner).slug, policy.pk])


def take(client: Client, words: str) -> Any:
    """Somebody types a name and presses the first button with one."""
    page = client.post("/tablet/", {"q": words}, follow=True)
    (name, *_) = page.context["names"]
    return client.post("/tablet/", {"name": name[0]}, follow=True)


def write(client: Client, name: str) -> Any:
    page = client.get("/tablet/read/")
    displayed = page.context["form"].initial["displayed"]
    return client.post("/tablet/sign/", {"displayed": displayed, "typed_name": name}, follow=True)


# No way out


@pytest.mark.parametrize(
    "url",
    [
        "/", "/admin/", "/sign-out/", "/no-such-page/", "/static/../", "//", "/Tablet/",
        "/tablet", "/%2e%2e/", "/files/1/", "/policies/?next=/tablet/", "/welcome/x/",
        "/.well-known/change-password",
    ],
)  # fmt: skip
def test_nor_does_an_address_that_somebody_makes_up(table: Client, url: str) -> None:
    response = table.get(url)
    assert (response.status_code, response["Location"]) == (302, "/tablet/")


@pytest.mark.parametrize("url", ["/tablet/x/", "/tablet/../", "/tablet//", "/tablet/end/../../"])
def test_below_the_tablet_there_is_nothing_else(table: Client, url: str) -> None:
    assert table.get(url).status_code == 404


def test_every_page_below_the_tablet_is_one_of_ours() -> None:
    below = {name for name, needs in routes() if not needs and reverse(name).startswith("/tablet/")}
    assert below == {f"governance:tablet{rest}" for rest in ("", "_read", "_sign", "_done", "_end")}


def test_signing_out_is_no_way_out(table: Client) -> None:
    table.post("/sign-out/")
    table.post(reverse("people:sign_out_everywhere"))
    assert table.get("/tablet/").status_code == 200


def test_the_browser_keeps_no_page_and_the_old_key_is_dead(
    client: Client, policy: Policy, witness: User, cook: User
) -> None:
    client.force_login(witness)
    before = client.cookies["sessionid"].value
    response = client.post(start_of(policy))
    assert response["Clear-Site-Data"] == '"cache"'
    assert client.cookies["sessionid"].value != before
    assert "no-store" in client.get("/tablet/")["Cache-Control"]
    stale = Client()
    stale.cookies["sessionid"] = before
    assert stale.get("/").status_code == 302
    assert "/sign-in/" in stale.get("/")["Location"]


def test_the_witness_is_free_on_their_own_device(
    table: Client, policy: Policy, witness: User
) -> None:
    own = Client()
    own.force_login(User.objects.get(pk=witness.pk))
    assert own.get("/").status_code == 200


def test_a_witness_whose_login_is_closed_is_signed_out(table: Client, witness: User) -> None:
    User.objects.filter(pk=witness.pk).update(is_active=False)
    response = table.get("/tablet/", follow=True)
    assert response.request["PATH_INFO"] == "/sign-in/"
    assert kiosk.KEY not in table.session


def test_a_witness_who_signs_out_everywhere_ends_it_from_afar(table: Client, witness: User) -> None:
    sign_in.sign_out_everywhere(User.objects.get(pk=witness.pk))
    assert "/sign-in/" in table.get("/tablet/")["Location"]


def test_a_witness_who_lost_the_role_can_only_end_it(
    table: Client, school: Organisation, witness: User
) -> None:
    witness.memberships.get().roles.all().delete()
    assertContains(table.get("/tablet/"), "Please hand this back")
    assertContains(table.get("/tablet/end/"), "Password")


def test_a_policy_withdrawn_meanwhile_can_only_be_handed_back(
    table: Client, policy: Policy, cook: User
) -> None:
    take(table, "zoe")
    publishing.withdraw(policy, by=make_head(policy.owner), reason="Merged.")
    for url in ("/tablet/", "/tablet/read/", "/tablet/done/"):
        assertContains(table.get(url), "Please hand this back")
    table.post("/tablet/sign/", {"displayed": "x", "typed_name": cook.name})
    assert not Signature.objects.exists()


# The end


def test_the_witness_ends_it_with_their_password_and_sees_who_signed(
    table: Client, school: Organisation, policy: Policy, cook: User
) -> None:
    take(table, "zoe")
    write(table, cook.name)
    page = table.post("/tablet/end/", {"password": PASSWORD}, follow=True)
    assertContains(page, "Signed before you: Zoë Cook-Smith")
    assert table.get("/").status_code == 200
    assert AuditEvent.objects.get(verb="tablet.end").details == {"signatures": "1"}


@pytest.mark.parametrize("sent", [{}, {"password": ""}, {"password": "a guess"}, {"code": "1"}])
def test_without_the_password_it_goes_on(table: Client, sent: dict[str, str]) -> None:
    page = table.post("/tablet/end/", sent)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert table.get("/")["Location"] == "/tablet/"


def test_no_browser_fills_the_password_in(table: Client) -> None:
    assertContains(table.get("/tablet/end/"), 'autocomplete="new-password"')


def test_guessing_is_slowed_down_and_shows_nothing_of_the_witness(
    table: Client, witness: User
) -> None:
    pages = [table.post("/tablet/end/", {"password": f"guess {n}"}) for n in range(14)]
    assert pages[-1].status_code == 429
    assert all(witness.name.encode() not in page.content for page in pages)
    assert table.get("/")["Location"] == "/tablet/"


def test_a_code_of_the_app_ends_it_too(
    client: Client, policy: Policy, witness: User, cook: User
) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(witness, secret)
    handed_round(client, policy, witness)
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    client.post("/tablet/end/", {"code": code})
    assert client.get("/").status_code == 200


def test_a_recent_sign_in_does_not_end_it(table: Client) -> None:
    """They signed in minutes ago; whoever holds the tablet did not."""
    table.post("/tablet/end/", {})
    table.get("/tablet/end/")
    assert table.get("/")["Location"] == "/tablet/"


def test_whoever_could_not_end_it_cannot_begin(
    client: Client, school: Organisation, policy: Policy, cook: User
) -> None:
    office = make_user(Role.OFFICE, at=school)  # signs in through the school's provider
    office.set_unusable_password()
    office.save()
    client.force_login(office)
    assertContains(client.post(start_of(policy)), "set one up")
    assert client.get("/").status_code == 200


def test_the_pages_of_a_tablet_are_nobodys_without_one(client: Client, witness: User) -> None:
    client.force_login(witness)
    for url in ("/tablet/", "/tablet/read/", "/tablet/done/", "/tablet/end/"):
        assert client.get(url)["Location"] == "/"


def test_when_everybody_has_signed_there_is_nothing_to_begin(
    client: Client, policy: Policy, witness: User
) -> None:
    client.force_login(witness)
    for person in User.objects.exclude(pk=witness.pk).filter(memberships__isnull=False):
        sign(policy, person)
    assertContains(client.get(start_of(policy)), "Nobody here has still to sign")
