"""The log of an account: what was posted, removed, looked at and agreed to."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import incident_link
from accounts.hours import is_outside
from accounts.log_kinds import KINDS
from accounts.models import HouseRules, LogEntry, LogWords, SocialAccount
from accounts.services import life, log
from accounts.services.log import Said
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.accounts.factories import make_account
from tests.factories import make_school, make_user
from tests.queries import visit
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
K = LogEntry.Kind
FRIDAY = datetime(2026, 9, 4, 10, tzinfo=UTC)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    return make_account(school, head=head, name="Drama", run_by=1)


@pytest.fixture
def runner(account: SocialAccount) -> User:
    return account.runners.get().person


def at(name: str, account: SocialAccount, *more: Any) -> str:
    return reverse(f"accounts:{name}", args=[account.organisation.slug, account.pk, *more])


def ago(**span: int) -> datetime:
    return timezone.now() - timedelta(**span)


def post(account: SocialAccount, by: User, text: str = "Bake sale", **said: Any) -> LogEntry:
    said.setdefault("outside_hours", "event")
    said.setdefault("happened_at", ago(minutes=5))
    return log.add(account, by=by, kind=K.POST, said=Said(text=text, **said))


@pytest.mark.once
@pytest.mark.parametrize(
    ("moment", "outside"),
    [
        ("2026-09-04 06:59", True),  # 7:59 in London
        ("2026-09-04 07:00", False),
        ("2026-09-04 17:00", False),
        ("2026-09-04 17:01", True),
        ("2026-09-05 10:00", True),  # a Saturday
        ("2026-12-04 08:00", False),  # 8:00 in winter
        ("2026-12-04 18:01", True),
    ],
)
def test_hours_are_those_of_the_schools_own_zone(
    school: Organisation, moment: str, outside: bool
) -> None:
    when = datetime.fromisoformat(f"{moment}+00:00")
    assert is_outside(HouseRules(), when, school.zone) is outside
    every_hour = HouseRules(hour_from=0, hour_until=24, weekdays_only=False)
    assert not is_outside(every_hour, when, school.zone)


def test_a_post_outside_the_hours_needs_its_reason_and_one_within_them_keeps_none(
    account: SocialAccount, runner: User
) -> None:
    rules = account.house_rules
    rules.hour_from, rules.hour_until, rules.weekdays_only = 0, 24, False
    rules.save()
    assert post(account, runner).outside_hours == ""
    rules.hour_from, rules.hour_until = 23, 24
    rules.save()
    noon = timezone.now().replace(hour=12) - timedelta(days=1)
    with pytest.raises(RuleBroken, match="outside the hours"):
        post(account, runner, outside_hours="", happened_at=noon)
    assert post(account, runner, outside_hours="neither", happened_at=noon).outside_hours


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"happened_at": timedelta(days=1)}, "not come yet"),
        ({"happened_at": timedelta(days=-400)}, "more than a year ago"),
        ({"text": "The password is Sunflower99!"}, "never keeps one"),
        ({"text": " "}, "what the post was about"),
        ({"text": "x" * 1_000_000}, "2000 characters at most"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(
    account: SocialAccount, runner: User, said: dict[str, Any], sentence: str
) -> None:
    if (span := said.get("happened_at")) is not None:
        said = {"happened_at": timezone.now() + span}
    with pytest.raises(RuleBroken, match=sentence):
        post(account, runner, **said)
    assert not LogEntry.objects.exists()


def test_runners_and_keepers_of_the_register_write_and_nobody_else(
    account: SocialAccount, head: User, runner: User
) -> None:
    at_school = account.organisation
    for person in (head, runner, make_user(Role.OFFICE, at=at_school)):
        assert post(account, person).by == person
    for person in (
        make_user(Role.STAFF, at=at_school),
        make_user(Role.DSL, at=at_school),
        make_user(Role.HEAD, at=make_school()),
    ):
        with pytest.raises(PermissionDenied):
            post(account, person)
    life.begin_closing(account, by=head, why="Done.")
    assert post(account, head)  # the last post says goodbye


def test_the_database_keeps_an_entry_as_it_is_and_lets_its_words_be_erased(
    account: SocialAccount, runner: User
) -> None:
    entry = post(account, runner)
    for change in (
        lambda: LogEntry.objects.update(kind=K.OTHER),
        lambda: LogEntry.objects.all().delete(),
        lambda: LogWords.objects.update(text="Something else"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert log.erase_old_words(timezone.now()) == 0
    assert log.erase_old_words(timezone.now() + log.WORDS_KEPT) == 1
    assert log.erase_old_words(timezone.now() + log.WORDS_KEPT) == 0
    assert LogEntry.objects.get() == entry
    assert not LogWords.objects.exists()


def test_an_entry_is_put_right_once_by_another_one(account: SocialAccount, runner: User) -> None:
    first = post(account, runner, "Bake sail")
    right = log.correct(first, by=runner, said=Said(first.happened_at, "Bake sale",
                                                    outside_hours="event"))  # fmt: skip
    with pytest.raises(RuleBroken, match="put right already"):
        log.correct(first, by=runner, said=Said(first.happened_at, "Again"))
    assert list(LogEntry.objects.posts()) == [right]
    struck = log.strike(right, by=runner)
    assert not LogEntry.objects.posts().exists()
    with pytest.raises(RuleBroken, match="was a mistake"):
        log.strike(struck, by=runner)


def test_the_leadership_team_hears_of_a_removal_unless_the_school_does_not_want_that(
    account: SocialAccount, head: User, runner: User
) -> None:
    said = Said(ago(minutes=1), "A rude word", audience_told=True, platform_told=False)
    log.add(account, by=runner, kind=K.REMOVED, said=said)
    told = Notice.objects.get(recipient=head, kind="account.moderated")
    assert told.title == "A comment or post removed: “Drama”"
    assert told.url == at("log", account)
    account.organisation.settings["accounts.tell_of_removals"] = False
    account.organisation.save()
    account.refresh_from_db()
    log.add(account, by=runner, kind=K.REMOVED, said=said)
    assert Notice.objects.filter(kind="account.moderated").count() == 1


@pytest.mark.once
def test_a_runner_logs_reads_finds_puts_right_and_exports(
    client: Client, account: SocialAccount, runner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(runner)
    empty = client.get(at("log", account)).content.decode()
    assert "Nothing is on the log yet" in empty
    chosen = client.get(at("log_choose", account)).content.decode()
    assert all(kind.short in chosen for kind in KINDS.values())
    assert client.get(at("log_add", account, "dancing")).status_code == 404
    wrong = {"text": "=1+1 The sale", "on": "2999-01-01", "at": "9.15", "outside_hours": "urgent"}
    page = client.post(at("log_add", account, "post"), wrong).content.decode()
    assert "This time has not come yet." in page
    assert "=1+1 The sale" in page
    yesterday = (account.organisation.today() - timedelta(days=1)).isoformat()
    kept = client.post(at("log_add", account, "post"), wrong | {"on": yesterday}, follow=True)
    assert "It is on the log." in kept.content.decode()
    removed = {"text": "A rude word", "on": yesterday, "at": "9:20", "audience_told": "yes"}
    page = client.post(at("log_add", account, "removed"), removed, follow=True).content.decode()
    assert "The audience was told why" in page
    assert "Report as an incident" in page
    monkeypatch.setattr(incident_link, "ROUTE", "incidents:nowhere")  # a portal without that page
    assert "Report as an incident" not in client.get(at("log", account)).content.decode()
    entry = LogEntry.objects.get(kind=K.POST)
    for query, count in (
        ("kind=removed", 1), ("kind=post", 1), ("q=sale", 1), ("q=nothing", 0),
        (f"since={yesterday}", 2), (f"until={yesterday}", 2), ("since=2999-01-01", 0),
    ):  # fmt: skip
        assert client.get(f"{at('log', account)}?{query}").context["page"].paginator.count == count
    fix = {"text": "The cake sale", "on": yesterday, "at": "9:15", "outside_hours": "urgent"}
    client.post(at("log_correct", account, entry.pk), fix)
    page = client.get(at("log", account)).content.decode()
    assert "Put right by a later entry" in page
    last = LogEntry.objects.posts().get()
    client.post(at("log_strike", account, last.pk))
    assert "was a mistake" in client.get(at("log", account)).content.decode()
    text = b"".join(client.get(at("log_export", account))).decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == 5
    assert any(row[2].startswith("'=1+1") for row in rows)


@pytest.mark.once
def test_another_schools_log_does_not_exist(client: Client, account: SocialAccount) -> None:
    there = make_user(Role.HEAD, at=make_school())
    client.force_login(there)
    assert client.get(at("log", account)).status_code == 404
    client.force_login(make_user(Role.DSL, at=account.organisation))
    assert client.get(at("log", account)).status_code == 200
    assert client.get(at("log_choose", account)).status_code == 403


@pytest.mark.once
def test_a_log_asks_the_same_of_the_database_however_long_it_is(
    account: SocialAccount, head: User, runner: User
) -> None:
    counts = []
    for size in (10, 990):
        entries = LogEntry.objects.bulk_create(
            LogEntry(account=account, kind=K.POST, happened_at=ago(minutes=n), by=runner)
            for n in range(size)
        )
        LogWords.objects.bulk_create(LogWords(entry=one, text="Words") for one in entries)
        counts.append((len(visit(runner, at("log", account))),
                       len(visit(head, at("log_export", account)))))  # fmt: skip
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 8, visit(runner, at("log", account))
