"""The clocks of a case: derived from facts, told once (F4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from incidents import clocks
from incidents.models import Alert, Case, Referral
from incidents.services import access, alerts, people, referrals, telling, work
from incidents.services.people import Named
from notices.models import Mail, Notice
from people.calendar import SchoolCalendar
from people.calendar.hours import SchoolClock
from people.models import Organisation, Term
from tests.incidents.factories import (
    Cast,
    assess,
    begin,
    make_case,
    sees,
    subject,
    who,
)  # fmt: skip

F4 = pytest.mark.demand("F4")
LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment of spring 2026 in London. The clock goes forward on 29 March."""
    return datetime(2026, month, day, hour, minute, tzinfo=LONDON)


@pytest.fixture(scope="module")
def hours() -> SchoolClock:
    """A school with a term until Friday 27 March, and one from Monday 13 April."""
    school = Organisation(pk=1, kind="school", name="A", nation="ENG")
    terms = [
        Term(organisation=school, starts_on=date(2026, 1, 5), ends_on=date(2026, 3, 27)),
        Term(organisation=school, starts_on=date(2026, 4, 13), ends_on=date(2026, 7, 17)),
    ]
    return SchoolClock(school, SchoolCalendar(school, terms=terms, closures=[]))


def stages(running: clocks.Running) -> list[datetime]:
    assert running.due_at == running.stages[1][1]
    return [moment for _, moment in running.stages]


