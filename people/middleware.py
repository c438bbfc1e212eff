"""Between signing in and the page: does this person still belong, and did they prove enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from people import second_factor

# What someone without a second factor needs in order to get one. Sign-out is public anyway.
OPEN_WITHOUT_FACTOR = frozenset(
    {"account_reauthenticate", "account_change_password", "account_set_password"}
)


# Every page says that time is nearly up; further off, only those that somebody comes in by.
LAST_DAYS = 7
FIRST_PAGES = frozenset({"/", "/welcome/"})


class PersonMiddleware:
    """Reads the person's posts (one query a page; every permission check uses them).

    Whoever has left is signed out. Whoever must have a second factor and whose time is up gets as
    far as the page that sets it up. Public pages ask nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not getattr(view, "login_required", True) or not user.is_authenticated:
            return None
        if not user.posts:
            logout(request)
            return redirect("account_inactive")
        days = second_factor.days_left(request, user)
        is_open = _is_open(request)
        if days is None or (days > 0 and is_open):  # while they set it up, nobody need say so
            return None
        if days <= LAST_DAYS or request.path in FIRST_PAGES:
            request.second_factor_days_left = days  # type: ignore[attr-defined]
        return redirect("mfa_index") if days <= 0 and not is_open else None


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    name = (match and match.url_name) or ""
    return name.startswith("mfa_") or name in OPEN_WITHOUT_FACTOR
