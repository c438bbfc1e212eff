"""What parents and pupils find where they report something; nobody finds out who they were."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains
from structlog.testing import capture_logs

from incidents import limits
from incidents.models import Case, CaseLine, PublicReport
from incidents.services import messages, people
from notices.models import Mail, Notice
from people.models import Organisation
from people.roles import Role
from people.services import organisations
from tests.factories import make_school, make_user
from tests.incidents.factories import Cast, afresh, begin, sees, who
from trail.models import AuditEvent
from web import limits as of_networks

pytestmark = pytest.mark.once

TYPED = {
    "kind": "cyberbullying", "about": "none", "what": "They laugh at me in the chat.",
    "done_to": "me", "image_gate": "no", "relation": "pupil",
}  # fmt: skip
CANARIES = ("Quillfeather", "Brambleshade", "Thornwick", "Larkmoor")


@pytest.fixture(autouse=True)
def _empty_cache(db: None) -> None:
    cache.clear()


def at(name: str, school: Organisation) -> str:
    return reverse(f"incidents:public_{name}", args=[school.slug])


def send(client: Client, school: Organisation, **typed: str) -> HttpResponse:
    token = client.get(at("report", school)).context["form"].initial["token"]
    return client.post(at("report", school), TYPED | {"token": token} | typed)


def code_of(response: HttpResponse) -> str:
    found = re.search(
        r"<strong>((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})</strong>", response.content.decode()
    )
    assert found
    return found[1]


def test_a_pupil_tells_the_school_gets_a_code_once_and_finds_the_answer_with_it(
    cast: Cast,
) -> None:
    client = Client()
    form = client.get(at("report", cast.school))
    for words in ("999", "0800 1111", "We cannot promise", "sets no cookie", "Whistleblowing"):
        assertContains(form, words)
    for missing in ("The head teacher</option>", 'type="file"', cast.head.name):
        assertNotContains(form, missing)
    sent = send(client, cast.school)
    code = code_of(sent)
    case = Case.objects.get()
    assert who(cast, case) == {"dsl", "deputy", "head"}
    assert (case.reporter, case.child_concerned) == (None, True)
    dsl = Client()
    dsl.force_login(afresh(cast.dsl))
    assertContains(dsl.get(case.get_absolute_url()), "Without signing in: pupil")
    begin(case, by=cast.dsl)
    messages.answer(Case.objects.get(), by=cast.dsl, body="Thank you. Who saw it?")
    opened = client.post(at("box", cast.school), {"code": code.lower().replace("-", " ")})
    assertContains(opened, "Thank you. Who saw it?")
    assertNotContains(opened, cast.dsl.name)
    assertNotContains(opened, "laugh at me")  # whoever has the code reads messages, no more
    token = opened.context["token"]
    written = client.post(
        at("box", cast.school), {"code": code, "token": token, "body": "All of 8B"}
    )
    assertContains(written, "It is sent.")
    assertContains(written, "All of 8B")
    client.post(at("box", cast.school), {"code": code, "token": token, "body": "All of 8B"})
    assert messages.box_of(Case.objects.get())[-1].body == "All of 8B"
    assert Case.objects.get().messages.count() == 2
    assert not client.cookies


def test_what_is_missing_is_said_what_was_typed_stays_and_a_second_press_reports_once(
    cast: Cast,
) -> None:
    client = Client()
    wrong = send(client, cast.school, kind="media", about="", image_gate="")
    assert wrong.status_code == 422
    for words in ("Choose from the list.", "Say whether it is about an adult", "laugh at me"):
        assertContains(wrong, words, status_code=422)
    said = send(client, cast.school, kind="staff_conduct")
    assertContains(said, "Say who.", status_code=422)
    data = TYPED | {"token": "a" * 32}
    assertContains(client.post(at("report", cast.school), data), "Your code")
    assertContains(client.post(at("report", cast.school), data), "We have it already")
    assert Case.objects.count() == 1


def test_whoever_goes_back_and_writes_what_else_there_is_is_heard(cast: Cast) -> None:
    client = Client()
    page = TYPED | {"token": client.get(at("report", cast.school)).context["form"].initial["token"]}
    code = code_of(client.post(at("report", cast.school), page))
    assertContains(client.post(at("report", cast.school), page), "We have it already")
    code_of(client.post(at("report", cast.school), page | {"what": "They hit me, too."}))
    assert {case.text("what") for case in Case.objects.all()} == {
        TYPED["what"],
        "They hit me, too.",
    }
    sent = {"code": code, "token": "one page"}
    for body in ("Today again.", "Today again.", "And he has a knife."):
        assertContains(client.post(at("box", cast.school), sent | {"body": body}), "It is sent.")
    assert Case.objects.order_by("pk")[0].messages.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the trigger below is SQLite's")
def test_a_report_that_could_not_be_kept_is_sent_by_pressing_again(cast: Cast) -> None:
    """Were the page noted before what was written on it, a child would read that we have it."""
    client = Client(raise_request_exception=False)
    page = TYPED | {"token": client.get(at("report", cast.school)).context["form"].initial["token"]}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON incidents_caseline BEGIN "
            "SELECT RAISE(ABORT, 'The disk is full.'); END"
        )
        assert client.post(at("report", cast.school), page).status_code == 500
        cursor.execute("DROP TRIGGER full_disk")
    assert not Case.objects.exists()
    code_of(client.post(at("report", cast.school), page))


@pytest.mark.demand("F1")
def test_the_adult_whom_a_child_names_cannot_read_it_until_somebody_else_has_looked(
    cast: Cast,
) -> None:
    for user, name in ((cast.dsl, "Maud Penhaligon"), (cast.head, "Tom Ashgrove")):
        user.name = name
        user.save()
    client = Client()
    send(client, cast.school, about="other_staff", adult="mrs penhalligon my form tutor")
    case = Case.objects.get()
    assert who(cast, case) == {"head", "deputy"}
    assert not Notice.objects.filter(recipient=cast.dsl).exists()
    people.lift_conflict(case.conflicts.get(), by=cast.head, why="Another person of that name")
    assert sees(cast.dsl, case)
    # Two adults in one line; and a name where nobody says who they are.
    send(client, cast.school, done_by="mr ashgrove and Mrs Penhaligon")
    assert who(cast, Case.objects.latest("pk")) == {"deputy", "chair"}


def test_a_wrong_code_another_schools_code_and_too_many_tell_nothing_apart(cast: Cast) -> None:
    client, other = Client(), make_school()
    make_user(Role.HEAD, at=other)
    code = code_of(send(client, cast.school))
    wrong = client.post(at("box", cast.school), {"code": "AAAA-BBBB-CCCC-DDDD"})
    elsewhere = client.post(at("box", other), {"code": code})
    for answer in (wrong, elsewhere):
        assertContains(answer, "This code opens nothing.", status_code=422)
    assertContains(
        client.post(at("box", cast.school), {}), "Type the code you were given.", status_code=422
    )
    for _ in range(9):
        client.post(at("box", cast.school), {"code": "AAAA-BBBB-CCCC-DDDD"})
    busy = client.post(at("box", cast.school), {"code": code})
    assertContains(busy, "Too many codes", status_code=429)
    for _ in range(30):
        limits.may(busy.wsgi_request, cast.school.slug, what="report", rate=limits.REPORTS)
    assertContains(send(client, cast.school), "Many reports came", status_code=429)


def test_the_hash_by_which_tries_are_counted_is_forgotten_with_its_key(
    monkeypatch: pytest.MonkeyPatch, rf: Any
) -> None:
    request = rf.post("/", REMOTE_ADDR="198.51.100.7")
    assert limits.may(request, "elm-park", what="code", rate="1/h/key")
    assert not limits.may(request, "elm-park", what="code", rate="1/h/key")
    assert limits.may(request, "elm-hill", what="code", rate="1/h/key")
    kept = "".join(map(str, _rows("portal_cache")))
    for guess in ("198.51.100.7", "elm-park\n198.51.100.7"):
        assert hashlib.sha256(guess.encode()).hexdigest() not in kept
    # Another process, or tomorrow: the same network cannot be told any more.
    monkeypatch.setattr(of_networks, "_KEY", of_networks._Key())
    assert limits.may(request, "elm-park", what="code", rate="1/h/key")


def test_a_school_that_switched_it_off_or_has_no_reader_is_like_one_that_does_not_exist(
    cast: Cast,
) -> None:
    client, empty = Client(), make_school()
    off = make_school()
    head = make_user(Role.HEAD, at=off)
    organisations.change_settings(off, {"incidents.public_reports": False}, by=head)
    nowhere = [client.get(f"/s/nowhere/report/{end}") for end in ("", "messages/", "poster.pdf")]
    for school in (empty, off, cast.trust):
        for name, none in zip(("report", "box", "report_poster"), nowhere, strict=True):
            found = client.get(at(name, school))
            assert (found.status_code, found.content) == (404, none.content)
    assert client.post(at("report", off), TYPED).status_code == 404
    # With the public page off the way to report something stays.
    organisations.change_settings(cast.school, {"public.page": False}, by=cast.head)
    assert client.get(at("report", cast.school)).status_code == 200


def test_the_schools_public_page_and_a_poster_lead_there(cast: Cast) -> None:
    client = Client()
    public = client.get(reverse("governance:public_school", args=[cast.school.slug]))
    assertContains(public, at("report", cast.school))
    client.force_login(afresh(cast.office))
    begin_page = client.get(reverse("incidents:report"))
    for name in ("public_report_poster", "paper_form", "paper_enter"):
        assertContains(begin_page, reverse(f"incidents:{name}", args=[cast.school.slug]))
    client.logout()
    poster = client.get(at("report_poster", cast.school))
    assert poster["Content-Type"] == "application/pdf"
    assert poster.content.startswith(b"%PDF")


@pytest.mark.demand("F2")
def test_a_file_that_is_forged_into_the_form_is_thrown_away_and_nothing_is_kept(
    cast: Cast, settings: Any
) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["tests.incidents.test_report_pages.NoFileMayArrive"]
    client = Client()
    for name in ("report", "box"):
        file = SimpleUploadedFile("a.jpg", b"\xff\xd8 canary", content_type="image/jpeg")
        refused = client.post(at(name, cast.school), TYPED | {"token": "b" * 32, "any": file})
        assertContains(refused, "It was thrown away", status_code=403)
    assert not Case.objects.exists()


def test_a_form_of_another_site_sends_nothing_and_who_is_signed_in_is_nobody_here(
    cast: Cast,
) -> None:
    client = Client()
    client.force_login(afresh(cast.teacher))
    data = TYPED | {"token": "c" * 32}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post(at("report", cast.school), data, headers=headers).status_code == 302
    assert not Case.objects.exists()
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
    sent = client.post(at("report", cast.school), data, headers=own)
    assertNotContains(sent, cast.teacher.name)
    assert Case.objects.get().reporter is None
    assert not CaseLine.objects.filter(actor=cast.teacher).exists()
    assert sent["Cache-Control"] == "no-store"


@pytest.mark.demand("F3")
def test_nothing_that_was_reported_is_in_an_address_mail_log_notice_record_or_cache(
    cast: Cast, caplog: Any, capsys: Any, mailoutbox: list[Any]
) -> None:
    public, staff = Client(), Client()
    staff.force_login(afresh(cast.teacher))
    what, who_did, where, more = CANARIES
    seen: list[HttpResponse] = []
    with capture_logs() as events:
        sent = send(public, cast.school, what=what, done_by=who_did, where=where, name=more)
        code = code_of(sent)
        seen += [sent, public.post(at("box", cast.school), {"code": code, "body": more})]
        staff.post(reverse("incidents:report"), {"place": cast.school.pk})
        begun = reverse("incidents:own_reports")
        draft = cast.teacher.case_drafts.get().reference
        for step, typed in (
            ("kind", {"kind": "grooming"}), ("about", {"about": "none"}), ("what", {"what": what}),
            ("where", {"where": where, "handle": who_did}), ("people", {"name_1": more,
             "role_1": "subject", "relation_1": "parent"}),
            ("last", {"may_contact": "no", "done": more}), ("picture", {"image_gate": "yes"}),
        ):  # fmt: skip
            url = reverse("incidents:report_question", args=[draft, step])
            seen.append(staff.post(url, typed))
        seen.append(staff.post(reverse("incidents:report_send", args=[draft])))
        seen.append(staff.get(begun))
        own = reverse("incidents:own_report", args=[Case.objects.get(reporter=cast.teacher)])
        seen.append(staff.post(own, {"body": f"And {what} again"}))
    assert Case.objects.count() == 2
    addresses = [f"{one.get('Location', '')} {one.wsgi_request.get_full_path()}" for one in seen]
    cookies = public.cookies.output() + staff.cookies.output()
    written = "".join(map(str, events)) + caplog.text + "".join(capsys.readouterr())
    kept = _everything_but_the_cases(mailoutbox) + written + cookies + " ".join(addresses)
    for canary in (*CANARIES, code, code.replace("-", "")):
        assert canary not in kept, canary
    assert "127.0.0.1" not in kept  # nor from where it came
    raw = "".join(
        str(row) for row in _rows("incidents_case", "incidents_caseperson", "incidents_message")
    )
    assert not any(canary in raw for canary in (*CANARIES, code))


def _everything_but_the_cases(mailoutbox: list[Any]) -> str:
    mails = [f"{mail.subject} {mail.body}" for mail in mailoutbox]
    tables = (Mail, Notice, AuditEvent, CaseLine, PublicReport)
    rows = [str(row) for model in tables for row in model.objects.values()]
    return "".join([*mails, *rows, *map(str, _rows("portal_cache", "django_session"))])


def _rows(*tables: str) -> list[Any]:
    found: list[Any] = []
    with connection.cursor() as cursor:
        for table in tables:
            if table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                found += cursor.fetchall()
    return found


# On paper


def test_the_office_types_in_a_sheet_and_cannot_read_it_afterwards(cast: Cast) -> None:
    client = Client()
    client.force_login(afresh(cast.office))
    sheet = client.get(reverse("incidents:paper_form", args=[cast.school.slug]))
    assert sheet.content.startswith(b"%PDF")
    url = reverse("incidents:paper_enter", args=[cast.school.slug])
    assertContains(client.get("/"), url)
    today = cast.school.today()
    typed = TYPED | {
        "written_on": (today - timedelta(days=1)).isoformat(), "may_contact": "yes",
        "name": "Ash Reporter", "kind": "media",
    }  # fmt: skip
    late = client.post(url, typed | {"written_on": (today + timedelta(days=1)).isoformat()})
    assertContains(late, "cannot be in the future")
    done = client.post(url, typed)
    case = Case.objects.get()
    assertContains(done, case.reference)
    assert case.reporter is None
    assert case.paper_report.entered_by == cast.office
    assert who(cast, case) == {"head", "trust_lead"}
    for address in (reverse("incidents:own_reports"), "/"):
        assertNotContains(client.get(address), case.reference)
    own = reverse("incidents:own_report", args=[case.reference])
    assert client.get(own).status_code == 404
    assert case.people.get(role="reporter").name == "Ash Reporter"
    head = Client()
    head.force_login(afresh(cast.head))
    assertContains(head.get(case.get_absolute_url()), f"typed in by {cast.office.name}")
    teacher = Client()
    teacher.force_login(afresh(cast.teacher))
    assert teacher.get(url).status_code == 403


def test_on_paper_the_named_head_is_kept_out_too(cast: Cast) -> None:
    client = Client()
    client.force_login(afresh(cast.office))
    typed = TYPED | {
        "written_on": cast.school.today().isoformat(), "may_contact": "no", "about": "head",
        "adult": "the head", "kind": "staff_conduct",
    }  # fmt: skip
    done = client.post(reverse("incidents:paper_enter", args=[cast.school.slug]), typed)
    assertContains(done, "the chair of governors")
    assert who(cast, Case.objects.get()) == {"chair"}
