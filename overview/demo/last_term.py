"""Concerns of the term before, finished long ago, so that governors have figures to read."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from incidents.kinds import FACTORS
from incidents.models import Case
from incidents.services import closing, figures, referrals, reporting, telling, triage, work
from incidents.services.figures import Period
from incidents.services.reporting import Report
from incidents.workflow import Move
from notices.models import Notice
from notices.services import mark_read
from overview.demo.part import HIGH, PRIMARY, TRUST
from overview.demo.year import Year, year_of
from people.models import User

if TYPE_CHECKING:
    from overview.demo.story import Demo

DAY, WEEK, NOON = timedelta(days=1), timedelta(days=7), time(12, 30)
# Kind, what was written, after how many days it was set aside.
SMALL = (
    ("offensive_comments", "Somebody wrote that the concert was a waste of a Tuesday.", 1),
    ("offensive_comments", "A comment calls the new uniform a potato sack, with a name.", 2),
    ("offensive_comments", "Two parents quarrel about parking under our photo of the fair.", 1),
    ("offensive_comments", "A rude poem about the canteen, signed “a hungry mouse”.", 3),
    ("offensive_comments", "Swearing under the result of the hockey match.", 12),
    ("offensive_comments", "A former pupil writes that our newsletter is propaganda.", 5),
    ("personal_contact", "A parent sent me a friend request. I have not answered.", 4),
    ("personal_contact", "A pupil found my running club and follows me there.", 16),
    ("impersonation", "An account uses our crest and posts jokes about homework.", 20),
)
CLOSED = (
    ("cyberbullying", "A group chat makes fun of how a boy reads aloud.", "parents_told", 30),
    ("cyberbullying", "Somebody passes on a drawing of a girl with a rude name.", "behaviour", 37),
)
GREEN, SEEN = dict.fromkeys(FACTORS, "green"), dict.fromkeys(FACTORS, "As reported.")


def tell(demo: Demo) -> None:
    term = last_term(demo.today)
    for number, (kind, what, days) in enumerate(SMALL):
        _set_aside(demo, kind, what, term.first + number * WEEK, days)
    for number, (kind, what, outcome, days) in enumerate(CLOSED):
        _close(demo, kind, what, outcome, term.first + (2 + number) * WEEK, days)
    # The same page for everybody who tries the demo.
    lot = random.Random(1)  # noqa: S311  # nosec B311
    with demo.on(0):
        for place in (HIGH, PRIMARY):
            figures.draw(demo.places[place], term, lot=lot)
        around = Period(term.name, term.last - 3 * WEEK, term.last + 3 * WEEK)
        figures.draw_across(demo.places[TRUST], around, lot=lot)
    told = Notice.objects.filter(kind=telling.KIND, read_at=None).values("recipient")
    for person in User.objects.filter(pk__in=told):
        with demo.at(term.last, NOON):
            mark_read(person)  # long ago


def last_term(today: date) -> Period:
    """The newest term that was over a fortnight ago."""
    year = year_of(today)
    terms = [*Year(year.starts_in - 1).terms, *year.terms]
    number = max(n for n, one in enumerate(terms) if one[2] + 2 * WEEK < today)
    name, first, last = terms[number]
    since = terms[number - 1][2] + DAY if number else first  # the holidays before it, too
    return Period(f"{name} {first.year}", since, last)


def _report(demo: Demo, kind: str, what: str, day: date) -> Case:
    report = Report(kind=kind, about="none", what=what, image_gate="no")
    teacher = demo.person(HIGH, "teacher")
    with demo.at(day, NOON):
        return reporting.submit(demo.places[HIGH], report, by=teacher)


def _assess(demo: Demo, case: Case, day: date) -> Case:
    with demo.at(day, NOON):
        return triage.triage(
            case, by=demo.person(HIGH, "head"), factors=GREEN, reasons=SEEN, severity="green"
        )


def _set_aside(demo: Demo, kind: str, what: str, day: date, days: int) -> None:
    case = _assess(demo, _report(demo, kind, what, day), day)
    with demo.at(day + timedelta(days=days), NOON):
        head = demo.person(HIGH, "head")
        closing.set_aside(case, Move.NO_ACTION, by=head, why="Nothing more is needed.")


def _close(demo: Demo, kind: str, what: str, outcome: str, day: date, days: int) -> None:
    case = _assess(demo, _report(demo, kind, what, day), day)
    with demo.at(day + timedelta(days=days), NOON):
        head = demo.person(HIGH, "head")
        case = triage.begin(case, by=head, owner=head)
        for action in case.actions.still_open():
            work.finish_action(action, by=head)
        for referral in case.referrals.undecided():
            referrals.decide(referral, by=head, make=False, why="No threshold is met.")
        case = closing.propose(case, by=head, outcome=outcome, why="It has stopped.")
        closing.close(case, by=head)
