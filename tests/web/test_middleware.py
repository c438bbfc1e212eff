"""What the log says about a request, and what a browser may keep."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from config.logs import leave_out_arguments, name_the_error
from people.models import User
from web.middleware import NoStoreMiddleware


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch):
    """The log's events, also from loggers that were used before this test."""
    from web import middleware

    with capture_logs() as events:
        monkeypatch.setattr(middleware, "log", structlog.get_logger("portal.request"))
        yield events


def test_a_request_is_one_line_with_the_route_and_nothing_a_person_typed(
    client: Client, lines: list[dict[str, object]]
) -> None:
    response = client.get("/healthz?name=Zoe", REMOTE_ADDR="203.0.113.9")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["route"] == "web:healthz"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert isinstance(line["ms"], int)
    assert "Zoe" not in str(lines)
    assert "203.0.113.9" not in str(lines)
    assert response["X-Request-ID"]


@pytest.mark.django_db
def test_an_address_nobody_knows_is_unmatched_in_the_log(
    client: Client, lines: list[dict[str, object]]
) -> None:
    assert client.get("/Zoe-Example-did-it/").status_code == 404
    assert [line["route"] for line in lines if line["event"] == "request"] == ["unmatched"]
    assert "Zoe" not in str(lines)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0b6f6a3e-3f5c-4a53-9d3e-1f2a3b4c5d6e", True),
        ("Zoe Example", False),
        ("0b6f6a3e-3f5c-4a53-9d3e-1f2a3b4c5d6e\nforged", False),
    ],
)
def test_a_proxys_request_id_is_kept_when_it_can_hold_no_word(
    client: Client, given: str, kept: bool
) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response["X-Request-ID"] == given) is kept


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


def public_page(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("a page")
    response["Cache-Control"] = "public"
    return response


def test_a_signed_in_persons_page_is_stored_nowhere(rf: RequestFactory) -> None:
    request = rf.get("/")
    request._cached_user = User(name="Zoe Example")
    assert NoStoreMiddleware(page)(request)["Cache-Control"] == "private, no-store"
    assert NoStoreMiddleware(public_page)(request)["Cache-Control"] == "public"


def test_a_page_for_everybody_may_be_kept(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert "Cache-Control" not in NoStoreMiddleware(page)(request)
    request._cached_user = AnonymousUser()
    assert "Cache-Control" not in NoStoreMiddleware(page)(request)


def formatted(record: logging.LogRecord) -> str:
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name],
        pass_foreign_args=True,
        processors=[
            leave_out_arguments,
            name_the_error,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    return formatter.format(record)


def test_an_error_is_logged_by_kind_and_place_without_its_words() -> None:
    try:
        try:
            raise KeyError("zoe@school.example")
        except KeyError as cause:
            raise ValueError("Zoe Example is on sick leave") from cause
    except ValueError as error:
        caught = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "django.request",
        logging.ERROR,
        __file__,
        1,
        "%s: %s",
        ("Internal Server Error", "/people/zoe-example/"),
        caught,
    )
    record.status_code = 500
    line = formatted(record)
    assert "zoe" not in line.lower()
    said = json.loads(line)
    assert said["event"] == "answered 500"
    assert said["error"] == "ValueError from KeyError"
    assert said["where"][-1].endswith("test_an_error_is_logged_by_kind_and_place_without_its_words")


def test_a_failed_task_is_logged_by_name_without_its_error() -> None:
    words = {"name": "notices.tasks.sweep", "id": "1", "exc": "zoe@school.example"}
    template = "Task %(name)s[%(id)s] raised unexpected: %(exc)s"
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "", 1, template, (words,), None)
    line = formatted(record)
    assert "zoe" not in line
    assert json.loads(line)["task"] == "notices.tasks.sweep"
