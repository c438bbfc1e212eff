"""Is the portal alive, is it ready, how is it doing: for monitors, not for people."""

from __future__ import annotations

import os
import secrets
import threading
import time
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import NamedTuple

import redis
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from kombu.connection import Connection
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger("portal.health")

SECONDS_FOR_ALL_CHECKS = 1.0
# With any other part away (Redis, a worker, the mail server) every page works, and mail is late.
PAGES_NEED = {"database", "migrations"}


class Finding(NamedTuple):
    """What a readiness check says. A plain tuple of the same three will do."""

    name: str
    ok: bool
    sentence: str


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives and answers. Asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything the portal needs is there: 200, or 503 and what is missing.

    "serves": whether pages work all the same.
    """
    findings = ask_all(settings.READINESS_CHECKS)
    parts = {finding.name: {"ok": finding.ok, "says": finding.sentence} for finding in findings}
    failing = {finding.name for finding in findings if not finding.ok}
    if failing:
        log.warning("not ready", parts=sorted(failing))
    answer = {"ready": not failing, "serves": not failing & PAGES_NEED, "parts": parts}
    response = JsonResponse(answer, status=503 if failing else 200)
    # Django would call the 503 an error of its own; the line above says more.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus. Without the right token there is no such page."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token: str = settings.METRICS_TOKEN
    right = secrets.compare_digest(given.strip().encode(), token.encode())
    if not (token and right and scheme.lower() == "bearer"):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response


def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding("database", True, "The database answers.")


def migrations() -> Finding:
    applied = MigrationRecorder(connection).applied_migrations()
    missing = [step for step in _last_migrations() if step not in applied]
    if missing:
        apps = ", ".join(sorted({app for app, _ in missing}))
        return Finding("migrations", False, f"Not migrated yet: {apps}. Run manage.py migrate.")
    return Finding("migrations", True, "The database has every migration.")


def broker() -> Finding:
    url: str = settings.CELERY_BROKER_URL
    if url.startswith("filesystem"):
        folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return Finding("broker", False, "The folder of the task queue cannot be written.")
    elif url.startswith(("redis", "rediss")):
        _ping_redis(url)
    else:
        with Connection(  # type: ignore[no-untyped-call]
            url, connect_timeout=SECONDS_FOR_ALL_CHECKS
        ) as broker_connection:
            broker_connection.connect()
    return Finding("broker", True, "The task queue answers.")


def ask_all(paths: list[str]) -> list[Finding]:
    """Every check's finding, within one second whatever hangs."""
    deadline = time.monotonic() + SECONDS_FOR_ALL_CHECKS
    asked = [(path, _ask(path)) for path in paths]
    return [_answer(path, future, deadline) for path, future in asked]


_being_asked: dict[str, Future[Finding]] = {}
_lock = threading.Lock()


def _ask(path: str) -> Future[Finding]:
    """Run a check in a thread of its own.

    A check that still hangs is not started again: callers share its answer, so however often a
    monitor asks, there is one thread per check. The threads are daemons and never delay an end.
    """
    with _lock:
        running = _being_asked.get(path)
        if running is not None and not running.done():
            return running
        future: Future[Finding] = Future()
        _being_asked[path] = future
    threading.Thread(target=_run, args=(path, future), name=path, daemon=True).start()
    return future


def _run(path: str, future: Future[Finding]) -> None:
    try:
        finding = Finding(*import_string(path)())
    except Exception as problem:  # whatever it is, the monitor must get an answer
        # Only the kind of error: its words may hold addresses and passwords.
        finding = _failed(path, f"The check failed: {type(problem).__name__}.")
    finally:
        connection.close()  # this thread's own
    future.set_result(finding)


def _answer(path: str, future: Future[Finding], deadline: float) -> Finding:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        return _failed(path, f"No answer within {SECONDS_FOR_ALL_CHECKS:g} second.")


def _failed(path: str, sentence: str) -> Finding:
    return Finding(path.rpartition(".")[2], False, sentence)


def _ping_redis(url: str) -> None:
    client = redis.Redis.from_url(
        url,
        socket_connect_timeout=SECONDS_FOR_ALL_CHECKS,
        socket_timeout=SECONDS_FOR_ALL_CHECKS,
        retry=Retry(NoBackoff(), 0),
    )
    with client:
        client.ping()


@cache
def _last_migrations() -> list[tuple[str, str]]:
    """Each app's last migration in the code, which does not change while we run."""
    leaves: list[tuple[str, str]] = MigrationLoader(None).graph.leaf_nodes()
    return leaves
