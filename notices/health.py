"""Whether mail leaves: for the readiness page, and for the people who wonder."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, Q, QuerySet
from django.utils import timezone
from django.utils.timesince import timesince

from notices.models import Heartbeat, Lease, Mail
from web.prepared import prepared

Finding = tuple[str, bool, str]

# Rows of Heartbeat. The first two are the queues: somebody there hears when beat rings.
BEAT = "mail"
WORK = "work"
SWEEP = "sweep"  # a sweep was done to its end
DELIVERY = "delivery"  # the mail server took a mail
TROUBLE = "mail-trouble"  # the mail server has taken nothing since then

FRESH = timedelta(minutes=3)
# Mail that could leave and did not for so long is late, whatever the reason.
LATE = timedelta(minutes=15)
# Somebody at work on a large pack hears nothing meanwhile; no task lasts longer than its limit.
WORK_FRESH = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) + FRESH
# Four rounds of the sweep.
SWEPT = timedelta(hours=1)


def heartbeat() -> Finding:
    """(name, is it well, in words): beat rings, and a worker for mail has heard it lately."""
    return _age("beat", BEAT, FRESH)


def work() -> Finding:
    """A worker for all that is not mail has heard beat lately."""
    return _age("work", WORK, WORK_FRESH)


def sweep() -> Finding:
    """When people were last told what is due, and who is at it now."""
    name, well, words = _age("sweep", SWEEP, SWEPT)
    words = "No sweep has ended yet." if words == "never" else f"The last sweep ended {words}."
    at_it = Lease.objects.filter(name="sweep", until__gt=timezone.now()).first()
    if at_it is not None and at_it.taken_at is not None:
        words += f" {at_it.holder} is at it since {_clock(at_it.taken_at)}."
    return name, well, words


def delivery() -> Finding:
    """When mail last left, and since when some waits that ought to have left."""
    now = timezone.now()
    beats = dict(
        Heartbeat.objects.filter(name__in=[DELIVERY, TROUBLE]).values_list("name", "beat_at")
    )
    words = "No mail has left yet."
    if DELIVERY in beats:
        words = f"Mail last left at {_clock(beats[DELIVERY])}."
    if TROUBLE in beats:
        words += f" The mail server takes none since {_clock(beats[TROUBLE])}."
    waiting = Mail.objects.filter(status=Mail.Status.WAITING)
    found = waiting.aggregate(since=Min("created_at"), count=Count("pk"))
    if found["since"]:
        words += f" {found['count']} wait, the oldest since {_clock(found['since'])}."
    return "delivery", not _late(now - LATE).exists(), words


def delivery_is_delayed() -> bool:
    """Whether to say on a page that mail is late. One query.

    A portal that has never had a worker says so only when mail waits.
    """
    now = timezone.now()
    for beat_at, late in _beats(waiting_since=now - LATE):
        return bool(late) or now - beat_at >= FRESH
    return _late(now - LATE).exists()


def _late(waiting_since: datetime) -> QuerySet[Mail]:
    """Nobody fetches it, or the mail server takes none.

    A mail that one address's server puts off, while others leave, is not the portal's delay.
    """
    nobody_fetches = Q(not_before__lt=waiting_since)
    trouble = Exists(Heartbeat.objects.filter(name=TROUBLE))
    return Mail.objects.filter(
        nobody_fetches | trouble, status=Mail.Status.WAITING, created_at__lt=waiting_since
    )


@prepared
def _beats(*, waiting_since: datetime) -> QuerySet[Heartbeat, tuple[datetime, bool]]:
    return Heartbeat.objects.filter(name=BEAT).values_list("beat_at", Exists(_late(waiting_since)))


def _age(name: str, row: str, fresh: timedelta) -> Finding:
    beat_at = Heartbeat.objects.filter(name=row).values_list("beat_at", flat=True).first()
    if beat_at is None:
        return name, False, "never"
    age = timezone.now() - beat_at
    passed = timesince(beat_at) if age >= FRESH else f"{int(age.total_seconds())} seconds"
    return name, age < fresh, f"{passed} ago"


def _clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%H:%M on %-d %B")
