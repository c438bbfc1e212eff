"""The register as people use it: its list, an account's page, and the forms in between."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import SocialAccount
from accounts.rotation import State, needs_of
from accounts.services import life, register, urgent_change
from people.models import Organisation, User
from people.roles import Role
from tests.accounts.factories import change_password, make_account
from tests.factories import make_school, make_trust, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hazel Head")


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    return make_account(school, head=head, name="Drama department", platform="instagram",
                        address="@hill_drama")  # fmt: skip


def at(name: str, account: SocialAccount, *more: int) -> str:
    return reverse(f"accounts:{name}", args=[account.organisation.slug, account.pk, *more])


def send(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, data, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_register_says_who_runs_what_and_what_is_due(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    make_account(school, head=head, name="Sports", run_by=1)
    client.force_login(head)
    page = client.get(reverse("accounts:register", args=[school.slug])).content.decode()
    assert "Drama department" in page
    assert "2 accounts" in page
    assert "Too few" in page
    found = client.get(reverse("accounts:register", args=[school.slug]), {"flag": "few"})
    assert [row.account.name for row, _ in found.context["rows"]] == ["Sports"]
    none = client.get(reverse("accounts:register", args=[school.slug]), {"q": "chess"})
    assert "No account fits" in none.content.decode()


def test_an_empty_register_says_what_to_do(
    client: Client, school: Organisation, head: User
) -> None:
    client.force_login(head)
    page = client.get(reverse("accounts:register", args=[school.slug])).content.decode()
    assert "No account is on the register yet" in page


def test_a_member_of_staff_sees_only_what_they_run(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    make_account(school, head=head, name="Sports")
    runner = account.runners.first()
    assert runner is not None
    client.force_login(runner.person)
    page = client.get(reverse("accounts:register", args=[school.slug])).content.decode()
    assert "Drama department" in page
    assert "Sports" not in page
    assert client.get(account.get_absolute_url()).status_code == 200
    client.force_login(make_user(Role.STAFF, at=school))
    assert "You run no account" in client.get(
        reverse("accounts:register", args=[school.slug])
    ).content.decode()  # fmt: skip
    assert client.get(account.get_absolute_url()).status_code == 404


@pytest.mark.demand("E13")
def test_an_accounts_page_shows_without_a_click_all_that_matters(
    client: Client, head: User, account: SocialAccount
) -> None:
    change_password(account, verified=False)
    client.force_login(head)
    page = client.get(account.get_absolute_url()).content.decode()
    for words in ("Live", "Signed and trained", "Nobody yet", "Office vault", "hill_drama"):
        assert words in page
    glance = page[page.index("account-glance") :]
    for words in ("State", "Run by", "Next change of the password", "Last check", "Never checked"):
        assert words in glance[: glance.index("</dl>")]
    for runner in account.runners.all():
        assert runner.person.name in page


def test_an_account_is_entered_and_what_was_typed_is_kept_when_it_is_wrong(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    client.force_login(head)
    url = reverse("accounts:enter", args=[school.slug])
    typed = {
        "platform": "instagram", "address": "https://instagram.com/Hill_Drama?igsh=1",
        "name": "Twin", "access": "open", "comments": "after", "agreed_on": "2026-01-05",
        "agreed_note": "The head",
    }  # fmt: skip
    answer = send(client, url, **typed)
    assert "on your register already: Drama department" in answer.content.decode()
    assert 'value="Twin"' in answer.content.decode()
    answer = send(client, url, **(typed | {"address": "@hill_choir", "name": "Choir"}))
    assert said(answer) == ["“Choir” is on the register."]
    assert SocialAccount.objects.filter(key="instagram:hill_choir").exists()


def test_a_password_is_changed_by_one_runner_and_tried_by_another(
    client: Client, account: SocialAccount
) -> None:
    one, two = [runner.person for runner in account.runners.order_by("pk")]
    client.force_login(one)
    today = account.organisation.today().isoformat()
    form = {"on": today, "at": "00:00", "vault": "Office vault"}
    wrong = send(client, at("changed", account), **form)
    assert "Sign out every other device first" in wrong.content.decode()
    assert "Office vault" in wrong.content.decode()
    sent = send(client, at("changed", account), **form, sessions_ended="on",
                second_factor_ours="on")  # fmt: skip
    assert said(sent) == ["It is on record. Another runner has to try it now."]
    rotation = account.rotations.get()
    own = send(client, at("confirm", account, rotation.pk), tried="on")
    assert "Somebody else has to sign in" in own.content.decode()
    client.force_login(two)
    assert said(send(client, at("confirm", account, rotation.pk), tried="on")) == [
        "Confirmed. Thank you."
    ]


def test_a_change_in_the_minute_in_which_it_was_asked_for_answers_it(
    client: Client, account: SocialAccount, head: User
) -> None:
    urgent_change.ask(account, by=head)
    one = account.runners.order_by("pk")[0].person
    client.force_login(one)
    now = timezone.localtime(timezone=account.organisation.zone)
    send(
        client, at("changed", account), on=now.date().isoformat(), at=f"{now:%H:%M}",
        vault="Office vault", sessions_ended="on", second_factor_ours="on",
    )  # fmt: skip
    (need,) = needs_of(account, timezone.now())
    assert need.state == State.ATTESTED


def test_what_looks_like_a_password_is_refused_by_the_field(
    client: Client, account: SocialAccount
) -> None:
    runner = account.runners.first()
    assert runner is not None
    client.force_login(runner.person)
    answer = send(
        client, at("changed", account), on=account.organisation.today().isoformat(), at="00:00",
        vault="pw: Sunflower99", sessions_ended="on", second_factor_ours="on",
    )  # fmt: skip
    assert "never keeps one" in answer.content.decode()
    assert not account.rotations.exists()


def test_it_is_suspended_in_two_clicks_and_the_way_back_says_what_is_missing(
    client: Client, head: User, account: SocialAccount
) -> None:
    client.force_login(head)
    send(client, at("suspend", account), why="Somebody else posted there.")
    page = client.get(account.get_absolute_url()).content.decode()
    assert "Somebody else posted there." in page
    way_back = client.get(at("reinstate", account)).content.decode()
    assert "You suspended this account" in way_back
    assert "The password has to be changed and checked first." in way_back
    send(client, at("reinstate", account))
    account.refresh_from_db()
    assert account.status == "suspended"


def test_it_is_closed_step_by_step(client: Client, head: User, account: SocialAccount) -> None:
    client.force_login(head)
    send(client, at("begin_closing", account), why="The department has gone.")
    refused = send(client, at("close", account))
    assert len(said(refused)) == 4
    today = account.organisation.today().isoformat()
    steps = dict.fromkeys(("farewell_on", "exported_on", "access_removed_on", "deleted_on"), today)
    send(client, at("closing", account), **steps)
    assert "is closed" in said(send(client, at("close", account)))[0]
    account.refresh_from_db()
    assert account.status == "closed"
    assert not account.runners.filter(ends_on=None).exists()
    again = make_account(account.organisation, head=head, platform="instagram",
                         address="@hill_drama")  # fmt: skip
    assert again.key == account.key  # the name is free again


def test_an_account_nobody_agreed_to_stays_until_it_is_gone(
    client: Client, school: Organisation, head: User
) -> None:
    found = register.record_found(
        school, by=head, address="https://x.com/hill_fun", found_on=school.today(), name="Fun"
    )
    found = life.begin_closing(found, by=head, why="Taken down.")
    client.force_login(head)
    page = client.get(at("closing", found)).content.decode()
    assert "deleted_on" in page
    assert "farewell_on" not in page
    send(client, at("closing", found), deleted_on=school.today().isoformat())
    assert "is closed" in said(send(client, at("close", found)))[0]


def test_an_account_that_was_never_opened_is_closed_too(
    client: Client, school: Organisation, head: User
) -> None:
    wish = register.add(school, by=head, platform="x", name="Chess")
    client.force_login(head)
    assert said(send(client, at("begin_closing", wish), why="Nobody has time."))
    assert "Where it was never opened" in client.get(at("closing", wish)).content.decode()
    send(client, at("closing", wish), deleted_on=school.today().isoformat())
    assert "is closed" in said(send(client, at("close", wish)))[0]


def test_why_it_is_closed_holds_no_password(
    client: Client, head: User, account: SocialAccount
) -> None:
    client.force_login(head)
    answer = send(client, at("begin_closing", account), why="Gone. pw: Sunflower99")
    assert "never keeps one" in answer.content.decode()


def test_the_register_opens_in_a_spreadsheet_without_becoming_a_formula(
    client: Client, school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="=HYPERLINK(1)")
    client.force_login(head)
    answer = client.get(reverse("accounts:export", args=[school.slug]))
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert rows[1][1].startswith("'=")
    assert "; " in rows[1][6]


def test_the_trust_sees_its_schools_accounts_on_one_list(client: Client) -> None:
    trust = make_trust()
    schools = [make_school(trust=trust) for _ in range(2)]
    for school in schools:
        make_account(school)
    make_account(make_school())
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    page = client.get(reverse("accounts:register", args=[trust.slug]))
    assert page.context["page"].paginator.count == 2
    one = client.get(reverse("accounts:register", args=[trust.slug]), {"school": schools[0].pk})
    assert one.context["page"].paginator.count == 1
