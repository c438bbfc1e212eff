"""What a button sends, when it cannot arrive: after signing out, or opened as an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

READING = {"GET", "HEAD"}
SIGNED_OUT = (
    "You were signed out before this arrived, so nothing was saved. Sign in and send it again."
)


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Leads to signing in, and from there back to the page whose button was pressed.

    The address that a button sends to cannot be opened by itself.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in READING:
            return super().handle_no_permission(request, view_func)
        if "text/html" in request.headers.get("Accept", ""):  # a page, and no script's message
            messages.warning(request, SIGNED_OUT)
        return redirect_to_login(
            _page_it_came_from(request),
            self.get_login_url(view_func),
            self.get_redirect_field_name(view_func),
        )


def _page_it_came_from(request: HttpRequest) -> str:
    """Its path on this portal; the first page where the browser does not say."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    if came.netloc != request.get_host():
        return "/"
    path = f"/{came.path.lstrip('/')}"
    return f"{path}?{came.query}" if came.query else path


class OnlyByButtonMiddleware:
    """An address that only a button sends to answers with words when it is opened by itself.

    Otherwise the answer is empty, and browsers show a page of their own that says nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.streaming:
            # The same for everybody, as the page of an address that does not exist.
            page = render_to_string("405.html", {"portal_name": settings.PORTAL_NAME})
            response.content = page.encode()  # type: ignore[attr-defined]
        return response
