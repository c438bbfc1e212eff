"""Whoever holds a printed copy learns whether it is still in force (D7, P3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from governance import codes
from governance.codes import code_of, version_of
from governance.models import Policy, PolicyVersion
from governance.services import drafts, publishing
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_policy, publish_next
from tests.queries import visit
from web.crypto import keyed_hash

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_guessed_yet() -> None:
    cache.clear()


@pytest.fixture
def school() -> Organisation:
    return make_school("Elm Park School")


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Morgan Headley")


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head, title="Online safety")


def in_force(policy: Policy) -> PolicyVersion:
    version = Policy.objects.select_related("current").get(pk=policy.pk).current
    assert version is not None
    return version


def page(code: str, client: Client | None = None) -> str:
    response = (client or Client()).get(reverse("governance:check_code", args=[code]))
    return response.content.decode()


@pytest.mark.demand("D7")
def test_a_copy_of_the_version_in_force_is_current(policy: Policy) -> None:
    said = page(code_of(in_force(policy)))
    assert "This copy is current" in said
    assert "Online safety" in said
    assert "Elm Park School" in said
    assert "Next review" in said


@pytest.mark.demand("D7")
def test_a_copy_of_an_earlier_version_names_the_one_that_replaced_it(
    policy: Policy, head: User
) -> None:
    old = in_force(policy)
    new = publish_next(policy, by=head)
    said = page(code_of(old))
    assert "This copy is out of date" in said
    assert f"replaced by version {new.number} on" in said
    assert "The version in force now is" not in said
    newest = publish_next(policy, by=head)
    said = page(code_of(old))
    assert f"replaced by version {new.number} on" in said
    assert f"The version in force now is {newest.number}" in said


@pytest.mark.demand("D7")
def test_a_copy_of_a_withdrawn_policy_says_so_and_not_why(policy: Policy, head: User) -> None:
    old = in_force(policy)
    last = publish_next(policy, by=head)
    publishing.withdraw(policy, by=head, reason="Mrs Example complained.")
    said = page(code_of(last))
    assert "This policy has been withdrawn" in said
    assert "complained" not in said
    assert "The policy has been withdrawn since" in page(code_of(old))


@pytest.mark.demand("D7")
def test_an_appendix_falls_with_the_policy_of_its_trust() -> None:
    trust = make_trust()
    whole = make_policy(trust)
    school = make_school(trust=trust)
    head = make_user(Role.HEAD, at=school)
    draft = make_draft(school, by=head, parent=whole)
    publishing.publish(draft, by=head, change="material")
    code = code_of(PolicyVersion.objects.get(pk=draft.pk))
    assert "This copy is current" in page(code)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    publishing.withdraw(whole, by=lead, reason="No longer needed.")
    assert "has been withdrawn" in page(code)


@pytest.mark.demand("D7")
def test_a_code_nobody_has_gets_a_kind_sentence(client: Client) -> None:
    response = client.get(reverse("governance:check_code", args=["2222-2222-2222"]))
    assert response.status_code == 404
    assert b"We know no copy with this code" in response.content
    assert response["Cache-Control"] == "no-store"


def test_nothing_is_said_of_a_draft(policy: Policy, school: Organisation, head: User) -> None:
    draft = drafts.start_version(policy, by=head)
    assert code_of(draft) == ""
    made_as_if = codes.grouped(
        codes._key_letters(draft.pk) + codes._check_letters(draft.pk, draft.content_hash)
    )
    assert version_of(made_as_if) is None
    assert "We know no copy" in page(made_as_if)
    assert draft.number not in page(code_of(in_force(policy)))


@pytest.mark.demand("D7")
def test_the_page_names_nobody_whoever_looks(policy: Policy, head: User) -> None:
    """Not the author, not who published it, and not the person who is signed in."""
    stranger = Client()
    signed_in = Client()
    signed_in.force_login(head)
    saved = signed_in.post(reverse("governance:new_version", args=[policy.pk]))
    assert "messages" in saved.cookies, "something waits to be said to the head alone"
    url = reverse("governance:check_code", args=[code_of(in_force(policy))])
    first, second = stranger.get(url), signed_in.get(url)
    assert first.content == second.content
    assert b"Headley" not in first.content
    assert not second.cookies
    assert first["Cache-Control"] == "public, max-age=60"
    assert first["X-Robots-Tag"] == "noindex"
    assert "Cookie" not in first.get("Vary", "")


@pytest.mark.demand("D7")
@pytest.mark.parametrize(
    "typed",
    ["{0}", " {1} ", "{2}", "{3}", "https://portal.example.org/check/{0}/"],
    ids=["as printed", "small letters", "spaces", "long dashes", "the whole address"],
)
def test_a_code_is_found_however_it_is_typed(policy: Policy, client: Client, typed: str) -> None:
    version = in_force(policy)
    code = code_of(version)
    ways = (code, code.lower(), code.replace("-", " "), code.replace("-", "–"))
    response = client.get(reverse("governance:check"), {"code": typed.format(*ways)}, follow=True)
    assert b"This copy is current" in response.content
    assert response.redirect_chain[0][0] == reverse("governance:check_code", args=[code])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the code."),
        ("2A7K", "This is not a whole code."),
        ("0A7K-M9QX-D4TR", "never 0, 1, I, L or O"),
        ("x" * 300, "Use 200 characters at most"),
        ("\x00", "Null characters are not allowed."),
        ("<script>alert(1)</script>", "This is not a whole code."),
    ],
)
def test_what_is_no_code_is_explained_by_the_field(client: Client, typed: str, said: str) -> None:
    response = client.get(reverse("governance:check"), {"code": typed})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert b"<script>alert" not in response.content


def test_guessing_is_stopped_and_a_real_code_then_waits_too(policy: Policy) -> None:
    client, real = Client(), code_of(in_force(policy))
    wrong = reverse("governance:check_code", args=["2222-2222-2223"])
    for _ in range(30):
        assert client.get(wrong).status_code == 404
    assert client.get(wrong).status_code == 429
    response = client.get(reverse("governance:check_code", args=[real]))
    assert response.status_code == 429
    assert 'href="/check/' in response.text  # back there, and not to a sign-in they do not have
    assert "/sign-in/" not in response.text
    assert response["Cache-Control"] == "no-store"


def test_a_whole_school_may_check_real_codes_at_once(policy: Policy) -> None:
    client, url = Client(), reverse("governance:check_code", args=[code_of(in_force(policy))])
    assert {client.get(url).status_code for _ in range(40)} == {200}


@pytest.mark.demand("D7")
def test_a_text_altered_behind_the_portals_back_is_no_longer_known(policy: Policy) -> None:
    """The database refuses to change it; were it changed all the same, its copies would not fit."""
    version = in_force(policy)
    code = code_of(version)
    version.content_hash = "0" * 64
    assert code_of(version) != code
    other = PolicyVersion(pk=version.pk + 1, status="published", content_hash=version.content_hash)
    assert code_of(other).replace("-", "")[-9:] != code_of(version).replace("-", "")[-9:]


def test_a_code_never_changes() -> None:
    """Paper lasts: the code of a version must be the same in ten years, with the same TRAIL_KEY."""
    version = PolicyVersion(pk=41, status="published", content_hash="ab" * 32)
    digest = int(keyed_hash("41:" + "ab" * 32, purpose="policy-version.code"), 16)
    letters, number = "", digest % 31**9
    for _ in range(9):
        number, rest = divmod(number, 31)
        letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"[rest] + letters
    assert code_of(version).replace("-", "") == "23C" + letters


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_every_version_has_its_own_code_in_groups_of_four(key: int) -> None:
    code = code_of(PolicyVersion(pk=key, status="published", content_hash="ab" * 32))
    first, *rest = code.split("-")
    assert 4 <= len(first) <= 7
    assert all(len(group) == 4 for group in rest)
    assert codes.may_be_one(codes.tidy(code.lower()))
    assert codes.grouped(codes.tidy(code)) == code


@given(st.text(max_size=60))
def test_no_code_breaks_the_page(typed: str) -> None:
    assert version_of(typed) is None


def test_a_public_policy_is_a_link_away_and_another_asks_to_sign_in(
    policy: Policy, head: User
) -> None:
    code = code_of(in_force(policy))
    assert "Sign in and read" in page(code)
    Policy.objects.filter(pk=policy.pk).update(is_public=True)
    said = page(code)
    assert reverse("governance:public_policy", args=[policy.owner.slug, policy.pk]) in said
    assert "Sign in and read" not in said


def test_an_overdue_review_does_not_make_a_copy_invalid(policy: Policy) -> None:
    yesterday = policy.owner.today() - timedelta(days=1)
    Policy.objects.filter(pk=policy.pk).update(review_due_on=yesterday)
    said = page(code_of(in_force(policy)))
    assert "This copy is current" in said
    assert "The policy is under review" in said


def test_checking_asks_little_of_the_database(policy: Policy, head: User) -> None:
    old = in_force(policy)
    publish_next(policy, by=head)
    url = reverse("governance:check_code", args=[code_of(old)])
    assert len(visit(head, url)) <= 12, visit(head, url)
