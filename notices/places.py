"""Where and when people may be reminded: each school's day, hours and head."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import F

from notices.ladders import Rung, ladder_for, rungs
from people.calendar import SchoolCalendar, calendars
from people.models import Membership, Organisation
from people.models.membership import on_day
from people.roles import Role

if TYPE_CHECKING:
    from people.duty import Duty


@dataclass
class Place:
    """One school at the moment of a sweep."""

    organisation: Organisation
    calendar: SchoolCalendar
    today: date
    hour: int
    # The rungs of duties with the same kind and dates: hundreds of people share them.
    _rungs: dict[tuple[str, date, date | None, date | None], list[Rung]] = field(
        default_factory=dict
    )

    @cached_property
    def works_today(self) -> bool:
        return self.calendar.is_working_day(self.today)

    @cached_property
    def in_hours(self) -> bool:
        first = int(self.organisation.setting("notices.digest_from"))
        last = int(self.organisation.setting("notices.digest_until"))
        return first <= self.hour < last

    @cached_property
    def last_working_day(self) -> date:
        """The working day before today: a preview supposes that everybody was told until then."""
        day = self.today - timedelta(days=1)
        for _ in range(30):
            if self.calendar.is_working_day(day):
                break
            day -= timedelta(days=1)
        return day

    def rungs_of(self, duty: Duty) -> list[Rung]:
        """What is to be told about this duty by today."""
        key = (duty.kind, duty.due_on, duty.since, duty.paused_until)
        if key not in self._rungs:
            ladder = ladder_for(duty.kind, self.organisation)
            self._rungs[key] = rungs(ladder, duty, self.today) if ladder else []
        return self._rungs[key]


@dataclass
class Places:
    """Every school, read once for a sweep. `whole_day` supposes that it is within hours."""

    by_id: dict[int, Place]
    whole_day: bool = False

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

    def recipients(self, rung: Rung, duty: Duty) -> Iterable[int]:
        """Whom that rung tells. Nobody is told of their own duty as somebody else's."""
        if rung.to == "owner":
            return (duty.person_id,)
        if rung.to == "line_manager":
            found = [duty.line_manager_id] if duty.line_manager_id else []
        else:
            found = self.heads.get(duty.organisation_id, [])
        return [person for person in found if person != duty.person_id]
