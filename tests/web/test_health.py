"""What a monitor sees, with a real Redis that is stopped and one that is frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tools import services
from web import health


def fine() -> tuple[str, bool, str]:
    return "fine", True, "All is well."


def broken() -> tuple[str, bool, str]:
    raise ConnectionError("postgres://user:password@db.internal refused")


def hanging() -> tuple[str, bool, str]:
    time.sleep(3)
    return "hanging", True, "At last."


class Redis:
    """A Redis of our own that may be ended and frozen."""

    def __init__(self, program: str) -> None:
        self.port = services.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        deadline = time.monotonic() + 10
        while not answers(self.url):
            assert time.monotonic() < deadline, "Redis did not start."
            time.sleep(0.05)

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def answers(url: str) -> bool:
    try:
        health._ping_redis(url)
    except (OSError, health.redis.RedisError):
        return False
    return True


@pytest.fixture
def redis() -> Iterator[Redis]:
    program = services.find_redis()
    if program is None:
        pytest.skip("redis-server is not installed")
    server = Redis(program)
    try:
        server.wait()
        yield server
    finally:
        server.end()


@pytest.fixture
def ready_when(settings):  # the fixture of pytest-django
    def only(*names: str) -> None:
        settings.READINESS_CHECKS = [
            name if "." in name else f"tests.web.test_health.{name}" for name in names
        ]

    return only


def ask(client: Client) -> tuple[int, dict[str, object], float]:
    started = time.monotonic()
    response = client.get("/readyz")
    return response.status_code, response.json()["parts"], time.monotonic() - started


def test_a_living_process_says_so_to_anybody_without_the_database(client: Client) -> None:
    # No `db` fixture: a query would be an error.
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_health_pages_change_nothing_and_take_no_posts(client: Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.post(path).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_portal_is_ready_when_database_broker_and_migrations_are(
    client: Client, ready_when
) -> None:
    ready_when("web.health.database", "web.health.migrations", "web.health.broker")
    status, parts, _ = ask(client)
    assert status == 200, parts
    assert set(parts) == {"database", "migrations", "broker"}


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_was_not_applied_is_named_by_its_app(
    client: Client, ready_when, settings
) -> None:
    settings.MIGRATION_MODULES = {}  # the tables of tests are made without them
    health._last_migrations.cache_clear()
    ready_when("web.health.migrations")
    recorder = MigrationRecorder(health.connection)
    recorder.ensure_schema()
    for app, name in health._last_migrations():
        recorder.record_applied(app, name)
    app, name = next(leaf for leaf in health._last_migrations() if leaf[0] == "sessions")
    recorder.record_unapplied(app, name)
    try:
        status, parts, _ = ask(client)
    finally:
        recorder.flush()
        health._last_migrations.cache_clear()
    assert status == 503
    assert parts["migrations"]["says"] == "Not migrated yet: sessions. Run manage.py migrate."


def test_a_check_that_breaks_says_what_kind_of_error_and_no_secret(
    client: Client, ready_when
) -> None:
    ready_when("fine", "broken", "no.such.check")
    status, parts, _ = ask(client)
    assert status == 503
    assert parts["fine"] == {"ok": True, "says": "All is well."}
    assert parts["broken"] == {"ok": False, "says": "The check failed: ConnectionError."}
    assert parts["check"]["ok"] is False


def test_checks_that_hang_cost_a_second_in_all_and_one_thread_each(
    client: Client, ready_when
) -> None:
    ready_when("hanging", "fine")
    for _ in range(2):
        status, parts, seconds = ask(client)
        assert status == 503
        assert parts["hanging"]["says"] == "No answer within 1 second."
        assert parts["fine"]["ok"] is True
        assert seconds < 1.5
    names = [thread.name for thread in health.threading.enumerate()]
    assert names.count("tests.web.test_health.hanging") == 1


@pytest.mark.redis
def test_a_redis_that_stops_or_hangs_is_told_in_time(
    client: Client, ready_when, settings, redis: Redis
) -> None:
    settings.CELERY_BROKER_URL = redis.url
    ready_when("web.health.broker", "fine")
    assert ask(client)[0] == 200

    redis.freeze()
    status, parts, seconds = ask(client)
    assert (status, parts["broker"]["ok"], parts["fine"]["ok"]) == (503, False, True)
    assert seconds < 1.5
    # A balancer that reads this one leaves the portal in service: only mail is late.
    assert client.get("/readyz").json()["serves"] is True

    redis.end()
    status, parts, seconds = ask(client)
    assert (status, parts["broker"]["ok"]) == (503, False)
    assert "127.0.0.1" not in parts["broker"]["says"]
    assert seconds < 1.5


def test_a_queue_folder_that_has_gone_is_told(
    client: Client, ready_when, settings, tmp_path: Path
) -> None:
    ready_when("web.health.broker")
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    assert ask(client)[0] == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "header"),
    [
        ("", None),
        ("", "Bearer "),
        ("right", None),
        ("right", "Bearer wrong"),
        ("right", "Basic right"),
        ("right", "Bearer r\xefght"),
    ],
)
def test_without_the_right_token_there_are_no_figures(
    client: Client, settings, token: str, header: str | None
) -> None:
    settings.METRICS_TOKEN = token
    headers = {"Authorization": header} if header else {}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_with_the_right_token_prometheus_gets_its_figures(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "right"
    response = client.get("/metrics", headers={"Authorization": "Bearer right"})
    assert response.status_code == 200
    assert b"django_http_requests_total_by_method_total" in response.content
