"""The day's mails: one for each person who was told something since their last.

Whoever is away, off outside the term, or has chosen one mail a week, gets no mail meanwhile.
Nothing is lost by that: what was told stays on their page, and waits for their next mail.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from notices import wording
from notices.ladders import CATCH_UP
from notices.models import EVENT, Mail, Notice, NoticeQuerySet
from notices.places import Places
from notices.standing_in import AtWork
from people.models import Absence, User

RECIPIENTS_PER_BATCH = 1_500
# What happened longer ago than this is no news: it stays on the person's page.
EVENTS_STAY_NEWS = timedelta(days=7)
# A weekly mail may be a day or more late: a bank holiday, half-term.
WEEKLY_NEWS = timedelta(days=14)
# For so long after being back, the first mail says that somebody was away.
BACK_FOR = timedelta(days=30)
WEEK = timedelta(days=7)
# No two working days of a school lie further apart.
LONGEST_BREAK = timedelta(days=21)
# By then no school sends reminders of the day before. An event of a later evening, far west of
# here, waits for the next mail.
EVENING = timedelta(hours=2)


@dataclass
class _Desk:
    """What has to be known of some recipients before their mail is written."""

    day: date
    places: Places
    now: datetime
    here: AtWork
    # recipient -> occasion -> the day of the last mail that named it, of the last weeks
    mailed: dict[int, dict[str, date]] = field(default_factory=dict)
    back: dict[int, Absence] = field(default_factory=dict)
    # Those of the weekly ones who get a mail between two.
    extra: set[int] = field(default_factory=set)

    def chosen(self, person: User, notices: list[Notice]) -> list[Notice]:
        """Those that go out today."""
        waiting = [one for one in notices if self._may_go(person, one)]
        if person.digest_day is None or not waiting:
            return waiting
        place = self.places.by_id[waiting[0].organisation_id]
        mail_day = place.weekly_mail_day(person.digest_day)
        mailed = self.mailed.get(person.pk, {})
        if (
            mail_day is not None
            and max(mailed.values(), default=date.min) < mail_day
            and any(place.day_of(one.created_at) <= mail_day for one in waiting)
        ):
            return waiting
        self.extra.add(person.pk)
        return [one for one in waiting if self._cannot_wait(one, place.next_working_day, mailed)]

    def _may_go(self, person: User, notice: Notice) -> bool:
        organisation = self.places.by_id[notice.organisation_id].organisation
        if not self.here.gets_mail(person.pk, organisation):
            return False
        return notice.stage != EVENT or notice.created_at >= self._news_since(person)

    def _news_since(self, person: User) -> datetime:
        since = self.now - (EVENTS_STAY_NEWS if person.digest_day is None else WEEKLY_NEWS)
        away = self.back.get(person.pk)
        if away is None:
            return since
        midnight = datetime.combine(away.starts_on, datetime.min.time(), away.organisation.zone)
        return min(since, midnight)

    def _cannot_wait(self, notice: Notice, next_day: date, mailed: dict[str, date]) -> bool:
        """Their own, due before they would hear of it, and in no mail of the last week."""
        return (
            notice.told_as == "owner"
            and notice.due_on is not None
            and self.day <= notice.due_on <= next_day
            and mailed.get(notice.occasion, date.min) <= self.day - WEEK
        )

    def note(self, person: User) -> str:
        """What the mail says before its list, if anything."""
        last = max(self.mailed.get(person.pk, {}).values(), default=date.min)
        away = self.back.get(person.pk)
        if away is not None and last <= away.ends_on:
            return wording.welcome_back(away)
        return wording.CANNOT_WAIT if person.pk in self.extra else ""


def write_digests(day: date, places: Places, now: datetime) -> int:
    """One mail for each person who was told something since their last mail. Returns how many."""
    last = mails = 0
    weekly = _may_get_mail(day, places)
    while True:
        with transaction.atomic():
            people = _recipients_after(last, day, weekly)
            if not people:
                return mails
            mails += _digests_for(people, day, places, now)
        if len(people) < RECIPIENTS_PER_BATCH:
            return mails
        last = max(people)


def _recipients_after(last: int, day: date, weekly: Q) -> dict[int, User]:
    mailed = Mail.objects.filter(recipient=OuterRef("pk"), digest_on=day)
    people = (
        User.objects.filter(pk__gt=last, is_active=True, mail_failed_at=None)
        .filter(Exists(_waiting()))
        .filter(~Exists(mailed), weekly, email__isnull=False)
        .order_by("pk")[:RECIPIENTS_PER_BATCH]
    )
    return {person.pk: person for person in people}


def _waiting() -> NoticeQuerySet:
    return Notice.objects.unmailed().filter(recipient=OuterRef("pk"))


def _may_get_mail(day: date, places: Places) -> Q:
    """Leaves out, of those with one mail a week, whoever surely gets none today.

    Between two mails they may be many, and every sweep would look at all that waits for them. What
    is left in is looked at closely by `_Desk.chosen`.
    """
    open_places = places.open_on(day).values()
    todays = {
        weekday
        for weekday in User.DigestDay.values
        if any(place.weekly_mail_day(weekday) == day for place in open_places)
    }
    soon = _waiting().filter(due_on__gte=day, due_on__lte=day + LONGEST_BREAK)
    found = Q(digest_day=None) | Q(digest_day__in=todays) | Q(Exists(soon))
    for weekday in User.DigestDay.values:
        # Waits since that weekday or longer: the portal stood still, or it came after the mail.
        next_day = day - timedelta(days=(day.weekday() - weekday) % 7 - 1)
        midnight = datetime.combine(next_day, time(), UTC) + EVENING
        found |= Q(digest_day=weekday) & Q(Exists(_waiting().filter(created_at__lt=midnight)))
    return found


def _digests_for(people: dict[int, User], day: date, places: Places, now: datetime) -> int:
    # Locked, so that another sweep composes none of these; SQLite lets one writer in at a time.
    news = Q(created_at__gte=now - CATCH_UP)
    rows = Notice.objects.unmailed().filter(~Q(stage=EVENT) | news, recipient__in=people)
    told: dict[int, list[Notice]] = defaultdict(list)
    open_places = places.open_on(day)
    rows = rows.select_related("standing_in_for").order_by("pk")
    for notice in rows.select_for_update(skip_locked=True, of=("self",)):
        if notice.organisation_id in open_places:
            told[notice.recipient_id].append(notice)
    desk = _desk({pk: people[pk] for pk in told}, day, places, now)
    chosen = {pk: found for pk, rows in told.items() if (found := desk.chosen(people[pk], rows))}
    mails = [
        _digest(people[pk], found, day, places, desk.note(people[pk]))
        for pk, found in chosen.items()
    ]
    return _keep(mails, chosen, day)


def _keep(mails: list[Mail], chosen: dict[int, list[Notice]], day: date) -> int:
    """Save the mails; what another sweep has written meanwhile stays as it is."""
    if not mails:
        return 0
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    ours = Mail.objects.filter(message_id__in=[mail.message_id for mail in mails])
    mailed = set(ours.values_list("recipient", flat=True))
    pks = [notice.pk for pk, rows in chosen.items() if pk in mailed for notice in rows]
    todays = Mail.objects.filter(recipient=OuterRef("recipient"), digest_on=day)
    Notice.objects.filter(pk__in=pks).update(mail=Subquery(todays.values("pk")[:1]))
    return len(mailed)


def _desk(people: dict[int, User], day: date, places: Places, now: datetime) -> _Desk:
    """Two queries at most, however many people; a third outside the term."""
    desk = _Desk(day, places, now, places.at_work(people, day))
    if not people:
        return desk
    ended = Absence.objects.standing().filter(
        membership__person__in=people, ends_on__lt=day, ends_on__gte=day - BACK_FOR
    )
    found = ended.select_related("membership__organisation", "deputy__person").order_by("ends_on")
    desk.back = {one.membership.person_id: one for one in found}
    asked = {pk for pk, person in people.items() if person.digest_day is not None} | {*desk.back}
    if asked:
        mails = Mail.objects.filter(recipient__in=asked, digest_on__gte=day - BACK_FOR)
        named = mails.order_by("digest_on").values_list(
            "recipient", "notices__occasion", "digest_on"
        )
        for recipient, occasion, on in named:
            if recipient and on:
                desk.mailed.setdefault(recipient, {})[occasion or ""] = on
    return desk


def _digest(person: User, notices: list[Notice], day: date, places: Places, note: str) -> Mail:
    schools = {notice.organisation_id for notice in notices}
    organisation = places.by_id[schools.pop()].organisation if len(schools) == 1 else None
    words = wording.digest(person, notices, organisation, day, note=note)
    return Mail(
        kind=Mail.Kind.REMINDER,
        organisation=organisation,
        recipient=person,
        to=person.email or "",
        digest_on=day,
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers={
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{wording.page('notices:reminders')}>",
        },
        **wording.sender(organisation),
    )
