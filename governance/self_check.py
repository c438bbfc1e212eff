"""Who is asked to look through their personal accounts, and who did (P12, D21).

What they found is theirs: there is no answer anywhere to be asked for here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from governance.models import Exemption, SelfCheck
from governance.self_check_questions import EDITION, EDITION_FROM
from people.duty import Duty, DutySource, People, among
from people.models import Membership, Organisation, User
from people.models.membership import on_day
from people.settings_registry import resolve
from web.prepared import prepared

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class AskedFields(TypedDict):
        """What `asked()` adds to a membership."""

        last_done: date | None
        this_edition: bool
        exempt: bool
        exempt_until: date | None

    Asked = WithAnnotations[Membership, AskedFields]

SETTING = "self_check.ask"
YEAR = timedelta(days=365)
# Somebody new, and a school that is new to the portal, has so long.
FIRST = timedelta(days=30)
# How long before its day it stands among the tasks.
AHEAD = timedelta(days=14)
# Governors and parents who run an account meet pupils in no role that this is about.
NOT_ASKED = (Membership.Employment.GOVERNOR, Membership.Employment.PARENT)

STATES = {
    "": "Everyone",
    "done": "Done",
    "not_done": "Not done",
    "overdue": "Overdue",
    "exempt": "Exempt",
}


def asked(on: date) -> QuerySet[Asked, Asked]:
    """Everybody whom the self-check is for, with when they did it last.

    Somebody exempt from all policies (a long leave) is exempt from this, too.
    """
    done = SelfCheck.objects.filter(person=OuterRef("person"))
    exemptions = Exemption.objects.filter(
        policy=None, person=OuterRef("person"), organisation=OuterRef("organisation")
    )
    ended = exemptions.filter(ends_on__lt=on).order_by("-ends_on")
    return (
        Membership.objects.active(on)
        .exclude(employment__in=NOT_ASKED)
        .annotate(
            last_done=Subquery(done.order_by("-done_on").values("done_on")[:1]),
            this_edition=Exists(done.filter(edition__gte=EDITION)),
            exempt=Exists(exemptions.filter(on_day(on))),
            exempt_until=Subquery(ended.values("ends_on")[:1]),
        )
    )


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a school asks, and from which day on it could ask anybody."""

    ask: str
    begins: date

    @classmethod
    def at(cls, organisation: Organisation) -> Rhythm:
        parent = organisation.parent
        above = parent.settings if parent else None
        return cls.of(organisation.settings, above, organisation.created_at, organisation.time_zone)

    @classmethod
    def of(
        cls,
        own: dict[str, Any],
        above: dict[str, Any] | None,
        created_at: datetime,
        time_zone: str,
    ) -> Rhythm:
        created = created_at.astimezone(ZoneInfo(time_zone)).date()
        return cls(str(resolve(SETTING, own, above)), max(created, EDITION_FROM))

    def due_on(
        self,
        starts_on: date,
        last_done: date | None,
        exempt_until: date | None,
        *,
        this_edition: bool,
    ) -> date | None:
        """The day of the next self-check; None where there is none to do."""
        if self.ask == "off" or (self.ask == "edition" and this_edition):
            return None
        days = [self.begins + FIRST, starts_on + FIRST]
        if exempt_until is not None:
            days.append(exempt_until + FIRST)
        if last_done is not None and self.ask == "yearly":
            days.append(last_done + YEAR)
        return max(days)

    def done(self, on: date) -> Q:
        """On `asked()`: those who need do nothing for now."""
        if self.ask == "edition":
            return Q(this_edition=True)
        return Q(last_done__gt=on - YEAR)

    def overdue(self, on: date) -> Q:
        """The same rule as `due_on`, as a condition: every one of its days lies before `on`."""
        if self.ask == "off" or self.begins + FIRST >= on:
            return Q(starts_on__gt=on)  # nobody; an empty list would empty every figure beside it
        early = on - FIRST
        found = Q(starts_on__lt=early, exempt=False)
        found &= Q(exempt_until=None) | Q(exempt_until__lt=early)
        if self.ask == "edition":
            return found & Q(this_edition=False)
        return found & (Q(last_done=None) | Q(last_done__lt=on - YEAR))

    def state(self, state: str, on: date) -> Q:
        """The condition behind one of STATES."""
        done = self.done(on)
        conditions = {
            "done": done,
            "not_done": _not(done) & Q(exempt=False),
            "overdue": self.overdue(on),
            "exempt": Q(exempt=True) & _not(done),
        }
        return conditions.get(state, Q())


