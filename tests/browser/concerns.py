"""A school with all its offices, a window of the browser for each, and what they do in it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from playwright.sync_api import Locator, Page

from incidents.forms.steps import STEPS
from incidents.kinds import FACTORS, KINDS, Kind
from incidents.models import Case, CasePerson
from incidents.services import reporting
from notices.health import BEAT, WORK
from notices.services import beat
from people.models import User
from people.roles import Role
from tests.browser.conftest import Opener, sign_in, too_wide, with_password
from tests.factories import make_school, make_trust, make_user
from tests.incidents.factories import a_report

PHONE, DESK = 360, 1280
OFFICES = {
    "head": ("Hana Head", Role.HEAD), "dsl": ("Dot Safe", Role.DSL),
    "deputy": ("Dele Safe", Role.DEPUTY_DSL), "it": ("Ivo Wires", Role.IT),
    "dpo": ("Pia Paper", Role.DPO), "chair": ("Cher Gavel", Role.CHAIR),
    "office": ("Olu Desk", Role.OFFICE), "teacher": ("Toni Teacher", Role.STAFF),
    "slt": ("Sol Leader", Role.SLT),
}  # fmt: skip
RELATION = dict(CasePerson.Relation.choices)
HEARD = "They wrote it where the whole year could read it."


class Concerns:
    """Who works at the school, each signed in once: `at(person, path)` is their window."""

    def __init__(self, opened: Opener, server: Any) -> None:
        self.opened, self.server = opened, server
        self.trust = make_trust("Alder Trust")
        self.school = make_school("Alder School", trust=self.trust)
        self.people = {
            key: with_password(make_user(role, at=self.school, name=name))
            for key, (name, role) in OFFICES.items()
        }
        lead = make_user(Role.TRUST_LEAD, at=self.trust, name="Tara Trust")
        self.people["trust_lead"] = with_password(lead)
        for one in (WORK, BEAT):
            beat(one)
        self._windows: dict[tuple[str, bool], Page] = {}

    def __getitem__(self, key: str) -> User:
        return self.people[key]

    def at(self, who: str, path: str = "/", *, width: int = DESK, script: bool = True) -> Page:
        page = self._windows.get((who, script))
        if page is None:
            page = self._windows[who, script] = self.opened(width=width, script=script)
            sign_in(page, self.server, self[who], path)
            return page
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(self.server.url + path)
        return page

    def inbox(self, who: str) -> Page:
        place = self.trust if who == "trust_lead" else self.school
        return self.at(who, reverse("incidents:inbox", args=[place.slug]))

    def page_of(self, case: Case, name: str, *args: Any) -> str:
        return reverse(f"incidents:{name}", args=[case.reference, *args])

    def nothing_went_wrong(self) -> None:
        for page in self._windows.values():
            assert page.problems == []  # type: ignore[attr-defined]

    def has(self, kind: Kind, **details: Any) -> Case:
        """A report that a teacher sent, for walks that begin with it."""
        report = a_report(kind=kind, what=HEARD, **details)
        return reporting.submit(self.school, report, by=self["teacher"])

    # Reporting

    def begins_a_report(self, who: str, *, script: bool = True) -> Page:
        page = self.at(who, reverse("incidents:report"), width=PHONE, script=script)
        press(page, "Begin")
        return page

    def reports(
        self, who: str, kind: Kind, *, about: str = "None of these", gate: str = "No",
        person: str = "", script: bool = True,
    ) -> Case:  # fmt: skip
        """On a phone, question by question, to the page that says it has arrived."""
        page = self.begins_a_report(who, script=script)
        answers: dict[str, Any] = {
            "kind": lambda: choose(page, kind.label),
            "about": lambda: self._about(page, about, person),
            "what": lambda: page.get_by_label("What happened").fill(HEARD),
            "where": lambda: page.get_by_label("Name of the account").fill("@somebody"),
            "people": lambda: self._one_target(page, kind),
            "last": lambda: choose(page, "Yes"),
            "picture": lambda: choose(page, gate),
        }
        for number, step in enumerate(STEPS):
            answers[step.slug]()
            if step.slug == "about":
                assert page.get_by_text(KINDS[kind].guidance).is_visible()
            if number < len(STEPS) - 1:
                assert page.get_by_text(f"Question {number + 1} of 6").is_visible()
            press(page, "Save and go on")
        if gate != "No":
            assert heading(page) == "Leave the picture where it is"
            follow(page, "Go on without a picture")
        assert page.get_by_text(kind.label, exact=True).is_visible()
        press(page, "Send the report")
        assert heading(page) == "Your report has arrived"
        return Case.objects.get(reference=page.locator(".reference").inner_text())

    def _about(self, page: Page, about: str, person: str) -> None:
        choose(page, about)
        if person:
            page.get_by_label("Who is it").select_option(label=self[person].name)

    @staticmethod
    def _one_target(page: Page, kind: Kind) -> None:
        if not KINDS[kind].child and kind != Kind.STAFF_ABUSE:
            return
        first = page.get_by_role("group", name="Person 1")
        first.get_by_label("Name, or what you know").fill("Robin Ash")
        first.get_by_label("Their part in it").select_option(label="It was done to them")
        who = RELATION["pupil" if KINDS[kind].child else "staff"]
        first.get_by_label("Who they are").select_option(label=who)

    # Handling

    def finds(self, who: str, case: Case) -> Page:
        """Through the inbox, as one line among the others."""
        page = self.inbox(who)
        row = page.locator("tbody tr", has_text=case.reference)
        assert row.get_by_text("Waiting to be assessed").is_visible()
        fits(page)
        onward(row.get_by_role("link", name=case.get_kind_display()))
        return page

    def assesses(self, page: Page, level: str) -> None:
        follow(page, "Assess this report")
        for label, meanings in FACTORS.values():
            choose(page, f"{level.capitalize()}: {meanings[level]}")
            page.get_by_label(f"Why: {label.lower()}").fill("As it was reported.")
        press(page, "See what this suggests")
        assert page.get_by_label(level.capitalize(), exact=True).is_checked()
        press(page, "Decide")

    def begins(self, page: Page, owner: str) -> None:
        page.get_by_label("Who looks into it?").select_option(label=self[owner].name)
        press(page, "Begin work")

    def opens(self, who: str, case: Case, level: str = "amber") -> Page:
        """Found, assessed and begun: now its playbook stands in its list of actions."""
        page = self.finds(who, case)
        self.assesses(page, level)
        self.begins(page, who)
        return page


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def fits(page: Page) -> None:
    assert too_wide(page) == 0, page.url


def choose(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).check()


def press(page: Page, button: str) -> None:
    onward(page.get_by_role("button", name=button, exact=True))


def follow(page: Page, link: str) -> None:
    onward(page.locator("main").get_by_role("link", name=link, exact=True).first)


def onward(control: Locator) -> None:
    """To the next page, from one that was all there and is nowhere too wide."""
    control.wait_for()
    fits(control.page)
    with control.page.expect_navigation(wait_until="domcontentloaded"):
        control.click()


def actions(page: Page) -> Locator:
    return page.locator("section[aria-labelledby=actions] li")
