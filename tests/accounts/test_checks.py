"""An account is looked through once in each half-term, and what is found is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.check_questions import NO, QUESTIONS, YES, questions_of
from accounts.checks import check_due, checks_due, last_checks, missed_checks
from accounts.dormant import asleep, dormant_since
from accounts.duties import CHECKING
from accounts.models import AccountCheck, CheckFinding, LogEntry, SocialAccount
from accounts.services import checks, life, log
from accounts.services.checks import Answer
from accounts.services.log import Said
from notices.duties import duties_of
from notices.ladders import LADDERS, rungs
from notices.models import Notice
from people.calendar import SchoolCalendar
from people.models import Organisation, User
from people.roles import Role
from people.services import calendar
from tests.accounts.factories import make_account, make_runner
from tests.factories import make_school, make_user
from tests.queries import visit
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
WELL = {one.code: Answer(YES) for one in QUESTIONS}
FOLLOWS = WELL | {"follows": Answer(NO, "It follows a shop.")}


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def enter_year(at: Organisation) -> None:
    """Autumn, with a half-term, and spring, without one."""
    autumn, spring = (date(2026, 9, 2), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 3, 25))
    for name, (first, last) in (("Autumn", autumn), ("Spring", spring)):
        calendar.add_term(at, by=None, name=name, starts_on=first, ends_on=last)
    calendar.add_closure(
        at, by=None, kind="half_term", starts_on=date(2026, 10, 26), ends_on=date(2026, 10, 30)
    )


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(morning(date(2026, 8, 3)), tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(school: Organisation, now: object) -> SocialAccount:
    enter_year(school)
    return make_account(school, head=make_user(Role.HEAD, at=school), name="Drama", run_by=2)


def runners(account: SocialAccount) -> list[User]:
    return [one.person for one in account.runners.order_by("pk")]


def at(name: str, account: SocialAccount, *more: Any) -> str:
    return reverse(f"accounts:{name}", args=[account.organisation.slug, account.pk, *more])


def owes(person: User) -> list[str]:
    on = timezone.localdate()
    return [one.occasion for one in duties_of(person, on) if one.kind == "account.check"]


def test_both_runners_owe_it_until_one_of_them_has_done_it(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    one, two = runners(account)
    assert owes(one) == []  # it is August
    now.move_to(morning(date(2026, 9, 3)))
    assert owes(one) == owes(two) == [f"account.check:{account.pk}:2026-09-02"]
    (duty,) = [each for each in duties_of(one, date(2026, 9, 3)) if each.kind == "account.check"]
    assert (duty.due_on, duty.note) == (date(2026, 9, 22), "Autumn, first half")
    assert owes(make_user(Role.STAFF, at=account.organisation)) == []
    done = checks.do(account, by=one, answers=WELL)
    assert (done.period, done.done_on) == ("Autumn, first half", date(2026, 9, 3))
    assert owes(one) == owes(two) == []
    with pytest.raises(RuleBroken, match="looked it through on 3 September 2026 already"):
        checks.do(account, by=two, answers=WELL)
    now.move_to(morning(date(2026, 10, 28)))
    with pytest.raises(RuleBroken, match="the next half-term"):
        checks.do(account, by=two, answers=WELL)
    now.move_to(morning(date(2026, 11, 2)))
    assert owes(two) == [f"account.check:{account.pk}:2026-10-31"]


def test_the_sweep_and_the_page_find_the_same_checks(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    one, two = runners(account)
    make_account(make_school(), name="Elsewhere")
    for day in (date(2026, 9, 3), date(2026, 11, 30), date(2027, 2, 1)):
        now.move_to(morning(day))
        people = User.objects.filter(pk__in=[one.pk, two.pk])
        swept = sorted(CHECKING.owed(people, day), key=lambda duty: duty.person_id)
        assert CHECKING.owed_by is not None
        owed = [duty for each in (one, two) for duty in CHECKING.owed_by(each.pk, day)]
        asked = [duty for duty in owed if duty.kind == CHECKING.kind]
        assert swept == asked
        assert len(swept) == 2
        if day.month == 9:
            checks.do(account, by=one, answers=WELL)  # counts for this half-term only
            assert list(CHECKING.owed(people, day)) == []


@pytest.mark.once
def test_the_ladder_goes_from_the_runner_to_the_manager_and_the_head(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    now.move_to(morning(date(2026, 9, 3)))
    (duty,) = [each for each in duties_of(runners(account)[0], date(2026, 9, 3))
               if each.kind == "account.check"]  # fmt: skip
    told = {
        days: [rung.to for rung in rungs(LADDERS[duty.kind], duty, duty.due_on + timedelta(days))]
        for days in (-21, -20, -7, 0, 7, 14)
    }
    assert told[-21] == []
    assert told[0] == ["owner"]
    assert told[7] == ["owner", "line_manager"]
    assert told[14] == ["owner", "line_manager", "head"]


def test_an_account_that_came_late_or_is_not_in_use_is_not_asked_for(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    now.move_to(morning(date(2026, 9, 25)))
    head = make_user(Role.HEAD, at=account.organisation)
    late = make_account(account.organisation, head=head, name="Chess")
    assert check_due(late, timezone.now()) is None
    overdue = check_due(account, timezone.now())
    assert overdue is not None
    assert overdue.is_overdue(account.organisation.today())
    suspended = life.suspend(account, by=head, why="Somebody else posted there.")
    assert check_due(suspended, timezone.now()) is None
    with pytest.raises(RuleBroken, match="not in use"):
        checks.do(suspended, by=head, answers=WELL)


def test_a_half_term_without_a_check_stays_visible(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    now.move_to(morning(date(2026, 11, 3)))
    checks.do(account, by=runners(account)[0], answers=WELL)
    now.move_to(morning(date(2027, 1, 20)))
    done = list(account.checks.values_list("done_on", flat=True))
    missed = missed_checks(account, SchoolCalendar(account.organisation), done, timezone.now())
    assert [one.name for one in missed] == ["Autumn, first half"]


@pytest.mark.once
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(""), "Choose an answer: Does it follow"),
        (Answer("maybe"), "Choose an answer: Does it follow"),
        (Answer(NO, "  "), "Say what is wrong: Does it follow"),
        (Answer(NO, "The password is Sunflower99!"), "never keeps one"),
        (Answer(NO, "x" * 1_000_000), "1000 characters at most"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    account: SocialAccount, now: time_machine.Traveller, answer: Answer, sentence: str
) -> None:
    now.move_to(morning(date(2026, 9, 3)))
    with pytest.raises(RuleBroken, match=sentence):
        checks.do(account, by=runners(account)[0], answers=WELL | {"follows": answer})
    assert not AccountCheck.objects.exists()


def test_what_is_found_stays_open_until_somebody_has_dealt_with_it(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    one, two = runners(account)
    now.move_to(morning(date(2026, 9, 3)))
    with pytest.raises(PermissionDenied):
        checks.do(account, by=make_user(Role.DSL, at=account.organisation), answers=FOLLOWS)
    checks.do(account, by=one, answers=FOLLOWS)
    told = Notice.objects.get(kind="account.check", recipient__memberships__roles__role="head")
    assert told.title == "Somebody looked “Drama” through and found one thing to put right"
    assert last_checks([account])[account.pk].open_findings == 1
    finding = CheckFinding.objects.get()
    assert finding.note == "It follows a shop."
    for note, sentence in (("", "Say what was done"), ("pw: Sunflower99", "never keeps one")):
        with pytest.raises(RuleBroken, match=sentence):
            checks.settle(finding, by=two, note=note)
    with pytest.raises(PermissionDenied):
        checks.settle(finding, by=make_user(Role.DSL, at=account.organisation), note="Done.")
    checks.settle(finding, by=two, note="It follows it no longer.")
    with pytest.raises(RuleBroken, match="has dealt with this already"):
        checks.settle(finding, by=one, note="Again.")
    last = last_checks([account])[account.pk]
    assert (last.open_findings, last.by, last.period) == (0, one.name, "Autumn, first half")
    changes: list[Callable[[], int]] = [
        lambda: AccountCheck.objects.update(period="Spring"),
        lambda: CheckFinding.objects.update(note="All was well"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert checks.erase_old_findings(timezone.now()) == 0
    assert checks.erase_old_findings(timezone.now() + checks.NOTES_KEPT + timedelta(days=1)) == 1


@pytest.mark.once
def test_a_school_leaves_questions_out_and_adds_its_own(school: Organisation) -> None:
    school.settings = {
        "accounts.check_asks_school": False,
        "accounts.check_own": "Is the logo  the new one? Is the banner ours? and so on",
    }
    asked = questions_of(school)
    assert [one.code for one in asked][-3:] == ["contacts", "own_1", "own_2"]
    assert [one.words for one in asked[-2:]] == ["Is the logo the new one?", "Is the banner ours?"]


@pytest.mark.once
def test_a_runner_looks_an_account_through_on_the_page_and_deals_with_a_finding(
    client: Client, account: SocialAccount, now: time_machine.Traveller
) -> None:
    one, two = runners(account)
    now.move_to(morning(date(2026, 9, 30)))
    client.force_login(one)
    page = client.get(at("checks", account)).content.decode()
    assert "Autumn, first half: overdue since 22 September" in page
    form = client.get(at("check_do", account)).content.decode()
    assert all(question.words in form for question in QUESTIONS)
    typed = {question.code: YES for question in QUESTIONS} | {"contacts": NO, "people_note": "Kept"}
    refused = client.post(at("check_do", account), typed).content.decode()
    assert "Say what is wrong: Are the contact details" in refused
    assert "Kept" in refused
    client.post(at("check_do", account), typed | {"contacts_note": "My own telephone is there."})
    client.force_login(two)
    page = client.get(at("checks", account)).content.decode()
    assert "To be put right" in page
    assert "My own telephone is there." in page
    finding = CheckFinding.objects.get()
    answer = client.post(at("finding_settle", account, finding.pk), {"note": ""})
    assert "Say what was done, in a sentence." in answer.content.decode()
    client.post(at("finding_settle", account, finding.pk), {"note": "It is gone."})
    page = client.get(at("checks", account)).content.decode()
    assert "To be put right" not in page
    assert f"Dealt with by {two.name}" in page
    client.force_login(make_user(Role.HEAD, at=make_school()))
    for name, more in (("checks", ()), ("check_do", ()), ("finding_settle", (finding.pk,))):
        assert client.get(at(name, account, *more)).status_code == 404


def test_thirty_school_days_without_a_post_put_an_account_to_sleep_and_holidays_never_do(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    one = runners(account)[0]
    assert dormant_since(account, morning(date(2026, 9, 30))) is None
    # From 2 September, thirty school days end on 13 October.
    assert dormant_since(account, morning(date(2026, 10, 13))) is None
    assert dormant_since(account, morning(date(2026, 10, 14))) == date(2026, 10, 13)
    now.move_to(morning(date(2026, 11, 27)))
    posted = Said(timezone.now(), "The play", outside_hours="event")
    log.add(account, by=one, kind=LogEntry.Kind.POST, said=posted)
    assert dormant_since(account, morning(date(2027, 1, 4))) is None  # three weeks, and Christmas
    found = asleep([account], morning(date(2027, 1, 29)))
    assert found[account.pk].last_post_on == date(2026, 11, 27)
    struck = account.log.get()
    log.strike(struck, by=one)
    assert dormant_since(account) == date(2026, 10, 13)
    account.organisation.settings["accounts.dormant_after"] = 0
    assert dormant_since(account) is None


@pytest.mark.once
def test_the_list_of_checks_is_narrowed(
    client: Client, account: SocialAccount, now: time_machine.Traveller
) -> None:
    now.move_to(morning(date(2026, 9, 30)))
    head = make_user(Role.HEAD, at=account.organisation)
    make_account(account.organisation, head=head, name="Chess")
    client.force_login(head)
    url = reverse("accounts:checks_at", args=[account.organisation.slug])
    for query, found in (
        ("", ["Chess", "Drama"]), ("only=due", ["Drama"]), ("only=overdue", ["Drama"]),
        ("only=found", []), ("q=che", ["Chess"]), ("only=asleep", []),
    ):  # fmt: skip
        rows = client.get(f"{url}?{query}").context["page"]
        assert [row.account.name for row in rows] == found


@pytest.mark.once
def test_lists_of_checks_ask_the_same_of_the_database_however_long_they_are(
    account: SocialAccount, now: time_machine.Traveller
) -> None:
    now.move_to(morning(date(2026, 9, 30)))
    school, head = account.organisation, make_user(Role.HEAD, at=account.organisation)
    make_runner(account, head=head, person=head)
    checks.do(account, by=head, answers=FOLLOWS)
    counts = []
    first = SocialAccount.objects.get(pk=account.pk)
    for size in (9, 990):
        SocialAccount.objects.bulk_create(
            SocialAccount(
                organisation=school, platform="x", name=f"A{size}-{n}", key=f"x:{size}-{n}",
                url="https://x.com/a", status="live", live_on=first.live_on,
                added_at=first.added_at,
            )
            for n in range(size)
        )  # fmt: skip
        AccountCheck.objects.bulk_create(
            AccountCheck(account=account, period=f"Old {n}", starts_on=day, ends_on=day,
                         done_on=day, answers=[], by=head)
            for n in range(size)
            for day in [date(2000, 1, 1) + timedelta(days=size * 10 + n)]
        )  # fmt: skip
        everything = checks_due(SocialAccount.objects.select_related("organisation__parent"),
                                timezone.now())  # fmt: skip
        assert account.pk not in everything
        counts.append((len(visit(head, reverse("accounts:checks_at", args=[school.slug]))),
                       len(visit(head, at("checks", account)))))  # fmt: skip
    assert counts[0] == counts[1]
    assert counts[0][1] <= 10, visit(head, at("checks", account))
    assert counts[0][0] <= 8, visit(head, reverse("accounts:checks_at", args=[school.slug]))
