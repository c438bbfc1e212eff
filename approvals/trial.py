"""What stands between an approval and the trial, said before anybody tries (A8, E4).

The same guards that refuse the beginning, in groups: what is missing, who can do it, and where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.workflow import has_its_details, is_run_by_enough
from approvals.considerations import missing_answers
from approvals.launching import approval_problems, is_on_trial, risk_not_accepted
from approvals.risks import missing_signatures
from approvals.workflow import Status
from people.roles import Permission

if TYPE_CHECKING:
    from accounts.models import SocialAccount
    from approvals.models import BusinessCase
    from people.models import User

USUAL_WEEKS = 6
BULLETS = "-–—•*· \t"
MOST_AIMS = 8


@dataclass(frozen=True, slots=True)
class Way:
    """A page where something that is missing can be done."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that has to be there. `who` can do it; nothing is missing without `problems`."""

    title: str
    problems: list[str]
    who: str
    ways: tuple[Way, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.problems


def is_begun(case: BusinessCase) -> bool:
    return case.launched_at is not None


def is_running(case: BusinessCase) -> bool:
    """On trial now, or paused while it was."""
    return case.account is not None and is_begun(case) and is_on_trial(case.account)


def parts(case: BusinessCase, user: User) -> Iterator[Part]:
    """Everything that the beginning asks for, whether it is there or not.

    Together the same sentences as the guards of the account's own move.
    """
    where = [case.organisation.slug, case.number]
    yield Part(
        "The leadership team has agreed",
        list(approval_problems(case)),
        "the leadership team",
        (Way("The business case", case.get_absolute_url()),),
    )
    helpers = f"{case.author}, and whoever works on the case"
    yield Part(
        "Every question is answered",
        list(missing_answers(case)),
        helpers,
        (Way("Things to consider", reverse("approvals:checklist", args=where)),),
    )
    risks = (Way("The risks", reverse("approvals:risks", args=where)),)
    yield Part("Two people have signed the risks", list(missing_signatures(case)), helpers, risks)
    yield Part(
        "No high risk remains that nobody accepted", list(risk_not_accepted(case)), helpers, risks
    )
    if case.account is not None and case.status == Status.APPROVED:
        yield from _parts_of(case, case.account, user)


def _parts_of(case: BusinessCase, account: SocialAccount, user: User) -> Iterator[Part]:
    at = account.organisation = case.organisation  # read with its trust already
    where = [at.slug, account.pk]
    keeps = user.can(Permission.MANAGE_ACCOUNTS, at=at)
    register = (
        (
            Way("Enter the address", reverse("accounts:address", args=where)),
            Way("Enter the e-mail address", reverse("accounts:change", args=where)),
            Way("Confirm how it is signed in to", reverse("accounts:confirm_sign_in", args=where)),
        )
        if keeps
        else ()
    )
    yield Part(
        "The account is set up",
        list(has_its_details(account, None)),
        "whoever keeps the register: the office, IT or the leadership team",
        register,
    )
    yield Part(
        "Those who run it have signed and are trained",
        list(is_run_by_enough(account, None)),
        "each of them, among their own tasks",
        (Way("The account", account.get_absolute_url()),) if keeps else (),
    )


def usual_end(case: BusinessCase) -> date:
    """As many weeks from today as the case proposes."""
    return case.organisation.today() + timedelta(weeks=case.pilot_weeks or USUAL_WEEKS)


def aims(case: BusinessCase) -> list[str]:
    """What the case set out to do and what its trial should show, a line each.

    More lines than anybody answers one by one stand together in the last.
    """
    lines = [
        line.strip(BULLETS)
        for text in (case.aim, case.pilot_goals)
        for line in text.splitlines()
        if line.strip(BULLETS)
    ]
    lines = list(dict.fromkeys(lines))
    if len(lines) <= MOST_AIMS:
        return lines
    return [*lines[: MOST_AIMS - 1], "; ".join(lines[MOST_AIMS - 1 :])]
