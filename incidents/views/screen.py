"""Hiding the screen, and the keyboard."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from people.http import Request

COOKIE = "shortcuts"
YEAR = 60 * 60 * 24 * 365
KEYS = (
    ("In the list", (("J, K", "Next and previous report"), ("Enter", "Open the report"))),
    (
        "In a case",
        (
            ("C", "Back to the case"), ("T", "The next thing to do"),
            ("N", "Add to the chronology"), ("A", "Add an action"), ("P", "People and support"),
            ("O", "Referrals and removal"), ("F", "Files"), ("M", "Messages"),
            ("W", "Who sees it"),
            ("H", "Record"),
        ),
    ),
    (
        "Everywhere",
        (("I", "The list of concerns"), ("?", "This page"), ("Esc, Esc", "Hide screen")),
    ),
)  # fmt: skip


@login_not_required
@require_safe
def covered(request: HttpRequest) -> HttpResponse:
    """A page that says nothing, and is the same for everybody."""
    page = render_to_string("incidents/covered.html", {"portal_name": settings.PORTAL_NAME})
    return HttpResponse(page)


@require_http_methods(["GET", "POST"])
def shortcuts(request: Request) -> HttpResponse:
    """Which keys do what; this browser keeps whether they are on."""
    if request.method == "POST":
        off = request.POST.get("shortcuts") == "off"
        response = redirect("incidents:shortcuts")
        response.set_cookie(
            COOKIE, "off" if off else "on", max_age=YEAR, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
        messages.success(
            request,
            "Single keys do nothing in this browser now." if off else "The keys work again.",
        )
        return response
    context = {"groups": KEYS, "is_off": request.COOKIES.get(COOKIE) == "off"}
    return render(request, "incidents/shortcuts.html", context)
