"""Who does not see a concern, who sees it in somebody's place, and what never gets in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from incidents.kinds import Kind
from incidents.models import Evidence
from incidents.services import alerts, work
from tests.browser.concerns import HEARD, PHONE, Concerns, fits, follow, heading, onward, press
from tests.browser.conftest import Opener
from tests.incidents.factories import begin

pytestmark = [
    pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True),
    pytest.mark.demand("F8"),
]  # fmt: skip
NOBODYS = "ZZZZZZZZZZZZ"
NEEDED = "Something in the portal needs you"


@pytest.fixture
def concerns(opened: Opener, live_server: Any) -> Concerns:
    return Concerns(opened, live_server)


def test_a_safeguarding_lead_finds_nothing_of_a_report_about_them(concerns: Concerns) -> None:
    case = concerns.reports(
        "teacher", Kind.CYBERBULLYING, about="Somebody of the safeguarding team", person="dsl"
    )
    # Others find it: the head, and the deputy, now that it is known who is meant.
    for who in ("head", "deputy"):
        page = concerns.finds(who, case)
        assert page.get_by_text(HEARD).is_visible()
        assert page.get_by_text("About a member of staff").is_visible()
        fits(page)

    page = concerns.inbox("dsl")
    assert page.get_by_text("Nothing waits for you").is_visible()
    page.goto(f"{page.url}?q={case.reference}")
    assert page.get_by_text("No concern fits").is_visible()
    for path in ("/", "/notices/", reverse("people:list", args=[concerns.school.slug])):
        assert case.reference not in concerns.at("dsl", path).content()
        assert page.get_by_role("link", name=NEEDED).count() == 0
    assert concerns.at("dsl").get_by_text("A concern waits for you").count() == 0
    for name in ("case", "triage", "files", "export", "people", "access", "history", "box"):
        assert _answer(page, concerns, case.reference, name) == _answer(
            page, concerns, NOBODYS, name
        )
    # Nor by asking to be let in: the answer is that of a number that nobody has.
    asked = [_asks_to_be_let_in(concerns, one) for one in (case.reference, NOBODYS)]
    assert asked[0] == asked[1]
    assert "If there is such a case" in asked[0]
    concerns.nothing_went_wrong()


def _answer(page: Page, concerns: Concerns, reference: str, name: str) -> tuple[int, bytes]:
    path = reverse(f"incidents:{name}", args=[reference])
    found = page.request.get(concerns.server.url + path)
    assert found.status == 404
    return found.status, found.body()


def _asks_to_be_let_in(concerns: Concerns, reference: str) -> str:
    page = concerns.at("dsl", reverse("incidents:glass", args=[concerns.school.slug]))
    page.get_by_label("The reference of the case").fill(reference)
    page.get_by_label("Why you need to see it").fill("The police rang about it.")
    press(page, "Ask")
    page.get_by_text("Nothing waits for you").wait_for()
    return page.locator("main").inner_text()


def test_while_the_safeguarding_lead_is_away_the_task_comes_to_whoever_stands_in(
    concerns: Concerns,
) -> None:
    case = concerns.has(Kind.HARM)
    case = begin(case, by=concerns["dsl"], severity="red")
    work.need_takedown(case, by=concerns["dsl"], where="A class chat.")
    told = concerns.at("deputy", reverse("notices:mine")).get_by_role("link", name=NEEDED)
    before = told.count()

    page = concerns.at("dsl", reverse("people:cover"))
    follow(page, "Enter days away")
    today = timezone.localdate()
    page.get_by_label("First day away").fill(today.isoformat())
    page.get_by_label("Last day away").fill((today + timedelta(days=9)).isoformat())
    page.get_by_label("Who stands in").select_option(label=concerns["deputy"].name)
    press(page, "Save")
    # Half of the day is over in which it had to be asked for: the owner's time, not the deputy's.
    alerts.sweep(timezone.now() + timedelta(hours=13))

    page = concerns.at("deputy", reverse("notices:mine"), width=PHONE)
    assert told.count() == before + 1
    fits(page)
    onward(told.first)
    assert page.url.endswith(case.get_absolute_url())
    assert page.get_by_text("Removal to be asked for").is_visible()
    follow(page, "Change who has the case")
    page.get_by_label("Who looks into it?").select_option(label=concerns["deputy"].name)
    press(page, "Give it to them")
    case.refresh_from_db()
    assert case.owner == concerns["deputy"]
    fits(page)
    concerns.nothing_went_wrong()


@pytest.mark.parametrize(("answer", "script"), [("Yes", True), ("I am not sure", False)])
def test_where_a_picture_could_be_of_that_kind_nothing_can_be_attached(
    concerns: Concerns, answer: str, script: bool
) -> None:
    case = concerns.reports("teacher", Kind.IMAGES, gate=answer, script=script)
    teacher = concerns.at("teacher", concerns.page_of(case, "own_file"), width=PHONE, script=script)
    _is_told_what_to_do_instead(teacher)
    dsl = concerns.at("dsl", case.get_absolute_url(), script=script)
    assert dsl.get_by_text("Nothing may be attached.").is_visible()
    assert dsl.get_by_role("link", name="Add a file").count() == 0
    dsl.goto(concerns.server.url + concerns.page_of(case, "file_gate"))
    _is_told_what_to_do_instead(dsl)
    for page, name, more in (
        (teacher, "own_file", ()),
        (teacher, "own_file_add", ("made-up",)),
        (dsl, "file_gate", ()),
        (dsl, "file_add", ("made-up",)),
    ):
        assert _forged(page, concerns, concerns.page_of(case, name, *more)) == 403
    assert not Evidence.objects.exists()
    concerns.nothing_went_wrong()


def _is_told_what_to_do_instead(page: Page) -> None:
    assert heading(page) == "Leave the picture where it is"
    assert page.get_by_text("Do not look at it, copy it, print it").is_visible()
    assert page.locator("input[type=file]").count() == 0
    fits(page)


def _forged(page: Page, concerns: Concerns, path: str) -> int:
    """What somebody sends who makes up the form that nobody offers them."""
    token = next(one for one in page.context.cookies() if one["name"] == "csrftoken")["value"]
    file = {"name": "seen.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0"}
    sent = page.request.post(
        concerns.server.url + path,
        multipart={"csrfmiddlewaretoken": token, "file": file, "gate": "no", "image_gate": "no"},
        headers={"Referer": concerns.server.url + path},
    )
    return sent.status
