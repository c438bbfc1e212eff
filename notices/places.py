"""Where and when people may be reminded: each school's day, hours, heads and who is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import F

from notices.ladders import Ladder, Rung, ladder_for, rungs
from notices.standing_in import AtWork, off_duty
from people.calendar import SchoolCalendar, calendars
from people.cover import Cover, cover_on
from people.models import Membership, Organisation
from people.models.membership import on_day
from people.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.duty import Duty
    from people.models import User


@dataclass
class Place:
    """One school at the moment of a sweep."""

    organisation: Organisation
    calendar: SchoolCalendar
    today: date
    hour: int
    # The rungs of duties with the same kind and dates: hundreds of people share them.
    _rungs: dict[tuple[str, date, date | None, date | None, bool], list[Rung]] = field(
        default_factory=dict
    )
    _ladders: dict[str, Ladder | None] = field(default_factory=dict)

    @cached_property
    def works_today(self) -> bool:
        return self.calendar.is_working_day(self.today)

    @cached_property
    def in_hours(self) -> bool:
        first = int(self.organisation.setting("notices.digest_from"))
        last = int(self.organisation.setting("notices.digest_until"))
        return first <= self.hour < last

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.organisation.zone).date()

    def weekly_mail_day(self, weekday: int) -> date | None:
        """The first working day from the last such weekday on; None while it has not come."""
        for ago in range((self.today.weekday() - weekday) % 7, -1, -1):
            day = self.today - timedelta(days=ago)
            if self.calendar.is_working_day(day):
                return day
        return None

    @cached_property
    def next_working_day(self) -> date:
        return self.calendar.next_working_day(self.today)

    @cached_property
    def last_working_day(self) -> date:
        """The working day before today: a preview supposes that everybody was told until then."""
        day = self.today - timedelta(days=1)
        for _ in range(30):
            if self.calendar.is_working_day(day):
                break
            day -= timedelta(days=1)
        return day

    def is_off_for_term_time_staff(self, day: date) -> bool:
        """Whether only those who are employed all year are at work that day."""
        return self.calendar.is_working_day(day) and not self.calendar.is_working_day(
            day, term_time_only=True
        )

    def ladder_of(self, kind: str) -> Ladder | None:
        """The school's ladder of that kind of duty, looked up once."""
        if kind not in self._ladders:
            self._ladders[kind] = ladder_for(kind, self.organisation)
        return self._ladders[kind]

    def rungs_of(self, duty: Duty) -> list[Rung]:
        """What is to be told about this duty by today."""
        key = (duty.kind, duty.due_on, duty.since, duty.paused_until, duty.every_day_counts)
        if key not in self._rungs:
            ladder = self.ladder_of(duty.kind)
            self._rungs[key] = rungs(ladder, duty, self.today, self.calendar) if ladder else []
        return self._rungs[key]


@dataclass
class Places:
    """Every school, read once for a sweep. `whole_day` supposes that it is within hours."""

    by_id: dict[int, Place]
    whole_day: bool = False
    _covers: dict[date, Cover] = field(default_factory=dict)

    @classmethod
    def at(cls, now: datetime, *, whole_day: bool = False) -> Places:
        organisations = list(Organisation.objects.select_related("parent"))
        years = calendars(organisations)
        found = {}
        for one in organisations:
            local = now.astimezone(one.zone)
            found[one.pk] = Place(one, years[one.pk], local.date(), local.hour)
        return cls(found, whole_day)

    def is_open(self, organisation_id: int) -> bool:
        """Whether reminders may leave there now."""
        place = self.by_id[organisation_id]
        return place.works_today and (self.whole_day or place.in_hours)

    def open_on(self, day: date) -> dict[int, Place]:
        """The schools where that day is today and reminders may leave now."""
        return {
            pk: place for pk, place in self.by_id.items() if place.today == day and self.is_open(pk)
        }

    @cached_property
    def open_days(self) -> list[date]:
        """The dates it is now at schools that are open: one, or two across the date line."""
        return sorted({place.today for pk, place in self.by_id.items() if self.is_open(pk)})

    @cached_property
    def heads(self) -> dict[int, list[int]]:
        """The heads of each school today and the leads of a trust, read when first needed."""
        found: dict[int, list[int]] = defaultdict(list)
        for day in self.open_days:
            held = Membership.objects.active(day).filter(
                on_day(day, "roles__"), roles__role__in=[Role.HEAD, Role.TRUST_LEAD]
            )
            for organisation_id, person_id in held.values_list("organisation", F("person")):
                if person_id not in found[organisation_id]:
                    found[organisation_id].append(person_id)
        return found

    def cover(self, day: date) -> Cover:
        """Who is away that day, anywhere: read when first needed."""
        if day not in self._covers:
            self._covers[day] = cover_on(day)
        return self._covers[day]

    def at_work(self, people: QuerySet[User] | Collection[int], day: date) -> AtWork:
        """Which of these people are away or off that day. A query, and none in term time."""
        off = [one for one in self.by_id.values() if one.is_off_for_term_time_staff(day)]
        closed = [one.organisation.pk for one in off]
        return AtWork(day, self.cover(day), off_duty(people, closed, day))

    def told(self, rung: Rung, duty: Duty, here: AtWork) -> Iterator[tuple[int, int | None]]:
        """(whom that rung tells, in whose place or None). Nobody hears of their own duty as a head.

        What only its owner can do waits while they are away or off. Nobody else hears of it then,
        nor in the first days after somebody is back.
        """
        place = self.by_id[duty.organisation_id]
        if here.everybody:
            for person in self._meant(rung, duty, place.organisation):
                yield person, None
            return
        if here.is_off(duty.person_id, place.organisation):
            return
        ladder = place.ladder_of(duty.kind)
        if ladder is None or not ladder.goes_to_deputy:
            if here.is_away(duty.person_id, place.organisation):
                return
            if rung.to != "owner" and here.is_just_back(duty.person_id, place.organisation):
                return
        seen = set()
        for person in self._meant(rung, duty, place.organisation):
            told, absent = here.instead(person, place.organisation, but=duty.person_id)
            if told not in seen:
                seen.add(told)
                yield told, absent

    def _meant(self, rung: Rung, duty: Duty, organisation: Organisation) -> list[int]:
        if rung.to == "owner":
            return [duty.person_id]
        if rung.to == "line_manager":
            found = [duty.line_manager_id] if duty.line_manager_id else []
        elif rung.to == "head":
            found = self.heads.get(organisation.pk, [])
        else:
            found = self.heads.get(organisation.parent_id or 0, [])
        return [person for person in found if person != duty.person_id]
