"""Who is at work on a day, and who is told in somebody's place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from people.models import Membership

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.cover import Cover
    from people.models import Organisation, User


@dataclass
class AtWork:
    """Of some people on one day: who is away, and who is off because they work in term time only.

    `off` holds (person, organisation).
    """

    day: date
    cover: Cover
    off: set[tuple[int, int]] = field(default_factory=set)

    @property
    def everybody(self) -> bool:
        """Nobody is away or off: the usual day, and the one that has to be quick."""
        return not self.off and not self.cover and not self.cover.anybody_back

    def is_off(self, person_id: int, organisation: Organisation) -> bool:
        return (person_id, organisation.pk) in self.off

    def is_away(self, person_id: int, organisation: Organisation) -> bool:
        return bool(self.cover) and self.cover.away(person_id, organisation) is not None

    def is_just_back(self, person_id: int, organisation: Organisation) -> bool:
        """Whether they have not had the days yet that a school gives to catch up in."""
        last = self.cover.last_day_away(person_id, organisation)
        if last is None:
            return False
        grace = timedelta(days=int(organisation.setting("notices.back_grace_days")))
        return self.day <= last + grace

    def instead(
        self, person_id: int, organisation: Organisation, *, but: int
    ) -> tuple[int, int | None]:
        """(who is told, in whose place). `but` is whose duty it is: they tell no tales of it.

        Where nobody stands in it stays with the person themselves.
        """
        if not self.cover:
            return person_id, None
        deputy = self.cover.stand_in(person_id, organisation)
        if deputy is None or (deputy == but and person_id != but):
            return person_id, None
        return deputy, person_id

    def gets_mail(self, person_id: int, organisation: Organisation) -> bool:
        """Whether mail about that place may reach them today; else it waits until they are back."""
        if self.is_off(person_id, organisation):
            return False
        return not self.cover or self.cover.stand_in(person_id, organisation) is None


def off_duty(
    people: QuerySet[User] | Collection[int], closed: Collection[int], day: date
) -> set[tuple[int, int]]:
    """(person, organisation) of those who work in term time only, where term time it is not.

    `closed` are the ids of those organisations. A trust's notices to them wait as well.
    """
    if not closed:
        return set()
    posts = Membership.objects.active(day).filter(
        term_time_only=True, organisation__in=closed, person__in=people
    )
    rows = posts.order_by().values_list("person", "organisation", "organisation__parent")
    return {(person, at) for person, *places in rows for at in places if at}
