"""A trust of a thousand schools is swept in the memory that a small one takes (G6)."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notices import digests, sweeping
from notices.models import Mail
from notices.services import sweep
from people.duty import among
from people.models import Membership, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.demand("G6")]
STAFF = 20
LONDON = ZoneInfo("Europe/London")


def peak(*, schools: int) -> int:
    """Bytes that a first sweep of a trust of so many schools takes at most."""
    trust = make_trust()
    make_policy(trust, by=make_user(Role.TRUST_LEAD, at=trust))
    for _ in range(schools):
        crowds.many_people(make_school(trust=trust), STAFF)
    day = trust.today() + timedelta(days=1)
    while day.weekday() != 1:  # a Tuesday: no bank holiday of England falls on one in term
        day += timedelta(days=1)
    before = Mail.objects.count()
    morning = datetime.combine(day, time(11), LONDON)
    gc.collect()
    tracemalloc.start()
    sweep(morning)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert Mail.objects.count() - before >= schools * STAFF
    return taken


def test_three_times_the_schools_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PEOPLE_PER_BATCH", 2 * STAFF)
    monkeypatch.setattr(digests, "RECIPIENTS_PER_BATCH", STAFF)
    peak(schools=1)  # what is loaded once
    few, many = peak(schools=4), peak(schools=12)
    # Whatever is kept for each person would make it three times as much.
    assert many < few * 2, (few, many)


def test_a_batch_says_its_ids_of_every_column_that_a_source_asks() -> None:
    """Else PostgreSQL begins with everybody, for each batch anew."""
    everybody = User.objects.filter(is_active=True)
    batch = str(Membership.objects.filter(among(everybody.within(5, 9))).query)
    assert '"people_membership"."person_id" >= 5' in batch
    assert '"people_membership"."person_id" < 9' in batch
    assert ">=" not in str(Membership.objects.filter(among(everybody)).query)
