"""A trust of a thousand schools is swept in the memory that a small one takes (G6), and in few
queries (H10).
"""

from __future__ import annotations

import gc
import tracemalloc
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices import digests, sweeping
from notices.models import Mail, Notice
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


def crowd(*, schools: int) -> datetime:
    """A trust of so many schools, each of whose people has a policy to sign; a morning to sweep."""
    trust = make_trust()
    make_policy(trust, by=make_user(Role.TRUST_LEAD, at=trust))
    for _ in range(schools):
        crowds.many_people(make_school(trust=trust), STAFF)
    day = trust.today() + timedelta(days=1)
    while day.weekday() != 1:  # a Tuesday: no bank holiday of England falls on one in term
        day += timedelta(days=1)
    return datetime.combine(day, time(11), LONDON)


def peak(*, schools: int) -> int:
    """Bytes that a first sweep of a trust of so many schools takes at most."""
    morning, before = crowd(schools=schools), Mail.objects.count()
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


@pytest.mark.demand("H10")
def test_two_thousand_people_cost_three_queries_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in ten of them is told something, as on most days of a term.

    Measured is what one batch more costs, of people and of mails, with batches of another size.
    """
    morning = crowd(schools=6)
    sweep(morning)  # what is loaded once

    def queries(people: int, recipients: int) -> int:
        Notice.objects.all().delete()
        Mail.objects.all().delete()
        monkeypatch.setattr(sweeping, "PEOPLE_PER_BATCH", people)
        monkeypatch.setattr(digests, "RECIPIENTS_PER_BATCH", recipients)
        with CaptureQueriesContext(connection) as asked:
            sweep(morning)
        return len(asked)

    real_people, real_recipients = sweeping.PEOPLE_PER_BATCH, digests.RECIPIENTS_PER_BATCH
    count = User.objects.latest("pk").pk - User.objects.earliest("pk").pk + 1
    told = Notice.objects.values("recipient").distinct().count()
    in_one = queries(count, told + 1)
    a_batch_of_people = queries(-(-count // 3), told + 1) - in_one
    a_batch_of_mails = queries(count, -(-told // 3)) - in_one
    assert a_batch_of_people > 0
    assert a_batch_of_mails > 0
    per_person = a_batch_of_people / 2 / real_people
    per_mail = a_batch_of_mails / 2 / real_recipients
    assert 2_000 * (per_person + per_mail / 10) <= 3, (a_batch_of_people, a_batch_of_mails)


def test_a_batch_says_its_ids_of_every_column_that_a_source_asks() -> None:
    """Else PostgreSQL begins with everybody, for each batch anew."""
    everybody = User.objects.filter(is_active=True)
    batch = str(Membership.objects.filter(among(everybody.within(5, 9))).query)
    assert '"people_membership"."person_id" >= 5' in batch
    assert '"people_membership"."person_id" < 9' in batch
    assert ">=" not in str(Membership.objects.filter(among(everybody)).query)
