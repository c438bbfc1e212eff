"""The pages of a request for somebody's data, walked through as its handler and a second person."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.access_entries import entries_of
from incidents.models import Case, RequestedCase, SubjectRequest
from incidents.services import chronology, people
from incidents.services import subject_access as requests
from incidents.services import subject_access_cases as cases
from incidents.services.subject_access_cases import Decision
from people.models import User
from tests.incidents.data_requests import about_robin, asked, decide_rest, found_in
from tests.incidents.factories import Cast, make_case, subject, target

pytestmark = pytest.mark.once
F1 = pytest.mark.demand("F1")


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_request_is_recorded_decided_checked_and_sent(cast: Cast) -> None:
    case = about_robin(cast)
    dsl, deputy = browser(cast.dsl), browser(cast.deputy)
    school = [cast.school.slug]
    assert (
        reverse("incidents:requests", args=school)
        in dsl.get(reverse("incidents:inbox", args=school)).text
    )
    new = reverse("incidents:request_new", args=school)
    wrong = dsl.post(new, {"received_on": "", "note": "All of it"}).text
    assert "Say on what day it came in." in wrong
    assert "Give a name, or choose somebody." in wrong
    assert "All of it" in wrong
    sent = {
        "received_on": str(cast.school.today()), "name": "Robin Ash", "relation": "pupil",
        "year_group": "7", "asked_by": "Mo Ash, mother",
    }  # fmt: skip
    page = dsl.post(new, sent, follow=True)
    request = SubjectRequest.objects.get()
    assert page.redirect_chain[-1][0] == request.get_absolute_url()
    assert "Mo Ash, mother" in page.text

    def at(name: str, *more: str) -> str:
        return reverse(f"incidents:{name}", args=[request.reference, *more])

    assert case.reference in dsl.post(at("request_find"), follow=True).text
    here = at("requested", case.reference)
    page = dsl.get(here).text
    assert "0 of " in page
    assert "Names somebody else, it seems: " in page
    entries = entries_of(Case.objects.get(), cast.dsl)
    body = next(one for one in entries if any("kimbirch08" in text for text in one.texts))
    one = at("requested_entry", case.reference, body.key)
    refused = dsl.post(one, {"choice": "black_out", "words": "Kim Burch", "note": "Kept"}).text
    assert "does not stand in this entry" in refused
    assert "Kim Burch" in refused
    assert "Kept" in refused
    assert "Say on what ground" in dsl.post(one, {"choice": "withhold"}).text
    words = {"choice": "black_out", "words": "Kim Birch\nkimbirch08"}
    assert dsl.post(one, words).status_code == 302
    assert "[blacked out] began; [blacked out] denied it" in dsl.get(here).text
    # All ticked are given, but for those that name somebody else.
    many = at("requested_many", case.reference)
    keys = [entry.key for entry in entries if entry.key != body.key]
    page = dsl.post(many, {"entry": keys, "choice": "give"}, follow=True).text
    assert "name somebody else" in page
    left = re.findall(r'name="entry" value="(\w+)"', page)
    assert 0 < len(left) < len(keys)
    dsl.post(many, {"entry": left, "choice": "withhold"})
    assert "Waits for a second person" not in deputy.get(at("request")).text
    dsl.post(at("requested_ready", case.reference))
    assert "I have checked it" not in dsl.get(here).text
    assert "I have checked it" in deputy.get(here).text
    deputy.post(at("requested_check", case.reference))
    page = dsl.post(at("request_bundle"), {"recipient": ""}).text
    assert "Say to whom it is sent." in page
    response = dsl.post(at("request_bundle"), {"recipient": "Mo Ash"})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert int(response["Content-Length"]) == len(content)
    assert "what-is-given.pdf" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert (
        "Somebody asks what is held about them"
        in dsl.get(reverse("incidents:files", args=[case.reference])).text
    )
    page = dsl.post(at("request_end"), {"outcome": "sent"}, follow=True).text
    assert "What may be given was sent" in page
    assert (
        "Robin Ash" in dsl.get(reverse("incidents:requests", args=school), {"state": "ended"}).text
    )


@F1
def test_a_hidden_case_is_the_404_of_one_that_is_not_there_and_costs_the_same(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    cases.find(request, by=cast.head)
    dsl = browser(cast.dsl)
    here = request.get_absolute_url()
    assert case.reference in dsl.get(here).text
    people.add(case, subject(cast.dsl), by=cast.head)
    without = asked(cast)
    pages = []
    for one in (request, without):
        with CaptureQueriesContext(connection) as queries:
            text = dsl.get(one.get_absolute_url()).text
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]*"', "", text)
        pages.append((text.replace(one.reference, ""), len(queries)))
    assert pages[0] == pages[1]
    key = entries_of(Case.objects.get(), cast.head)[0].key
    answers = []
    for reference in (case.reference, "NOSUCHCASE22"):
        for name, more in [("requested", []), ("requested_entry", [key]), ("requested_out", [])]:
            address = reverse(f"incidents:{name}", args=[request.reference, reference, *more])
            with CaptureQueriesContext(connection) as queries:
                response = dsl.get(address)
            assert response.status_code == 404
            answers.append((response.content, len(queries)))
    assert answers[:3] == answers[3:]


@F1
def test_a_request_about_oneself_is_the_404_of_one_that_is_not_there(cast: Cast) -> None:
    request = asked(cast, by=cast.head, person=cast.dsl, name="", relation="staff")
    dsl = browser(cast.dsl)
    answers = []
    for reference in (request.reference, "NOSUCHREQ222"):
        response = dsl.get(reverse("incidents:request", args=[reference]))
        answers.append((response.status_code, response.content))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    listed = dsl.get(reverse("incidents:requests", args=[cast.school.slug])).text
    assert request.reference not in listed
    assert (
        request.reference
        in browser(cast.head).get(reverse("incidents:requests", args=[cast.school.slug])).text
    )


def test_lists_ask_no_more_for_many(cast: Cast) -> None:
    head = browser(cast.head)
    listed = reverse("incidents:requests", args=[cast.school.slug])
    case = make_case(cast, people=(target("Robin Ash", year_group=7),))
    request, counts = asked(cast), []
    cases.find(request, by=cast.head)
    (row,) = found_in(request, cast.head)
    here = reverse("incidents:requested", args=[request.reference, row.case.reference])
    decide_rest(row, Decision("give"), by=cast.head)
    for _ in range(2):
        asked(cast)
        another = make_case(cast, people=(target("Robin Ash", year_group=7),))
        cases.add(request, another.reference, by=cast.head, why="Too")
        for _ in range(3):
            chronology.add(case, by=cast.dsl, body="Robin Ash came.")
        numbers = []
        for address in (listed, request.get_absolute_url(), here):
            with CaptureQueriesContext(connection) as queries:
                assert head.get(address).status_code == 200
            numbers.append(len(queries))
        counts.append(numbers)
    assert counts[0] == counts[1]
    assert RequestedCase.objects.count() == 3
    requests.extend(request, by=cast.head, months=2, why="Many")
    assert "2 months added: Many" in head.get(request.get_absolute_url()).text
    later = cast.school.today() + timedelta(days=1)
    page = head.post(
        reverse("incidents:request_identity", args=[request.reference]), {"on": str(later)}
    ).text
    assert "This day has not come yet." in page
