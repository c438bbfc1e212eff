"""A portal in processes of its own, and a Redis that can be stopped and frozen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("-A", "config", "worker", "--pool=solo", "-l", "warning")
MIGRATED: list[bytes] = []
MIGRATED_DATABASES: set[str] = set()  # copies of one that was
QUIET = ("--without-gossip", "--without-mingle")


class Portal:
    """Database, broker and mail in a folder, or where it is told. `ahead` moves its clock."""

    def __init__(
        self,
        folder: Path,
        broker: str = "",
        *,
        ahead: float = 0.0,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder, self.ahead = folder, ahead
        drop = ("DATABASE_URL", "EMAIL_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
        kept = {key: value for key, value in os.environ.items() if key not in drop}
        # DEBUG: pages find their style sheets without a build.
        self.env = kept | {
            "DATA_DIR": str(folder),
            "ALLOWED_HOSTS": "testserver",
            "DEBUG": "1",
            "PRODUCTION": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **(environment or {}),
        }
        if broker:
            self.env["CELERY_BROKER_URL"] = broker
        self.processes: list[subprocess.Popen[bytes]] = []
        self.hand: subprocess.Popen[bytes] | None = None
        self._migrate()

    def _migrate(self) -> None:
        """Once for all portals of this run: the file of SQLite, or the database, is copied."""
        if self.env.get("DATABASE_URL") in MIGRATED_DATABASES:
            return
        file = self.folder / "portal.sqlite3"
        if "DATABASE_URL" in self.env or not MIGRATED:
            self.run("-m", "config.new_database")
            if "DATABASE_URL" not in self.env:
                MIGRATED.append(file.read_bytes())
        elif not file.exists():
            file.write_bytes(MIGRATED[0])

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def shell(self, code: str) -> str:
        """What this code prints when the portal runs it, on the portal's clock."""
        if self.hand is None:
            self.hand = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.at", str(self.ahead), "tests.faults.hand"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(self.folder / "hand.log").open("ab"),
            )
        assert self.hand.stdin
        assert self.hand.stdout
        self.hand.stdin.write(json.dumps(code).encode() + b"\n")
        self.hand.stdin.flush()
        answer = json.loads(self.hand.stdout.readline())
        assert not answer["error"], answer["error"]
        return str(answer["said"])

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A Celery process on the portal's clock."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.at", str(self.ahead), "celery", *arguments],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "celery.log").open("ab"),
        )
        self.processes.append(process)
        return process

    def start_worker(self, queues: str = "mail,work") -> subprocess.Popen[bytes]:
        return self.start(*WORKER, *QUIET, "-Q", queues)

    def start_beat(self, name: str) -> subprocess.Popen[bytes]:
        schedule = str(self.folder / f"beat-{name}")
        return self.start("-A", "config", "beat", "-l", "warning", "--pidfile=", "-s", schedule)

    def ring(self, *tasks: str) -> None:
        """What beat does each minute."""
        calls = "; ".join(f"tasks.{name}.delay()" for name in tasks or ("deliver_pending",))
        self.shell(f"from notices import tasks; {calls}")

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(
            self.shell(
                "import json; from django.db.models import Count; from notices.models import Mail;"
                "print(json.dumps(dict(Mail.objects.values_list('status').annotate(n=Count('pk'))"
                ".order_by())))"
            )
        )
        return found

    def delivered(self) -> list[str]:
        """The Message-IDs that left, from the files they left in."""
        lines = [
            line
            for file in (self.folder / "mail").glob("*.log")
            for line in file.read_text().splitlines()
        ]
        return [line for line in lines if line.startswith("Message-ID:")]

    def stop_workers(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()

    def stop(self) -> None:
        self.stop_workers()
        if self.hand is not None:
            self.hand.kill()
            self.hand.wait()
            self.hand = None


class Redis:
    """One of our own, that keeps nothing."""

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


def eventually(is_so: Callable[[], Any], seconds: float = 40) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.2)
    return False
