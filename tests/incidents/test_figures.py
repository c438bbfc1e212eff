"""What governors, leaders and the trust see of concerns: the same for all, and of nobody."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from incidents.models import Case, TermFigures
from incidents.services import closing, figures, people, referrals, work
from incidents.services.figures import Period, draw, draw_across, draw_due, due
from incidents.statistics import TABLES, place_of
from incidents.tasks import draw_figures
from people.calendar import SchoolCalendar
from people.models import Organisation
from people.roles import Role
from people.services import calendar
from tests.factories import make_school, make_user
from tests.incidents.factories import Cast, begin, make_case, subject, target
from tests.incidents.test_ending import done
from tests.queries import visit
from tests.web.pdfs import assert_accessible, text_of
from web.errors import RuleBroken

SUMMER = Period("Summer term 2026", date(2026, 4, 13), date(2026, 7, 17))
SPRING = Period("Spring term 2026", date(2026, 1, 5), date(2026, 4, 12))
IN_SUMMER = datetime(2026, 5, 6, 9, tzinfo=UTC)
LATER = "2026-09-21 10:00"
LOT = random.Random(7)
SUMMER_ENDS = Period("Summer term 2026", date(2026, 5, 1), date(2026, 8, 31))


def reported(
    school: Organisation, *, count: int = 1, at: datetime = IN_SUMMER, **facts: Any
) -> None:
    """Cases as a term leaves them; nothing of them is opened here."""
    plain = {"kind": "cyberbullying", "clock": "amber", "about": "none", "reported_at": at}
    facts |= {"suggested": facts.get("severity", "")}
    Case.objects.bulk_create(Case(organisation=school, **plain | facts) for _ in range(count))


def drawn(school: Organisation, period: Period = SUMMER) -> TermFigures:
    with time_machine.travel(LATER, tick=False):
        return draw(school, period, lot=LOT)


@pytest.mark.demand("F1")
def test_a_head_does_not_learn_from_a_count_that_there_is_a_case_about_them(cast: Cast) -> None:
    reported(cast.school, count=8)
    with time_machine.travel(IN_SUMMER, tick=False):
        make_case(cast, about="head")
        make_case(cast, about="safeguarding")
        make_case(cast, people=(subject(cast.head),))
        make_case(cast, people=(subject(cast.teacher),))
        make_case(cast, kind="staff_conduct", about="other_staff")
        people.record_conflict(make_case(cast), person=cast.dsl, by=cast.dsl, why="My nephew")
        limited = make_case(cast)
        Case.objects.filter(pk=limited.pk).update(restricted=True)
    one = drawn(cast.school)
    assert one.total == 8
    assert "staff_conduct" not in one.tables["kind"]


@pytest.mark.demand("F1")
def test_figures_stay_as_they_were_drawn_up(cast: Cast) -> None:
    reported(cast.school, count=8)
    one = drawn(cast.school)
    reported(cast.school, count=3)
    with time_machine.travel(LATER, tick=False), pytest.raises(RuleBroken, match="already"):
        draw(cast.school, Period("Again", date(2026, 5, 1), date(2026, 9, 1)))
    with pytest.raises(DatabaseError), transaction.atomic():
        TermFigures.objects.update(total=11)
    with pytest.raises(DatabaseError), transaction.atomic():
        TermFigures.objects.filter(pk=one.pk).delete()


def test_nobody_gets_the_figures_of_a_day_or_of_a_term_that_is_not_over(cast: Cast) -> None:
    with time_machine.travel(LATER, tick=False):
        for first, last, why in (
            (date(2026, 5, 6), date(2026, 5, 6), "too few"),
            (date(2026, 9, 1), date(2026, 12, 18), "not over"),
        ):
            with pytest.raises(RuleBroken, match=why):
                draw(cast.school, Period("A day", first, last))


def test_what_is_stored_is_only_what_is_shown(cast: Cast) -> None:
    reported(cast.school, count=4, severity="red")
    one = drawn(cast.school)
    assert one.total is None
    assert {n for row in one.tables.values() for n in row.values()} == {None}


def test_what_became_of_cases_is_counted_by_what_happened(cast: Cast) -> None:
    with time_machine.travel(IN_SUMMER, tick=False):
        case = begin(make_case(cast, people=(target(),)), by=cast.dsl)
        down = work.need_takedown(case, by=cast.dsl, where="https://x.example/1")
        work.move_takedown(down, "remove", by=cast.dsl)
        referrals.made(case.referrals.get(body="police"), by=cast.dsl)
        done(case, by=cast.dsl)
    with time_machine.travel(IN_SUMMER + timedelta(days=9), tick=False):
        case = closing.propose(case, by=cast.dsl, outcome="parents_told", why="Over.")
        closing.close(case, by=cast.dsl)
    found = place_of(cast.school, SUMMER.first, SUMMER.last)
    said = {name: {cell for cell, n in row.items() if n} for name, row in found.tables.items()}
    assert found.total == 1
    assert said == {
        "kind": {"cyberbullying"}, "severity": {"green"}, "days": {"month"}, "ending": {"parents"},
        "takedown": {"removed"}, "support": {"yes"}, "told_police": {"yes"},
        "told_social_care": {"no"}, "told_prevent": {"no"}, "told_iwf": {"no"}, "told_ico": {"no"},
    }  # fmt: skip
    assert said.keys() == TABLES.keys()


def test_terms_are_drawn_up_a_fortnight_after_their_end_and_share_no_day(cast: Cast) -> None:
    for name, first, last in (
        ("Spring", date(2026, 1, 5), date(2026, 3, 27)), ("Summer", date(2026, 4, 13), SUMMER.last)
    ):  # fmt: skip
        calendar.add_term(cast.school, name=name, starts_on=first, ends_on=last, by=None)
    year = SchoolCalendar(cast.school)
    with time_machine.travel("2026-07-30 10:00", tick=False):
        assert list(due(cast.school, year, date(2026, 3, 27))) == []
    with time_machine.travel("2026-07-31 10:00", tick=False):
        both = list(due(cast.school, year, None))
        assert [(one.first, one.last) for one in both] == [
            (date(2026, 3, 28), SUMMER.last)
        ]  # spring ended too long ago
        draw_figures()  # the worker
        assert TermFigures.objects.get().organisation == cast.school
        assert draw_due() == 0


@pytest.mark.once
def test_a_trust_draws_up_three_times_a_year() -> None:
    assert figures.season(date(2026, 9, 21)) == SUMMER_ENDS
    names = [figures.season(date(2027, month, 3)) for month in (1, 2, 4, 6, 8, 10)]
    assert [one and one.name for one in names] == [
        None, "Autumn term 2026", None, "Spring term 2027", None, "Summer term 2027",
    ]  # fmt: skip


@pytest.mark.demand("F1")
def test_a_trust_reads_sums_of_what_its_schools_show(cast: Cast) -> None:
    other, small = make_school(trust=cast.trust), make_school(trust=cast.trust)
    for school, count in ((cast.school, 9), (other, 7), (small, 2)):
        reported(school, count=count)
        drawn(school)
    with time_machine.travel(LATER, tick=False):
        one = draw_across(cast.trust, SUMMER_ENDS, lot=LOT)
        assert one is not None
        # The sum of all three would betray the small one.
        assert (one.total, one.floor, one.schools) == (None, 16, 3)
        assert draw_across(cast.trust, SUMMER_ENDS) is None


@pytest.mark.once
def test_everybody_who_sees_the_figures_reads_the_same_page_paper_and_spreadsheet(
    cast: Cast, client: Client
) -> None:
    reported(cast.school, count=6, at=datetime(2026, 2, 3, 9, tzinfo=UTC))
    reported(cast.school, count=12, severity="amber")
    reported(cast.school, count=9, kind="images", severity="red")
    drawn(cast.school, SPRING)
    drawn(cast.school)
    page = reverse("incidents:figures", args=[cast.school.slug])
    said = []
    for user in (cast.head, cast.chair, make_user(Role.GOVERNOR, at=cast.school), cast.trust_lead):
        client.force_login(user)
        response = client.get(page)
        body = response.content.decode()
        said.append(body[body.index("<h2>Summer term 2026</h2>") : body.index("Download as PDF")])
    assert len(set(said)) == 1
    assertContains(response, "21")
    assertContains(response, "Not shown")
    for case in Case.objects.all():
        assertNotContains(response, case.reference)
    assert len(visit(cast.head, page)) <= 8
    earlier = client.get(page, {"until": "2026-04-12"})
    assertContains(earlier, "<h2>Spring term 2026</h2>")
    assert client.get(page, {"until": "2026-04-13"}).status_code == 404
    sheet = b"".join(client.get(reverse("incidents:figures_csv", args=[cast.school.slug])))
    assert "Summer term 2026,2026-04-13,2026-07-17,All reports,,21" in sheet.decode()
    paper = client.get(reverse("incidents:figures_pdf", args=[cast.school.slug])).content
    assert "Spring term 2026" in text_of(paper)
    assert_accessible(paper, title="Concerns and incidents: Summer term 2026")
    client.force_login(cast.teacher)
    assert client.get(page).status_code == 403


@pytest.mark.once
def test_a_trust_sees_its_schools_and_a_school_without_a_past_term_says_so(
    cast: Cast, client: Client
) -> None:
    other = make_school(trust=cast.trust)
    page = reverse("incidents:figures", args=[cast.trust.slug])
    client.force_login(cast.trust_lead)
    assertContains(client.get(page), "No figures yet")
    reported(other, count=6)
    drawn(cast.school)
    drawn(other)
    with time_machine.travel(LATER, tick=False):
        draw_across(cast.trust, SUMMER_ENDS, lot=LOT)
    response = client.get(page)
    assertContains(response, "6 or more")
    assertContains(response, "Fewer than 5, or none")
    assert len(visit(cast.trust_lead, page)) <= 8
