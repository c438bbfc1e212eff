"""The sweep: from what is owed to what is told.

It runs at any frequency. Whether something was told is asked of the rows; a stage that is told
twice at once meets a unique key. First every duty is compared with its ladder, in batches of
people; then each person with something new gets one mail for the day. Killed in between, the next
run goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet

from notices.cover_news import news_of_cover
from notices.digests import write_digests
from notices.duties import duties_that_can_be_read
from notices.ladders import CATCH_UP, Rung
from notices.models import Notice, NoticeQuerySet
from notices.passed_on import events_passed_on, pass_on
from notices.places import Places
from notices.standing_in import AtWork
from people.duty import Duty
from people.models import User

if TYPE_CHECKING:
    from people.models.user import UserQuerySet

# Duties are streamed and not kept, so that memory depends on these numbers only. Each batch of
# people costs about 30 queries (H10: at most 3 for 2,000 people, mails included).
PEOPLE_PER_BATCH = 40_000
NOTICES_PER_QUERY = 5_000
DAY = timedelta(days=1)

Key = tuple[int, str, str, int, date]  # about, occasion, stage, recipient, due day
# A duty, whom to tell of it, in whose place, and the step of the ladder: a third of a notice's size
News = tuple[Duty, int, int | None, Rung]


@dataclass
class Swept:
    """What one sweep did, in numbers."""

    duties: int = 0
    notices: int = 0
    mails: int = 0
    withdrawn: int = 0
    unreadable: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Batch:
    """Some people, and how to find what was told about them."""

    people: QuerySet[User]
    about: Q


@dataclass
class _Told:
    """What is on record about the duties of a batch of people."""

    latest: dict[Key, date] = field(default_factory=dict)
    # (about, occasion) -> kind, of what waits for tomorrow's mail
    unmailed: dict[tuple[int, str], str] = field(default_factory=dict)


def sweep(now: datetime, *, only: QuerySet[User] | None = None, whole_day: bool = False) -> Swept:
    """Tell people what their ladders say, and write the day's mails.

    `only` limits it to the duties of some people. `whole_day` disregards the hours of the day.
    """
    places, done = Places.at(now, whole_day=whole_day), Swept()
    for day in places.open_days:
        if news := list(news_of_cover(day, places.open_on(day))):
            _write(news, now, done)
        done.notices += pass_on(day, places, now)
        for batch in _batches(only):
            found, gone = _compare(batch, day, places, done)
            if found or gone:
                _settle(found, gone, now, done)
        done.mails += write_digests(day, places, now)
    return done


def preview(
    now: datetime, *, only: QuerySet[User] | None = None, supposed: bool = False
) -> Iterator[Notice]:
    """The notices that this day would bring, unsaved. Writes nothing.

    `supposed`: for another day than today; everybody was told until the working day before.
    """
    places, done = Places.at(now, whole_day=True), Swept()
    for day in places.open_days:
        if not supposed:
            yield from news_of_cover(day, places.open_on(day))
            yield from (one.notice for one in events_passed_on(day, places, now))
        for batch in _batches(only):
            found, _ = _compare(batch, day, places, done, supposed=supposed)
            yield from (_notice(*one) for one in found)


def _batches(only: QuerySet[User] | None) -> Iterator[_Batch]:
    """By ranges of ids: no query for a batch, and none that skips rows to find it.

    Notices are looked up by the same range, so that those of people who have left since are seen.
    """
    asked = User.objects.all() if only is None else only
    everyone = cast("UserQuerySet", asked).order_by()
    ends = everyone.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    for start in range(ends["first"], ends["last"] + 1, PEOPLE_PER_BATCH):
        stop = start + PEOPLE_PER_BATCH
        about = Q(about__gte=start, about__lt=stop)
        if only is not None:
            about &= Q(about__in=everyone.values("pk"))
        yield _Batch(everyone.filter(is_active=True).within(start, stop), about)


def _compare(
    batch: _Batch, day: date, places: Places, done: Swept, *, supposed: bool = False
) -> tuple[list[News], set[tuple[int, str]]]:
    """(what is to be told and was not, what waits to be mailed but is no longer owed)."""
    told = _told(batch.about, day)
    found: list[News] = []
    open_places = places.open_on(day)
    here = places.at_work(batch.people, day)
    before = _days_before(batch, day, places) if supposed else {}
    gone = dict(told.unmailed)
    for duty in duties_that_can_be_read(batch.people, day, done.unreadable):
        done.duties += 1
        gone.pop((duty.person_id, duty.occasion), None)
        place = open_places.get(duty.organisation_id)
        if place is None:
            continue
        for rung in place.rungs_of(duty):
            told_by = max(rung.on, rung.held_until + DAY) if rung.held_until else rung.on
            known: set[int] = set()
            if supposed and told_by <= place.last_working_day:
                known = {to for to, _ in places.told(rung, duty, before[place.last_working_day])}
            for recipient, absent in places.told(rung, duty, here):
                key = (duty.person_id, duty.occasion, rung.stage, recipient, duty.due_on)
                if recipient not in known and told.latest.get(key, date.min) < rung.on:
                    found.append((duty, recipient, absent, rung))
    # A source that could not be read has not said that nothing is owed.
    return found, {key for key, kind in gone.items() if kind not in done.unreadable}


def _days_before(batch: _Batch, day: date, places: Places) -> dict[date, AtWork]:
    """Who was at work on the working day before, of which schools may have different ones."""
    days = {place.last_working_day for place in places.open_on(day).values()}
    return {one: places.at_work(batch.people, one) for one in days}


def _told(about_whom: Q, day: date) -> _Told:
    told = _Told()
    rows = (
        Notice.objects.of_duties()
        .filter(about_whom, on_date__gte=day - CATCH_UP)
        .order_by()
        .values_list("about", "occasion", "stage", "recipient", "due_on", "kind")
        .annotate(
            latest=Max("on_date"), unmailed=Count("pk", filter=Q(mail=None, in_app_only=False))
        )
    )
    for about, occasion, stage, recipient, due_on, kind, latest, unmailed in rows.iterator():
        told.latest[about, occasion, stage, recipient, due_on] = latest
        if unmailed:
            told.unmailed[about, occasion] = kind
    return told


def _notice(duty: Duty, recipient: int, absent: int | None, rung: Rung) -> Notice:
    return Notice(
        recipient_id=recipient,
        standing_in_for_id=absent,
        about_id=duty.person_id,
        organisation_id=duty.organisation_id,
        kind=duty.kind,
        occasion=duty.occasion,
        stage=rung.stage,
        on_date=rung.on,
        due_on=duty.due_on,
        title=duty.title[:300],
        url=duty.url,
    )


@transaction.atomic
def _settle(found: list[News], gone: set[tuple[int, str]], now: datetime, done: Swept) -> None:
    if gone:
        done.withdrawn += withdraw(Notice.objects.unmailed(), gone)
    # In one order, so that two sweeps at once wait for each other instead of blocking each other.
    found.sort(key=lambda one: (one[0].person_id, one[0].occasion, one[3].stage, one[1]))
    for first in range(0, len(found), NOTICES_PER_QUERY):
        some = found[first : first + NOTICES_PER_QUERY]
        _write([_notice(*one) for one in some], now, done)


@transaction.atomic(savepoint=False)
def _write(found: list[Notice], now: datetime, done: Swept) -> None:
    reachable = addresses({notice.recipient_id for notice in found})
    known = [notice for notice in found if notice.recipient_id in reachable]
    for notice in known:
        notice.created_at = now
        notice.in_app_only = not reachable[notice.recipient_id]
    Notice.objects.bulk_create(known, ignore_conflicts=True)
    done.notices += len(known)


def withdraw(notices: NoticeQuerySet, gone: set[tuple[int, str]]) -> int:
    """Delete those of the notices, not yet mailed, whose duty is done or no longer owed."""
    people, occasions = {about for about, _ in gone}, {occasion for _, occasion in gone}
    of_them = notices.of_duties().filter(about__in=people, occasion__in=occasions).order_by()
    rows = of_them.values_list("pk", "about", "occasion")
    found = [pk for pk, about, occasion in rows if (about, occasion) in gone]
    return notices.filter(pk__in=found).delete()[0] if found else 0


def addresses(people: set[int]) -> dict[int, bool]:
    """Which of these people are still here, and whether mail reaches them."""
    if not people:
        return {}
    found = User.objects.filter(pk__in=people, is_active=True).order_by()
    rows = found.values_list("pk", "email", "mail_failed_at")
    return {pk: bool(email) and failed_at is None for pk, email, failed_at in rows}
