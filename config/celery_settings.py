"""Celery: a bell, never the truth. Rows in the database say what is owed (see notices/)."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from config import env

_DATA_DIR = env.data_dir()
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://localhost")
CELERY_TIMEZONE = "Europe/London"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Two queues, so that a long sweep or a large pack never holds back urgent mail.
MAIL_QUEUE, WORK_QUEUE = "mail", "work"
CELERY_TASK_DEFAULT_QUEUE = WORK_QUEUE
CELERY_TASK_ROUTES = {"notices.tasks.deliver_pending": {"queue": MAIL_QUEUE}}

# A message is acknowledged when its work is done. One whose worker was killed rings again: every
# task is safe to run twice, and what killed the worker is not tried again at once (a lease is still
# held, a mail still claimed), so that nothing goes round in circles.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A broker that is away is waited for, for ever; work that is under way goes on meanwhile.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_PUBLISH_RETRY = False
# notices/lease.py: leases last a minute longer.
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_BEAT_SCHEDULE_FILENAME = os.fspath(_DATA_DIR / "celery" / "beat-schedule")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if CELERY_BROKER_URL.startswith("filesystem"):
    _FOLDER = _DATA_DIR / "celery"
    for _name in ("messages", "control"):
        (_FOLDER / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": os.fspath(_FOLDER / "messages"),
        "data_folder_out": os.fspath(_FOLDER / "messages"),
        "control_folder": os.fspath(_FOLDER / "control"),
        "store_processed": False,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # Longer than any task: what is still being done is not handed out again.
        "visibility_timeout": 4 * CELERY_TASK_TIME_LIMIT,
        # A Redis that hangs is noticed. Workers ask anew every second, so five are plenty.
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 30,
    }

# Static, and safe at any frequency: each task asks the database what is due.
# A message that nobody fetched before the next one is due has said all it had to say: it expires.
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {
        "task": "notices.tasks.heartbeat",
        "args": (MAIL_QUEUE,),
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55, "queue": MAIL_QUEUE},
    },
    "work-heartbeat": {
        "task": "notices.tasks.heartbeat",
        "args": (WORK_QUEUE,),
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55, "queue": WORK_QUEUE},
    },
    "deliver": {
        "task": "notices.tasks.deliver_pending",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "sessions": {
        "task": "people.tasks.clear_sessions",
        "schedule": timedelta(hours=24),
        "options": {"expires": 60 * 60},
    },
    "files": {
        "task": "files.tasks.sweep",
        "schedule": timedelta(hours=6),
        "options": {"expires": 60 * 60},
    },
    "imports": {
        "task": "governance.tasks.forget_imports",
        "schedule": timedelta(hours=6),
        "options": {"expires": 60 * 60},
    },
    "packs": {
        "task": "governance.tasks.make_packs",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 55},
    },
    "old-packs": {
        "task": "governance.tasks.erase_packs",
        "schedule": timedelta(hours=6),
        "options": {"expires": 60 * 60},
    },
    "accounts": {
        "task": "accounts.tasks.look_after",
        "schedule": timedelta(minutes=30),
        "options": {"expires": 25 * 60},
    },
    "approvals": {
        "task": "approvals.tasks.look_after",
        "schedule": timedelta(minutes=30),
        "options": {"expires": 25 * 60},
    },
    "cases": {
        "task": "incidents.tasks.look_after",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 4 * 60},
    },
    "case-files": {
        "task": "incidents.tasks.scan_files",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "case-bytes": {
        "task": "incidents.tasks.sweep_files",
        "schedule": timedelta(hours=6),
        "options": {"expires": 5 * 60 * 60},
    },
    "figures": {
        "task": "incidents.tasks.draw_figures",
        "schedule": timedelta(hours=6),
        "options": {"expires": 60 * 60},
    },
    "sweep": {
        "task": "notices.tasks.sweep",
        "schedule": timedelta(minutes=15),
        "options": {"expires": 14 * 60},
    },
}
