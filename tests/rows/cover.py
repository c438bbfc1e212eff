"""Days away and who stands in: one's own, and a school's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from people.models import Absence, Membership
from people.roles import Role
from people.services import absence as absences
from tests.access_roles import ALL, OFFICE, PEOPLE, Rule, both, post

if TYPE_CHECKING:
    from people.models import User
    from tests.pages import Place


def _away(post: Membership, deputy: Membership) -> Absence:
    day = post.organisation.today() + timedelta(days=1)
    return absences.set_cover(post, deputy=deputy, starts_on=day, ends_on=day, by=post.person)


def make(place: Place) -> None:
    teacher = place.teacher.memberships.select_related("organisation").get()
    place.rows["absence"] = _away(teacher, place.people[Role.STAFF].memberships.get())


def _own(place: Place, user: User) -> dict[str, Any]:
    """This person's own, entered when it is asked for; or else the teacher's."""
    own = Absence.objects.filter(membership__person=user).first()
    at = [place.school.pk, place.school.parent_id]
    post = Membership.objects.filter(person=user, organisation__in=at).active().first()
    if own is None and post is not None:
        others = Membership.objects.active().filter(organisation=post.organisation_id)
        away = Absence.objects.values("membership")
        free = (
            others.filter(ends_on=None)
            .exclude(pk=post.pk)
            .exclude(pk__in=away)
            .filter(covers=None)
            .last()
        )
        own = _away(post, free) if free is not None else None
    return {"pk": (own or place.rows["absence"]).pk}


def _of_school(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.rows["absence"].pk}


KWARGS = {
    "people:cover_change": _own,
    "people:cover_end": _own,
    "people:cover_edit": _of_school,
    "people:cover_over": _of_school,
}
RULES = {
    "people:cover": Rule(ALL),
    "people:cover_add": both(ALL),
    "people:cover_change": both(ALL),
    "people:cover_end": post(ALL),
    "people:cover_list": Rule(PEOPLE),
    "people:cover_new": both(OFFICE),
    "people:cover_edit": both(OFFICE),
    "people:cover_over": post(OFFICE),
}
