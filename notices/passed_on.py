"""Events of people who are away, passed to whoever stands in: what a colleague can see to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from notices import wording
from notices.ladders import LADDERS
from notices.models import EVENT, Mail, Notice
from notices.places import Places
from people.models import Absence, User

# What happened longer ago is no news.
NEWS = timedelta(days=14)
# The kind of duty that an event belongs to: its ladder says whether a deputy is told.
EVENTS = {
    "policy.draft": "policy.rework",
    "signature.disputed": "leaver.record",  # both are the office's
    "training.sent_in": "leaver.record",
    "account.trip": "account.trip_photos",
    "account.trip_cancelled": "account.trip_photos",
    "account.address": "account.confirm_address",
}
# What happens to an account concerns whoever runs it or answers for it.
OF_ACCOUNTS = "account.rotate"


@dataclass(frozen=True, slots=True)
class Passed:
    """An event, and who hears of it in whose place."""

    event: Notice
    deputy_id: int

    @property
    def notice(self) -> Notice:
        event = self.event
        return Notice(
            recipient_id=self.deputy_id,
            about_id=event.about_id,
            standing_in_for_id=event.recipient_id,
            organisation_id=event.organisation_id,
            kind=event.kind,
            occasion=event.occasion,
            stage=EVENT,
            on_date=event.on_date,
            title=event.title,
            url=event.url,
        )

    @property
    def is_urgent(self) -> bool:
        return self.event.mail is not None and self.event.mail.kind == Mail.Kind.URGENT


def goes_to_deputy(kind: str) -> bool:
    """Whether an event of that kind is passed on. What is not named here is a person's own."""
    usual = OF_ACCOUNTS if kind.startswith("account.") else kind
    ladder = LADDERS.get(EVENTS.get(kind, usual))
    return ladder is not None and ladder.goes_to_deputy


def events_passed_on(day: date, places: Places, now: datetime) -> Iterator[Passed]:
    """What has not been passed yet. No query while nobody is away; else one, and one who knows."""
    cover, open_places = places.cover(day), places.open_on(day)
    if not cover:
        return
    found = []
    for event in _events_of_the_absent(day, now):
        place = open_places.get(event.organisation_id)
        away = place and cover.away(event.recipient_id, place.organisation)
        if not (place and away and away.starts_on <= event.on_date and goes_to_deputy(event.kind)):
            continue
        if deputy := cover.stand_in(event.recipient_id, place.organisation):
            found.append(Passed(event, deputy))
    yield from _unknown(found)


def pass_on(day: date, places: Places, now: datetime) -> int:
    """Tell deputies; what was urgent is urgent to them too. Returns how many were told."""
    found = list(events_passed_on(day, places, now))
    people = User.objects.filter(is_active=True).in_bulk({one.deputy_id for one in found})
    for one in found:
        if deputy := people.get(one.deputy_id):
            _tell(one, deputy, places, now)
    return len(found)


@transaction.atomic
def _tell(one: Passed, deputy: User, places: Places, now: datetime) -> None:
    notice = one.notice
    notice.created_at = now
    notice.in_app_only = not deputy.email or deputy.mail_failed_at is not None
    (kept,) = Notice.objects.bulk_create([notice], ignore_conflicts=True)
    if not one.is_urgent or kept.in_app_only:
        return
    mine = Notice.objects.filter(recipient=deputy, stage=EVENT, occasion=notice.occasion)
    told = mine.select_for_update(no_key=True).get()
    if told.mail_id is None:
        told.mail = wording.urgent_mail(
            deputy, one.event, places.by_id[one.event.organisation_id].organisation
        )
        told.save(update_fields=["mail"])


def _events_of_the_absent(day: date, now: datetime) -> QuerySet[Notice]:
    passed = Notice.objects.filter(
        stage=EVENT, occasion=OuterRef("occasion"), standing_in_for=OuterRef("recipient")
    )
    absent = Absence.objects.on(day).order_by().values("membership__person")
    return (
        Notice.objects.filter(stage=EVENT, created_at__gte=now - NEWS, recipient__in=absent)
        .filter(~Exists(passed), standing_in_for=None, read_at=None)
        .select_related("mail")
        .order_by("pk")
    )


def _unknown(found: Iterable[Passed]) -> list[Passed]:
    """Without those that the deputy was told of themselves, and one of each for a deputy of two."""
    first = {(one.deputy_id, one.event.occasion): one for one in reversed(list(found))}
    if not first:
        return []
    rows = Notice.objects.filter(
        stage=EVENT,
        recipient__in={deputy for deputy, _ in first},
        occasion__in={occasion for _, occasion in first},
    )
    known = set(rows.values_list("recipient", "occasion"))
    return [one for key, one in first.items() if key not in known]
