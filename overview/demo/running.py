"""The demo trust's accounts day to day: what stands on their logs, a check, a private telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.check_questions import NO, YES, questions_of
from accounts.checks import check_due
from accounts.models import LogEntry, SocialAccount
from accounts.services import checks, exceptions, log
from accounts.services.checks import Answer
from accounts.services.log import Said
from overview.demo.part import HIGH, PRIMARY

if TYPE_CHECKING:
    from overview.demo.story import Demo

K = LogEntry.Kind
NEVER = datetime.min  # each is written on its own day
LOG = (
    (-26, "deputy", K.POST, Said(NEVER, "The harvest table in the hall")),
    (-19, "office", K.POST, Said(NEVER, "Dates of the parents’ evenings")),
    (-17, "office", K.PERMISSION, Said(
        NEVER, "The village paper lets us share its picture of the fair. Its e-mail is in "
        "the office’s folder Permissions.")),
    (-12, "deputy", K.REMOVED, Said(
        NEVER, "A comment that made fun of somebody’s cooking.", audience_told=True,
        platform_told=False)),
    (-5, "deputy", K.POST, Said(
        NEVER, "Snow: the school is closed on Monday", outside_hours="urgent")),
)  # fmt: skip


def tell(demo: Demo) -> None:
    news = SocialAccount.objects.get(organisation=demo.places[PRIMARY], name="School news")
    for days, login, kind, said in LOG:
        _write(demo, news, days, login, kind, said)
    _look_through(demo, news)
    _ask(demo)


def _write(
    demo: Demo, account: SocialAccount, days: int, login: str, kind: str, said: Said
) -> None:
    with demo.on(days):
        # The urgent one was posted the evening before.
        moment = timezone.now() - timedelta(hours=15 if said.outside_hours else 1)
        why = said.outside_hours or LogEntry.Outside.EVENT  # a post within the hours keeps none
        said = replace(said, happened_at=moment, outside_hours=why if kind == K.POST else "")
        log.add(account, by=demo.person(PRIMARY, login), kind=kind, said=said)


def _look_through(demo: Demo, account: SocialAccount) -> None:
    """In the latest half-term that asks for it."""
    for days in range(-3, -80, -1):
        with demo.on(days):
            if check_due(account, timezone.now()) is None:
                continue
            answers = {one.code: Answer(YES) for one in questions_of(account.organisation)}
            answers["follows"] = Answer(NO, "It follows a shop that sells uniforms.")
            checks.do(account, by=demo.person(PRIMARY, "office"), answers=answers)
            return


def _ask(demo: Demo) -> None:
    """One that was agreed to and is in force, and one that waits for the head."""
    places = ((PRIMARY, -6, "Parents reach me while the line to the annexe is being mended."),
              (HIGH, -1, "Pupils of the drama trip reach me if they miss the coach."))  # fmt: skip
    for place, days, reason in places:
        with demo.on(days):
            asked = exceptions.ask(
                demo.places[place],
                by=demo.person(place, "teacher"),
                what="phone",
                reason=reason,
                starts_on=demo.day(days + 1),
                ends_on=demo.day(days + 21),
            )
            if place == PRIMARY:
                exceptions.decide(
                    asked, by=demo.person(place, "head"), agreed=True, note="Until it is mended."
                )
