"""What parents see of a school's accounts, and what nobody gets to see there (R11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import SocialAccount
from accounts.services import life, register
from people.models import Organisation, User
from people.roles import Role
from people.services import organisations
from tests.accounts.factories import make_account, make_runner
from tests.approvals.factories import make_case, make_trial
from tests.factories import make_school, make_trust, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust() -> Organisation:
    return make_trust("Elm Tree Trust")


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Elm Park School", trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Morgan Canary")


def at(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"accounts:{name}", args=[school.slug, *args])


def close(account: SocialAccount, head: User) -> SocialAccount:
    today = account.organisation.today()
    life.begin_closing(account, by=head, why="Canary reason")
    for step in ("farewell_on", "exported_on", "access_removed_on", "deleted_on"):
        life.note_closing_step(account, step=step, on=today, by=head)
    return life.close(account, by=head)


def states(client: Client, place: Organisation) -> dict[str, str]:
    found = client.get(at("public_json", place)).json()["accounts"]
    return {one["name"]: one["state"] for one in found}


def test_parents_see_each_account_that_speaks_for_the_school_and_how_it_stands(
    client: Client, school: Organisation, head: User
) -> None:
    live = make_account(
        school, head=head, name="School news", platform="instagram", address="@elm_park",
        aim="What happens at school.", comments="before", access="closed",
    )  # fmt: skip
    paused = make_account(school, head=head, name="Drama")
    life.suspend(paused, by=head, why="Canary reason")
    make_account(school, head=head, name="Too few", run_by=1)
    life.sweep_pauses()
    closing = make_account(school, head=head, name="Old sports")
    life.begin_closing(closing, by=head, why="Canary reason")
    close(make_account(school, head=head, name="Gone"), head)
    make_trial(school, head=head, name="Clips")

    assert states(client, school) == {
        "School news": "in_use", "Drama": "not_in_use", "Too few": "not_in_use",
        "Old sports": "being_closed", "Gone": "closed", "Clips": "on_trial",
    }  # fmt: skip
    page = client.get(at("public", school))
    for words in (
        live.url, "@elm_park", "What happens at school.", "Closed: people ask to be let in",
        "Looked at before they are shown", "In use since", "On trial since",
        "Not in use at the moment", "Being closed", "It is no longer ours",
    ):  # fmt: skip
        assertContains(page, words)
    assertContains(page, f'href="{live.url}"')
    assertNotContains(page, f'href="{paused.url}"')  # named, and no link
    assertNotContains(page, f'href="{closing.url}"')


def test_what_the_school_never_agreed_to_or_has_not_begun_is_not_there(
    client: Client, school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="News")
    register.add(school, by=head, platform="x", address="@elm_wish", name="A wish")
    found = register.record_found(
        school, by=head, address="https://x.com/elm_fun", found_on=school.today(), name="Fun"
    )
    taken_down = register.record_found(
        school, by=head, address="https://x.com/elm_gone", found_on=school.today(), name="Fake"
    )
    life.begin_closing(taken_down, by=head, why="Asked the platform.")
    life.note_closing_step(taken_down, step="deleted_on", on=school.today(), by=head)
    life.close(taken_down, by=head)
    life.begin_closing(found, by=head, why="Asked the platform.")  # being closed, and never ours
    assert states(client, school) == {"News": "in_use"}


def test_no_member_of_staff_no_e_mail_and_no_reason_is_named_anywhere(
    client: Client, school: Organisation, head: User
) -> None:
    runner = make_user(Role.STAFF, at=school, name="Canary Runner")
    domain = school.domains.get().domain
    account = make_account(
        school, head=head, name=f"News, ask drama@{domain}", run_by=1,
        aim=f"Write to canary.runner@{domain}.", email=f"canary@{domain}",
        department="Canary department",
    )  # fmt: skip
    make_runner(account, head=head, person=runner)
    register.set_house_rules(
        account, by=head, is_public=True, replies=f"By canary@{domain}.", devices="Canary phone"
    )
    closed = make_account(school, head=head, name="Gone")
    close(closed, head)
    paths = [
        at("public", school), at("public_json", school), at("public_rules", school, account.pk),
        f"{at('real', school)}?account={account.url}",
        f"{at('real', school)}?account={closed.url}",
    ]  # fmt: skip
    for path in paths:
        page = client.get(path)
        assert page.status_code == 200, path
        body = page.content.decode()
        assert "anary" not in body, path
        assert f"@{domain}" not in body, path
    assertContains(client.get(paths[0]), "(address left out)")


def test_a_school_decides_about_trials_closed_accounts_and_the_whole_page(
    client: Client, trust: Organisation, school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="News")
    trial = make_trial(school, head=head, name="Clips").account
    assert trial is not None
    close(make_account(school, head=head, name="Gone"), head)

    organisations.change_settings(school, {"accounts.public_trials": False}, by=head)
    assert states(client, school) == {"News": "in_use", "Gone": "closed"}
    assertContains(client.get(at("real", school), {"account": trial.url}), "Yes, this is one")
    with time_machine.travel(timezone.now() + timedelta(days=364)):
        assert "Gone" in states(client, school)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert "Gone" not in states(client, school)
    lead = make_user(Role.TRUST_LEAD, at=trust)
    organisations.change_settings(trust, {"accounts.public": False}, by=lead)
    assert client.get(at("public", school)).status_code == 404
    organisations.change_settings(school, {"accounts.public": True}, by=head)
    assert client.get(at("public", school)).status_code == 200


def test_a_trust_shows_its_own_and_those_of_its_schools_that_take_part(
    client: Client, trust: Organisation, school: Organisation, head: User
) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust)
    make_account(trust, head=lead, name="Of the trust")
    make_account(school, head=head, name="Of the school")
    silent = make_school("Elm Silent School", trust=trust)
    silent_head = make_user(Role.HEAD, at=silent)
    hidden = make_account(silent, head=silent_head, name="Hidden")
    organisations.change_settings(silent, {"accounts.public": False}, by=silent_head)
    make_account(make_school(), name="Of a stranger")

    page = client.get(at("public", trust))
    assertContains(page, "Elm Park School")
    assert list(states(client, trust)) == ["Of the trust", "Of the school"]
    assert "Elm Silent" not in client.get(at("public", trust)).content.decode()
    assertContains(client.get(at("real", trust), {"account": hidden.url}), "We do not know this")


def test_from_outside_an_unknown_school_and_one_that_shows_nothing_look_alike(
    client: Client, school: Organisation, head: User
) -> None:
    account = make_account(make_school("Far School"), name="News")
    register.set_house_rules(
        account, by=User.objects.get(pk=account.added_by_id), is_public=True
    )  # a school that shows everything, until it switches the page off
    off = account.organisation
    pages = ["public", "public_json", "public_poster", "real"]
    shown = [client.get(at(name, off)).status_code for name in pages]
    organisations.change_settings(
        off, {"accounts.public": False}, by=User.objects.get(pk=account.added_by_id)
    )
    register.add(school, by=head, platform="x", address="@elm_wish", name="A wish")

    for name in pages:
        unknown = client.get(f"/s/no-such-school{at(name, off).partition(off.slug)[2]}")
        for place in (off, school):
            answer = client.get(at(name, place))
            assert (answer.status_code, answer.content) == (404, unknown.content), (name, place)
            assert answer.headers.keys() == unknown.headers.keys()
    rules = client.get(at("public_rules", off, account.pk))
    assert rules.status_code == 404
    assert shown == [200] * 4


def test_house_rules_are_public_once_the_leadership_team_says_so(
    client: Client, school: Organisation, head: User
) -> None:
    account = make_account(school, head=head, aim="Dates and tickets.", faces_pupils=True)
    parent = make_user(Role.STAFF, at=school, employment="parent")
    make_runner(account, head=head, person=parent)
    path = at("public_rules", school, account.pk)
    assert client.get(path).status_code == 404
    register.set_house_rules(
        account, by=head, is_public=True, replies="Within two school days.", hour_from=8,
        hour_until=18, exceptions="And on the evening of a play.", devices="Office telephone",
    )  # fmt: skip
    page = client.get(path)
    for words in (
        "Dates and tickets.", "Monday to Friday, from 8 am to 6 pm.",
        "And on the evening of a play.", "It is run by members of staff and parents.",
        "Within two school days.", "never beside a picture",
    ):  # fmt: skip
        assertContains(page, words)
    assertNotContains(page, "telephone")
    assertContains(client.get(at("public", school)), path)
    other = make_school(trust=school.parent)
    assert client.get(at("public_rules", other, account.pk)).status_code == 404
    close(account, head)
    assert client.get(path).status_code == 404


def test_what_a_runner_changes_is_not_public_until_the_leadership_team_has_seen_it(
    client: Client, school: Organisation, head: User
) -> None:
    account = make_account(school, head=head)
    register.set_house_rules(account, by=head, is_public=True, replies="Within two days.")
    runner = account.runners.first()
    assert runner is not None
    register.set_house_rules(account, by=runner.person, replies="Within two days.")
    path = at("public_rules", school, account.pk)
    assert client.get(path).status_code == 200  # nothing was changed
    client.force_login(runner.person)
    form = client.get(at("house_rules", school, account.pk)).context["form"]
    sent = {name: value for name, value in form.initial.items() if value not in (None, "")}
    answer = client.post(
        at("house_rules", school, account.pk), sent | {"replies": "Whenever I like."}, follow=True
    )
    assertContains(answer, "off the public page until the leadership team")
    assert client.get(path).status_code == 404
    register.set_house_rules(account, by=head, is_public=True)
    assertContains(client.get(path), "Whenever I like.")


def test_the_pages_are_the_same_for_everybody_and_may_be_kept(
    client: Client, school: Organisation, head: User
) -> None:
    account = make_account(school, head=head)
    register.set_house_rules(account, by=head, is_public=True)
    signed_in = Client()
    signed_in.force_login(head)
    rules = at("public_rules", school, account.pk)
    for path in (at("public", school), at("public_json", school), rules):
        page, other = client.get(path), signed_in.get(path)
        assert page.content == other.content
        assert page.cookies == other.cookies == {}
        assert "Cookie" not in page.headers.get("Vary", "")
        assert page.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=600"
        tag = page.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert client.post(path).status_code == 405
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "same-origin"
    life.suspend(account, by=head, why="Somebody else posted.")
    assert client.get(rules, headers={"If-None-Match": tag}).status_code == 200


def test_programs_read_what_is_on_the_page_and_nothing_else(
    client: Client, school: Organisation, head: User
) -> None:
    """The fields promised in docs/official-accounts-json.md."""
    account = make_account(school, head=head, name="News", platform="x", address="@ElmPark")
    answer = client.get(at("public_json", school))
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    data: dict[str, Any] = answer.json()
    [one] = data.pop("accounts")
    page = f"http://localhost:8000{at('public', school)}"
    assert data == {"version": 1, "name": "Elm Park School", "kind": "school", "page": page}
    assert account.live_on is not None
    assert one == {
        "school": "Elm Park School", "name": "News", "platform": "x",
        "platform_name": "X (Twitter)", "handle": "ElmPark", "address": "https://x.com/elmpark",
        "state": "in_use", "purpose": "", "audience": "", "visibility": "open",
        "comments": "after", "since": account.live_on.isoformat(), "closed_on": None,
        "house_rules": None,
    }  # fmt: skip


def test_what_a_school_wrote_is_text_and_never_markup(
    client: Client, school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="<script>alert(1)</script>", aim="</dd><b>bold")
    page = client.get(at("public", school))
    assertNotContains(page, "<script>alert")
    assertContains(page, "&lt;/dd&gt;&lt;b&gt;bold")


def test_the_schools_public_page_leads_there_even_without_a_policy(
    client: Client, school: Organisation, head: User
) -> None:
    public = reverse("governance:public_school", args=[school.slug])
    organisations.change_settings(school, {"incidents.public_reports": False}, by=head)
    assert client.get(public).status_code == 404
    make_account(school, head=head)
    assertContains(client.get(public), at("public", school))


@pytest.mark.once
def test_two_queries_however_many_accounts_there_are(
    client: Client, school: Organisation, head: User
) -> None:
    first = make_account(school, head=head, platform="x", address="@elm_park")
    asked = f"{at('real', school)}?account=x.com/elm_park"

    def counted(path: str, *, of: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return sum(of in query["sql"] for query in queries)

    few = [counted(at("public", school), of=""), counted(asked, of="social")]
    fields = [one for one in SocialAccount._meta.concrete_fields if one.name != "id"]
    copies = []
    for number in range(1000):
        copy = SocialAccount(**{one.attname: getattr(first, one.attname) for one in fields})
        copy.key = f"x:many_{number}"
        copies.append(copy)
    SocialAccount.objects.bulk_create(copies)
    many = [counted(at("public", school), of=""), counted(asked, of="social")]
    assert few == many == [2, 1]
    assertContains(client.get(at("public", school), {"page": 11}), "1001 to 1001 of 1001")


@pytest.mark.once
def test_whoever_writes_what_parents_may_read_is_told_so(
    client: Client, school: Organisation, head: User
) -> None:
    client.force_login(head)
    case = make_case(school, author=head)
    aim = reverse("approvals:question", args=[school.slug, case.number, "aim"])
    for page in (at("enter", school), aim):
        assertContains(client.get(page), "Parents may read this")
