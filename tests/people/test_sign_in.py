"""Signing in and out, passwords, limits, and what a stranger can learn from it."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from people.adapters import SAME_WORDS
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as membership_services
from people.views import sign_in as views
from tests.factories import make_person, make_user

PASSWORD = "seven tall pines"
TOO_MANY = "That was too many tries"


@pytest.fixture(autouse=True)
def _quiet(db: None, settings: Any) -> None:
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://portal.example"


@pytest.fixture
def member(school: Organisation) -> User:
    return with_password(make_user(Role.STAFF, at=school))


def with_password(person: User, password: str = PASSWORD) -> User:
    person.set_password(password)
    person.save()
    return person


def sign_in(
    client: Client, email: str | None, password: str = PASSWORD, **more: Any
) -> HttpResponse:
    return client.post("/sign-in/", {"login": email, "password": password}, **more)


def is_signed_in(client: Client) -> bool:
    return client.get("/you/").status_code == 200


def test_a_member_of_staff_signs_in_and_lands_on_their_tasks(client: Client, member: User) -> None:
    response = sign_in(client, member.email)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)


def test_an_address_may_be_typed_in_capitals_and_with_spaces(client: Client, member: User) -> None:
    assert sign_in(client, f" {member.email.upper()} ").status_code == 302


def test_passwords_are_kept_as_argon2(member: User) -> None:
    assert member.password.startswith("argon2$")


def test_an_older_address_of_a_person_opens_nothing(client: Client, member: User) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=member, email="before@example.org", verified=True)
    assert SAME_WORDS in sign_in(client, "before@example.org").content.decode()
    assert sign_in(client, member.email).status_code == 302


def test_looking_at_the_sign_out_page_signs_nobody_out(client: Client, member: User) -> None:
    client.force_login(member)
    assert client.get("/sign-out/").status_code == 200
    assert is_signed_in(client)
    client.post("/sign-out/")
    assert not is_signed_in(client)


# What a stranger learns


def refused(client: Client, email: str | None, password: str = "wrong wrong wrong") -> str:
    page = sign_in(client, email, password).content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return page.replace(email or "", "ADDRESS")


def test_known_unknown_invited_and_closed_accounts_get_the_same_page(
    client: Client, member: User, school: Organisation
) -> None:
    invited = make_user(Role.STAFF, at=school)  # has no password yet
    closed = with_password(make_user(Role.STAFF, at=school))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    pages = {
        refused(Client(), email)
        for email in (member.email, "nobody@example.org", invited.email, closed.email)
    }
    assert len(pages) == 1
    assert SAME_WORDS in pages.pop()


def hashes_run(email: str | None) -> int:
    with (
        patch.object(
            Argon2PasswordHasher, "encode", autospec=True, side_effect=Argon2PasswordHasher.encode
        ) as encode,
        patch.object(
            Argon2PasswordHasher, "verify", autospec=True, side_effect=Argon2PasswordHasher.verify
        ) as verify,
    ):
        sign_in(Client(), email, "wrong wrong wrong")
    return int(encode.call_count + verify.call_count)


def test_a_password_is_hashed_once_whoever_asks(member: User, school: Organisation) -> None:
    invited = make_user(Role.STAFF, at=school)
    assert hashes_run(member.email) == 1
    assert hashes_run("nobody@example.org") == 1
    assert hashes_run(invited.email) == 1


def test_a_new_password_is_asked_for_in_the_same_words_and_time(
    client: Client, member: User
) -> None:
    def ask(email: str | None) -> tuple[str, float]:
        started = time.perf_counter()
        response = client.post("/sign-in/forgotten/", {"email": email})
        taken = time.perf_counter() - started
        return client.get(response["Location"]).content.decode(), taken

    # The quickest of three: a busy machine only ever makes an answer slower.
    known = [ask(member.email) for _ in range(3)]
    unknown = [ask("nobody@example.org") for _ in range(3)]
    assert len({words for words, _ in known + unknown}) == 1
    assert "is on its way" in known[0][0]
    assert [message.to for message in mail.outbox] == [[member.email]] * 3
    known_time, unknown_time = (min(taken for _, taken in asked) for asked in (known, unknown))
    assert min(known_time, unknown_time) >= views.RESET_SECONDS
    assert abs(known_time - unknown_time) < 0.15


# Limits


def test_guessing_is_slowed_down_and_the_owner_gets_in_again_later(member: User) -> None:
    guesser = Client()
    for _ in range(6):
        assert SAME_WORDS in sign_in(guesser, member.email, "wrong").content.decode()
    assert TOO_MANY in sign_in(guesser, member.email).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        assert sign_in(guesser, member.email).status_code == 302


def test_an_unknown_address_is_slowed_down_just_the_same() -> None:
    guesser = Client()
    for _ in range(6):
        assert SAME_WORDS in sign_in(guesser, "nobody@example.org", "wrong").content.decode()
    assert TOO_MANY in sign_in(guesser, "nobody@example.org", "wrong").content.decode()


def test_a_browser_that_knows_the_account_is_not_kept_out_by_somebody_else(member: User) -> None:
    own = Client()
    sign_in(own, member.email)
    own.post("/sign-out/")
    for _ in range(7):
        sign_in(Client(), member.email, "wrong")
    assert TOO_MANY in sign_in(Client(), member.email).content.decode()
    assert sign_in(own, member.email).status_code == 302


def test_a_forged_device_cookie_gives_no_tries_more(member: User) -> None:
    for number in range(6):
        stranger = Client()
        stranger.cookies["known_device"] = f"made-up-{number}"
        sign_in(stranger, member.email, "wrong")
    assert TOO_MANY in sign_in(Client(), member.email).content.decode()


def test_a_new_password_lifts_the_slow_down(member: User) -> None:
    visitor = Client()
    for _ in range(7):
        sign_in(visitor, member.email, "wrong")
    visitor.post("/sign-in/forgotten/", {"email": member.email})
    choose_by_link(visitor, "eight tall pines")
    assert sign_in(visitor, member.email, "eight tall pines").status_code == 302


def test_the_cache_holds_no_network_address_and_no_mail_address(member: User) -> None:
    Client(REMOTE_ADDR="203.0.113.77").post(
        "/sign-in/", {"login": member.email, "password": "wrong"}
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        kept = str(cursor.fetchall())
    assert "login_failed" in kept
    assert "203.0.113.77" not in kept
    assert member.email not in kept


def test_a_visitor_cannot_choose_the_network_address_they_are_counted_under(
    member: User, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/ip"}
    for number in range(3):
        sign_in(
            Client(), f"x{number}@example.org", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}"
        )
    page = sign_in(Client(), "x9@example.org", "wrong", HTTP_X_FORWARDED_FOR="10.0.0.9")
    assert TOO_MANY in page.content.decode()


def test_behind_a_trusted_proxy_visitors_are_counted_apart(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/5m/ip"}
    for number in range(3):
        page = sign_in(
            Client(),
            f"x{number}@example.org",
            "wrong",
            HTTP_X_FORWARDED_FOR=f"1.1.1.1, 10.0.0.{number}",
        )
        assert SAME_WORDS in page.content.decode()


# Where it leads


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_our_own_pages_only(client: Client, member: User, target: str) -> None:
    response = client.post(
        f"/sign-in/?next={target}", {"login": member.email, "password": PASSWORD}
    )
    assert response["Location"] == "/"


def test_sign_in_leads_back_to_the_page_that_asked_for_it(client: Client, member: User) -> None:
    asked = client.get("/you/")
    assert asked["Location"] == "/sign-in/?next=/you/"
    response = client.post(asked["Location"], {"login": member.email, "password": PASSWORD})
    assert response["Location"] == "/you/"


def reset_link() -> str:
    return re.search(r"https?://\S+/sign-in/forgotten/\S+", str(mail.outbox[-1].body)).group()


def choose_by_link(client: Client, password: str) -> HttpResponse:
    path = reset_link().removeprefix("https://portal.example")
    form = client.get(path, follow=True)
    address = form.redirect_chain[-1][0]
    return client.post(address, {"password1": password, "password2": password}, follow=True)


def test_the_link_in_the_mail_names_our_site_whatever_the_host_header_says(
    client: Client, member: User, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/sign-in/forgotten/", {"email": member.email}, HTTP_HOST="evil.example")
    assert reset_link().startswith("https://portal.example/")
    assert "evil" not in str(mail.outbox[-1].body) + mail.outbox[-1].subject


def test_a_new_password_works_and_its_link_only_once(client: Client, member: User) -> None:
    client.post("/sign-in/forgotten/", {"email": member.email})
    path = reset_link().removeprefix("https://portal.example")
    assert b"saved" in choose_by_link(client, "eight tall pines").content
    assert b"does not work any more" in Client().get(path, follow=True).content
    assert sign_in(Client(), member.email, "eight tall pines").status_code == 302
    assert "was changed" in mail.outbox[-1].subject


def test_a_reset_link_runs_out_after_an_hour(client: Client, member: User) -> None:
    client.post("/sign-in/forgotten/", {"email": member.email})
    path = reset_link().removeprefix("https://portal.example")
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=True):
        assert b"does not work any more" in Client().get(path, follow=True).content


def test_somebody_who_left_is_sent_no_link(client: Client, member: User) -> None:
    post = Membership.objects.get(person=member)
    membership_services.leave(post, last_day=timezone.localdate() - timedelta(days=1), by=None)
    client.post("/sign-in/forgotten/", {"email": member.email})
    assert not mail.outbox


# The end of it


def test_sessions_end_when_a_person_leaves(client: Client, member: User) -> None:
    sign_in(client, member.email)
    post = Membership.objects.get(person=member)
    membership_services.leave(post, last_day=timezone.localdate() - timedelta(days=1), by=None)
    assert client.get("/you/")["Location"].startswith("/sign-in/")


def test_a_dated_leaver_gets_no_further_on_the_day_after_the_last(
    client: Client, member: User
) -> None:
    sign_in(client, member.email)
    post = Membership.objects.get(person=member)
    membership_services.leave(post, last_day=timezone.localdate(), by=None)
    assert is_signed_in(client)
    with time_machine.travel(timezone.now() + timedelta(hours=11), tick=True):
        Membership.objects.filter(pk=post.pk).update(
            ends_on=timezone.localdate() - timedelta(days=1)
        )
        response = client.get("/you/", follow=True)
    assert b"Your access has ended" in response.content
    assert not is_signed_in(client)


def test_somebody_without_a_post_is_told_after_their_password_was_right(client: Client) -> None:
    person = with_password(make_person())
    assert SAME_WORDS in sign_in(client, person.email, "wrong").content.decode()
    response = sign_in(client, person.email, follow=True)
    assert b"Your access has ended" in response.content
    assert not is_signed_in(client)


def test_a_new_password_ends_the_sessions_on_other_devices(member: User) -> None:
    here, there = Client(), Client()
    sign_in(here, member.email)
    sign_in(there, member.email)
    answer = here.post(
        "/you/password/",
        {"oldpassword": PASSWORD, "password1": "eight tall pines", "password2": "eight tall pines"},
    )
    assert answer.status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_a_person_ends_all_their_sessions(member: User) -> None:
    here, there = Client(), Client()
    sign_in(here, member.email)
    sign_in(there, member.email)
    here.post("/you/sign-out-everywhere/")
    assert not is_signed_in(here)
    assert not is_signed_in(there)


def test_a_person_chooses_dark_colours(client: Client, member: User) -> None:
    client.force_login(member)
    client.post("/you/theme/", {"theme": "dark"})
    member.refresh_from_db()
    assert member.theme == "dark"
    assert b'data-bs-theme="dark"' in client.get("/you/").content


@pytest.mark.parametrize(
    "path",
    ["/signup/", "/accounts/signup/", "/sign-in/with/google/", "/you/email/", "/accounts/email/"],
)
def test_pages_of_the_library_that_we_do_not_offer_are_not_there(
    client: Client, member: User, path: str
) -> None:
    client.force_login(member)
    assert client.get(path).status_code == 404
