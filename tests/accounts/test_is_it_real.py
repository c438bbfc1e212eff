"""Whoever has the address of an account learns whether it is the school's (R11)."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.alike import LONGEST, looks_like, one_apart
from accounts.is_it_real import readings, tidy
from accounts.services import life, register
from accounts.views.public import _may_ask as may_ask
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.accounts.factories import make_account
from tests.accounts.test_public import close
from tests.approvals.factories import make_trial
from tests.factories import make_school, make_trust, make_user
from web.errors import RuleBroken


@pytest.fixture
def school(db: None) -> Organisation:
    cache.clear()  # nobody has asked yet
    return make_school("Elm Park School", trust=make_trust("Elm Tree Trust"))


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def ask(
    place: Organisation, account: str, *, status: int = 200, client: Client | None = None
) -> str:
    path = reverse("accounts:real", args=[place.slug])
    answer = (client or Client()).get(path, {"account": account})
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


YES = "Yes, this is one of ours"
UNKNOWN = "We do not know this account"
NOT_OURS = "This is not one of ours"


def test_however_its_address_is_written_an_account_of_ours_is_confirmed(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="School news", platform="x", address="@ElmPark")
    for written in (
        "https://x.com/elmpark", "twitter.com/ElmPark?s=20", " https://mobile.twitter.com/elmpark/",
        "@elmpark", "ElmPark", "<x.com/elmpark>", "x.com/elmpark/status/123", "\u200e@elmpark",
    ):  # fmt: skip
        said = ask(school, written)
        assert YES in said, written
        assert "School news" in said
    assert UNKNOWN in ask(school, "https://www.instagram.com/elmpark_fans/")
    said = ask(school, "https://www.instagram.com/elmpark/")
    assert UNKNOWN in said
    assert "It looks like an account of ours" in said  # the name is ours on another platform
    assert "of the same name on another platform is not confirmed" in ask(school, "@elmpark")


def test_an_account_of_a_sister_school_names_that_school(school: Organisation, head: User) -> None:
    make_account(school, head=head)
    sister = make_school("Elm Hill School", trust=school.parent)
    make_account(sister, platform="x", address="@elmhill")
    stranger = make_account(make_school("Far School"), platform="x", address="@farschool")
    said = ask(school, "x.com/elmhill")
    assert YES in said
    assert "An account of Elm Hill School" in said
    assert UNKNOWN in ask(school, stranger.url)
    assert "Far School" not in ask(school, stranger.url)


def test_what_the_school_did_not_agree_to_is_not_one_of_ours_and_no_more_is_said(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head, platform="instagram", address="@elm_fun")
    url = "https://www.tiktok.com/@elm_fun"
    found = register.record_found(
        school, by=head, address=url, found_on=school.today(), name="Canary confessions"
    )
    for _ in range(2):
        said = ask(school, url)
        assert NOT_OURS in said
        assert "anary" not in said
        assert "It looks like" not in said
        if found.status == "unauthorised":  # and the same once it is being taken down
            found = life.begin_closing(found, by=head, why="Asked the platform.")
    by_name = ask(school, "@elm_fun")
    assert YES in by_name
    assert "The account of the same name at TikTok is not one of ours." in by_name


def test_a_paused_and_a_closed_account_are_said_honestly(school: Organisation, head: User) -> None:
    make_account(school, head=head)
    paused = make_account(school, head=head, platform="x", address="@elm_paused")
    life.suspend(paused, by=head, why="Canary")
    closed = make_account(school, head=head, platform="x", address="@elm_old")
    close(closed, head)
    assert "It is ours, and not in use" in ask(school, paused.url)
    assert "It was ours, and is closed" in ask(school, "@elm_old")
    # Neither is offered to whoever asks about a name that looks like theirs.
    assert "It looks like" not in ask(school, "https://x.com/elm_pausd")
    assert "It looks like" not in ask(school, "https://x.com/elm_0ld")
    # Somebody else has the name now, and the school knows of them.
    register.record_found(
        school, by=head, address="x.com/elm_old", found_on=school.today(), name="Impostor"
    )
    assert NOT_OURS in ask(school, "@elm_old")


def test_a_name_that_looks_like_ours_is_not_ours_and_we_say_which_is(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="Drama", platform="instagram", address="@elm_drama")
    for alike in ("elm_dramа", "e1m_drama", "elm.drama.official", "elm_drarna", "elmdrama2"):
        said = ask(school, f"https://www.instagram.com/{alike}/")
        assert YES not in said, alike
        assert "It looks like an account of ours" in said, alike
        assert "@elm_drama" in said
    foreign = ask(school, "https://www.instаgram.com/elm_drama/")
    assert NOT_OURS in foreign
    assert "letters in it that no account of ours has" in foreign
    assert "It looks like" not in ask(school, "https://www.instagram.com/oak_sports/")


def test_a_trial_that_is_kept_off_the_page_is_given_away_by_no_name_like_its_own(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head)  # the page is there
    account = make_trial(school, head=head).account
    assert account is not None
    alike = f"{account.handle}s"
    assert "It looks like an account of ours" in ask(school, f"https://x.com/{alike}")
    organisations.change_settings(school, {"accounts.public_trials": False}, by=head)
    said = ask(school, f"https://x.com/{alike}")
    assert "It looks like" not in said
    assert account.name not in said
    assert YES in ask(school, account.url)  # whoever knows the address is told


def test_what_cannot_be_read_is_said_beside_what_was_typed(
    school: Organisation, head: User
) -> None:
    make_account(school, head=head)
    for typed, sentence in {
        "": "Give the account’s address or its handle.",
        "   ": "Give the account’s address or its handle.",
        "two words": "An address or a handle has no spaces.",
        "https://www.instagram.com/p/abc": "This is the address of a post.",
        "javascript:alert(1)": "An account’s address begins with https://.",
        "data:text/html,<script>": "An account’s address begins with https://.",
        "😀😀😀": "This is neither an address nor a handle that we can read.",
        "a" * 1_000_000: "This is too long.",
        "https://user:pw@x.com/a": "This is not the address of an account’s page.",
    }.items():
        said = ask(school, typed, status=422)
        assert sentence in said, typed[:40]
        assert "<title>Error: " in said
        assert len(said) < 12_000
    assert 'value="two words"' in ask(school, "two words", status=422)
    for hostile in ('"><script>alert(1)</script>', "\0", "‮moc.x@", "x.com/%00", "x.com/%ff%fe"):
        path = reverse("accounts:real", args=[school.slug])
        answer = Client().get(path, {"account": hostile})
        assert answer.status_code in (200, 422), hostile
        assert b"<script>alert" not in answer.content
        assert "‮".encode() not in answer.content or answer.status_code == 422


def test_an_answer_is_kept_for_a_minute_and_a_refusal_not_at_all(
    school: Organisation, head: User
) -> None:
    account = make_account(school, head=head)
    path = reverse("accounts:real", args=[school.slug])
    answer = Client().get(path, {"account": account.url})
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.cookies == {}
    assert Client().get(path, {"account": ""}).headers["Cache-Control"] == "no-store"
    assert Client().post(path, {"account": "x"}).status_code == 405


def test_whoever_tries_out_addresses_has_to_wait(school: Organisation, head: User) -> None:
    account = make_account(school, head=head)
    client = Client()
    path = reverse("accounts:real", args=[school.slug])
    for _ in range(28):
        assert may_ask(RequestFactory().get(path), dry_run=False)
    tried = [client.get(path, {"account": f"@guess_{n}"}).status_code for n in range(3)]
    assert tried == [200, 200, 429]
    assert client.get(path, {"account": account.url}).status_code == 429
    assert client.get(path, {"account": account.url}, REMOTE_ADDR="192.0.2.7").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM portal_cache")
        kept = " ".join(key for (key,) in cursor.fetchall())
    assert "real" in kept
    assert "127.0.0.1" not in kept


def test_asking_about_an_account_that_is_on_the_page_is_not_counted(
    school: Organisation, head: User
) -> None:
    account = make_account(school, head=head)
    for _ in range(2):
        assert YES in ask(school, account.url)
    path = reverse("accounts:real", args=[school.slug])
    allowed = [may_ask(RequestFactory().get(path), dry_run=False) for _ in range(31)]
    assert allowed == [True] * 30 + [False]


# Reading and likeness, without a database


@pytest.mark.once
@settings(max_examples=60)
@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(written: str) -> None:
    refused, found = "", []
    try:
        found = readings(tidy(written))
    except RuleBroken as problem:
        refused = str(problem)
    assert bool(found) != refused.endswith((".", "/"))
    assert all(one.url.startswith("https://") for one in found)


@pytest.mark.once
def test_likeness_is_a_hint_about_names_long_enough_to_tell() -> None:
    assert looks_like("the_elm_park", "elmpark")
    assert looks_like("elm-park-official", "elmpark")
    assert looks_like("еlmраrk", "elmpark")  # three letters of another alphabet
    assert not looks_like("oakpark", "elmpark")
    assert not looks_like("abc", "abd")
    assert not looks_like("100064700000002", "100064700000001")
    assert not looks_like("", "")
    assert one_apart("elm", "eml")
    assert not one_apart("elmpark", "lempakr")
    assert not looks_like("z" * 10_000_000, "elmpark")  # cut before it is looked at
    assert LONGEST == 120
