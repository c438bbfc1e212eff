"""Two beats, several workers: one of them does the work, and a dead one blocks nobody for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from notices import health, lease, tasks
from notices.models import Heartbeat, Lease
from tests.notices.conftest import in_threads

MINUTE = timedelta(minutes=1)


@contextmanager
def held_by_another(name: str) -> Iterator[None]:
    """As while a task runs on another machine."""
    with lease.hold(name) as theirs:
        assert theirs
        yield


def let_pass(time: timedelta) -> None:
    """The database's clock decides, so what it wrote moves instead."""
    Lease.objects.exclude(token=None).update(taken_at=F("taken_at") - time, until=F("until") - time)


@pytest.mark.django_db
def test_while_one_is_at_it_the_others_return_at_once() -> None:
    ended = Heartbeat.objects.filter(name=health.SWEEP)
    with held_by_another("sweep"):
        tasks.sweep()
        assert not ended.exists()
    tasks.sweep()
    assert ended.exists()


@pytest.mark.django_db
def test_a_lease_is_given_back_when_the_work_fails() -> None:
    class Broken(Exception):
        pass

    def fail() -> None:
        with lease.hold("sweep"):
            raise Broken

    for _ in range(2):
        with pytest.raises(Broken):
            fail()


@pytest.mark.django_db
@pytest.mark.demand("G1")
def test_a_holder_that_was_killed_blocks_nobody_for_longer_than_its_time() -> None:
    dead = lease.take("sweep", 16 * MINUTE)
    assert dead is not None

    let_pass(15 * MINUTE)
    assert lease.take("sweep", 16 * MINUTE) is None
    let_pass(MINUTE)
    next_one = lease.take("sweep", 16 * MINUTE)
    assert next_one is not None

    # It was not dead but asleep, and takes nothing away from its successor.
    assert not lease.give_back("sweep", dead)
    assert lease.take("sweep", MINUTE) is None
    assert lease.give_back("sweep", next_one)


@pytest.mark.django_db
def test_a_lease_names_the_process_that_has_it_since_when() -> None:
    with lease.hold("sweep"):
        row = Lease.objects.get()
        assert row.holder == lease.process_name()
        assert row.taken_at is not None
        assert row.until - row.taken_at >= 16 * MINUTE
    row.refresh_from_db()
    assert (row.holder, row.token, row.taken_at, row.until) == ("", None, None, None)


@pytest.mark.django_db
def test_each_piece_of_work_has_its_own_lease() -> None:
    with lease.hold("sweep") as sweep, lease.hold("packs") as packs:
        assert (sweep, packs) == (True, True)


@pytest.mark.demand("G1")
def test_of_eight_that_ask_at_once_one_gets_it(shared_database: None) -> None:
    def ask() -> bool:
        return lease.take("sweep", MINUTE) is not None

    assert in_threads(*[ask] * 8).count(True) == 1
    assert in_threads(lambda: Lease.objects.count()) == [1]


@pytest.mark.django_db(transaction=True)
def test_a_lease_inside_a_transaction_would_be_seen_by_nobody() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        lease.take("sweep", MINUTE)


@pytest.mark.django_db
def test_half_a_lease_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Lease.objects.create(name="sweep", holder="worker/1")
    row = Lease.objects.create(name="sweep")
    lease.take("sweep", MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lease.objects.filter(pk=row.pk).update(until=None)
