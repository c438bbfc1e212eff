"""A shared tablet: people sign before a witness, whose own pages stay closed (P5, D11)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import Policy, Signature
from governance.obligations import owed
from governance.services import tablet
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next, sign
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
