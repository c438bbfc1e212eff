"""The register's list, an account's page and its history: what they say, and what they ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.duties import ROTATING, VERIFYING
from accounts.services import life, rotations, runners
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from tests import crowds
from tests.accounts.crowds import many_accounts, many_changes, many_missed
from tests.accounts.factories import make_account
from tests.factories import make_school, make_trust, make_user
from tests.queries import Visit, visit

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FEW, MANY = 10, 1_000
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hazel Head")


def constant(
    user: User, url: str, grow: Callable[[int], object], *, ceiling: int, many: int = MANY
) -> Visit:
    grow(FEW)
    few = visit(user, url)
    grow(many - FEW)
    lots = visit(user, url)
    assert few.response.status_code == lots.response.status_code == 200
    assert len(few) == len(lots), f"{len(few)} and {len(lots)}:\n{few}"
    assert len(lots) <= ceiling, f"{len(lots)} queries:\n{lots}"
    return lots


@pytest.mark.demand("H8")
@pytest.mark.parametrize(("flag", "many"), [("", MANY), ("attention", 100)])
def test_the_register_asks_eight_times_at_most(
    school: Organisation, head: User, flag: str, many: int
) -> None:
    runs = crowds.many_people(school, 2)
    crowds.many_policies(school, head, 3)
    url = reverse("accounts:register", args=[school.slug]) + f"?flag={flag}"
    grow = partial(many_accounts, school, run_by=runs)
    constant(head, url, grow, ceiling=8, many=many)


@pytest.mark.demand("H8")
def test_an_accounts_page_asks_twelve_times_at_most(school: Organisation, head: User) -> None:
    account = make_account(school, head=head)
    runner = account.runners.first()
    assert runner is not None

    def grow(more: int) -> None:
        many_changes(account, head, more)
        many_accounts(school, more, run_by=[runner.person])
        crowds.many_policies(school, head, more // 100)

    pages = [constant(head, account.get_absolute_url(), grow, ceiling=12)]
    pages.append(visit(runner.person, account.get_absolute_url()))
    assert len(pages[1]) <= 12, pages[1]


@pytest.mark.demand("E13")
@pytest.mark.demand("E9")
def test_the_page_and_the_history_say_who_ran_it_and_what_was_missed(
    client: Client, school: Organisation, head: User
) -> None:
    account = make_account(school, head=head, name="Drama")
    many_missed([account])
    one, two = account.runners.order_by("pk")
    runners.end(one, by=head, last_day=school.today())
    client.force_login(head)
    page = client.get(account.get_absolute_url()).content.decode()
    for words in ("Never checked", "Spring ended", "Something is missing", "Signed and trained"):
        assert (words in page) == (words != "Something is missing")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        client.force_login(head)
        history = client.get(reverse("accounts:history", args=[school.slug, account.pk]))
        text = history.content.decode()
    for words in (
        "Terms without a change", "Spring", "To be removed", two.person.name,
        f"made {two.person.name} a runner of this account",
        f"ended {one.person.name}&#x27;s running of this account",
        "A runner stopped running it",
    ):  # fmt: skip
        assert words in text, words
    client.force_login(two.person)
    seen = client.get(reverse("accounts:history", args=[school.slug, account.pk])).content.decode()
    assert one.person.name in seen
    assert "Line by line" not in seen


def test_a_history_asks_the_same_however_long_it_is(school: Organisation, head: User) -> None:
    account = make_account(school, head=head)
    people = crowds.many_people(school, 3)
    constant(
        head,
        reverse("accounts:history", args=[school.slug, account.pk]),
        lambda more: crowds.many_lines(school, people, account, more),
        ceiling=9, many=200,
    )  # fmt: skip


@pytest.mark.demand("E9")
def test_a_trust_sees_each_school_and_what_it_lacks(client: Client) -> None:
    trust = make_trust()
    tidy, untidy, _ = [make_school(trust=trust, name=name) for name in ("Ash", "Birch", "Cedar")]
    make_account(tidy)
    many_missed([make_account(untidy, run_by=1)])
    make_account(make_school(name="Elsewhere"))
    client.force_login(make_user(Role.TRUST_LEAD, at=trust))
    url = reverse("accounts:schools", args=[trust.slug])
    page = client.get(url)
    assert [
        (one.school.name, one.accounts, one.in_order, one.flags["few"], one.missed)
        for one in page.context["page"]
    ] == [("Ash", 1, 1, 0, 0), ("Birch", 1, 0, 1, 1), ("Cedar", 0, 0, 0, 0)]
    assert "None on the register" in page.content.decode()
    assert (page.context["total"].accounts, page.context["total"].share) == (2, 50)
    for only, names in (("few", ["Birch"]), ("missed", ["Birch"]), ("none", ["Cedar"])):
        rows = client.get(url, {"only": only}).context["page"]
        assert [one.school.name for one in rows] == names
    answer = client.get(reverse("accounts:schools_csv", args=[trust.slug]), {"q": "birch"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["School", "Birch"]
    linked = client.get(reverse("accounts:register", args=[untidy.slug]), {"flag": "few"})
    assert linked.context["page"].paginator.count == 1


@pytest.mark.demand("H9")
def test_a_trusts_page_asks_the_same_at_ten_schools_and_at_a_hundred() -> None:
    trust = make_trust()
    lead = make_user(Role.TRUST_LEAD, at=trust)
    crowds.many_policies(trust, lead, 3)

    def grow(more: int) -> None:
        for place in crowds.many_schools(trust, more):
            many_accounts(place, 3, run_by=crowds.many_people(place, 2), missed=True)

    for name in ("schools", "register", "schools_csv"):
        url = reverse(f"accounts:{name}", args=[trust.slug])
        constant(lead, url, grow, ceiling=10, many=30)


@pytest.mark.demand("H10")
def test_what_beat_rings_for_asks_the_same_for_ten_accounts_and_for_a_hundred(
    school: Organisation,
) -> None:
    """Nothing is wrong with any of them: what is wrong is looked at one by one."""
    today = school.today()
    calendar.add_term(
        school, by=None, name="Last", starts_on=today - 120 * DAY, ends_on=today - 20 * DAY
    )
    people = crowds.many_people(school, 2)
    counts = []
    for more in (10, 90):
        many_accounts(school, more, run_by=people)
        rotations.record_missed(timezone.now())  # each term is missed once
        with CaptureQueriesContext(connection) as captured:
            assert rotations.record_missed(timezone.now()) == 0
            life.sweep_pauses()
            for source in (ROTATING, VERIFYING):
                list(source.owed(User.objects.all(), today))
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert school.social_accounts.filter(missed__isnull=False).count() == 100
