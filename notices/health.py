"""Whether mail leaves: for the readiness page, and for the people who wonder."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists
from django.utils import timezone

from notices.models import Heartbeat, Mail

BEAT = "beat"
FRESH = timedelta(minutes=3)
# Mail that could leave and did not for so long is late, whatever the reason.
LATE = timedelta(minutes=15)


def heartbeat() -> tuple[str, bool, str]:
    """(name, is it well, in words): beat and a worker have done something lately."""
    row = Heartbeat.objects.filter(name=BEAT).first()
    if row is None:
        return BEAT, False, "never seen"
    age = timezone.now() - row.beat_at
    return BEAT, age < FRESH, f"{int(age.total_seconds())} seconds ago"


def delivery_is_delayed() -> bool:
    """Whether to say on a page that mail is late. One query.

    A portal that has never had a worker says so only when mail waits.
    """
    now = timezone.now()
    late = Mail.objects.filter(status=Mail.Status.WAITING, created_at__lt=now - LATE)
    found = Heartbeat.objects.filter(name=BEAT).annotate(late=Exists(late)).first()
    if found is None:
        return late.exists()
    return bool(found.late) or now - found.beat_at >= FRESH
