"""Whether somebody still looks at the clocks of cases (F5)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from notices.health import BEAT, WORK, WORK_FRESH
from notices.models import Heartbeat

STOPPED = timedelta(minutes=15)


def clocks_have_stopped() -> bool:
    """Beat has not rung for a quarter of an hour, or nobody who looks after cases heard it.

    A worker may be busy with something long a little longer than that. One query; a portal that
    never had a scheduler tells nobody anything.
    """
    now = timezone.now()
    rows = Heartbeat.objects.filter(name__in=[BEAT, WORK]).values_list("name", "beat_at")
    ages = {name: now - beat_at for name, beat_at in rows}
    if BEAT not in ages or WORK not in ages:
        return True
    return ages[BEAT] >= STOPPED or ages[WORK] >= max(STOPPED, WORK_FRESH)
