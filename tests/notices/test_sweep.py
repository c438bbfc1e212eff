"""What people are told, and when: the sweep with duties written by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from notices import services
from notices.models import Mail, Notice
from notices.services import sweep
from people.models import Closure, Organisation, Term, User
from people.roles import Role
from tests.factories import make_member, make_person, make_school, make_user
from tests.notices.conftest import OWED, TUESDAY, at, owe

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def stages(person: User) -> list[str]:
    return list(
        Notice.objects.filter(recipient=person).order_by("pk").values_list("stage", flat=True)
    )


def mails(person: User) -> list[Mail]:
    return list(Mail.objects.filter(recipient=person).order_by("pk"))


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Zoë O'Brien")


def test_a_week_before_it_is_due_a_mail_says_so(school: Organisation, teacher: User) -> None:
    owe(teacher, school, 7)

    sweep(at(TUESDAY))

    (mail,) = mails(teacher)
    assert mail.subject == "Read and sign: Online safety (due in 7 days)"
    assert mail.text.startswith("Hello Zoë,")
    assert "http://localhost:8000/policies/1/" in mail.text
    assert "Why you get this" in mail.text
    assert school.name in mail.from_address
    assert mail.notices.get().stage == "owner-7"


@pytest.mark.demand("G5")
@pytest.mark.parametrize("due_in", [15, 30])
def test_nothing_is_told_early(school: Organisation, teacher: User, due_in: int) -> None:
    owe(teacher, school, due_in)
    sweep(at(TUESDAY))
    assert not Notice.objects.exists()
    assert not Mail.objects.exists()


@pytest.mark.demand("G1")
def test_sweeping_again_tells_nobody_again(school: Organisation, teacher: User) -> None:
    owe(teacher, school, -8, manager=make_user(at=school))
    make_user(Role.HEAD, at=school)
    first = sweep(at(TUESDAY))
    before = Notice.objects.count(), Mail.objects.count()

    again = sweep(at(TUESDAY, 9, 15))

    assert (first.notices, first.mails) == before == (2, 2)
    assert (again.notices, again.mails) == (0, 0)
    assert (Notice.objects.count(), Mail.objects.count()) == before


@pytest.mark.demand("G4")
def test_after_three_days_without_a_clock_there_is_one_mail(
    school: Organisation, teacher: User
) -> None:
    owe(teacher, school, 1)  # the day before and the day itself pass unseen
    sweep(at(TUESDAY + 3 * DAY))

    assert stages(teacher) == ["owner+0"]
    assert len(mails(teacher)) == 1


def test_everything_of_a_day_is_in_one_mail(school: Organisation, teacher: User) -> None:
    for number in range(3):
        owe(teacher, school, 7 - number, what=str(number), title=f"Task {number}")

    sweep(at(TUESDAY))

    (mail,) = mails(teacher)
    assert mail.subject == "3 tasks for you"
    assert mail.text.index("Task 2") < mail.text.index("Task 1") < mail.text.index("Task 0")
    assert mail.notices.count() == 3


def test_what_appears_after_the_mail_of_the_day_waits_for_tomorrow(
    school: Organisation, teacher: User
) -> None:
    owe(teacher, school, 7, what="1")
    sweep(at(TUESDAY))
    owe(teacher, school, 6, what="2", title="Another task")
    sweep(at(TUESDAY, 12))
    assert len(mails(teacher)) == 1
    assert len(stages(teacher)) == 2

    sweep(at(TUESDAY + DAY))

    today, tomorrow = mails(teacher)
    assert [row.title for row in tomorrow.notices.all()] == ["Another task"]
    assert today.digest_on == TUESDAY


def test_what_is_done_before_tomorrows_mail_is_not_in_it(
    school: Organisation, teacher: User
) -> None:
    owe(teacher, school, 7, what="1")
    sweep(at(TUESDAY))
    owe(teacher, school, 6, what="2")
    sweep(at(TUESDAY, 12))
    OWED.pop()

    done = sweep(at(TUESDAY + DAY))

    assert done.withdrawn == 1
    assert len(mails(teacher)) == 1


@pytest.mark.demand("G5")
@pytest.mark.parametrize(
    ("hour", "minute", "told"), [(7, 59, False), (8, 0, True), (17, 59, True), (18, 0, False)]
)
def test_reminders_leave_in_school_hours(
    school: Organisation, teacher: User, hour: int, minute: int, told: bool
) -> None:
    owe(teacher, school, 7)
    sweep(at(TUESDAY, hour, minute))
    assert Mail.objects.exists() is told


def test_a_school_sets_its_own_hours(teacher: User) -> None:
    early = make_school(settings={"notices.digest_from": 6})
    person = make_user(at=early)
    owe(person, early, 7)
    sweep(at(TUESDAY, 6))
    assert Mail.objects.count() == 1


@pytest.mark.demand("G5")
@pytest.mark.parametrize(
    ("day", "told_on"),
    [
        (date(2026, 10, 24), date(2026, 10, 26)),  # a Saturday; the clock changes on Sunday
        (date(2027, 3, 27), date(2027, 3, 30)),  # Easter Monday is a bank holiday
        (date(2026, 12, 25), date(2026, 12, 29)),
    ],
)
def test_weekends_and_bank_holidays_are_skipped_and_made_up_for_once(
    school: Organisation, teacher: User, day: date, told_on: date
) -> None:
    owe(teacher, school, 0, on=day)
    for ahead in range(6):
        for hour in (8, 12, 17):
            sweep(at(day + ahead * DAY, hour))

    (mail,) = mails(teacher)
    assert mail.digest_on == told_on


@pytest.mark.demand("G5")
def test_nobody_is_reminded_at_half_term(school: Organisation, teacher: User) -> None:
    Term.objects.create(
        organisation=school, name="Autumn", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 18)
    )
    Closure.objects.create(
        organisation=school,
        kind=Closure.Kind.HALF_TERM,
        starts_on=date(2026, 10, 26),
        ends_on=date(2026, 10, 30),
    )
    owe(teacher, school, 0, on=date(2026, 10, 26))
    for ahead in range(8):
        sweep(at(date(2026, 10, 26) + ahead * DAY))

    assert [mail.digest_on for mail in mails(teacher)] == [date(2026, 11, 2)]
    assert stages(teacher) == ["owner+7/7"]


@pytest.mark.demand("G5")
def test_each_school_has_its_own_clock() -> None:
    far = make_school(time_zone="Asia/Singapore")
    person = make_user(at=far)
    owe(person, far, 7, on=TUESDAY)

    sweep(at(TUESDAY, 9))  # 17:00 there
    (mail,) = mails(person)
    sweep(at(TUESDAY + DAY, 0, 30))  # 08:30 there

    assert mail.digest_on == TUESDAY
    assert len(mails(person)) == 1


@pytest.mark.demand("G5")
@pytest.mark.parametrize("sunday", [date(2026, 10, 25), date(2026, 3, 29)])
def test_a_clock_change_makes_nothing_early_late_or_double(
    school: Organisation, teacher: User, sunday: date
) -> None:
    owe(teacher, school, 0, on=sunday + 8 * DAY)  # a week before: the Monday after the change
    start = at(sunday, 0)
    for quarter in range(4 * 49):
        sweep(datetime.fromtimestamp(start.timestamp() + 900 * quarter, tz=start.tzinfo))

    (mail,) = mails(teacher)
    assert mail.digest_on == sunday + DAY
    assert stages(teacher) == ["owner-7"]


@pytest.mark.demand("G5")
def test_a_step_that_falls_on_the_29th_of_february_is_told_then(
    school: Organisation, teacher: User
) -> None:
    monday = date(2028, 2, 28)
    owe(teacher, school, 8, on=monday)
    for ahead in range(4):
        for hour in (9, 15):
            sweep(at(monday + ahead * DAY, hour))

    assert [mail.digest_on for mail in mails(teacher)] == [monday, date(2028, 2, 29)]
    assert stages(teacher) == ["owner-14", "owner-7"]


def test_a_week_overdue_the_line_manager_hears_of_the_team_in_one_line(
    school: Organisation,
) -> None:
    manager = make_user(at=school)
    for _ in range(3):
        owe(make_user(at=school), school, -7, manager=manager)

    sweep(at(TUESDAY))

    (mail,) = mails(manager)
    assert mail.subject == "Overdue tasks of others"
    assert "3 people have not done this in your team" in mail.text
    assert Notice.objects.filter(recipient=manager, stage="line_manager+7").count() == 3


def test_two_weeks_overdue_the_head_hears_of_it(school: Organisation) -> None:
    head, other_head = make_user(Role.HEAD, at=school), make_user(Role.HEAD, at=make_school())
    owe(make_user(at=school), school, -14)

    sweep(at(TUESDAY))

    assert stages(head) == ["head+14"]
    assert stages(other_head) == []


def test_a_head_is_not_told_of_their_own_duty_as_somebody_elses(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    owe(head, school, -14, manager=head)
    sweep(at(TUESDAY))
    assert stages(head) == ["owner+7/7"]


def test_a_person_without_an_address_is_told_in_the_portal(school: Organisation) -> None:
    person = make_person(email=None)
    make_member(person, school)
    owe(person, school, 7)
    owe(make_user(at=school), school, 7)

    sweep(at(TUESDAY))

    notice = Notice.objects.get(recipient=person)
    assert notice.in_app_only
    assert Mail.objects.count() == 1


def test_an_address_that_refuses_mail_gets_none(school: Organisation, teacher: User) -> None:
    User.objects.filter(pk=teacher.pk).update(mail_failed_at=timezone.now())
    owe(teacher, school, 7)
    sweep(at(TUESDAY))
    assert Notice.objects.get().in_app_only
    assert not Mail.objects.exists()


def test_one_kind_of_duty_that_cannot_be_read_stops_no_other(
    school: Organisation, teacher: User, settings: Settings
) -> None:
    settings.DUTY_SOURCES = ["tests.notices.conftest.BROKEN", "tests.notices.conftest.SIGNING"]
    owe(teacher, school, 7)
    done = sweep(at(TUESDAY))
    assert done.unreadable == {"policy.review"}
    assert done.mails == 1


def test_a_person_at_two_schools_gets_one_mail_that_names_neither(school: Organisation) -> None:
    person, other = make_user(at=school), make_school()
    make_member(person, other)
    owe(person, school, 7, what="1")
    owe(person, other, 6, what="2")

    sweep(at(TUESDAY))

    (mail,) = mails(person)
    assert mail.organisation is None
    assert "School Social Portal" in mail.from_address


def test_only_the_duties_of_some_people_are_looked_at(school: Organisation, teacher: User) -> None:
    other = make_user(at=school)
    owe(teacher, school, 7, what="1")
    owe(other, school, 7, what="2")
    sweep(at(TUESDAY), only=User.objects.filter(pk=other.pk))
    assert stages(teacher) == []
    assert stages(other) == ["owner-7"]


@pytest.mark.demand("H10")
@pytest.mark.parametrize("people", [3, 30])
def test_the_queries_of_a_sweep_do_not_grow_with_the_people(
    school: Organisation, django_assert_max_num_queries: DjangoAssertNumQueries, people: int
) -> None:
    for _ in range(people):
        owe(make_user(at=school), school, 7)
    with django_assert_max_num_queries(23):
        sweep(at(TUESDAY))
    # Nothing new: schools, terms, closures, range, told, duties, who is away, new deputies,
    # recipients and a savepoint.
    with django_assert_max_num_queries(11):
        sweep(at(TUESDAY, 9, 15))


def test_an_event_is_told_once_and_rides_with_the_next_mail(
    school: Organisation, teacher: User
) -> None:
    for _ in range(2):
        services.notify(
            teacher,
            organisation=school,
            kind="policy.published",
            occasion="policy.published:4",
            title="A policy was published",
            url="/policies/4/",
        )
    assert not Mail.objects.exists()

    day = timezone.localdate()
    while day.weekday() > 4:
        day += DAY
    sweep(at(day))

    assert "A policy was published" in mails(teacher)[0].subject
    assert Notice.objects.count() == 1


def test_an_urgent_event_has_a_mail_at_once(school: Organisation, teacher: User) -> None:
    notice = services.notify(
        teacher,
        organisation=school,
        kind="case.red",
        occasion="case:1",
        title="A report\nneeds you now",
        url="/cases/1/",
        urgent=True,
    )
    mail = notice.mail
    assert mail is not None
    assert mail.kind == Mail.Kind.URGENT
    assert mail.subject == "A report needs you now"
    assert mail.digest_on is None
