"""The Celery application. `celery -A config worker` and `celery -A config beat` start here."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


AT_THE_START = ("heartbeat", "work-heartbeat", "deliver", "sweep")


@beat_init.connect
def ring_at_the_start(**_: Any) -> None:
    """Catch up now rather than in a quarter of an hour, and let /readyz know who is there."""
    for name in AT_THE_START:
        ring = app.conf.beat_schedule[name]
        app.send_task(ring["task"], ring.get("args"), **ring["options"])
