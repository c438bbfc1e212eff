"""What happens around every request: an identifier, one line in the log, no copy in the browser."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

log = structlog.get_logger("portal.request")

# Only what cannot hold a word: a proxy's own UUID is kept, anything else is replaced.
ACCEPTED_REQUEST_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
QUIET_ROUTES = {"web:healthz", "web:readyz", "web:metrics"}

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestLogMiddleware:
    """Logs method, route name, status and milliseconds. Never a path, an address or a person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = _request_id(request)
        started = time.monotonic()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            route = _route(request)
            write = log.debug if route in QUIET_ROUTES else log.info
            write(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round((time.monotonic() - started) * 1000),
            )
        response["X-Request-ID"] = request_id
        return response


class NoStoreMiddleware:
    """Pages made for a signed-in person are kept nowhere: Back after signing out shows nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # The private attribute tells whether the page looked at the person, without a query
        # for those that did not.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if ACCEPTED_REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "unmatched"
