"""What the monitor is told of the machinery: queues, sweep, delivery; and the banner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from notices import health, lease, services, tasks
from notices.models import Heartbeat, Mail

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def let_pass(time: timedelta) -> None:
    Heartbeat.objects.update(beat_at=F("beat_at") - time)


def make_mail(waits: timedelta) -> Mail:
    since = timezone.now() - waits
    return Mail.objects.create(
        kind="urgent", to="zoe@hill.example", subject="A", text="B", from_address="a@b.example",
        created_at=since, not_before=since,
    )  # fmt: skip


def test_each_queue_has_a_heartbeat_of_its_own() -> None:
    assert health.heartbeat() == ("beat", False, "never")
    assert health.work() == ("work", False, "never")
    tasks.heartbeat("work")
    assert health.work()[1]
    assert not health.heartbeat()[1]
    tasks.heartbeat("mail")
    assert health.heartbeat()[1]


def test_a_large_pack_makes_no_alarm_but_a_worker_that_is_gone_does() -> None:
    services.beat(health.WORK)
    let_pass(14 * MINUTE)
    assert health.work()[1]
    let_pass(5 * MINUTE)
    assert health.work() == ("work", False, "19\xa0minutes ago")


def test_the_monitor_sees_the_last_sweep_and_who_is_at_one_since_when() -> None:
    assert health.sweep() == ("sweep", False, "No sweep has ended yet.")
    tasks.sweep()
    name, well, words = health.sweep()
    assert (name, well) == ("sweep", True)
    assert words.startswith("The last sweep ended 0 seconds ago.")

    with lease.hold("sweep"):
        since = timezone.localtime().strftime("%H:%M")
        assert f"{lease.process_name()} is at it since {since}" in health.sweep()[2]
    let_pass(61 * MINUTE)
    assert health.sweep() == ("sweep", False, "The last sweep ended 1\xa0hour, 1\xa0minute ago.")


def test_the_monitor_sees_since_when_mail_waits() -> None:
    assert health.delivery() == ("delivery", True, "No mail has left yet.")
    make_mail(waits=5 * MINUTE)
    assert health.delivery()[1]
    make_mail(waits=20 * MINUTE)
    name, well, words = health.delivery()
    assert (name, well) == ("delivery", False)
    assert words.startswith("No mail has left yet. 2 wait, the oldest since ")


@pytest.mark.demand("G2")
def test_the_banner_speaks_of_mail_that_nobody_fetches() -> None:
    services.beat(health.BEAT)
    assert not health.delivery_is_delayed()
    make_mail(waits=16 * MINUTE)
    assert health.delivery_is_delayed()
