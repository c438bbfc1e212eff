"""Each kind of report from a phone to the page of whoever handles it, and some to their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from incidents.forms.whole_report import PLAIN_KINDS
from incidents.kinds import KINDS, Kind, Level
from incidents.models import Case, PublicReport
from incidents.workflow import Status
from tests.browser.concerns import (
    HEARD,
    PHONE,
    Concerns,
    actions,
    choose,
    fits,
    follow,
    heading,
    onward,
    press,
)
from tests.browser.conftest import Opener
from tests.browser.halves import todays

pytestmark = [
    pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True),
    pytest.mark.demand("F8"),
]  # fmt: skip
K = Kind
WITHOUT_LOGIN, ON_PAPER = "without a login", "on paper"


@dataclass(frozen=True)
class Walk:
    """A kind of report: who sends it, how, and who finds it. `closes`: who agrees to its end."""

    kind: Kind
    sent_by: str
    handler: str
    closes: str = ""
    about: str = "No, or I do not know"


WALKS = [
    Walk(K.CYBERBULLYING, WITHOUT_LOGIN, "dsl"),
    Walk(K.STAFF_ABUSE, "teacher", "head"),
    Walk(K.OTHER, ON_PAPER, "dsl", closes="dsl"),
    Walk(K.MEDIA, "office", "head", closes="trust_lead"),
    Walk(K.HARM, WITHOUT_LOGIN, "dsl"),
    Walk(K.COMPROMISED, "teacher", "it"),
    Walk(K.IMAGES, WITHOUT_LOGIN, "dsl"),
    Walk(K.PERSONAL_CONTACT, "teacher", "dsl"),
    Walk(K.DATA_BREACH, "teacher", "dpo", closes="dpo"),
    Walk(K.OFFENSIVE_COMMENTS, WITHOUT_LOGIN, "head"),
    Walk(K.EXTREMISM, "teacher", "deputy"),
    Walk(K.GROOMING, WITHOUT_LOGIN, "dsl"),
    Walk(K.STAFF_CONDUCT, WITHOUT_LOGIN, "chair", about="Yes: the head teacher"),
    Walk(K.IMPERSONATION, WITHOUT_LOGIN, "head"),
    Walk(K.INAPPROPRIATE_CONTACT, "teacher", "dsl"),
]
PARTS = 4


def test_every_kind_is_walked_by_somebody() -> None:
    assert sorted(walk.kind for walk in WALKS) == sorted(Kind)


@pytest.mark.parametrize("part", todays(PARTS))
def test_each_kind_from_a_phone_to_its_playbook(
    opened: Opener, live_server: Any, part: int
) -> None:
    concerns = Concerns(opened, live_server)
    for walk in WALKS[part::PARTS]:
        case = send(concerns, walk)
        level = KINDS[walk.kind].clock
        page = concerns.opens(walk.handler, case, level)
        sees_its_playbook(page, walk.kind)
        done(page)
        if walk.closes:
            END[walk.kind](concerns, page, case)
            close(concerns, page, case, walk)
    concerns.nothing_went_wrong()


def send(concerns: Concerns, walk: Walk) -> Case:
    if walk.sent_by == WITHOUT_LOGIN:
        return send_without_login(concerns, walk)
    if walk.sent_by == ON_PAPER:
        return type_in_from_paper(concerns, walk)
    return concerns.reports(walk.sent_by, walk.kind)


def send_without_login(concerns: Concerns, walk: Walk) -> Case:
    page = concerns.opened(width=PHONE)
    page.goto(concerns.server.url + reverse("incidents:public_report", args=[concerns.school.slug]))
    choose(page, dict(PLAIN_KINDS)[walk.kind])
    choose(page, walk.about)
    page.get_by_label("What happened?").fill(HEARD)
    page.get_by_label("Who is it happening to?").fill("Robin")
    choose(page, "No")
    choose(page, PublicReport.Relation.PUPIL.label)
    press(page, "Send it to the school")
    assert heading(page) == "Thank you for telling us"
    code = page.locator(".report-code strong").inner_text()
    fits(page)
    # The code opens the box of the very report.
    follow(page, "the page for codes")
    page.get_by_label("Your code").fill(code)
    press(page, "Open")
    assert page.context.cookies() == []
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()
    return Case.objects.latest("reported_at")


def type_in_from_paper(concerns: Concerns, walk: Walk) -> Case:
    path = reverse("incidents:paper_enter", args=[concerns.school.slug])
    page = concerns.at("office", path, width=PHONE)
    page.get_by_label("The day on the sheet").fill(timezone.localdate().isoformat())
    choose(page, walk.kind.label)
    choose(page, walk.about)
    page.get_by_label("What happened?").fill(HEARD)
    page.get_by_label("No", exact=True).first.check()
    page.get_by_label("Yes", exact=True).last.check()
    press(page, "Send the report")
    assert heading(page) == "The report has arrived"
    return Case.objects.get(reference=page.locator(".reference").inner_text())


def sees_its_playbook(page: Page, kind: Kind) -> None:
    steps = [step.text for step in KINDS[kind].playbook]
    assert actions(page).locator("p:first-child").all_inner_texts() == steps
    assert page.get_by_text(HEARD).is_visible()
    assert page.get_by_text("Being worked on").is_visible()
    fits(page)


def done(page: Page) -> None:
    """The first action that is still open."""
    step = actions(page).filter(has=page.get_by_role("link", name="Done")).first
    text = step.locator("p").first.inner_text()
    onward(step.get_by_role("link", name="Done"))
    press(page, "Save")
    assert actions(page).filter(has_text=text).get_by_text("Done,").is_visible()


def nothing_more(concerns: Concerns, page: Page, case: Case) -> None:
    """This kind asks for nothing beside its steps."""


def ico_is_told(concerns: Concerns, page: Page, case: Case) -> None:
    """The 72 hours run on the first page; whether the ICO is told is decided and noted."""
    assert page.get_by_text("To be reported to the ICO, or not").is_visible()
    follow(page, "Referrals and removal")
    onward(page.get_by_role("link", name="Assess", exact=True))
    page.get_by_label("What data, of whom").fill("Sixty addresses, one evening.")
    press(page, "Save")
    onward(page.get_by_role("link", name="It was reported", exact=True))
    page.get_by_label("The ICO’s reference").fill("IC-12")
    press(page, "Save")
    assert page.get_by_text("Reported to the ICO").is_visible()
    assert page.locator("#referrals ~ ul").get_by_text("Reference: IC-12").is_visible()
    fits(page)


END = {K.OTHER: nothing_more, K.MEDIA: nothing_more, K.DATA_BREACH: ico_is_told}


def close(concerns: Concerns, page: Page, case: Case, walk: Walk) -> None:
    page.goto(concerns.server.url + case.get_absolute_url())
    for _ in range(actions(page).count() - 1):
        done(page)
    follow(page, "Propose to close it")
    choose(page, "No further action")
    page.get_by_label("What was found, and what was done").fill("It is put right.")
    press(page, "Propose to close it")
    other = page
    if walk.closes != walk.handler:
        assert Level(case.clock) == Level.RED
        other = concerns.inbox(walk.closes)
        follow(other, case.get_kind_display())
        follow(other, "Look whether it can be closed")
    press(other, "Close it")
    assert other.get_by_text("The case is closed.").is_visible()
    fits(other)
    case.refresh_from_db()
    assert case.status == Status.CLOSED
