"""A PostgreSQL and a Redis of our own for the tests: free ports, a temporary folder, then gone."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 30
POSTGRES_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/*/bin")
# The tests' data is worth nothing after a power cut.
HURRY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# What tests write is never committed. Counted while they run, every table is empty, and a plan for
# empty tables takes minutes over a thousand rows.
UNCOUNTED = ("autovacuum=off",)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_postgres() -> Path | None:
    """The folder of initdb and postgres, the newest where there are several."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = [
        folder
        for pattern in POSTGRES_FOLDERS
        for folder in Path("/").glob(pattern.lstrip("/"))
        if (folder / "initdb").exists()
    ]
    return max(found, key=_version, default=None)


def find_redis() -> str | None:
    return shutil.which("redis-server")


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def postgres(folder: Path, *, hurry: bool = True, for_tests: bool = False) -> Iterator[str]:
    """A running PostgreSQL; the address of its database. Without hurry it survives a power cut.

    `for_tests`: nobody counts the rows of tables that are filled and emptied within a transaction.
    """
    # PostgreSQL refuses to run as root, and another user must reach the folder: /tmp, not TMPDIR.
    user = _someone_else() if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if user:
        shutil.chown(home, user)
    port = free_port()
    try:
        _initdb(folder, home, user)
        options = [f"listen_addresses=127.0.0.1,port={port},unix_socket_directories={home}"]
        quick = [*(HURRY if hurry else ()), *(UNCOUNTED if for_tests else ())]
        settings = [*options[0].split(","), *quick, "max_connections=200"]
        command = [str(folder / "postgres"), "-D", str(home / "data")]
        command += [part for setting in settings for part in ("-c", setting)]
        # SIGINT is PostgreSQL's fast shutdown.
        with _running(command, home, port, signal.SIGINT, user):
            yield f"postgres://portal@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def redis(program: str) -> Iterator[str]:
    """A running Redis that keeps nothing; its address."""
    home = Path(tempfile.mkdtemp(prefix="redis-"))
    port = free_port()
    options = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", str(home)]
    try:
        with _running([program, "--port", str(port), *options], home, port, signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _initdb(folder: Path, home: Path, user: str | None) -> None:
    options = ["-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    command = [str(folder / "initdb"), "-D", str(home / "data"), *options]
    done = subprocess.run(command, user=user, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"initdb failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _running(
    command: list[str], home: Path, port: int, end: signal.Signals, user: str | None = None
) -> Iterator[None]:
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            user=user,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_end_with_parent(end),
        )
    try:
        _wait_for(port, process, home / "log")
        yield
    finally:
        process.send_signal(end)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent(end: signal.Signals) -> Callable[[], None] | None:
    """On Linux: a signal to the service when we are killed and can stop nothing any more."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, set_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_death_signal, int(end)) and None


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{process.args!r} did not start:\n{log.read_text(errors='replace')}")


def _someone_else() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _version(folder: Path) -> int:
    digits = [int(part) for part in folder.parts for part in part.split("-") if part.isdigit()]
    return digits[-1] if digits else 0
