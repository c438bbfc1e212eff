"""The Celery application. `celery -A config worker` and `celery -A config beat` start here."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def beat_once_at_the_start(**_: Any) -> None:
    """Let /readyz know now, rather than a minute from now, that beat and worker are there."""
    heartbeat = app.conf.beat_schedule["heartbeat"]
    app.send_task(heartbeat["task"], **heartbeat["options"])
