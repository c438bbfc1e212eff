"""The first page of a school leads to its social media accounts, and says how many need a look."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from accounts.services import life, register
from approvals.workflow import Status
from overview.account_figures import AccountFigures, account_figures
from people.roles import Role
from tests.accounts.factories import make_account
from tests.approvals.factories import make_case
from tests.factories import make_school, make_trust, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_dashboard_counts_accounts_and_cases_and_leads_whoever_may_read_them(
    client: Client,
) -> None:
    trust = make_trust()
    school, elsewhere = make_school(trust=trust), make_school()
    head = make_user(Role.HEAD, at=school)
    make_account(school, head=head)
    life.suspend(make_account(school, head=head), by=head, why="Somebody else posted there.")
    register.record_found(
        school, by=head, address="https://x.com/hill_fun", found_on=school.today(), name="Fun"
    )
    make_case(school, status=Status.SUBMITTED)
    make_case(school)  # a draft is nobody else's business
    make_account(elsewhere)
    figures = AccountFigures(running=1, paused=1, unauthorised=1, waiting=1)
    assert account_figures(school) == account_figures(trust) == figures

    page, links = reverse("overview:dashboard", args=[school.slug]), ("register", "cases")
    client.force_login(head)
    for name in links:
        app = "accounts" if name == "register" else "approvals"
        assertContains(client.get(page), f'href="{reverse(f"{app}:{name}", args=[school.slug])}"')
    client.force_login(make_user(Role.GOVERNOR, at=school))
    assertContains(client.get(page), "agreed to by nobody")
    assertNotContains(client.get(page), "The register of accounts")
