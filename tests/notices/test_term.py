"""A term played through, in its short form: three weeks of a small school, day by day.

The long form is docs/a-term-of-reminders.md, which `python -m tests.notices.term` writes.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from notices.preferences import choose_digest
from people.models import Organisation, Term
from people.roles import Role
from people.services import absence
from tests.factories import make_user
from tests.notices.conftest import OWED, owe
from tests.notices.term import PAGE, STOOD_STILL, Play, step_in_words

DAY = timedelta(days=1)
MONDAY = date(2027, 3, 8)
LONG_AGO = date(2026, 1, 1)


@pytest.mark.django_db
@pytest.mark.demand("G4")
@pytest.mark.demand("G5")
def test_three_weeks_of_a_small_school(school: Organisation) -> None:
    """Term ends on 19 March; the portal stands still from 10 to 12 March."""
    Term.objects.create(organisation=school, name="Spring", starts_on=LONG_AGO,
                        ends_on=date(2027, 3, 19))  # fmt: skip
    head, ann, tom, wen = (
        make_user(role, at=school, name=name, since=LONG_AGO, term_time_only=name == "Tom")
        for name, role in [("Hal", Role.HEAD), ("Ann", Role.STAFF), ("Tom", Role.STAFF),
                           ("Wen", Role.STAFF)]
    )  # fmt: skip
    for number, person in enumerate((ann, tom, wen)):
        owe(person, school, 7, on=MONDAY + 2 * DAY, title="Sign", what=str(number))  # 17 March

    def go_away() -> None:
        posts = {one.memberships.get().person_id: one.memberships.get() for one in (head, ann)}
        owe(head, school, 3, kind="policy.sign_off", title="Sign off", what="9",
            on=MONDAY + 8 * DAY, since=MONDAY + 8 * DAY)  # fmt: skip
        absence.set_cover(posts[head.pk], deputy=posts[ann.pk], starts_on=MONDAY + 8 * DAY,
                          ends_on=MONDAY + 10 * DAY, by=head)  # fmt: skip

    deeds = {
        MONDAY: [("Wen chooses Tuesdays.", lambda: choose_digest(wen, day=1))],
        MONDAY + 8 * DAY: [("Hal is away until Thursday, Ann stands in.", go_away)],
        MONDAY + 9 * DAY: [("Ann signs.", lambda: OWED.pop(0))],
    }
    stood_still = {MONDAY + n * DAY for n in (2, 3, 4)}
    played = Play(school, deeds, stood_still).days(MONDAY, MONDAY + 18 * DAY)
    found = [(f"{one.day:%a %-d %b}", line) for one in played for line in one.lines()]

    assert found == [
        # Seven days before was the 10th: one mail each when the portal is back, not three.
        ("Mon 8 Mar", "**Ann**: Sign (due in 9 days; 14 days before)"),
        ("Mon 8 Mar", "**Tom**: Sign (due in 9 days; 14 days before)"),
        ("Tue 9 Mar", "**Wen**: Sign (due in 8 days; 14 days before)"),
        ("Mon 15 Mar", "**Ann**: Sign (due in 2 days; 7 days before)"),
        ("Mon 15 Mar", "**Tom**: Sign (due in 2 days; 7 days before)"),
        ("Tue 16 Mar", "**Ann**: You stand in for Hal from 16 March to 18 March; "
         "Sign (due tomorrow; 1 day before); Sign off (due in 3 days; stands in for Hal, "
         "every 3 days from its first)"),
        ("Tue 16 Mar", "**Tom**: Sign (due tomorrow; 1 day before)"),
        ("Tue 16 Mar", "**Wen**: Sign (due tomorrow; 1 day before)"),
        ("Wed 17 Mar", "**Tom**: Sign (due today; on the day)"),
        ("Fri 19 Mar", "**Hal**: first mail after being away; "
         "Sign off (due today; every 3 days from its first)"),
        # Term is over: nothing for Tom, who works in term time only.
        ("Mon 22 Mar", "**Hal**: Sign off (3 days overdue; every 3 days from its first)"),
        ("Tue 23 Mar", "**Wen**: Sign (6 days overdue; on the day)"),
        ("Thu 25 Mar", "**Hal**: Sign off (6 days overdue; every 3 days from its first)"),
    ]  # fmt: skip


@pytest.mark.once
def test_what_the_page_says_of_the_played_term_is_so_on_every_line() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line[:2] == "| "]
    days = {_day(row[0].strip("| ")): row[-1] for row in rows if row[0] not in ("| Day", "| ---")}
    assert len(days) > 40
    for day, told in days.items():
        names = re.findall(r"\*\*(.+?)\*\*", told)
        assert len(names) == len(set(names)), f"two mails on {day}"
        assert day.weekday() < 5 or not names
        assert not (date(2027, 2, 15) <= day <= date(2027, 2, 19)), "half-term"
        if day in STOOD_STILL:
            assert names == []
        if day > date(2027, 3, 26):
            assert not {"Saoirse Quill", "Peregrine Thorne"} & {*names}
        if date(2027, 1, 18) <= day <= date(2027, 1, 29):
            assert "Marguerite Oyelaran" not in names
        if "Fionnuala O'Brien" in names and day.weekday() != 0:
            assert day == date(2027, 2, 11) or "between two weekly mails" in told


def _day(words: str) -> date:
    number, month = words.split()[1:]
    return date(2027, ["Jan", "Feb", "Mar", "Apr"].index(month) + 1, int(number))


@pytest.mark.once
@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("owner-1", "1 day before"), ("owner+0", "on the day"), ("owner.start+0", "new to them"),
        ("owner+7/7", "every 7 days while overdue"), ("line_manager+14", "14 days after"),
        ("owner.school+3/3", "every 3 school days while overdue"),
        ("trust.school+15", "15 school days after"),
    ],
)  # fmt: skip
def test_a_step_in_words(stage: str, words: str) -> None:
    assert step_in_words(stage) == words
