"""Putting on record that somebody went through the self-check (D21)."""

from __future__ import annotations

from django.db import transaction

from governance.models import SelfCheck
from governance.self_check_questions import EDITION
from people.models import User
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def done(*, by: User) -> SelfCheck:
    """This person has gone through the questions, today. The second time a day changes nothing.

    It takes no answers, so that none can be kept. Raises RuleBroken for somebody without a post.
    """
    if not by.posts:
        raise RuleBroken("You do not belong to a school at the moment.")
    place = by.posts[0].organisation
    row, is_new = SelfCheck.objects.get_or_create(
        person=by, edition=EDITION, done_on=place.today(), defaults={"organisation": place}
    )
    if is_new:
        audit.record("self_check.do", row, by=by, edition=str(EDITION))
    return row
