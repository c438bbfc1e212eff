"""What goes otherwise: consent refused, a case opened again, a keyboard and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from incidents.kinds import FACTORS, Kind
from incidents.models import Case
from incidents.services import chronology, closing, work
from incidents.services.people import Named
from tests.browser.concerns import HEARD, Concerns, fits, follow, heading, onward, press
from tests.browser.conftest import Opener, sign_in
from tests.incidents.factories import begin

pytestmark = [
    pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True),
    pytest.mark.demand("F8"),
]  # fmt: skip


@pytest.fixture
def concerns(opened: Opener, live_server: Any) -> Concerns:
    return Concerns(opened, live_server)


def test_a_member_of_staff_refuses_and_the_police_are_told_on_a_legal_basis_only(
    concerns: Concerns,
) -> None:
    hurt = Named("target", user=concerns["teacher"])
    case = begin(concerns.has(Kind.STAFF_ABUSE, people=(hurt,)), by=concerns["head"])
    page = concerns.at("head", concerns.page_of(case, "outside"))
    police = page.locator("section[aria-labelledby=referrals] li", has_text="Police")
    assert police.get_by_text("With consent only").is_visible()
    onward(police.get_by_role("link", name="People and support"))
    target = page.locator(".case-cards li", has_text="It was done to them")
    onward(target.get_by_role("button", name="Ask for their consent"))
    onward(page.get_by_role("link", name="They refuse"))
    page.get_by_label("More about it").fill("Not now.")
    press(page, "Save")
    assert page.get_by_text("Refused").is_visible()
    fits(page)

    follow(page, "Referrals and removal")
    assert police.get_by_text("refused").is_visible()
    onward(police.get_by_role("link", name="It was made"))
    assert page.get_by_text("This stands in the way").is_visible()
    assert page.get_by_role("button", name="Save").count() == 0
    assert case.referrals.get(body="police").made_at is None

    page.goto(concerns.server.url + concerns.page_of(case, "people"))
    onward(page.get_by_role("link", name="Go without, on a legal basis"))
    press(page, "Save")
    assert "legal basis" in page.locator(".error-summary").inner_text()
    page.get_by_label("The legal basis").fill("To protect somebody from serious harm.")
    press(page, "Save")
    page.goto(concerns.server.url + concerns.page_of(case, "outside"))
    assert police.get_by_text("refused").count() == 0
    onward(police.get_by_role("link", name="It was made"))
    press(page, "Save")
    assert police.get_by_text("Made", exact=True).is_visible()
    fits(page)
    concerns.nothing_went_wrong()


def test_a_closed_case_is_opened_again_and_a_second_person_closes_a_red_one(
    concerns: Concerns,
) -> None:
    case = closed_by_two(concerns)
    page = concerns.inbox("head")
    assert page.get_by_text("Nothing waits for you").is_visible()
    follow(page, "What has ended")
    follow(page, case.get_kind_display())
    assert page.get_by_text("How it ended").is_visible()
    follow(page, "Open it again")
    press(page, "Open it again")
    assert page.get_by_text("Say why, in a sentence.").first.is_visible()
    page.get_by_label("Why").fill("They printed it after all.")
    press(page, "Open it again")

    assert page.get_by_text("Being worked on").is_visible()
    # No clock runs over a time that had ended, and what is new stands last.
    assert page.locator(".case-clocks").count() == 0
    assert page.get_by_text("overdue").count() == 0
    entries = page.locator(".case-entries > li").all_inner_texts()
    assert ["They rang." in entries[0], "They printed it after all." in entries[-1]] == [True] * 2
    assert "Hana Head" in entries[-1]
    fits(page)

    follow(page, "Propose to close it")
    page.get_by_label("No further action").check()
    page.get_by_label("What was found").fill("They took it back.")
    press(page, "Propose to close it")
    follow(page, "Look whether it can be closed")
    assert page.get_by_text("Another person has to close it").is_visible()
    assert page.get_by_role("button", name="Close it").count() == 0
    other = concerns.inbox("trust_lead")
    follow(other, case.get_kind_display())
    assert other.get_by_text("They printed it after all.").is_visible()
    follow(other, "Look whether it can be closed")
    assert other.get_by_text("They took it back.").is_visible()
    press(other, "Close it")
    assert other.get_by_text("The case is closed.").is_visible()
    follow(other, "Record")
    assert other.get_by_text("opened it again").is_visible()
    concerns.nothing_went_wrong()


def closed_by_two(concerns: Concerns) -> Case:
    head = concerns["head"]
    case = begin(concerns.has(Kind.MEDIA), by=head, severity="red")
    chronology.add(case, by=head, body="They rang.")
    for action in case.actions.all():
        work.finish_action(action, by=head)
    closing.propose(case, by=head, outcome="none", why="Nothing was printed.")
    return closing.close(case, by=concerns["trust_lead"])


def test_a_keyboard_and_nothing_else_goes_from_the_inbox_through_triage(
    concerns: Concerns,
) -> None:
    case = concerns.has(Kind.CYBERBULLYING)
    page = concerns.inbox("dsl")
    keys = page.keyboard
    keys.press("j")
    assert focused(page, "textContent") == case.get_kind_display()
    keys.press("Enter")
    page.wait_for_url("**" + case.get_absolute_url())
    keys.press("t")
    page.wait_for_url("**" + concerns.page_of(case, "triage"))
    for name in FACTORS:
        tab_to(page, name)
        keys.press("Space")
        keys.press("ArrowDown")
        tab_to(page, f"why_{name}")
        keys.type("As j and t report it.")  # keys that do something elsewhere
    keys.press("Enter")
    page.get_by_text("Your four answers suggest").wait_for()
    tab_to(page, "severity")
    keys.press("Enter")
    page.wait_for_url("**" + concerns.page_of(case, "begin"))
    tab_to(page, "owner")
    keys.type("Dele")
    keys.press("Enter")
    tab_to(page, "text")
    keys.press("Enter")
    page.wait_for_url("**" + case.get_absolute_url())
    case.refresh_from_db()
    assert (case.status, case.severity, case.owner) == ("open", "amber", concerns["deputy"])
    concerns.nothing_went_wrong()


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page, "name") == name:
            return
    pytest.fail(f"Tab never came to {name}.")


def focused(page: Page, what: str) -> str:
    return str(page.evaluate(f"document.activeElement.{what} ?? ''")).strip()


def test_the_screen_is_hidden_by_a_key_and_the_other_keys_can_be_switched_off(
    concerns: Concerns,
) -> None:
    case = concerns.has(Kind.GROOMING)
    page = concerns.at("dsl", case.get_absolute_url())
    hide(page)
    assert HEARD not in page.content()
    page.go_back()
    assert page.get_by_text(HEARD).is_visible()

    page.keyboard.press("?")
    page.wait_for_url("**" + reverse("incidents:shortcuts"))
    press(page, "Switch the keys off in this browser")
    assert page.get_by_text("Single keys do nothing in this browser now.").is_visible()
    page.goto(concerns.server.url + case.get_absolute_url())
    page.keyboard.press("t")
    page.keyboard.press("h")
    hide(page)
    concerns.nothing_went_wrong()


def hide(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("**" + reverse("incidents:covered"))
    assert heading(page) == "Welcome"


def test_what_was_begun_is_there_after_signing_out(concerns: Concerns) -> None:
    page = concerns.begins_a_report("teacher")
    page.get_by_label(Kind.EXTREMISM.label).check()
    press(page, "Save and go on")
    page.get_by_label("None of these").check()
    press(page, "Save and go on")
    page.get_by_label("What happened").fill("A stopped sentence")
    press(page, "Save and go on")
    page.locator(".account-menu summary").click()
    press(page, "Sign out")
    sign_in(page, concerns.server, concerns["teacher"], reverse("incidents:report"))
    assert page.get_by_role("heading", name="Begun and not sent").is_visible()
    onward(page.get_by_role("link", name="Saved on").first)
    assert page.get_by_text("A stopped sentence").is_visible()
    assert page.get_by_text("Before it can be sent").is_visible()
    assert page.get_by_role("button", name="Send the report").count() == 0
    follow(page, "Go on")
    assert heading(page) == "Where did it happen?"
    fits(page)
    assert not Case.objects.exists()
    assert concerns.inbox("dsl").get_by_text("Nothing waits for you").is_visible()
    concerns.nothing_went_wrong()