@pytest.mark.once
def test_red_is_one_hour_on_any_day(hours: SchoolClock) -> None:
    night = at(28, 23, 30)  # the Saturday before the clock changes, in the holidays
    assert stages(clocks.by_level("first", night, "red", hours)) == [
        at(29, 0), at(29, 0, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    ]  # fmt: skip


@pytest.mark.once
def test_amber_is_four_school_hours_over_a_weekend_and_a_holiday(hours: SchoolClock) -> None:
    # Friday 14:00 to 16:00, and two hours of the first morning after Easter.
    assert stages(clocks.by_level("first", at(27, 14), "amber", hours)) == [
        at(27, 16), at(13, 10, 30, month=4), at(13, 12, 30, month=4),
    ]  # fmt: skip


@pytest.mark.once
def test_green_is_due_at_the_end_of_the_next_school_day(hours: SchoolClock) -> None:
    assert clocks.by_level("first", at(24, 9), "green", hours).due_at == at(25, 16)
    assert clocks.by_level("first", at(27, 9), "green", hours).due_at == at(13, 16, month=4)


@pytest.mark.once
def test_a_breach_has_seventy_two_hours_that_have_elapsed() -> None:
    running = clocks.elapsed("ico", at(27, 12), clocks.BREACH)
    assert running.due_at == datetime(2026, 3, 30, 12, tzinfo=UTC)  # 13:00 by the new clock
    assert running.passed(at(30, 12, 59)) == [50]
    assert running.passed(at(30, 13)) == [50, 100]


@pytest.mark.once
def test_where_the_year_is_not_known_hours_are_hours(hours: SchoolClock) -> None:
    late = datetime(2027, 9, 1, 9, tzinfo=LONDON)
    assert clocks.by_level("first", late, "amber", hours).due_at == late + 4 * HOUR
    assert clocks.by_level("first", late, "green", hours).due_at == late + 24 * HOUR


@pytest.mark.once
def test_the_lado_is_decided_on_the_next_working_day_in_the_holidays_too(
    hours: SchoolClock,
) -> None:
    thursday = at(2, 10, month=4)  # in the holidays, before Good Friday and Easter Monday
    case = Case(organisation=Organisation(pk=1, kind="school", nation="ENG"), status="triaged")
    lado = Referral(case=case, body="lado", added_at=thursday)
    (found,) = clocks.running(clocks.Facts(case, referrals=[lado]), hours)
    assert found.due_at == at(7, 16, month=4)


def running(case: Case) -> dict[str, clocks.Running]:
    case = Case.objects.readable().get(pk=case.pk)
    found = clocks.running(clocks.facts_of(case), SchoolClock(case.organisation))
    return {one.name.partition("-")[0]: one for one in found}


def test_each_clock_stops_by_what_was_done(cast: Cast) -> None:
    case = make_case(cast, kind="data_breach", about="other_staff", child_concerned=True)
    assert set(running(case)) == {"first", "ico", "lado"}
    case = assess(case, by=cast.head)
    assert set(running(case)) == {"work", "ico", "lado"}
    from incidents.services import triage

    case = triage.begin(case, by=cast.head, owner=cast.head)
    takedown = work.need_takedown(case, by=cast.head, where="https://x.example/1")
    assert set(running(case)) == {"ask", "ico", "lado"}
    takedown = work.move_takedown(takedown, "request", by=cast.head)
    assert set(running(case)) == {"gone", "ico", "lado"}
    work.move_takedown(takedown, "remove", by=cast.head)
    referrals.decide(
        case.referrals.get(body="lado"), by=cast.head, make=False, why="Below the threshold."
    )
    breach = referrals.assess_breach(case.breaches.get(), by=cast.head, risk="None")
    referrals.decline_breach(breach, by=cast.head, why="No risk.")
    assert running(case) == {}


def told(case: Case, percent: int) -> set[int]:
    return set(case.alerts.filter(clock="first", percent=percent).values_list("person", flat=True))


@F4
def test_each_stage_tells_more_people_and_nobody_twice(cast: Cast) -> None:
    case = make_case(cast, kind="grooming")
    assert set(case.alerts.values_list("person", flat=True)) == {
        cast.dsl.pk, cast.deputy.pk, cast.head.pk,
    }  # fmt: skip
    assert Mail.objects.filter(recipient=cast.dsl, kind="urgent").count() == 1
    start = case.reported_at
    assert alerts.sweep(start + timedelta(minutes=29)) == 0
    # The worker was away for a day: every stage that fell is told, once, however often it runs.
    late = start + timedelta(days=1)
    assert alerts.sweep(late) > 0
    assert alerts.sweep(late) == 0
    assert told(case, 50) == told(case, 150) == {cast.dsl.pk, cast.deputy.pk, cast.head.pk}
    notices = Notice.objects.filter(recipient=cast.dsl, kind="case.attention")
    assert notices.count() == 4
    assert set(notices.values_list("title", flat=True)) == {telling.TITLE}
    assert {case.get_absolute_url()} == set(notices.values_list("url", flat=True))


@F4
def test_a_worker_that_dies_between_two_people_has_told_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(cast)
    late = timezone.now() + timedelta(days=400)
    before = Alert.objects.count(), Notice.objects.count(), Mail.objects.count()
    calls = []

    def dies(*args: object, **kwargs: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit
        return real(*args, **kwargs)

    real = telling.notify
    monkeypatch.setattr(telling, "notify", dies)
    with pytest.raises(SystemExit):
        alerts.sweep(late)
    assert (Alert.objects.count(), Notice.objects.count(), Mail.objects.count()) == before
    monkeypatch.setattr(telling, "notify", real)
    assert alerts.sweep(late) > 0
    assert told(case, 50) == {cast.dsl.pk, cast.deputy.pk, cast.head.pk}


def test_long_overdue_goes_to_the_head_or_past_a_head_who_is_out(cast: Cast) -> None:
    plain = make_case(cast, kind="compromised")
    about_head = make_case(cast, kind="compromised", people=(subject(cast.head),))
    alerts.sweep(timezone.now() + timedelta(days=1))
    assert who(cast, plain) == {"it", "slt", "head"}
    assert cast.head.pk in told(plain, 150)
    assert who(cast, about_head) == {"chair"}
    assert told(about_head, 150) == {cast.chair.pk}
    assert not sees(cast.head, about_head)
    assert not Notice.objects.filter(
        recipient=cast.head, url=about_head.get_absolute_url()
    ).exists()


def test_a_restricted_case_lets_the_head_in_alone(cast: Cast) -> None:
    case = begin(make_case(cast, about="other_staff"), by=cast.head, owner=cast.slt)
    access.restrict(case, by=cast.slt)
    work.need_takedown(case, by=cast.slt, where="https://x.example/1")
    assert who(cast, case) == {"slt"}
    alerts.sweep(timezone.now() + timedelta(hours=36, minutes=1))
    assert who(cast, case) == {"slt", "head"}


def test_a_case_names_nobody_in_a_mail(cast: Cast) -> None:
    case = make_case(
        cast, kind="grooming", what="Nobody may read this in a mail.",
        people=(Named("target", name="Robin Ash", relation="pupil"),),
    )  # fmt: skip
    mail = Mail.objects.filter(recipient=cast.dsl).last()
    assert mail is not None
    for said in (mail.subject, mail.text, mail.html):
        for word in ("Robin", "read this", "grooming", "red", "child"):
            assert word not in said.replace("required", ""), (word, said)
    assert case.reference in mail.text


@pytest.mark.demand("F1")
def test_a_mail_that_has_not_left_does_not_reach_whoever_was_just_kept_out(cast: Cast) -> None:
    case = make_case(cast, kind="grooming")
    told = Notice.objects.filter(kind="case.attention", recipient=cast.dsl)
    assert told.get().mail is not None
    # Nor does the office see in its list of mail that somebody was written to.
    assert not Mail.objects.exclude(organisation=None).filter(kind="urgent").exists()
    people.add(case, subject(cast.dsl), by=cast.head)
    assert not told.exists()
    assert not Mail.objects.filter(recipient=cast.dsl).exists()
    assert Mail.objects.filter(recipient=cast.deputy, kind="urgent").exists()