def _not(done: Q) -> Q:
    """The rest, those without any date included."""
    return ~done | Q(last_done=None)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many have done it. Exempt people are left out of the share."""

    done: int
    overdue: int
    exempt: int
    total: int

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down: 100 means everyone. None: nobody is asked."""
        expected = self.total - self.exempt
        return self.done * 100 // expected if expected else None

    @property
    def pending(self) -> int:
        return self.total - self.exempt - self.done - self.overdue


def at(organisation: Organisation, on: date) -> QuerySet[Asked, Asked]:
    """Everybody it is for at one school (for a trust: among its own people)."""
    rows = asked(on).filter(organisation=organisation).select_related("person")
    return rows.order_by("person__sort_name", "person__name", "pk")


def departments(rows: QuerySet[Asked, Asked]) -> list[str]:
    """Those that people of these rows belong to, in order. One query."""
    named = rows.exclude(department="").order_by("department")
    return list(named.values_list("department", flat=True).distinct())


def figures(rows: QuerySet[Asked, Asked], rhythm: Rhythm, on: date) -> Figures:
    """One query."""
    counted = rows.order_by().aggregate(
        n_done=Count("pk", filter=rhythm.state("done", on)),
        n_overdue=Count("pk", filter=rhythm.state("overdue", on)),
        n_exempt=Count("pk", filter=rhythm.state("exempt", on)),
        n_total=Count("pk"),
    )
    return Figures(**{name.removeprefix("n_"): number for name, number in counted.items()})


# What people owe


def _to_do(people: People, on: date, since: date) -> QuerySet[Asked, tuple[Any, ...]]:
    """Those who have not done this edition since that day."""
    recent = SelfCheck.objects.filter(
        person=OuterRef("person"), edition__gte=EDITION, done_on__gt=since
    )
    return (
        asked(on)
        .filter(~Exists(recent), among(people), exempt=False)
        .order_by("person_id", "pk")
        .values_list(
            "person_id",
            "organisation_id",
            "line_manager_id",
            "starts_on",
            "last_done",
            "exempt_until",
            "this_edition",
            "organisation__settings",
            "organisation__parent__settings",
            "organisation__created_at",
            "organisation__time_zone",
        )
    )


@prepared
def _to_do_by(*, person_id: int, on: date, since: date) -> QuerySet[Asked, tuple[Any, ...]]:
    return _to_do([person_id], on, since)


def _owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _one_each(_to_do(people, on, on - YEAR + AHEAD).iterator(chunk_size=2000), on)


def _owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _one_each(_to_do_by(person_id=person_id, on=on, since=on - YEAR + AHEAD), on)


def _one_each(rows: Iterable[tuple[Any, ...]], on: date) -> Iterator[Duty]:
    """One for each person: of two posts, the one that falls due first."""
    pending: Duty | None = None
    for person, place, manager, starts_on, last_done, exempt_until, edition, *rules in rows:
        due_on = Rhythm.of(*rules).due_on(starts_on, last_done, exempt_until, this_edition=edition)
        if due_on is None or due_on - AHEAD > on:
            continue
        duty = _duty(person, place, manager, due_on)
        if pending and pending.person_id != person:
            yield pending
            pending = None
        pending = min(pending or duty, duty, key=lambda one: one.due_on)
    if pending:
        yield pending


def _duty(person: int, place: int, manager: int | None, due_on: date) -> Duty:
    return Duty(
        kind="self_check.do",
        occasion=f"self_check.do:{EDITION}:{due_on.isoformat()}",
        person_id=person,
        organisation_id=place,
        due_on=due_on,
        title="Look through your own accounts: eight questions, nobody sees your answers",
        url=reverse("governance:self_check"),
        line_manager_id=manager,
        since=due_on - AHEAD,
    )


CHECKING = DutySource("self_check.do", "Self-check of personal accounts", _owed, _owed_by)
