"""Who is away in the demo trust, who stands in, and who wants one mail a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notices.preferences import choose_digest
from overview.demo.part import HIGH, PRIMARY
from people.models import Membership, User
from people.services import absence

if TYPE_CHECKING:
    from overview.demo.story import Demo


def tell(demo: Demo) -> None:
    """The vice principal, whose text has come back, is away; the principal stands in."""
    posts = Membership.objects.select_related("organisation__parent", "person")
    at_high = posts.filter(organisation=demo.places[HIGH])
    away, head = demo.person(HIGH, "deputy"), demo.person(HIGH, "head")
    with demo.on(-7):
        absence.set_cover(
            at_high.get(person=away),
            deputy=at_high.get(person=head),
            starts_on=demo.day(-6),
            ends_on=demo.day(5),
            by=away,
        )
    choose_digest(demo.person(PRIMARY, "m.iwu"), day=User.DigestDay.FRIDAY)
