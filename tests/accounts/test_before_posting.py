"""What runners go through before a post, made of the account's own house rules."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.before_posting import before_posting
from accounts.models import SocialAccount
from people.models import Organisation
from people.roles import Role
from tests.accounts.factories import make_account
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def account(school: Organisation) -> SocialAccount:
    account = make_account(school, head=make_user(Role.HEAD, at=school), run_by=1)
    rules = account.house_rules
    rules.exceptions, rules.pictures = "Concerts in the evening.", "From behind.\n\nNever alone."
    rules.save()
    return account


def lines(account: SocialAccount) -> list[str]:
    return [line for section in before_posting(account) for line in section.lines]


def test_it_says_what_the_house_rules_say(account: SocialAccount) -> None:
    said = lines(account)
    assert "From behind." in said
    assert "Never alone." in said
    assert (
        "It is the time for it: Monday to Friday, from 8 am to 6 pm. Concerts in the evening."
        in said
    )
    assert "No pupil can be recognised in it: this account shows no pictures of pupils." in said
    assert any("permission is on the log" in line for line in said)
    account.shows_pupils, account.comments = True, "off"
    said = lines(account)
    assert any("written consent" in line for line in said)
    assert "Comments are switched off." in said


def test_a_runner_opens_it_on_a_saturday_night(client: Client, account: SocialAccount) -> None:
    client.force_login(account.runners.get().person)
    url = reverse("accounts:before_posting", args=[account.organisation.slug, account.pk])
    with time_machine.travel(datetime(2027, 6, 5, 20, 15, tzinfo=UTC)):
        client.force_login(account.runners.get().person)
        page = client.get(url).content.decode()
    assert "It is Saturday, 21:15: outside the hours of this account" in page
    assert "I have posted: log it" in page
    with time_machine.travel(datetime(2027, 6, 4, 10, tzinfo=UTC)):
        client.force_login(account.runners.get().person)
        assert "outside the hours" not in client.get(url).content.decode()
