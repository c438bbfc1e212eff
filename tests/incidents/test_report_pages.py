"""How somebody who is signed in reports a concern, page by page, and what they find afterwards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from incidents.models import Case, CaseKey, Draft
from incidents.sealing import new_key, wrap
from incidents.services import closing, drafts, messages, people, reporting
from notices.models import Notice
from people.models import User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.incidents.factories import (
    Cast,
    a_report,
    afresh,
    assess,
    begin,
    make_case,
    sees,
    subject,
    who,
)  # fmt: skip
from web.crypto import current_key_id

pytestmark = pytest.mark.once

ANSWERS: dict[str, dict[str, Any]] = {
    "kind": {"kind": "cyberbullying"},
    "about": {"about": "none"},
    "what": {"what": "They made a page to laugh at her.", "when": "On Tuesday"},
    "where": {"platform": "A class chat"},
    "people": {
        "name_1": "Robin Ash", "role_1": "target", "relation_1": "pupil", "year_1": "8",
        "name_2": "a boy in year 9", "role_2": "subject", "relation_2": "pupil",
    },
    "last": {"done": "Nothing yet", "may_contact": "yes"},
    "picture": {"image_gate": "no"},
}  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(afresh(user))
    return client


def page(name: str, draft: Draft, *more: str) -> str:
    return reverse(f"incidents:report_{name}", args=[draft.reference, *more])


def begun(client: Client, **change: Any) -> Draft:
    """A report with every question answered, one page after the other."""
    client.post(reverse("incidents:report"), {"place": _place_of(client)})
    draft = Draft.objects.latest("pk")
    for step, answers in ANSWERS.items():
        sent = answers | {key: value for key, value in change.items() if key in FIELDS[step]}
        response = client.post(page("question", draft, step), sent)
        assert response.status_code == 302, response.context["form"].errors
    return draft


FIELDS = {step: {*answers, "person", "adult", "hide_reporter"} for step, answers in ANSWERS.items()}


def _place_of(client: Client) -> int:
    return int(client.get(reverse("incidents:report")).context["form"].initial["place"])


def test_a_teacher_answers_six_questions_signs_out_comes_back_and_sends_it(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    assertContains(client.get("/"), "Report a concern")
    start = client.get(reverse("incidents:report"))
    assertContains(start, "999")
    assertContains(start, "Whistleblowing")
    draft = begun(client)
    assert client.get(page("question", draft, "what")).content.count(b"Question 3 of 6") == 1
    assert not Case.objects.exists()
    client.logout()
    assert client.get(page("check", draft)).status_code == 302
    client = signed_in(cast.teacher)
    assertContains(client.get(reverse("incidents:report")), "Begun and not sent")
    checked = client.get(page("check", draft))
    for words in ("They made a page", "Robin Ash, Pupil, year 8", "They did it", "A class chat"):
        assertContains(checked, words)
    sent = client.post(page("send", draft))
    case = Case.objects.get()
    assert sent["Location"] == reverse("incidents:report_sent", args=[case.reference])
    assertContains(client.get(sent["Location"]), case.reference)
    assert not Draft.objects.exists()
    # A second press, or the button Back, finds the report that it has become.
    again = client.post(page("send", draft))
    assert again["Location"] == reverse("incidents:own_report", args=[case.reference])
    assert client.get(page("check", draft)).status_code == 302
    assert signed_in(cast.head).post(page("send", draft)).status_code == 404
    assert Case.objects.count() == 1
    assert case.child_concerned
    assert case.may_contact
    assert {row.name: row.role for row in case.people.all()} == {
        "Robin Ash": "target", "a boy in year 9": "subject", cast.teacher.name: "reporter",
    }  # fmt: skip
    assert who(cast, case) == {"dsl", "deputy", "head"}


def test_what_is_missing_or_makes_no_sense_is_said_by_its_field_and_nothing_is_sent(
    cast: Cast,
) -> None:
    client = signed_in(cast.teacher)
    draft = drafts.save(cast.school, {}, by=cast.teacher)
    for step, sent, sentence in (
        ("kind", {}, "Choose what it is about."),
        ("about", {}, "Say whether it is about somebody who works here."),
        ("about", {"about": "none", "person": cast.head.pk}, "You said below who it is."),
        ("about", {"about": "head", "person": cast.teacher.pk}, "Choose from the list."),
        ("what", {"what": " "}, "Write what happened."),
        ("people", {"role_1": "target"}, "Give a name, or what you know of them."),
        ("people", {"name_1": "Robin"}, "Say what part they had in it."),
        ("people", {"name_1": "Robin", "year_1": "99"}, "Give a year group from 0 to 13."),
        ("last", {}, "Say whether we may talk to you about it."),
        ("picture", {}, "Say whether there could be such a picture."),
    ):
        assertContains(client.post(page("question", draft, step), sent), sentence)
    assert client.get(page("question", draft, "nonsense")).status_code == 404
    assertContains(client.get(page("check", draft)), "Before it can be sent")
    assert client.post(page("send", draft))["Location"] == page("check", draft)
    assert not Case.objects.exists()
    client.post(page("question", draft, "kind"), {"kind": "staff_conduct"})
    refused = client.post(page("question", draft, "about"), {"about": "none"})
    assertContains(refused, "Say whose it is.")
    client.post(page("discard", draft))
    assert not Draft.objects.exists()


def test_saving_a_person_offers_the_next_and_change_leads_back_to_the_last_look(
    cast: Cast,
) -> None:
    client = signed_in(cast.teacher)
    draft = drafts.save(cast.school, {}, by=cast.teacher)
    here = page("question", draft, "people")
    saved = client.post(here, ANSWERS["people"] | {"more": "yes"})
    assert saved["Location"] == here
    assertContains(client.get(here), "name_3")
    changed = client.post(f"{here}?then=check", ANSWERS["people"])
    assert changed["Location"] == page("check", draft)


@pytest.mark.demand("F1")
def test_whoever_it_is_about_is_kept_out_before_anybody_is_told(cast: Cast) -> None:
    client = signed_in(cast.teacher)
    draft = begun(client, kind="staff_conduct", about="other_staff", person=cast.dsl.pk)
    assertContains(client.get(page("check", draft)), cast.dsl.name)
    client.post(page("send", draft))
    case = Case.objects.get()
    assert not sees(cast.dsl, case)
    assert not Notice.objects.filter(recipient=cast.dsl).exists()
    # About the safeguarding team, nobody named: all of it is out until somebody says who.
    draft = begun(client, about="safeguarding")
    client.post(page("send", draft))
    assert who(cast, Case.objects.latest("pk")) == {"head"}


@pytest.mark.demand("F1")
def test_drafts_and_reports_are_their_writers_alone_and_look_like_none_to_others(
    cast: Cast,
) -> None:
    draft = drafts.save(cast.school, {}, by=cast.teacher)
    case = make_case(cast, people=(subject(cast.head),))
    nowhere = "ABCDEFGHJKLM"
    superuser = User.objects.create_superuser("root@example.org", "Root", "x")
    for user in (cast.head, cast.dsl, cast.office, cast.it, superuser):
        client = signed_in(user)
        for name, reference in (("own_report", case.reference), ("report_sent", case.reference),
                                ("report_check", draft.reference)):  # fmt: skip
            theirs = client.get(reverse(f"incidents:{name}", args=[reference]))
            none = client.get(reverse(f"incidents:{name}", args=[nowhere]))
            assert (theirs.status_code, theirs.content) == (none.status_code, none.content)
            assert theirs.status_code == 404 or user == superuser
        if user != superuser:
            assertNotContains(client.get(reverse("incidents:own_reports")), case.reference)
        if not sees(user, case):
            assert case.reference.encode() not in client.get("/").content


@pytest.mark.demand("F1")
def test_a_reporter_who_becomes_a_subject_sees_their_own_words_and_nothing_move(
    cast: Cast,
) -> None:
    case = make_case(cast)
    client = signed_in(cast.teacher)
    own = reverse("incidents:own_report", args=[case.reference])
    begin(case, by=cast.dsl)
    messages.answer(Case.objects.get(), by=cast.dsl, body="Who else was there?")
    assertContains(client.get(own), "Who else was there?")
    assertContains(client.get(own), "Being looked at")
    assert Notice.objects.filter(recipient=cast.teacher, url=own).count() == 1
    people.add(Case.objects.get(), subject(cast.teacher), by=cast.dsl)
    messages.answer(Case.objects.get(), by=cast.dsl, body="A second question")
    page_now = client.get(own)
    for words in ("second question", "Who else was there", "Being looked at"):
        assertNotContains(page_now, words)
    assertContains(page_now, "Received")
    assert not Notice.objects.filter(recipient=cast.teacher, url=own).exists()
    listed = client.get(reverse("incidents:own_reports"))
    assertContains(listed, "Received")
    assertNotContains(listed, "Answered")


def test_the_reporter_writes_more_and_whoever_handles_it_answers(cast: Cast) -> None:
    case = make_case(cast)
    client = signed_in(cast.teacher)
    own = reverse("incidents:own_report", args=[case.reference])
    assertContains(client.post(own, {"body": " "}), "Write something.")
    after = client.post(own, {"body": "It happened again."}, follow=True)
    assertContains(after, "It is sent.")
    assertContains(after, "It happened again.")


@pytest.mark.demand("F2")
@pytest.mark.parametrize("gate", ["yes", "unsure"])
def test_past_the_gate_there_is_no_way_to_attach_anything_and_a_forged_file_is_refused(
    cast: Cast, gate: str, settings: Any
) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["tests.incidents.test_report_pages.NoFileMayArrive"]
    client = signed_in(cast.teacher)
    draft = begun(client, image_gate=gate)
    stop = client.get(page("files", draft))
    assertContains(stop, "Do not look at it, copy it, print it, share it or save it")
    kept = drafts.answers_of(Draft.objects.get())
    for address in (page("question", draft, "what"), page("files", draft), page("check", draft),
                    page("question", draft, "picture"), page("send", draft)):  # fmt: skip
        html = client.get(address).content
        assert b'type="file"' not in html
        assert b"multipart" not in html
        file = SimpleUploadedFile("a.png", b"\x89PNG canary", content_type="image/png")
        forged = client.post(address, {"what": "x", "image_gate": "no", "evidence": file})
        assert forged.status_code in (403, 405), address
    assert drafts.answers_of(Draft.objects.get()) == kept
    assert not Case.objects.exists()
    client.post(page("send", draft))
    assert Case.objects.get().no_uploads


class NoFileMayArrive:
    """Stands where the portal takes files in: the pages of a report never come to it."""

    def __init__(self, *args: object) -> None:
        raise AssertionError("Something took the file in.")


@pytest.mark.demand("F2")
def test_a_screenshot_goes_in_behind_the_question_and_never_after_a_doubt(cast: Cast) -> None:
    client, case = signed_in(cast.teacher), make_case(cast)
    gate = reverse("incidents:own_file", args=[case.reference])
    assertNotContains(client.get(gate), 'type="file"')
    passed = client.post(gate, {"image_gate": "no"})["Location"]
    assertContains(client.get(passed), 'type="file"')
    sent = client.post(passed, {"file": _a_file(), "platform": "A chat"}, follow=True)
    assertContains(sent, "It is sent.")
    assert case.evidence.count() == 1
    # Forged, another's, and given before the doubt: thrown away.
    forged = reverse("incidents:own_file_add", args=[case.reference, "forged"])
    assert client.post(forged, {"file": _a_file()}).status_code == 403
    assert signed_in(cast.office).post(passed, {"file": _a_file()}).status_code == 404
    client.post(gate, {"image_gate": "unsure"})
    assert Case.objects.get(pk=case.pk).no_uploads
    for address in (gate, forged):
        page_now = client.get(address, follow=True)
        assertContains(page_now, "Leave the picture where it is")
        assertNotContains(page_now, 'type="file"')
    client.post(gate, {"image_gate": "no"})
    assert client.post(passed, {"file": _a_file()}).status_code == 403
    assert case.evidence.count() == 1


def test_a_report_that_is_finished_takes_no_file(cast: Cast) -> None:
    client, case = signed_in(cast.teacher), make_case(cast)
    gate = reverse("incidents:own_file", args=[case.reference])
    passed = client.post(gate, {"image_gate": "no"})["Location"]
    closing.set_aside(assess(case, by=cast.dsl), "no_action", by=cast.dsl, why="Nothing in it")
    said = client.post(passed, {"file": _a_file()})
    assertContains(said, "No more files are taken for this report.")
    assert not case.evidence.exists()


def _a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("chat.txt", b"At nine: they wrote it again.", "text/plain")


@pytest.mark.demand("F1")
def test_a_governor_is_shown_no_list_of_staff_and_a_name_they_write_is_kept_out(
    cast: Cast,
) -> None:
    cast.dsl.name = "Maud Penhaligon"
    cast.dsl.save()
    client = signed_in(make_user(Role.GOVERNOR, at=cast.school))
    draft = begun(client, kind="staff_conduct", about="other_staff", adult="Mrs Penhaligon")
    for address in (page("question", draft, "about"), page("check", draft)):
        assertNotContains(client.get(address), "Maud")
    client.post(page("send", draft))
    assert "dsl" not in who(cast, Case.objects.get())


def test_somebody_of_two_schools_says_which_and_a_stranger_to_one_is_refused(cast: Cast) -> None:
    client = signed_in(cast.trust_lead)
    assertContains(client.get(reverse("incidents:report")), "Which school is it about?")
    client.post(reverse("incidents:report"), {"place": cast.school.pk})
    assert Draft.objects.get().organisation == cast.school
    elsewhere = client.post(reverse("incidents:report"), {"place": make_school().pk})
    assertContains(elsewhere, "Choose the school.")


def test_where_nobody_may_read_it_the_reporter_is_shown_whom_to_ring_and_the_office_no_name(
    cast: Cast,
) -> None:
    school = make_school()
    both = make_user(Role.HEAD, Role.CHAIR, at=school)
    office, teacher = make_user(Role.OFFICE, at=school), make_user(Role.STAFF, at=school)
    case = reporting.submit(
        school, a_report(kind="staff_conduct", about="head", people=(subject(both),)), by=teacher
    )
    sent = reverse("incidents:report_sent", args=[case.reference])
    assertContains(signed_in(teacher).get(sent), "LADO")
    home = signed_in(office).get("/")
    assertContains(home, "a report has no eligible handler")
    assertNotContains(home, case.reference)
    for user in (both, teacher):
        assertNotContains(signed_in(user).get("/"), "no eligible handler")


def test_my_reports_costs_the_same_for_two_as_for_a_thousand(cast: Cast) -> None:
    client, mine = signed_in(cast.teacher), reverse("incidents:own_reports")
    assertContains(client.get(mine), "You have reported nothing")
    for _ in range(2):
        case = make_case(cast)
    counts = [_queries(client, mine)]
    Case.objects.bulk_create(_like(case) for _ in range(1000))
    made = Case.objects.exclude(pk__in=CaseKey.objects.values("case"))
    CaseKey.objects.bulk_create(
        CaseKey(case=one, wrapped=wrap(new_key(), one.reference), wrapped_with=current_key_id())
        for one in made
    )
    counts.append(_queries(client, mine))
    assert counts[0] == counts[1] <= 8
    assertContains(client.get(mine), "1 to 25 of 1002")


def _like(case: Case) -> Case:
    return Case(
        organisation=case.organisation, kind=case.kind, clock=case.clock, about=case.about,
        reporter=case.reporter,
    )  # fmt: skip


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_every_page_has_one_title_tells_other_sites_nothing_and_is_kept_nowhere(
    cast: Cast,
) -> None:
    client = signed_in(cast.teacher)
    draft = drafts.save(cast.school, {"kind": "grooming", "what": "Canary"}, by=cast.teacher)
    case = make_case(cast, what="Canary")
    for address in (
        reverse("incidents:report"), page("question", draft, "what"), page("files", draft),
        page("check", draft), page("discard", draft), reverse("incidents:own_reports"),
        reverse("incidents:own_report", args=[case.reference]),
        reverse("incidents:report_sent", args=[case.reference]),
    ):  # fmt: skip
        response = client.get(address)
        title = re.findall(r"<title>(.*?)</title>", response.content.decode())
        assert len(title) == 1
        assert title[0].startswith("Report a concern – "), address
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]
