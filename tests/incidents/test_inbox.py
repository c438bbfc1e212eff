"""The inbox, tasks, keys, and what a school sets about concerns."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.models import Case
from incidents.references import new_reference
from incidents.services import people as people_service
from incidents.services import triage
from notices.health import BEAT, WORK
from notices.services import beat
from people.roles import Role
from tests.factories import make_member
from tests.incidents.factories import Cast, afresh, begin, make_case, subject, target
from tests.incidents.test_handling_pages import browser
from tests.queries import visit

pytestmark = pytest.mark.once

# The list, the clock and the figures


@pytest.mark.demand("F5")
def test_the_inbox_says_when_nobody_is_told_of_clocks_any_more(cast: Cast) -> None:
    inbox = reverse("incidents:inbox", args=[cast.school.slug])
    beat(WORK)
    beat(BEAT)
    assert "clock has stopped" not in browser(cast.dsl).get(inbox).content.decode()
    beat(BEAT, timezone.now() - timedelta(minutes=15))
    assert "clock has stopped" in browser(cast.dsl).get(inbox).content.decode()


def copies_of(case: Case, count: int) -> None:
    """The same report, with references of their own."""
    rows = [copy(case) for _ in range(count)]
    for row in rows:
        row.pk, row.reference = None, new_reference()
    Case.objects.bulk_create(rows)


@pytest.mark.demand("H5")
def test_the_inbox_asks_the_same_for_ten_cases_and_for_a_thousand(cast: Cast) -> None:
    case = Case.objects.get(pk=make_case(cast).pk)
    inbox = reverse("incidents:inbox", args=[cast.school.slug])
    copies_of(case, 9)
    few = visit(cast.dsl, inbox)
    copies_of(case, 990)
    many = visit(cast.dsl, inbox)
    assert b"Older" in many.body
    assert many.body.count(b"data-row") == 50
    assert len(few) == len(many) <= 10, str(many)


@pytest.mark.demand("H5")
def test_a_trusts_list_over_its_schools_asks_the_same_however_many_there_are(cast: Cast) -> None:
    case = Case.objects.get(pk=make_case(cast, kind="media").pk)
    inbox = reverse("incidents:inbox", args=[cast.trust.slug])
    copies_of(case, 9)
    few = visit(cast.trust_lead, inbox)
    copies_of(case, 90)
    many = visit(cast.trust_lead, inbox)
    assert (few.body.count(b"data-row"), many.body.count(b"data-row")) == (10, 50)
    assert len(few) == len(many) <= 10, str(many)
    # Filtered, and by somebody of two places, the list is put together anew: it says the same.
    make_member(cast.trust_lead, cast.school, Role.STAFF)
    for query in ("", "?kind=media"):
        again = visit(afresh(cast.trust_lead), inbox + query)
        assert again.body.count(b"data-row") == 50
        assert len(again) <= 10, str(again)


@pytest.mark.demand("H6")
def test_a_case_with_twenty_entries_opens_in_few_queries(cast: Cast) -> None:
    from incidents.services import chronology

    case = begin(make_case(cast, people=(target(), target("Ida Elm"))), by=cast.dsl)
    for number in range(20):
        chronology.add(case, by=cast.dsl, body=f"Entry {number}.")
        if number == 1:
            few = visit(cast.dsl, case.get_absolute_url())
    page = visit(cast.dsl, case.get_absolute_url())
    assert b"Entry 19." in page.body
    assert len(few) == len(page) <= 14, str(page)
    assert case.views.count() == 2


# Tasks and keys


def test_a_task_says_nothing_of_the_case(cast: Cast) -> None:
    from notices.duties import duties_of

    case = make_case(cast, kind="grooming")
    on = cast.school.today()
    (waiting,) = [one for one in duties_of(cast.dsl, on) if one.kind == "concern.assess"]
    assert (waiting.title, waiting.url) == ("A concern waits for you", case.get_absolute_url())
    case = begin(case, by=cast.dsl)
    kinds = [one.kind for one in duties_of(afresh(cast.dsl), on)]
    assert "concern.assess" not in kinds
    assert kinds.count("concern.act") == 1
    people_service.add(case, subject(cast.dsl), by=cast.deputy)
    assert duties_of(afresh(cast.dsl), on) == []


def test_whoever_has_no_cases_is_asked_no_more_for_their_tasks(cast: Cast) -> None:
    before = visit(cast.teacher, "/")
    make_case(cast, kind="media", by=cast.it)
    assert len(visit(cast.teacher, "/")) == len(before)


def test_the_page_that_covers_the_screen_is_the_same_for_everybody(cast: Cast) -> None:
    url = reverse("incidents:covered")
    assert browser(cast.dsl).get(url).content == Client().get(url).content
    client = browser(cast.dsl)
    client.post(reverse("incidents:shortcuts"), {"shortcuts": "off"})
    assert client.cookies["shortcuts"].value == "off"
    assert b"switched off" in client.get(reverse("incidents:shortcuts")).content


def test_a_school_sets_whom_it_tells_and_what_is_done(cast: Cast) -> None:
    client, slug = browser(cast.head), cast.school.slug
    route = reverse("incidents:route", args=[slug, "cyberbullying"])
    wrong = client.post(route, {"first": ["it"], "clock": "red"}).content.decode()
    assert "safeguarding team is always told" in wrong
    sent = client.post(route, {"first": ["safeguarding"], "also": ["slt"], "clock": "red"})
    assert sent.status_code == 302
    steps = reverse("incidents:playbook", args=[slug, "cyberbullying"])
    client.post(steps, {"text_0": "Ring the parents.", "hours_0": "4"})
    case = make_case(cast)
    assert (case.seen_by_slt, case.clock) == (True, "red")
    case = begin(case, by=cast.dsl)
    assert [action.text("text") for action in case.actions.all()] == ["Ring the parents."]
    assert triage.may_name(case, cast.dsl)
