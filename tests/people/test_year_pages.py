"""A school's year in the browser: looked at, imported, taken over from the trust."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from people.models import Organisation, Term, User
from people.roles import Role
from people.services import calendar
from tests.factories import make_member, make_school, make_user
from tests.people.year_lists import LIST, WHOLE, confirm, read, url, year_of
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("june")]


@pytest.fixture
def june() -> object:
    with time_machine.travel("2026-06-10 12:00Z", tick=False):
        yield


@pytest.fixture
def office(school: Organisation, client: Client) -> User:
    user = make_user(Role.OFFICE, at=school)
    client.force_login(user)
    return user


def test_a_pasted_year_is_shown_and_then_written_as_it_was_shown(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, LIST)
    assertContains(page, "Wednesday 2 September to Friday 18 December 2026")
    assertContains(page, "Bank holidays are known already.")
    assert year_of(school) == [], "looking writes nothing"
    done = confirm(client, school, page)
    assertContains(done, "Added: 2 terms and 3 entries of days without pupils.")
    assert year_of(school) == WHOLE
    lines = AuditEvent.objects.filter(verb__startswith="calendar.")
    assert [line.verb for line in lines].count("calendar.term_add") == 2


def test_the_same_list_again_adds_nothing(
    client: Client, school: Organisation, office: User
) -> None:
    confirm(client, school, read(client, school, LIST))
    page = read(client, school, LIST)
    assertContains(page, "Already there", count=5)
    assertContains(page, "Nothing to add")
    assertNotContains(page, "Add these dates")


def test_a_list_that_stands_twice_in_the_paste_is_written_once(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, LIST + LIST)
    assertContains(page, "It stands in the list twice.", count=5)
    confirm(client, school, page)
    assert year_of(school) == WHOLE


def test_what_a_line_is_can_be_changed_and_left_out(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, "INSET: 1 September 2026\nParty: 2 October 2026\n")
    assertContains(page, "What is this?")
    confirm(client, school, page, kind_0="closed", kind_1="")
    assert year_of(school) == [("closed", "", date(2026, 9, 1), date(2026, 9, 1))]


def test_a_wrong_weekday_is_asked_about_before_anything_is_written(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, "INSET: Monday 17 July 2026")
    assertContains(page, "Monday 17 July 2026 is a Friday.")
    page = confirm(client, school, page)
    assertContains(page, "Choose which days are meant, or leave it out.")
    assert year_of(school) == []
    assertContains(page, "Mon 20 Jul 2026")
    confirm(client, school, page, kind_0="inset", days_0="1")
    assert year_of(school) == [("inset", "", date(2026, 7, 20), date(2026, 7, 20))]


def test_days_that_were_not_offered_cannot_be_chosen(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, "INSET: Monday 17 July 2026")
    confirm(client, school, page, kind_0="inset", days_0="7")
    confirm(client, school, page, kind_0="party", days_0="1")
    assert year_of(school) == []


def test_a_term_that_overlaps_is_said_and_left_out_unless_somebody_insists(
    client: Client, school: Organisation, office: User
) -> None:
    calendar.add_term(
        school, name="Autumn", starts_on=date(2026, 9, 7), ends_on=date(2026, 12, 11), by=None
    )
    page = read(client, school, LIST)
    assertContains(page, "overlap with Autumn, 7 September 2026 to 11 December 2026.")
    refused = confirm(client, school, page, kind_0="term")
    assertContains(refused, "overlap with Autumn")
    assert len(year_of(school)) == 1, "all of it or nothing"
    confirm(client, school, page)
    assert [one[0] for one in year_of(school)].count("term") == 2


def test_a_corrected_list_changes_what_is_there_where_somebody_says_so(
    client: Client, school: Organisation, office: User
) -> None:
    confirm(client, school, read(client, school, LIST))
    corrected = LIST.replace("Friday 18 December", "Thursday 17 December").replace(
        "Monday 26 – Friday 30 October", "Monday 19 – Friday 30 October"
    )
    page = read(client, school, corrected)
    assertContains(page, "Change “Autumn term 2026” to these days")
    assertContains(page, "overlap with Half-term, 26 October 2026 to 30 October 2026.")
    done = confirm(client, school, page, kind_0="change", kind_1="change")
    assertContains(done, "Changed: 2.")
    assert len(year_of(school)) == 5
    assert ("term", "Autumn term 2026", date(2026, 9, 2), date(2026, 12, 17)) in year_of(school)
    assert ("half_term", "", date(2026, 10, 19), date(2026, 10, 30)) in year_of(school)
    lines = AuditEvent.objects.filter(verb__in=["calendar.term_change", "calendar.closure_change"])
    assert lines.count() == 2


def test_two_lines_cannot_change_one_entry_nor_two_entries_change_places(
    client: Client, school: Organisation, office: User
) -> None:
    confirm(client, school, read(client, school, LIST))
    halves = "Term 1: 1 September – 23 October 2026\nTerm 2: 2 November – 18 December 2026"
    page = read(client, school, halves)
    assertContains(
        confirm(client, school, page, kind_0="change", kind_1="change"),
        "Two lines of the list would change the same entry.",
    )
    first, second = Term.objects.filter(organisation=school).order_by("starts_on")
    first.starts_on, second.starts_on = second.starts_on, first.starts_on
    first.ends_on, second.ends_on = second.ends_on, first.ends_on
    with pytest.raises(RuleBroken, match="Change one after the other"):
        calendar.import_year(school, by=None, entries=[first, second])
    assert year_of(school) == WHOLE


def test_an_entry_of_another_school_cannot_be_changed_by_a_list(school: Organisation) -> None:
    other = make_school()
    first, last = date(2026, 9, 2), date(2026, 12, 18)
    term = calendar.add_term(other, name="Autumn", starts_on=first, ends_on=last, by=None)
    term.ends_on = date(2026, 12, 17)
    with pytest.raises(PermissionDenied):
        calendar.import_year(school, by=None, entries=[term])
    term.refresh_from_db()
    assert term.ends_on == last


def test_what_somebody_else_has_added_meanwhile_is_not_added_twice(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, LIST)
    calendar.add_closure(
        school, kind="inset", name="", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 1), by=None
    )
    confirm(client, school, page)
    assert year_of(school) == WHOLE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026/27\nAutumn term: 2 September", "This is a term of one day."),
        ("Autumn term: 1 September 2026 to 1 May 2027", "more than 200 days is too long."),
        ("Autumn term: 2 September to 18 December 2026\nHalf-term: 21–24 December 2026",
         "These days lie outside every term"),
        ("Autumn term: 5 September to 18 December 2026", "5 September 2026 is a Saturday."),
        ("Term 1: 2 September – 18 December 2026\nTerm 2: 18 December 2026 – 26 March 2027",
         "These days overlap with Term 1 2026"),
        ("INSET: 5 September 2026", "These days are a weekend."),
        ("INSET: 25 December 2026", "This is a bank holiday"),
        ("Bank holiday: 12 July 2027", "This is no bank holiday in your nation"),
        ("Half-term: 26 to 30 October 2026\nHalf-term: 26 to 29 October 2026",
         "the same kind starts on the same day"),
    ],
)  # fmt: skip
def test_what_looks_wrong_is_said_beside_its_line(
    client: Client, school: Organisation, office: User, text: str, sentence: str
) -> None:
    assertContains(read(client, school, text), sentence)


def test_terms_that_touch_fit(client: Client, school: Organisation, office: User) -> None:
    text = "Term 1: 1 September – 23 October 2026\nTerm 2: 24 October – 18 December 2026"
    confirm(client, school, read(client, school, text))
    assert len(year_of(school)) == 2


def test_a_holiday_within_a_term_is_a_half_term_and_one_between_terms_needs_no_entry(
    client: Client, school: Organisation, office: User
) -> None:
    text = (
        "Session 2026/27\nTerm: 17 August – 18 December\nOctober holiday: 12–16 October\n"
        "Christmas holiday: 21 December – 4 January\n"
    )
    page = read(client, school, text)
    assertContains(page, "What lies between two terms is holiday by itself.")
    confirm(client, school, page)
    assert ("half_term", "October holiday", date(2026, 10, 12), date(2026, 10, 16)) in year_of(
        school
    )


def test_a_file_is_read_and_not_kept(client: Client, school: Organisation, office: User) -> None:
    file = SimpleUploadedFile("dates.csv", b"name,kind,first,last\nX,inset,1/9/2026,\n")
    page = read(client, school, "", file=file)
    confirm(client, school, page)
    assert [one[0] for one in year_of(school)] == ["inset"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"text": ""}, "Paste the dates, or choose a file."),
        ({"text": "INSET " * 5 + "\n" * 5_000 + "x"}, "The limit is 400: paste"),
        ({"text": "x", "file": SimpleUploadedFile("a.csv", b"x")}, "not both."),
        ({"file": SimpleUploadedFile("a.csv", b"PK\x03\x04")}, "This is an Excel or Word file"),
        ({"file": SimpleUploadedFile("a.ics", b"BEGIN:VCALENDAR\nEND:VCALENDAR")}, "no events"),
        ({"text": "x", "year": "1999"}, "There is a problem"),
    ],
)  # fmt: skip
def test_what_is_no_list_gets_a_sentence(
    client: Client, school: Organisation, office: User, sent: dict[str, object], sentence: str
) -> None:
    page = client.post(url("terms_import", school), sent)
    assertContains(page, sentence)
    assertContains(page, "There is a problem")


def test_a_list_of_which_nothing_is_understood_comes_back_to_be_corrected(
    client: Client, school: Organisation, office: User
) -> None:
    page = read(client, school, "INSET 31 June 2027")
    assertContains(page, "There is no 31 June: June has 30 days.")
    assertContains(page, "INSET 31 June 2027</textarea>")


def test_markup_in_a_list_is_text(client: Client, school: Organisation, office: User) -> None:
    page = read(client, school, "<script>alert(1)</script> INSET 1 September 2026")
    assertNotContains(page, "<script>alert")


def test_rows_that_were_changed_on_their_way_are_refused(
    client: Client, school: Organisation, office: User
) -> None:
    packed = read(client, school, LIST).context["packed"]  # type: ignore[attr-defined]
    for changed in (packed[:-1], "x" + packed, "", "a:b:c"):
        page = client.post(
            url("terms_import_confirm", school), {"listed": changed, "kind_0": "term"}, follow=True
        )
        assertContains(page, "What was sent is not what you were shown")
    with time_machine.travel("2026-06-11 12:01Z", tick=False):
        client.force_login(office)
        page = client.post(
            url("terms_import_confirm", school), {"listed": packed, "kind_0": "term"}, follow=True
        )
        assertContains(page, "a day old")
    assert year_of(school) == []


def test_rows_shown_at_one_school_are_not_taken_at_another_or_from_somebody_else(
    client: Client, school: Organisation, office: User
) -> None:
    other = make_school()
    make_member(office, other, Role.OFFICE)
    packed = read(client, school, LIST).context["packed"]  # type: ignore[attr-defined]
    client.post(url("terms_import_confirm", other), {"listed": packed, "kind_0": "term"})
    client.force_login(make_user(Role.HEAD, at=school))
    client.post(url("terms_import_confirm", school), {"listed": packed, "kind_0": "term"})
    assert year_of(other) == year_of(school) == []


def test_leaving_everything_out_is_said(client: Client, school: Organisation, office: User) -> None:
    page = read(client, school, "INSET: 1 September 2026")
    assertContains(confirm(client, school, page, kind_0=""), "Everything is left out.")
