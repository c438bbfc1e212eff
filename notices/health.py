"""Whether mail leaves: for the readiness page, and for the people who wonder."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, QuerySet
from django.utils import timezone
from django.utils.timesince import timesince

from notices.models import Heartbeat, Mail
from web.prepared import prepared

BEAT = "beat"
FRESH = timedelta(minutes=3)
# Mail that could leave and did not for so long is late, whatever the reason.
LATE = timedelta(minutes=15)


def heartbeat() -> tuple[str, bool, str]:
    """(name, is it well, in words): beat and a worker have done something lately."""
    row = Heartbeat.objects.filter(name=BEAT).first()
    if row is None:
        return BEAT, False, "never"
    age = timezone.now() - row.beat_at
    passed = timesince(row.beat_at) if age >= FRESH else f"{int(age.total_seconds())} seconds"
    return BEAT, age < FRESH, f"{passed} ago"


def delivery_is_delayed() -> bool:
    """Whether to say on a page that mail is late. One query.

    A portal that has never had a worker says so only when mail waits.
    """
    now = timezone.now()
    for beat_at, late in _beats(waiting_since=now - LATE):
        return bool(late) or now - beat_at >= FRESH
    return _late(now - LATE).exists()


def _late(waiting_since: datetime) -> QuerySet[Mail]:
    return Mail.objects.filter(status=Mail.Status.WAITING, created_at__lt=waiting_since)


@prepared
def _beats(*, waiting_since: datetime) -> QuerySet[Heartbeat, tuple[datetime, bool]]:
    return Heartbeat.objects.filter(name=BEAT).values_list("beat_at", Exists(_late(waiting_since)))
