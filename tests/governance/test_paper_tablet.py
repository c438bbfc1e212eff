"""A shared tablet: people sign before a witness, whose own pages stay closed (P5, D11)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance import kiosk
from governance.models import Policy, Signature
from governance.obligations import owed
from governance.services import publishing, tablet
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership, sign_in
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next, sign
from tests.pages import routes
from trail.models import AuditEvent
from web.errors import RuleBroken

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


# Signing


@pytest.mark.demand("D11")
def test_two_people_sign_one_after_the_other_before_the_witness(
    table: Client, school: Organisation, policy: Policy, witness: User, cook: User
) -> None:
    other = make_user(Role.STAFF, at=school, name="Clem Cleaner")
    for words, person in (("zoe", cook), ("clean", other)):
        assertContains(take(table, words), policy.title)
        assertContains(write(table, person.name), "Signed. Thank you.")

    signature = Signature.objects.get(person=cook)
    assert signature.method == Signature.Method.TABLET
    assert signature.organisation == school
    assert (signature.witnessed.witness, signature.witnessed.recorded_by) == (witness, witness)
    assert signature.witnessed.sheet is None
    line = AuditEvent.objects.get(verb="signature.tablet", target_id=signature.pk)
    assert (line.actor, line.details["witness"]) == (witness, str(witness.pk))
    assert not owed(school.today()).filter(person__in=[cook, other]).exists()
    assert Notice.objects.get(recipient=cook).kind == "signature.recorded"


def test_the_receipt_says_that_it_was_on_a_tablet_and_who_saw_it(
    table: Client, policy: Policy, cook: User
) -> None:
    take(table, "zoe")
    write(table, cook.name)
    own = Client()
    own.force_login(cook)
    receipt = own.get(Signature.objects.get().get_absolute_url())
    assertContains(receipt, "On a shared tablet")
    assertContains(receipt, "Wyn Witness")
    assertContains(own.get("/policies/"), "on a shared tablet, seen by Wyn Witness")


def test_a_wrong_name_is_not_signed_and_stays_in_the_box(table: Client, cook: User) -> None:
    take(table, "zoe")
    page = write(table, "Wyn Witness")
    assertContains(page, "Type your name as the school has it", status_code=422)
    assertContains(page, 'value="Wyn Witness"', status_code=422)
    assert not Signature.objects.exists()


def test_a_version_published_meanwhile_is_read_again(
    table: Client, policy: Policy, cook: User
) -> None:
    take(table, "zoe")
    old = policy.current
    assert old is not None
    publish_next(policy, by=make_head(policy.owner), body="Quite another rule.")
    page = table.post("/tablet/sign/", {"displayed": old.content_hash, "typed_name": cook.name})
    assertContains(page, "Nothing was recorded", status_code=409)
    assert not Signature.objects.exists()
    assertContains(write(table, cook.name), "Signed. Thank you.")


def test_a_trusts_policy_is_signed_with_the_appendix_of_the_school(client: Client) -> None:
    trust = make_trust()
    school, elsewhere = make_school(trust=trust), make_school(trust=trust)
    head = make_head(school)
    head.set_password(PASSWORD)
    head.save()
    cook = make_user(Role.STAFF, at=school, name="Zoë Cook")
    make_user(Role.STAFF, at=elsewhere, name="Zora Elsewhere")
    policy = make_policy(trust)
    make_appendix(policy, school, by=head)
    client.force_login(head)
    client.post(start_of(policy, school))
    assertNotContains(client.post("/tablet/", {"q": "zora"}, follow=True), "Zora Elsewhere")

    take(client, "zoe")
    write(client, cook.name)

    signature = Signature.objects.get()
    assert signature.organisation == school
    assert signature.acknowledgements.count() == 2


def test_a_double_click_signs_once(table: Client, cook: User, policy: Policy) -> None:
    take(table, "zoe")
    current = policy.current
    assert current is not None
    sent = {"displayed": current.content_hash, "typed_name": cook.name}
    for _ in range(2):
        table.post("/tablet/sign/", sent)
    assert Signature.objects.count() == 1


def test_the_witness_signs_for_nobody_and_not_for_themself(
    school: Organisation, policy: Policy, witness: User, cook: User
) -> None:
    current = policy.current
    assert current is not None
    sent = {"displayed": current.content_hash, "typed_name": witness.name}
    with pytest.raises(RuleBroken, match="witness of their own signature"):
        tablet.sign(policy.pk, school, person=witness, witness=witness, **sent)
    with pytest.raises(PermissionDenied):
        tablet.sign(policy.pk, school, person=witness, witness=cook, **sent)
    assert not Signature.objects.exists()


# What somebody sees who has the tablet in hand


def test_no_name_is_shown_before_one_is_typed(table: Client, cook: User, witness: User) -> None:
    for page in (table.get("/tablet/"), table.post("/tablet/", {"q": "zo"}, follow=True)):
        assertNotContains(page, "Cook-Smith")
        assertNotContains(page, witness.name)
        assertNotContains(page, "Your account")
        assertNotContains(page, "portal-nav")


@pytest.mark.parametrize(
    "words", ["Zoë", "ZOE", "zoe c", "cook", "Smith", "smith", "  zoe   cook - smith "]
)
def test_a_name_is_found_by_the_beginning_of_any_part(table: Client, words: str) -> None:
    found = [name for _, name in table.post("/tablet/", {"q": words}, follow=True).context["names"]]
    assert found == ["Zoë Cook-Smith"]


@pytest.mark.parametrize("who", ["signed", "elsewhere", "left", "witness", "not_covered"])
def test_whoever_owes_nothing_here_is_not_named(
    client: Client, school: Organisation, witness: User, cook: User, who: str
) -> None:
    policy = make_policy(school, audience=[{"role": "staff"}, {"role": "office"}])
    person = {
        "signed": lambda: make_user(Role.STAFF, at=school, name="Quentin Other"),
        "elsewhere": lambda: make_user(Role.STAFF, at=make_school(), name="Quentin Other"),
        "left": lambda: make_user(Role.STAFF, at=school, name="Quentin Other"),
        "witness": lambda: witness,
        "not_covered": lambda: make_user(Role.GOVERNOR, at=school, name="Quentin Other"),
    }[who]()
    if who == "signed":
        sign(policy, person)
    if who == "left":
        from datetime import timedelta

        day = school.today() - timedelta(days=1)
        membership.leave(person.memberships.get(), last_day=day, by=None)
    handed_round(client, policy, witness)
    assert client.post("/tablet/", {"q": person.name}, follow=True).context["names"] == []


def test_a_crowd_of_like_names_is_not_listed(table: Client, school: Organisation) -> None:
    for number in range(8):
        make_user(Role.STAFF, at=school, name=f"Markus Many{number}")
    page = table.post("/tablet/", {"q": "markus"}, follow=True)
    assertContains(page, "Type more of yours")
    assertContains(table.post("/tablet/", {"q": "markus many3"}, follow=True), "Markus Many3")


@pytest.mark.parametrize("token", ["1", "1:abc", "", "x" * 500])
def test_an_id_that_was_not_offered_opens_nothing(table: Client, cook: User, token: str) -> None:
    for value in (token, str(cook.pk), f"{cook.pk}:{'a' * 43}"):
        page = table.post("/tablet/", {"name": value}, follow=True)
        assertNotContains(page, "Cook-Smith")
    assertNotContains(table.get("/tablet/read/", follow=True), "Cook-Smith")


def test_a_name_offered_on_another_tablet_is_none_here(
    table: Client, policy: Policy, witness: User
) -> None:
    other = handed_round(Client(), policy, witness)
    ((token, _),) = other.post("/tablet/", {"q": "zoe"}, follow=True).context["names"]
    page = table.post("/tablet/", {"name": token}, follow=True)
    assertNotContains(page, "Cook-Smith")


def test_who_signed_is_not_shown_to_the_next(table: Client, cook: User) -> None:
    take(table, "zoe")
    done = write(table, cook.name)
    for page in (done, table.get("/tablet/done/"), table.get("/tablet/")):
        assertNotContains(page, "Cook-Smith")
        assertNotContains(page, Signature.objects.get().reference)


def test_messages_of_the_witness_do_not_go_round(
    client: Client, school: Organisation, policy: Policy, witness: User, cook: User
) -> None:
    client.force_login(witness)
    sent = {"person": cook.pk, "reason": "long_leave", "starts_on": str(school.today())}
    client.post(reverse("governance:exemption_new", args=[school.slug]), sent)
    make_user(Role.STAFF, at=school)
    client.post(start_of(policy))
    assertNotContains(client.get("/tablet/"), "exemption")


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
