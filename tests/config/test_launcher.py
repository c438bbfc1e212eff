"""`make run`, for real: processes, signals and a port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import launcher
from tools.services import free_port

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = ("config.serve", "mail", "work", "beat")


class Portal:
    """A launcher in a process of its own."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.output = data.with_suffix(f".{time.monotonic_ns()}.out")
        environment = os.environ | {"DATA_DIR": str(data), "PORT": str(port), "DEMO": "0"}
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "MAKELEVEL"):
            environment.pop(name, None)
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.launcher"],
                cwd=ROOT,
                env=environment,
                stdout=out,
                stderr=out,
            )

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except OSError:
            return False

    def children(self) -> dict[str, int]:
        """Name → process id of everything that runs on this data folder, bar the launcher."""
        mark = f"DATA_DIR={self.data}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                ours = mark in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if ours and int(folder.name) != self.process.pid and words != [b""]:
                found[next((n for n in CHILDREN if n.encode() in words), "?")] = int(folder.name)
        return found

    def ready(self) -> None:
        soon(lambda: "The portal is ready" in self.text(), self.text)
        soon(lambda: set(self.children()) == set(CHILDREN), self.text)


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a portal that has been started before, so that not each test waits for it."""
    folder = tmp_path_factory.mktemp("used")
    command = [sys.executable, "-m", "config.new_database"]
    environment = os.environ | {"DATA_DIR": str(folder)}
    environment.pop("DATABASE_URL", None)
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return folder


@pytest.fixture
def start(tmp_path: Path, used: Path) -> Iterator[Callable[..., Portal]]:
    started = []

    def _start(data: Path | None = None, port: int | None = None) -> Portal:
        # A space in the path, as on many a laptop.
        data = data or tmp_path / "my data"
        if not data.exists():
            shutil.copytree(used, data)
        portal = Portal(data, port or free_port())
        started.append(portal)
        return portal

    yield _start
    for portal in started:
        portal.process.kill()
        portal.process.wait()
        for process in portal.children().values():
            os.kill(process, signal.SIGKILL)


def soon(
    true: Callable[[], bool], otherwise: Callable[[], object] = str, seconds: int = 120
) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.1)


def test_the_portal_starts_mends_itself_and_ends_whole(start: Callable[..., Portal]) -> None:
    portal = start()
    portal.ready()
    before = portal.children()

    os.kill(before["work"], signal.SIGKILL)
    soon(lambda: "The worker ended (SIGKILL); starting it again." in portal.text(), portal.text)
    soon(lambda: portal.children().get("work", 0) not in (0, before["work"]), portal.text)

    # A visitor who calls while the web server is being started again waits and is served.
    os.kill(before["config.serve"], signal.SIGKILL)
    soon(lambda: "config.serve" not in portal.children())
    with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/healthz", timeout=20) as answer:
        assert answer.status == 200

    portal.process.send_signal(signal.SIGTERM)
    assert portal.process.wait(20) == 0
    assert portal.children() == {}
    assert "Traceback" not in portal.text()


def test_a_killed_launcher_takes_its_children_along_and_can_start_again(
    start: Callable[..., Portal],
) -> None:
    portal = start()
    portal.ready()

    portal.process.kill()
    portal.process.wait()
    again = start(portal.data, portal.port)
    again.ready()

    soon(lambda: len(again.children()) == len(CHILDREN))
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(20) == 0
    soon(lambda: again.children() == {})


def test_a_second_portal_on_the_same_data_says_so_and_ends(start: Callable[..., Portal]) -> None:
    first = start()
    soon(lambda: (first.data / "launcher.lock").is_file())
    second = start(first.data, free_port())

    assert second.process.wait(20) == 1
    assert second.text().startswith("The portal cannot start: it is already running on the data in")
    assert f"port {first.port}" in second.text()
    assert "Traceback" not in second.text()


def test_a_taken_port_is_a_sentence(
    start: Callable[..., Portal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with launcher._bound("127.0.0.1", free_port()) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        portal = start(port=port)
        assert portal.process.wait(30) == 1
    assert portal.text() == (
        f"The portal cannot start: port {port} cannot be used (address already in use). "
        f"Try another one: `make run PORT={port + 1}`.\n"
    )


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("PORT", "web", "PORT must be a whole number, not 'web'."),
        ("PORT", "70000", "PORT must be between 1 and 65535, not 70000."),
        ("HOST", "not.an.address.invalid", "HOST 'not.an.address.invalid' is no address"),
        ("DATA_DIR", "/proc/portal", "DATA_DIR /proc/portal cannot be written"),
        ("EMAIL_URL", "pigeon://loft", "EMAIL_URL starts with 'pigeon'"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "SECRET_KEY is not set"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(
    setting: str, value: str, words: str, tmp_path: Path
) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "PORT": str(free_port()), setting: value}
    done = subprocess.run(
        [sys.executable, "-m", "config.launcher"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The portal cannot start: ")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
