"""Accounts on paper: the card, the register, the house rules and the poster (R11, E13)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import SocialAccount
from accounts.services import life, register
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.accounts.factories import change_password, make_account, make_runner
from tests.factories import make_school, make_trust, make_user
from tests.queries import visit
from tests.web.pdfs import assert_accessible, letters_of, tags_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Organisation:
    return make_school("Elm Park School", trust=make_trust("Elm Tree Trust"))


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Morgan Headley")


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    account = make_account(
        school, head=head, name="Drama", platform="instagram", address="@elm_drama", run_by=0,
        aim="Dates and tickets.",
    )  # fmt: skip
    for name in ("Robin Runner", "Kim Runner"):
        make_runner(account, head=head, person=make_user(Role.STAFF, at=school, name=name))
    register.set_house_rules(
        account, by=head, replies="Within two school days.", devices="The office telephone."
    )
    return account


def fetched(person: User, name: str, *args: object, **data: str) -> bytes:
    client = Client()
    client.force_login(person)
    answer = client.get(reverse(f"accounts:{name}", args=args), data)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content


@pytest.mark.demand("E13")
@pytest.mark.once
def test_the_card_says_who_runs_it_whether_they_are_fit_and_how_the_password_stands(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    change_password(account)
    made = fetched(head, "card", school.slug, account.pk)
    assert_accessible(made, title="Drama")
    said = letters_of(text_of(made))
    for words in (
        "Robin Runner", "Kim Runner", "Signed and trained", "Last changed and tried",
        "Within two school days.", "The office telephone.", "Elm Park School", "Page 1 of 1",
        "It has never been looked through.",
        "https://www.instagram.com/elm_drama/", "State: Live",
    ):  # fmt: skip
        assert letters_of(words) in said, words
    assert "/Figure" in tags_of(made)  # the square that leads to the account's page
    life.suspend(account, by=head, why="Somebody else posted.")
    later = letters_of(text_of(fetched(head, "card", school.slug, account.pk)))
    assert letters_of("nobody posts there until the leadership team says so") in later
    runner = account.runners.first()
    assert runner is not None
    assert fetched(runner.person, "card", school.slug, account.pk)


@pytest.mark.once
def test_the_register_on_paper_has_the_filter_of_the_page(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    make_account(school, head=head, name="Sports results", platform="x")
    made = fetched(head, "register_pdf", school.slug)
    assert_accessible(made, title="Register of social media accounts")
    said = letters_of(text_of(made))
    for words in ("Drama", "Sports results", "2 accounts", "Robin Runner", "Page 1 of 1"):
        assert letters_of(words) in said, words
    assert "/TH" in tags_of(made)
    narrowed = letters_of(text_of(fetched(head, "register_pdf", school.slug, platform="x")))
    assert letters_of("1 account, as of") in narrowed
    assert letters_of("Platform: X (Twitter)") in narrowed
    assert "Drama" not in narrowed
    few = letters_of(text_of(fetched(head, "register_pdf", school.slug, flag="few")))
    assert letters_of("0 accounts, as of") in few
    trust = school.parent
    assert trust is not None
    lead = make_user(Role.TRUST_LEAD, at=trust)
    of_trust = letters_of(text_of(fetched(lead, "register_pdf", trust.slug)))
    assert letters_of("Elm Park School") in of_trust


@pytest.mark.once
def test_the_sheet_of_house_rules_is_for_those_who_run_it(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    made = fetched(head, "rules_pdf", school.slug, account.pk)
    assert_accessible(made, title="House rules: Drama")
    said = letters_of(text_of(made))
    for words in (
        "Monday to Friday, from 8 am to 6 pm.", "The office telephone.", "Robin Runner",
        "can suspend it in the portal at once", "Dates and tickets.",
    ):  # fmt: skip
        assert letters_of(words) in said, words


@pytest.mark.once
def test_the_poster_leads_families_to_the_page_and_names_nobody(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    paused = make_account(school, head=head, name="Old sports")
    life.suspend(paused, by=head, why="Canary")
    made = client.get(reverse("accounts:public_poster", args=[school.slug]))
    assert made.headers["Cache-Control"].startswith("public, max-age=300")
    assert_accessible(made.content, title="Is this account really ours?")
    said = letters_of(text_of(made.content))
    assert letters_of(reverse("accounts:public", args=[school.slug])) in said
    assert letters_of("@elm_drama") in said
    for never in ("Runner", "Headley", "Canary", "Old sports"):
        assert letters_of(never) not in said


def test_what_parents_see_is_shown_to_those_who_look_after_the_account(
    school: Organisation, head: User, account: SocialAccount
) -> None:
    listed = visit(head, reverse("accounts:register", args=[school.slug])).response
    for name in ("public", "register_pdf"):
        assertContains(listed, reverse(f"accounts:{name}", args=[school.slug]))
    page = visit(head, reverse("accounts:outside", args=[school.slug, account.pk]))
    assertContains(page.response, "Everybody can see this account")
    assertContains(page.response, "Show them on the public page")
    assertContains(page.response, reverse("accounts:card", args=[school.slug, account.pk]))
    assert len(page) <= 8, str(page)
    found = register.record_found(
        school, by=head, address="x.com/elm_fun", found_on=school.today(), name="Fun"
    )
    page = visit(head, reverse("accounts:outside", args=[school.slug, found.pk]))
    assertContains(page.response, "is told that it is not one of yours")
    card = letters_of(text_of(fetched(head, "card", school.slug, found.pk)))
    assert letters_of("Nobody at the school agreed to this account.") in card
    assert letters_of("Who runs it") not in card
    sheet = visit(head, reverse("accounts:rules_pdf", args=[school.slug, found.pk]))
    assert sheet.response.status_code == 404
    organisations.change_settings(school, {"accounts.public": False}, by=head)
    page = visit(head, reverse("accounts:outside", args=[school.slug, account.pk]))
    assertContains(page.response, "does not show its accounts to everybody")
    listed = visit(head, reverse("accounts:register", args=[school.slug])).response
    assertNotContains(listed, reverse("accounts:public", args=[school.slug]))


@pytest.mark.parametrize("size", [2, 20])
@pytest.mark.once
def test_the_register_on_paper_asks_the_same_however_many_there_are(
    school: Organisation, head: User, size: int
) -> None:
    for _ in range(size):
        make_account(school, head=head, run_by=1)
    assert len(visit(head, reverse("accounts:register_pdf", args=[school.slug]))) == 8
