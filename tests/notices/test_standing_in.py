"""While somebody is away, off outside the term, or has chosen one mail a week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from notices import services
from notices.digests import _may_get_mail
from notices.models import Mail, Notice
from notices.places import Places
from notices.preferences import choose_digest
from notices.services import preview, sweep
from people.models import Absence, Closure, Membership, Organisation, Term, User
from people.roles import Role
from tests.factories import make_user
from tests.notices.conftest import TUESDAY, at, owe

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONDAY = TUESDAY - DAY


def away(person: User, deputy: User, first: date, last: date) -> Absence:
    """As people enter it, whatever day it really is."""
    posts = {post.person_id: post for post in Membership.objects.filter(ends_on=None)}
    return Absence.objects.create(
        membership=posts[person.pk], deputy=posts[deputy.pk], starts_on=first, ends_on=last,
        set_by=person,
    )  # fmt: skip


def told(person: User) -> list[tuple[str, str]]:
    """(kind, stage) of what this person was told of duties, in the order of the days."""
    rows = Notice.objects.of_duties().filter(recipient=person).order_by("pk")
    return list(rows.values_list("kind", "stage"))


def mails(person: User) -> list[Mail]:
    return list(Mail.objects.filter(recipient=person).order_by("pk"))


def play(first: date, days: int) -> None:
    for number in range(days):
        sweep(at(first + number * DAY))


@pytest.fixture
def ann(school: Organisation) -> User:
    return make_user(at=school, name="Ann Away")


@pytest.fixture
def dan(school: Organisation) -> User:
    return make_user(at=school, name="Dan Deputy")


def test_the_deputy_gets_what_needs_an_answer_and_is_told_for_whom(
    school: Organisation, ann: User, dan: User
) -> None:
    away(ann, dan, MONDAY, MONDAY + 9 * DAY)
    owe(ann, school, 2, kind="policy.sign_off", title="Sign off: Phones")

    sweep(at(TUESDAY))

    (mail,) = mails(dan)
    assert "You stand in for Ann Away, who is away:\n\n- Sign off: Phones" in mail.text
    assert "a task in place of Ann Away" in mail.subject
    assert mails(ann) == []
    notice = Notice.objects.of_duties().get()
    assert notice.standing_in_for == ann
    assert notice.why.startswith("You stand in for Ann Away, whose task this is.")


def test_what_only_they_can_do_waits_and_nobody_hears_of_it(
    school: Organisation, ann: User, dan: User
) -> None:
    manager, head = make_user(at=school), make_user(Role.HEAD, at=school)
    away(ann, dan, MONDAY - 30 * DAY, MONDAY + 9 * DAY)
    owe(ann, school, -20, manager=manager)

    play(TUESDAY, 3)

    assert [told(one) for one in (ann, dan, manager, head)] == [[], [], [], []]


@pytest.mark.demand("G4")
def test_whoever_is_back_gets_one_mail_with_everything(
    school: Organisation, ann: User, dan: User
) -> None:
    away(ann, dan, TUESDAY, TUESDAY + 8 * DAY)  # until Wednesday of the week after
    owe(ann, school, 9, what="1", title="Sign the first")
    owe(ann, school, 3, what="2", title="Sign the second")
    owe(ann, school, 2, kind="policy.sign_off", what="3", title="Sign off the third")

    play(TUESDAY, 14)

    first, *others = mails(ann)
    assert first.digest_on == TUESDAY + 9 * DAY
    assert first.notices.count() == 3
    assert "You were away until 2 December, and Dan Deputy stood in for you." in first.text
    assert not any("You were away" in mail.text for mail in others)
    assert {mail.digest_on for mail in mails(dan)} <= {TUESDAY + n * DAY for n in range(9)}


def test_nobody_is_told_of_what_somebody_has_not_done_who_is_just_back(
    school: Organisation, ann: User, dan: User
) -> None:
    manager = make_user(at=school)
    away(ann, dan, MONDAY - 7 * DAY, MONDAY - 3 * DAY)  # back on Monday
    owe(ann, school, -8, on=MONDAY, manager=manager)

    play(MONDAY, 5)
    assert [len(told(one)) for one in (ann, manager)] == [1, 0]
    play(MONDAY + 7 * DAY, 1)
    assert told(manager) == [("policy.sign", "line_manager+7")]


def test_a_school_may_tell_of_it_at_once(ann: User, dan: User, school: Organisation) -> None:
    Organisation.objects.filter(pk=school.pk).update(settings={"notices.back_grace_days": 0})
    manager = make_user(at=school)
    away(ann, dan, MONDAY - 7 * DAY, MONDAY - 3 * DAY)
    owe(ann, school, -8, on=MONDAY, manager=manager)
    play(MONDAY, 1)
    assert told(manager) == [("policy.sign", "line_manager+7")]


def test_a_deputy_hears_at_once_that_they_stand_in_and_what_is_open(
    school: Organisation, ann: User, dan: User
) -> None:
    owe(ann, school, 2, kind="policy.sign_off")
    sweep(at(TUESDAY))
    away(ann, dan, TUESDAY + DAY, TUESDAY + 9 * DAY)
    sweep(at(TUESDAY + DAY))
    sweep(at(TUESDAY + DAY, 12))

    (mail,) = mails(dan)
    assert "You stand in for Ann Away from 25 November to 3 December" in mail.text
    assert len(told(dan)) == len(told(ann)) == 1


def test_when_the_deputy_has_left_the_manager_is_told_and_whoever_named_them_hears_of_it(
    school: Organisation, dan: User
) -> None:
    manager, office = make_user(at=school, name="Max Manager"), make_user(Role.OFFICE, at=school)
    ann = make_user(at=school, name="Ann Away", line_manager=manager)
    Absence.objects.filter(pk=away(ann, dan, MONDAY, MONDAY + 9 * DAY).pk).update(set_by=office)
    Membership.objects.filter(person=dan).update(ends_on=MONDAY)
    owe(ann, school, 2, kind="policy.sign_off")

    play(TUESDAY, 3)

    assert {kind for kind, _ in told(manager)} == {"policy.sign_off"}
    (mail,) = mails(office)
    assert "Dan Deputy, who was to stand in for Ann Away until 2 December, has left" in mail.text
    assert mail.notices.get().url == f"/schools/{school.slug}/people/cover/"
    assert mails(dan) == []


def test_escalations_go_to_the_deputy_of_a_manager_or_head_who_is_away(
    school: Organisation, ann: User, dan: User
) -> None:
    head = make_user(Role.HEAD, at=school, name="Hal Head")
    away(ann, dan, MONDAY, MONDAY + 9 * DAY)
    away(head, dan, MONDAY, MONDAY + 9 * DAY)
    owe(make_user(at=school), school, -14, manager=ann)

    sweep(at(TUESDAY))

    assert {stage for _, stage in told(dan)} == {"line_manager+7", "head+14"}
    assert (told(ann), told(head)) == ([], [])
    assert "1 person has not done this of those Ann Away answers for" in mails(dan)[0].text


def test_nobody_hears_of_their_own_task_because_they_stand_in_for_the_manager(
    school: Organisation, ann: User, dan: User
) -> None:
    away(ann, dan, MONDAY, MONDAY + 9 * DAY)
    owe(dan, school, -7, manager=ann)
    sweep(at(TUESDAY))
    assert told(dan) == [("policy.sign", "owner+7/7")]
    assert told(ann) == [("policy.sign", "line_manager+7")]


@pytest.mark.parametrize("number", [2, 20])
def test_who_is_away_costs_no_query_for_each_person(
    school: Organisation,
    dan: User,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(number):
        person = make_user(at=school)
        away(person, dan, MONDAY, MONDAY + 9 * DAY)
        owe(person, school, 2, kind="policy.sign_off", what=str(person.pk))
    with django_assert_max_num_queries(27):
        sweep(at(TUESDAY))
    assert len(told(dan)) == number


def test_a_preview_knows_who_was_away_the_day_before(
    school: Organisation, ann: User, dan: User
) -> None:
    away(ann, dan, MONDAY, TUESDAY)
    owe(ann, school, 6)  # a week before fell on Monday
    found = {
        day: [one.recipient_id for one in preview(at(day), supposed=True) if one.stage != "event"]
        for day in (TUESDAY, TUESDAY + DAY, TUESDAY + 2 * DAY)
    }
    assert list(found.values()) == [[], [ann.pk], []]


# Term time only


@pytest.fixture
def term(school: Organisation) -> None:
    """Half-term from 26 to 30 October 2026, Christmas from 19 December to 3 January."""
    for first, last in (
        (date(2026, 9, 1), date(2026, 12, 18)),
        (date(2027, 1, 4), date(2027, 4, 1)),
    ):
        Term.objects.create(organisation=school, name=f"{first}", starts_on=first, ends_on=last)
    Closure.objects.create(
        organisation=school, kind="half_term", starts_on=date(2026, 10, 26),
        ends_on=date(2026, 10, 30),
    )  # fmt: skip


@pytest.mark.demand("G5")
def test_term_time_staff_get_no_mail_in_the_holidays_and_one_on_their_first_day(
    school: Organisation, term: None
) -> None:
    tara = make_user(at=school, name="Tara Term", term_time_only=True)
    yves = make_user(at=school, name="Yves Year")
    holiday = date(2026, 12, 21)
    for person in (tara, yves):
        owe(person, school, 0, on=holiday + DAY)
    services.notify(
        tara, organisation=school, kind="x", occasion="x:1", title="A policy changed", url="/"
    )

    play(holiday, 15)  # until Monday 4 January

    assert [mail.digest_on for mail in mails(tara)] == [date(2027, 1, 4)]
    assert [mail.digest_on for mail in mails(yves)] == [
        date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 29),
    ]  # fmt: skip


@pytest.mark.demand("G5")
def test_nobody_hears_in_the_holidays_what_term_time_staff_have_not_done(
    school: Organisation, term: None
) -> None:
    manager = make_user(at=school, term_time_only=True)
    tara = make_user(at=school, term_time_only=True)
    owe(tara, school, -7, on=date(2026, 12, 22), manager=make_user(at=school), what="1")
    owe(make_user(at=school), school, -7, on=date(2026, 12, 22), manager=manager, what="2")
    play(date(2026, 12, 19), 14)
    assert told(tara) == []
    assert not Notice.objects.filter(occasion="policy.sign:1").exists()
    assert [stage for _, stage in told(manager)] == ["line_manager+7"]
    assert mails(manager) == []


# One mail a week


@pytest.fixture
def wendy(school: Organisation) -> User:
    return choose_digest(make_user(at=school, name="Wendy Weekly"), day=User.DigestDay.MONDAY)


def test_one_mail_a_week_on_the_day_they_chose(school: Organisation, wendy: User) -> None:
    owe(wendy, school, 14, what="1", title="First", on=MONDAY - 3 * DAY)
    owe(wendy, school, 14, what="2", title="Second", on=TUESDAY)
    play(MONDAY - 3 * DAY, 14)

    assert [mail.digest_on for mail in mails(wendy)] == [MONDAY, MONDAY + 7 * DAY]
    assert "Second" in mails(wendy)[1].text


def test_what_is_due_before_the_next_weekly_mail_comes_by_itself(
    school: Organisation, wendy: User
) -> None:
    owe(wendy, school, 3, title="Sign by Friday")
    owe(wendy, school, 14, what="2", title="No hurry")
    play(TUESDAY, 5)

    (mail,) = mails(wendy)
    assert mail.digest_on == TUESDAY + 2 * DAY
    assert "Sign by Friday (due tomorrow)" in mail.subject
    assert "You chose one mail a week." in mail.text
    assert "No hurry" not in mail.text


def test_what_the_weekly_mail_has_named_does_not_come_again_by_itself(
    school: Organisation, wendy: User
) -> None:
    owe(wendy, school, 3, on=MONDAY)
    play(MONDAY, 5)
    assert [mail.digest_on for mail in mails(wendy)] == [MONDAY]


@pytest.mark.demand("G5")
@pytest.mark.parametrize("told_on", [-5, 1])  # before Easter, and only on the Tuesday itself
def test_a_weekly_mail_leaves_on_the_first_working_day_from_then_on(
    school: Organisation, wendy: User, told_on: int
) -> None:
    easter_monday = date(2027, 3, 29)
    owe(wendy, school, 14, on=easter_monday + told_on * DAY)
    play(easter_monday - 4 * DAY, 7)
    assert [mail.digest_on for mail in mails(wendy)] == [easter_monday + DAY]


@pytest.mark.demand("G4")
def test_a_weekly_mail_that_could_not_leave_is_made_up_for_once(
    school: Organisation, wendy: User
) -> None:
    owe(wendy, school, 14, on=MONDAY - 3 * DAY)
    play(MONDAY - 3 * DAY, 1)
    play(MONDAY + 3 * DAY, 3)  # the clock stood still from Monday to Wednesday
    assert [mail.digest_on for mail in mails(wendy)] == [MONDAY + 3 * DAY]


def test_whoever_waits_for_their_weekly_mail_is_not_looked_at_by_every_sweep(
    school: Organisation, wendy: User
) -> None:
    owe(wendy, school, 30, kind="policy.review", on=TUESDAY + DAY)
    sweep(at(TUESDAY + DAY))
    places = Places.at(at(TUESDAY + 2 * DAY))
    assert Notice.objects.unmailed().filter(recipient=wendy).exists()
    asked = _may_get_mail(TUESDAY + 2 * DAY, places)
    assert not User.objects.filter(asked, pk=wendy.pk).exists()
    monday = _may_get_mail(MONDAY + 7 * DAY, Places.at(at(MONDAY + 7 * DAY)))
    assert User.objects.filter(monday, pk=wendy.pk).exists()


def test_a_digest_names_the_page_where_one_chooses(school: Organisation, ann: User) -> None:
    owe(ann, school, 7)
    sweep(at(TUESDAY))
    assert mails(ann)[0].headers["List-Unsubscribe"].endswith("/you/reminders/>")
    assert "List-Unsubscribe-Post" not in mails(ann)[0].headers
