"""A real worker, with the broker of files and with a real Redis that is stopped and frozen.

`make faults` does the same at full size (tests/faults).
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.processes import Portal, eventually
from tests.faults.redis_gone import redis_gone
from tools import faults

SEED = """
from notices.models import Mail
from people.models import User
user = User.objects.create_user("zoe@example.org", "Zoë O'Brien")
for number in range({count}):
    Mail.objects.create(kind="transactional", recipient=user, to=user.email, subject=str(number),
        text="Text", from_address="portal@localhost")
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    started: list[Portal] = []

    def begin(broker: str = "") -> Portal:
        started.append(Portal(tmp_path, broker))
        return started[-1]

    yield begin
    for portal in started:
        portal.stop()


@pytest.mark.once
def test_a_worker_on_the_broker_of_files_sends_what_waits(start: Callable[..., Portal]) -> None:
    portal = start()
    portal.shell(SEED.format(count=5))
    portal.ring("heartbeat", "deliver_pending")
    portal.start_worker()

    assert eventually(lambda: len(portal.delivered()) == 5)
    assert eventually(lambda: portal.counts() == {"sent": 5})
    assert len(set(portal.delivered())) == 5
    well = "from notices.health import heartbeat; print(heartbeat()[1])"
    assert eventually(lambda: portal.shell(well).strip() == "True")


@pytest.mark.once
@pytest.mark.redis
@pytest.mark.demand("G2")
def test_pages_save_and_say_so_while_redis_is_frozen_or_gone_and_mail_leaves_after(
    tmp_path: Path,
) -> None:
    for result in redis_gone(tmp_path):
        assert result.fine, result
        assert result.sent == 1, result


@pytest.mark.once
@pytest.mark.redis
@pytest.mark.demand("G1")
def test_two_beats_killed_workers_and_a_redis_that_starts_anew_lose_and_repeat_nothing(
    tmp_path: Path,
) -> None:
    result = faults.play_kills(faults.SHORT, tmp_path)
    assert (result.lost, result.rows_twice) == (0, 0), result
    assert result.sent >= 80 - result.doubt
    assert result.doubt <= 2  # one for each worker that was killed
    assert result.mails_twice <= 2
    assert result.note.startswith("reminders twice: 0;")


@pytest.mark.once
@pytest.mark.demand("G2")
def test_nothing_but_beat_rings_so_no_page_waits_for_the_broker() -> None:
    """Whoever called a task from a page would make that page wait for a Redis that hangs."""
    ringing = {"delay", "apply_async", "send_task", "signature", "apply"}
    found = set()
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        name = path.relative_to(settings.BASE_DIR).as_posix()
        if name.startswith((".", "tests/", "benchmarks/", "tools/")):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ringing:
                found.add(name)
    assert found == {"config/celery.py"}


@pytest.mark.once
def test_what_is_being_done_is_not_handed_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = settings.CELERY_TASK_TIME_LIMIT
    with_redis = importlib.util.find_spec("config.celery_settings")
    assert with_redis
    assert with_redis.loader
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://localhost/0")
    module = importlib.util.module_from_spec(with_redis)
    with_redis.loader.exec_module(module)
    options = module.CELERY_BROKER_TRANSPORT_OPTIONS
    assert options["visibility_timeout"] > 2 * limit
    assert options["socket_timeout"] <= 5
    assert options["socket_connect_timeout"] <= 1
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1


@pytest.mark.once
def test_a_long_sweep_holds_back_no_mail() -> None:
    rung = settings.CELERY_BEAT_SCHEDULE.values()
    to_mail = {entry["task"] for entry in rung if entry["options"].get("queue") == "mail"}
    assert to_mail == {"notices.tasks.heartbeat"}
    assert settings.CELERY_TASK_ROUTES == {"notices.tasks.deliver_pending": {"queue": "mail"}}
    assert settings.CELERY_TASK_DEFAULT_QUEUE == "work"
