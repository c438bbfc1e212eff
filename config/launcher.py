"""`make run`: the whole portal on one machine, from an empty folder to a sign-in page.

Prepares the data folder (static files, database, demo trust), then runs the web server, two
Celery workers (for mail, and for everything else) and Celery beat until it is told to stop. Leaves
no process behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

from django.db import DatabaseError, OperationalError

from config import env
from config.env import BadSetting
from config.supervisor import Child, Supervisor

# Where to call a server that listens everywhere.
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
SIGNALS_TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SECONDS_TO_ANSWER = 60.0
SECONDS_FOR_AN_OLD_PORTAL_TO_END = 3.0


class CannotStart(Exception):
    """Why the portal does not run, in a sentence."""


class Stopped(BaseException):
    """Somebody asked us to end."""


def main() -> int:
    parent = os.getppid()
    for number in SIGNALS_TO_STOP:
        # nohup has this one ignored, and is meant
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        _run(parent)
    except Stopped:
        say("Stopped.")
    except (CannotStart, BadSetting) as problem:
        sys.stderr.write(f"The portal cannot start: {problem}\n")
        return 1
    return 0


def say(line: str = "") -> None:
    """A plain line. A reader that has gone away is no reason to fall over."""
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # What the interpreter flushes at its end must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(parent: int) -> None:
    env.read_env_file(env.BASE_DIR / ".env")
    data, port = env.data_dir(), _port()
    host = env.text("HOST", "127.0.0.1")
    # The children start in the portal's own folder, whatever a relative path meant here.
    os.environ |= {"DATA_DIR": str(data), "PORT": str(port), "HOST": host}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.chdir(env.BASE_DIR)
    with _only_one(data, port), closing(_claim(host, port)) as listener:
        _prepare(data)
        _listen(listener, port)
        _supervise(listener, parent, data, port)


def _port() -> int:
    port = env.number("PORT", 8000)
    if not 0 < port < 65536:
        raise BadSetting(f"PORT must be between 1 and 65535, not {port}.")
    return port


@contextmanager
def _only_one(data: Path, port: int) -> Iterator[None]:
    """Hold the data folder. The system lets go of it however we end: nothing stale is left."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (data / "launcher.lock").open("a+", encoding="utf-8")
    except OSError as problem:
        raise CannotStart(
            f"DATA_DIR {data} cannot be written ({problem.strerror}). Choose another folder."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise CannotStart(
                f"it is already running on the data in {data} ({file.read().strip()}). "
                "Stop that one first, or choose another DATA_DIR."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, port {port}")
        file.flush()
        yield


def _claim(host: str, port: int) -> socket.socket:
    """Take the port before the long work, so that a taken one is said at once."""
    deadline = time.monotonic() + SECONDS_FOR_AN_OLD_PORTAL_TO_END
    while True:
        try:
            return _bound(host, port)
        except OSError as problem:
            if time.monotonic() > deadline or isinstance(problem, socket.gaierror):
                raise CannotStart(_why_not(problem, host, port)) from None
            time.sleep(0.2)


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def _why_not(problem: OSError, host: str, port: int) -> str:
    if isinstance(problem, PermissionError):
        return f"port {port} needs an administrator. Try `make run PORT=8123`."
    if isinstance(problem, socket.gaierror):
        return f"HOST {host!r} is no address of this machine."
    return (
        f"port {port} cannot be used ({(problem.strerror or '').lower()}). "
        f"Try another one: `make run PORT={port + 1 if port < 65535 else 8123}`."
    )


def _listen(listener: socket.socket, port: int) -> None:
    try:
        listener.listen(128)
    except OSError as problem:
        raise CannotStart(_why_not(problem, "", port)) from None


def _prepare(data: Path) -> None:
    """Bring the data folder up to date with the code."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from config import new_database

    _collect_static(data)
    try:
        if new_database.is_empty():
            new_database.make()
        else:
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        _first_people()
    except OperationalError as problem:
        raise CannotStart(f"the database cannot be used: {str(problem).strip()}") from None
    except DatabaseError as problem:
        raise CannotStart(f"the database refused to be brought up to date: {problem}") from None
    finally:
        connections.close_all()


def _collect_static(data: Path) -> None:
    """Collect the static files, unless they are the ones collected last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    note = data / "static.collected"
    there = (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file()
    if there and note.is_file() and note.read_text(encoding="ascii") == digest.hexdigest():
        return
    say("Collecting static files …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    note.write_text(digest.hexdigest(), encoding="ascii")


def _first_people() -> None:
    """On a laptop's first start: a trust to try the portal with."""
    from django.conf import settings
    from django.core.management import call_command, get_commands

    from people.models import Organisation

    wanted = settings.EMBEDDED and env.flag("DEMO", default=True)
    if wanted and "demo" in get_commands() and not Organisation.objects.exists():
        say("Making a demo trust …")
        call_command("demo", verbosity=0)


def _supervise(listener: socket.socket, parent: int, data: Path, port: int) -> None:
    from config.celery_settings import MAIL_QUEUE, WORK_QUEUE

    socket_number = listener.fileno()
    celery = ["-A", "config", "--quiet"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = [*celery, "worker", "--pool=solo", "-l", "INFO", *quiet]
    supervisor = Supervisor(
        [
            Child("web server", "config.serve", [str(socket_number)], (socket_number,)),
            # Each does one thing at a time: a sweep must not keep urgent mail waiting.
            Child("mail worker", "celery", [*worker, "-Q", MAIL_QUEUE, "-n", "mail@%h"]),
            Child("worker", "celery", [*worker, "-Q", WORK_QUEUE, "-n", "work@%h"]),
            Child("beat", "celery", [*celery, "beat", "-l", "INFO", "--pidfile="]),
        ],
        say,
    )
    greeting = _Greeting(data, port)

    def ended() -> bool:
        greeting.when_ready()
        # make itself may be killed: what it started ends too.
        return "MAKELEVEL" in os.environ and os.getppid() != parent

    try:
        supervisor.start()
        supervisor.watch(ended)
    finally:
        for number in SIGNALS_TO_STOP:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave children
        supervisor.stop()


class _Greeting:
    """Says where the portal is, as soon as it answers."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.deadline = time.monotonic() + SECONDS_TO_ANSWER
        self.said = False

    def when_ready(self) -> None:
        if self.said:
            return
        if self._answers():
            self.said = True
            self._greet()
        elif time.monotonic() > self.deadline:
            self.said = True
            say("The web server does not answer yet. The lines above may say why.")

    def _answers(self) -> bool:
        host = EVERYWHERE.get(host := env.text("HOST"), host)
        host = f"[{host}]" if ":" in host else host
        try:
            address = f"http://{host}:{self.port}/healthz"
            with urllib.request.urlopen(address, timeout=2):  # nosec B310
                return True
        except urllib.error.HTTPError as answer:
            return answer.code < 500  # it may say that it is called by another name
        except OSError:
            return False

    def _greet(self) -> None:
        from django.conf import settings

        say()
        say(f"The portal is ready: {settings.SITE_URL}/")
        say(f"Its data is in {self.data}")
        logins = self.data / "demo-logins.txt"
        if logins.is_file():
            say("You can sign in as:")
            say(logins.read_text(encoding="utf-8").rstrip())
        else:
            say("No demo trust here. To add a school and its first person:")
            say("  .venv/bin/python manage.py start_portal --help")
        say("Ctrl-C stops it.")
        say()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
