"""A real worker, with the broker of files and with a real Redis that is stopped and frozen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
SECONDS_A_PAGE_MAY_TAKE = 1.5

SEED = """
from notices.models import Mail
from people.models import User
user = User.objects.create_user("zoe@example.org", "Zoë O'Brien")
for number in range({count}):
    Mail.objects.create(kind="transactional", recipient=user, to=user.email, subject=str(number),
        text="Text", from_address="portal@localhost")
"""
# As a page does it: a mail is promised, a form is saved, pages are read. Prints seconds for each.
PAGES = """
import json, time
from django.test import Client
from django.urls import reverse
from notices import services
from people.models import User
from people.services import organisations, membership
school = organisations.found("school", name="Hill", slug="hill", by=None)
user = User.objects.get()
membership.join(user, school, by=None)
client, seconds = Client(), []
client.force_login(user)
def timed(do):
    started = time.monotonic()
    answer = do()
    seconds.append(time.monotonic() - started)
    return answer
timed(lambda: services.notify(user, organisation=school, kind="x", occasion="x:1", title="Title",
    url="/", urgent=True))
assert timed(lambda: client.post(reverse("notices:read"))).status_code == 302
assert timed(lambda: client.get(reverse("notices:mine"))).status_code == 200
print(json.dumps(seconds))
"""


class Portal:
    """A portal of its own in a folder: database, broker, mail kept as files."""

    def __init__(self, folder: Path, broker: str = "") -> None:
        self.folder = folder
        drop = ("DATABASE_URL", "EMAIL_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
        kept = {key: value for key, value in os.environ.items() if key not in drop}

        # DEBUG: pages find their style sheets without a build.
        self.env = kept | {
            "DATA_DIR": str(folder),
            "ALLOWED_HOSTS": "testserver",
            "DEBUG": "1",
        }
        if broker:
            self.env["CELERY_BROKER_URL"] = broker
        self.workers: list[subprocess.Popen[bytes]] = []
        self.run("manage.py", "migrate", "-v0", "--skip-checks")

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def shell(self, code: str) -> str:
        return self.run("manage.py", "shell", "-v0", "-c", code)

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "config",
                "worker",
                "--pool=solo",
                "-l",
                "warning",
            ],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "worker.log").open("ab"),
        )
        self.workers.append(worker)
        return worker

    def ring(self, *tasks: str) -> None:
        """What beat does each minute."""
        calls = "; ".join(f"tasks.{name}.delay()" for name in tasks or ("deliver_pending",))
        self.shell(f"from notices import tasks; {calls}")

    def counts(self) -> dict[str, int]:
        return json.loads(
            self.shell(
                "import json; from django.db.models import Count; from notices.models import Mail;"
                "print(json.dumps(dict(Mail.objects.values_list('status').annotate(n=Count('pk'))"
                ".order_by())))"
            )
        )

    def delivered(self) -> list[str]:
        """The Message-IDs that left, from the files they left in."""
        lines = [
            line
            for file in (self.folder / "mail").glob("*.log")
            for line in file.read_text().splitlines()
        ]
        return [line for line in lines if line.startswith("Message-ID:")]

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()


def eventually(is_so: Callable[[], bool], seconds: float = 40) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.3)
    return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    started: list[Portal] = []

    def begin(broker: str = "") -> Portal:
        started.append(Portal(tmp_path, broker))
        return started[-1]

    yield begin
    for portal in started:
        portal.stop()


def test_a_worker_on_the_broker_of_files_sends_what_waits(start: Callable[..., Portal]) -> None:
    portal = start()
    portal.shell(SEED.format(count=5))
    portal.ring("heartbeat", "deliver_pending")
    portal.start_worker()

    assert eventually(lambda: len(portal.delivered()) == 5)
    assert eventually(lambda: portal.counts() == {"sent": 5})
    assert len(set(portal.delivered())) == 5
    well = portal.shell("from notices.health import heartbeat; print(heartbeat()[1])")
    assert well.strip() == "True"


@pytest.mark.demand("G1")
def test_a_worker_killed_at_its_work_loses_nothing(start: Callable[..., Portal]) -> None:
    portal = start()
    portal.shell(SEED.format(count=300))
    portal.ring()
    worker = portal.start_worker()
    assert eventually(lambda: len(portal.delivered()) > 20)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    portal.shell(  # ten minutes later
        "from datetime import timedelta; from django.db.models import F;"
        "from notices.models import Mail;"
        "Mail.objects.exclude(claim=None).update(claimed_at=F('claimed_at')-timedelta(minutes=11))"
    )
    portal.start_worker()
    portal.ring()

    assert eventually(lambda: portal.counts() == {"sent": 300})
    # The one on the wire matters, so it may be there twice, under one id.
    assert len(set(portal.delivered())) == 300
    assert len(portal.delivered()) <= 301


class Redis:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = folder
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed"
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--dir", str(self.folder), "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        assert eventually(self.answers, 10)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as talk:
                talk.sendall(b"PING\r\n")
                return talk.recv(5) == b"+PONG"
        except OSError:
            return False

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.thaw()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.mark.redis
@pytest.mark.demand("G2")
def test_pages_save_while_redis_is_frozen_or_gone_and_mail_leaves_after(
    start: Callable[..., Portal], redis: Redis
) -> None:
    portal = start(redis.url)
    portal.shell(SEED.format(count=3))
    portal.start_worker()
    portal.ring()
    assert eventually(lambda: portal.counts() == {"sent": 3})

    redis.freeze()
    frozen = json.loads(portal.shell(PAGES))
    assert portal.counts() == {"sent": 3, "waiting": 1}  # the page's mail is safe in its row
    redis.thaw()
    portal.ring()
    assert eventually(lambda: portal.counts() == {"sent": 4})

    redis.stop()
    portal.shell(
        "from notices.models import Mail; Mail.objects.create(kind='urgent', to='a@example.org',"
        "subject='While gone', text='Text', from_address='portal@localhost')"
    )
    redis.start()
    portal.ring()
    assert eventually(lambda: portal.counts() == {"sent": 5}, 60)
    assert max(frozen) < SECONDS_A_PAGE_MAY_TAKE, frozen
