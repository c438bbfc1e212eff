"""Who may see a case. The only place that knows (F1).

    need to know   the offices a case was routed to, its owner, those let in with a reason
    minus          its subjects, those with a conflict, and everybody acting for any of them today;
                   and those of every other report of the same thing

Need comes from posts of today; being kept out comes from facts about the case and counts for
everybody: no role, no permission and no superuser has a way round it. Reports are read by their
reporters through `services/reporting.py`, which never shows the case.

`may_see(user)` answers for one person and all cases, in the query of whoever asks (and one more for
whom they act for); `who_sees(case)` for one case and all people. They say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.http import Http404
from django.utils import timezone

from incidents.circles import ROLES, Circle, circles_of, column
from people.cover import cover_on
from people.models import Absence, Membership, Organisation, OrganisationReach, User
from people.models.membership import on_day
from people.roles import Role
from web.prepared import prepared

if TYPE_CHECKING:
    from incidents.models import Case, CasePerson, Conflict

# Nobody hands on what they are told further than this; it also ends a ring of deputies.
LONGEST_CHAIN = 10


class Hidden(Http404):
    """This case does not exist for this person: the same as a reference that nobody has."""


@dataclass(frozen=True, slots=True)
class Office:
    """A post as it counts here: where, whether that is a trust, and which offices it holds."""

    place_id: int
    is_trust: bool
    circles: tuple[Circle, ...]


def _offices(user: User) -> list[Office]:
    return [
        Office(
            post.organisation.pk,
            post.organisation.kind != Organisation.Kind.SCHOOL,
            tuple(circles_of(post.roles)),
        )
        for post in user.posts
    ]


def may_see(user: User) -> Q:
    """A condition on cases: this person may see it."""
    if not user.is_active or not user.posts:
        return Q(pk__in=())
    return _rule(user.pk, _offices(user), out_for(user), timezone.localdate())


def _rule(person_id: int, offices: list[Office], out: Iterable[int], on: date) -> Q:
    needs = _needs_to_know(person_id, offices, on)
    return needs & ~_kept_out(out) & Q(disposed_at=None)


def seen_from(user: User) -> dict[str, Any] | None:
    """What `may_see_from` takes, for a prepared query. None for whoever `may_see` is asked about:
    people of several places, and those who act for somebody today."""
    if not user.is_active or len(user.posts) != 1 or len(out_for(user)) != 1:
        return None
    (office,) = _offices(user)
    return {
        "person_id": user.pk, "organisation_id": office.place_id, "is_trust": office.is_trust,
        "circles": office.circles, "on": timezone.localdate(),
    }  # fmt: skip


def may_see_from(
    *, person_id: int, organisation_id: int, is_trust: bool, circles: tuple[Circle, ...], on: date
) -> Q:
    """The same condition, made of what may stand in a prepared query."""
    return _rule(person_id, [Office(organisation_id, is_trust, circles)], [person_id], on)


def out_for(user: User) -> frozenset[int]:
    """The person, and everybody they act for today: whoever keeps one of these out keeps them."""
    return frozenset({user.pk}) | acted_for_by(user.pk, timezone.localdate())


def not_kept_out(user: User) -> Q:
    """A condition on cases: nothing keeps this person out, whether they need to know or not."""
    return ~_kept_out(out_for(user))


def in_office(user: User, circle: Circle) -> Q:
    """A condition on cases: of where this person holds that office, and nothing keeps them out.

    For what an office is asked about a case without seeing it.
    """
    offices = [office for office in _offices(user) if circle in office.circles]
    return not_kept_out(user) & _reached(offices) if user.is_active else Q(pk__in=())


def _needs_to_know(person_id: int, offices: list[Office], on: date) -> Q:
    """Of the places where they belong: what their offices see, what they own or were let into.

    The places come first and by themselves, so that a list walks one index in its order and stops
    at the end of the page, however many cases there are.
    """
    from incidents.models import Access

    let_in = Access.objects.current(on).filter(person=person_id).values("case")
    told = Q(pk__in=())
    for office in offices:
        seen = Q(pk__in=())
        for circle in office.circles:
            seen |= Q((column(circle), True))
        if office.circles:
            told |= _reached([office]) & seen
    own = Q(owner=person_id) | Q(pk__in=let_in)
    return _reached(offices) & (told & Q(restricted=False) | own)


def _reached(offices: list[Office]) -> Q:
    """The cases of where these posts count: schools, and trusts with their schools."""
    schools = [one.place_id for one in offices if not one.is_trust]
    trusts = [one.place_id for one in offices if one.is_trust]
    found = Q(pk__in=())
    if schools:
        found |= Q(organisation__in=schools) if len(schools) > 1 else Q(organisation=schools[0])
    if trusts:
        below = OrganisationReach.objects.filter(above__in=trusts).values("below")
        found |= Q(organisation__in=below)
    return found


def _kept_out(people: Iterable[int]) -> Q:
    subjects, conflicts = _facts()
    ids = list(people)
    return _near(subjects.filter(user__in=ids)) | _near(conflicts.filter(person__in=ids))


def keeps_somebody_out() -> Q:
    """A condition on cases: a fact keeps somebody of the portal out of it."""
    subjects, conflicts = _facts()
    return _near(subjects) | _near(conflicts)


def kept_out_of(case: Case) -> set[int]:
    """Everybody whom a fact keeps out of this case, without those who act for them."""
    first = case.duplicate_of_id or case.pk
    same = Q(case=first) | Q(case__duplicate_of=first)
    subjects, conflicts = _facts()
    return set(subjects.filter(same).values_list("user", flat=True)) | set(
        conflicts.filter(same).values_list("person", flat=True)
    )


def _facts() -> tuple[QuerySet[CasePerson], QuerySet[Conflict]]:
    """What keeps somebody of the portal out of a case."""
    from incidents.models import CasePerson, Conflict

    return (
        CasePerson.objects.subjects().filter(user__isnull=False),
        Conflict.objects.filter(lifted_at=None),
    )


def _near(facts: QuerySet[Any]) -> Q:
    """One of these facts is about the case, or about another report of the same thing.

    Answered once for a whole list: the facts about one person are few.
    """
    first = Coalesce("case__duplicate_of", "case")
    return Q(In(Coalesce(F("duplicate_of"), F("pk")), facts.order_by().values_list(first)))


def who_sees(case: Case) -> set[int]:
    """The ids of everybody who may see this case today."""
    from incidents.models import Access

    if case.disposed_at is not None:
        return set()
    today = timezone.localdate()
    seen = set() if case.restricted else set(holders(case.organisation, case.circles, today))
    alone = set(Access.objects.current(today).filter(case=case).values_list("person", flat=True))
    if case.owner_id is not None:
        alone.add(case.owner_id)
    seen |= _belonging(alone, case.organisation, today)
    return seen - with_those_acting(kept_out_of(case), today)


def who_sees_by_office(case: Case, circles: Iterable[Circle]) -> set[int]:
    """Those who would see it by these offices: whom a route reaches."""
    today = timezone.localdate()
    held = holders(case.organisation, circles, today)
    return held - with_those_acting(kept_out_of(case), today)


def holders(organisation: Organisation, circles: Iterable[Circle], on: date) -> set[int]:
    """Whoever holds one of these offices for this school, there or at its trust."""
    roles: set[Role] = set().union(*(ROLES[circle] for circle in circles))
    posts = _posts_at(organisation, on).filter(on_day(on, "roles__"), roles__role__in=sorted(roles))
    return set(posts.values_list("person", flat=True))


def _posts_at(organisation: Organisation, on: date) -> QuerySet[Membership]:
    places = [pk for pk in (organisation.pk, organisation.parent_id) if pk is not None]
    return Membership.objects.active(on).filter(organisation__in=places).order_by()


def _belonging(people: set[int], organisation: Organisation, on: date) -> set[int]:
    if not people:
        return set()
    posts = _posts_at(organisation, on).filter(person__in=people)
    return set(posts.values_list("person", flat=True))


@prepared
def _could_act(*, person_id: int, on: date) -> QuerySet[Absence]:
    """Absences of that day in which this person could be the one who is told first."""
    near = Q(deputy__person=person_id) | Q(membership__line_manager=person_id)
    return Absence.objects.on(on).filter(near).order_by("pk")[:1]


def acted_for_by(person_id: int, on: date) -> frozenset[int]:
    """Everybody this person acts for on a day, along the chain of deputies.

    One query where they act for nobody, which is nearly always.
    """
    if not _could_act(person_id=person_id, on=on):
        return frozenset()
    found: set[int] = set()
    frontier = {person_id}
    for _ in range(LONGEST_CHAIN):
        near = Absence.objects.filter(
            Q(deputy__person__in=frontier) | Q(membership__line_manager__in=frontier)
        )
        frontier = cover_on(on, among=near).acted_for_by(frontier) - found - {person_id}
        if not frontier:
            break
        found |= frontier
    return frozenset(found)


def with_those_acting(people: set[int], on: date) -> set[int]:
    """These people, and everybody who acts for one of them on a day."""
    found, frontier = set(people), set(people)
    for _ in range(LONGEST_CHAIN):
        if not frontier:
            break
        cover = cover_on(on, among=Absence.objects.filter(membership__person__in=frontier))
        frontier = cover.acting_for(frontier) - found
        found |= frontier
    return found
