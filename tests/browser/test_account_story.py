"""An account from a teacher's wish to its closing, as the people of a school would go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import RotationCause, SocialAccount
from accounts.workflow import Status as AccountStatus
from approvals.considerations import considered
from approvals.models import BusinessCase, QuestionKind
from approvals.services import checklist
from approvals.workflow import Status
from governance.services import training_courses
from people.models import User
from people.roles import Role
from people.services import calendar
from people.services import membership as memberships
from tests.browser.conftest import Opener, sign_in, too_wide, with_password
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy, sign

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

PHONE = 360
SAID = {
    QuestionKind.TEXT: {"text": "As the case says."},
    QuestionKind.YES_NO: {"verdict": "yes"},
}


class Story:
    """A school in the middle of its term, and what each of its people does."""

    def __init__(self, opened: Opener, server: Any) -> None:
        self.opened, self.server = opened, server
        trust = make_trust("Alder Trust")
        self.school = make_school("Alder School", trust=trust)
        today = timezone.localdate()
        calendar.add_term(
            self.school, by=None, name="This term",
            starts_on=today - timedelta(days=50), ends_on=today + timedelta(days=50),
        )  # fmt: skip
        self.head = self.person("Hana Head", Role.HEAD)
        self.deputy = self.person("Dora Deputy", Role.SLT)
        self.it = self.person("Ivo Wires", Role.IT)
        self.teacher = self.person("Toni Teacher")
        self.runner = self.person("Rea Runner")
        self.colleague = self.person("Cleo Colleague")
        self.policy = make_policy(self.school, by=self.head)
        for person in (self.teacher, self.colleague):
            sign(self.policy, person)
        training_courses.start_course(
            self.school, by=self.head, roles=[Role.IT], for_runners=False, title="Safer Internet",
            covers="Passwords.", valid_months=12, provider="The school",
        )  # fmt: skip

    def person(self, name: str, *roles: Role) -> User:
        return with_password(make_user(*(roles or (Role.STAFF,)), at=self.school, name=name))

    def as_(self, person: User, path: str = "/", *, width: int = 1280) -> Page:
        page = self.opened(width=width)
        sign_in(page, self.server, person, path)
        return page

    def close(self, page: Page) -> None:
        assert too_wide(page) == 0
        assert page.problems == []  # type: ignore[attr-defined]
        page.context.close()

    def path(self, name: str, *more: Any) -> str:
        return reverse(name, args=[self.school.slug, *more])

    @property
    def case(self) -> BusinessCase:
        return BusinessCase.objects.select_related("account", "organisation").get()

    @property
    def account(self) -> SocialAccount:
        return SocialAccount.objects.select_related("organisation").get()

    # Asking for it

    def asks_on_a_phone(self) -> None:
        page = self.as_(self.teacher, width=PHONE)
        page.locator(".account-menu summary").click()
        page.get_by_role("link", name="Ask for a new account").click()
        page.get_by_role("link", name="Ask for a new account").last.click()
        page.get_by_role("button", name="Begin").click()
        page.get_by_label("Platform").select_option(label="Instagram")
        page.get_by_label("What people at school would call it").fill("Drama department")
        self.onward(page)
        page.get_by_label("What the account is for").fill("More families come to our plays.")
        self.onward(page)
        page.get_by_label("Whom it is for").fill("Families of years 7 to 9")
        for answer in page.get_by_label("No", exact=True).all():
            answer.check()
        self.onward(page)
        page.get_by_label("How people will hear of it").fill("A link in the newsletter.")
        self.onward(page)
        page.get_by_label("Closed").check()
        self.onward(page)
        page.get_by_label("Runner 1").select_option(label="Toni Teacher")
        page.get_by_label("Runner 2").select_option(label="Rea Runner")
        self.onward(page)
        page.get_by_label("Who tries it first").fill("Families of the cast")
        page.get_by_label("For how many weeks").fill("6")
        page.get_by_label("How you will know").fill("Half of them follow it.")
        self.onward(page)
        assert page.get_by_role("heading", name="Check your answers").is_visible()
        self.considers(page)
        self.lists_risks(page)
        self.close(page)

    @staticmethod
    def onward(page: Page) -> None:
        page.get_by_role("button", name="Save and go on").click()

    def considers(self, page: Page) -> None:
        """The first two questions on the phone; the other twenty-four the same way."""
        page.get_by_role("link", name="Things to consider").first.click()
        page.get_by_role("link", name="Begin").click()
        for words in ("Full houses.", "Rehearsals and dates."):
            page.locator("main textarea").first.fill(words)
            self.onward(page)
        for row in considered(self.case):
            if row.answer is None:
                said = SAID.get(row.question.kind, {"person": self.deputy})
                if row.question.kind == QuestionKind.DATE:
                    said = {"date": timezone.localdate()}
                checklist.answer(self.case, by=self.teacher, question=row.question.key, **said)

    def lists_risks(self, page: Page) -> None:
        page.goto(self.server.url + self.path("approvals:risks", self.case.number))
        page.get_by_role("button", name="Add to the list").first.click()
        for side, who in (("educational", self.colleague), ("technical", self.it)):
            page.goto(self.server.url + self.path("approvals:assessor", self.case.number, side))
            page.get_by_label("Who", exact=True).select_option(label=who.name)
            page.get_by_role("button", name="Ask them to assess the risks").click()

    def assess_the_risks(self) -> None:
        for person in (self.colleague, self.it):
            page = self.as_(person, width=PHONE)
            page.get_by_role("link", name="Drama department").first.click()
            page.get_by_role("button", name="Sign these risks").click()
            assert page.get_by_text("You have signed the risks.").is_visible()
            self.close(page)

    def sends(self) -> None:
        page = self.as_(self.teacher, self.path("approvals:check", self.case.number), width=PHONE)
        page.get_by_role("button", name="Send to the leadership team").click()
        assert page.get_by_text("BC-0001").first.is_visible()
        self.close(page)

    def approves(self) -> None:
        """From the list of tasks, with two clicks."""
        page = self.as_(self.head)
        page.get_by_role("link", name="Drama department").first.click()
        assert page.get_by_text("Something is missing").is_visible()
        page.get_by_label("Approve").check()
        page.get_by_role("button", name="Send your decision").click()
        assert page.get_by_text("The votes are there.").is_visible()
        page.get_by_role("button", name="Tell them what is missing").click()
        assert page.get_by_text("They have been told what is missing: Rea Runner").is_visible()
        self.close(page)

    def signs_what_was_missing(self) -> None:
        page = self.as_(self.runner, width=PHONE)
        page.get_by_role("link", name="Read and sign").first.click()
        page.get_by_label("Type your full name to sign").fill(self.runner.name)
        page.get_by_role("button", name="Sign this policy").click()
        self.close(page)

    # The trial

    def sets_up(self) -> None:
        page = self.as_(self.it, self.path("accounts:address", self.account.pk))
        page.get_by_label("Address or handle").fill("@alder_drama")
        page.get_by_role("button", name="Save the address").click()
        page.get_by_role("link", name="Change these details").click()
        domain = self.school.domains.get().domain
        page.get_by_label("E-mail address it was opened with").fill("drama@gmail.com")
        page.get_by_role("button", name="Save").click()
        assert f"@{domain}" in page.locator(".error-summary").inner_text()
        page.get_by_label("E-mail address it was opened with").fill(f"drama@{domain}")
        page.get_by_role("button", name="Save").click()
        page.goto(self.server.url + self.path("accounts:confirm_sign_in", self.account.pk))
        for label in ("Two-factor sign-in", "Recovery contacts"):
            page.get_by_label(label).fill(timezone.localdate().isoformat())
        page.get_by_role("button", name="Save these days").click()
        self.close(page)

    def begins_the_trial(self) -> None:
        page = self.as_(self.head, self.path("approvals:trial", self.case.number))
        until = timezone.localdate() + timedelta(days=30)
        page.get_by_label("Last day of the trial").fill(until.isoformat())
        page.get_by_role("button", name="Begin the trial").click()
        assert page.get_by_text("On trial").first.is_visible()
        self.close(page)

    def is_notified(self) -> None:
        page = self.as_(self.it, self.path("accounts:tell_address", self.account.pk))
        page.get_by_label("Who is told").select_option(label="Dora Deputy")
        page.get_by_role("button", name="Tell them the address").click()
        self.close(page)
        page = self.as_(
            self.deputy, self.path("accounts:confirm_address", self.account.pk), width=PHONE
        )
        page.get_by_label("I looked at the account").check()
        page.get_by_role("button", name="Confirm").click()
        self.close(page)

    def evaluates(self) -> None:
        page = self.as_(self.head, self.path("approvals:evaluate", self.case.number))
        for answer in page.locator("main textarea").all():
            answer.fill("Forty families follow it.")
        page.get_by_label("Go live").check()
        page.get_by_role("button", name="Send this evaluation").click()
        self.close(page)

    # Running it

    def change_the_password(self) -> None:
        """Something went wrong; one runner changes it on a phone, the other tries it."""
        page = self.as_(self.head, self.path("accounts:change_now", self.account.pk))
        page.get_by_role("button", name="Ask for it now").click()
        self.close(page)
        page = self.as_(self.teacher, self.path("accounts:changed", self.account.pk), width=PHONE)
        page.get_by_label("I signed out every other device").check()
        page.get_by_label("Two-factor sign-in and recovery contacts").check()
        page.get_by_label("Where it is kept").fill("Office vault")
        page.get_by_role("button", name="I have changed it").click()
        self.close(page)
        page = self.as_(self.runner, width=PHONE)
        page.get_by_role("link", name="Try the new password").first.click()
        page.get_by_label("I signed in to the account").check()
        page.get_by_role("button", name="Confirm").click()
        self.close(page)
        assert self.account.rotations.get().verification.by == self.runner

    def looks_it_through(self) -> None:
        page = self.as_(self.runner, self.path("accounts:check_do", self.account.pk), width=PHONE)
        for answer in page.get_by_label("Yes", exact=True).all():
            answer.check()
        page.get_by_role("button", name="I have looked it through").click()
        self.close(page)

    def closes(self) -> None:
        page = self.as_(self.head, self.path("accounts:begin_closing", self.account.pk))
        page.get_by_label("Why").fill("Nobody is left to run it.")
        page.get_by_role("button", name="Begin to close it").click()
        page.goto(self.server.url + self.path("accounts:closing", self.account.pk))
        for day in page.locator("main input[type=date]").all():
            day.fill(timezone.localdate().isoformat())
        page.get_by_role("button", name="Save these days").click()
        page.get_by_role("button", name="Record it as closed").click()
        self.close(page)


def test_from_a_teachers_wish_to_a_clean_end(opened: Opener, live_server: Any) -> None:
    story = Story(opened, live_server)
    story.asks_on_a_phone()
    story.assess_the_risks()
    story.sends()
    story.approves()
    assert story.case.status == Status.SUBMITTED
    story.signs_what_was_missing()
    assert story.case.status == Status.APPROVED, "it settles by itself"
    story.sets_up()
    story.begins_the_trial()
    story.is_notified()
    story.evaluates()
    assert story.account.status == AccountStatus.LIVE

    story.change_the_password()
    story.looks_it_through()
    leaving = story.runner.memberships.get()
    memberships.leave(leaving, last_day=timezone.localdate() - timedelta(days=1), by=story.head)
    assert story.account.status == AccountStatus.RESTRICTED
    assert RotationCause.objects.filter(reason="leaver").exists()
    story.closes()
    assert story.account.status == AccountStatus.CLOSED
