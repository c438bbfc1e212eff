"""The pages for when something went wrong, and the school's colour as a style sheet."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from web import colours

YEAR = 60 * 60 * 24 * 365


@require_GET
@login_not_required
@cache_control(public=True, max_age=YEAR, immutable=True)
def school_css(request: HttpRequest, colour: str) -> HttpResponse:
    """The colour is in the address, so the answer never changes and needs no school."""
    return HttpResponse(colours.style_sheet(colour), content_type="text/css; charset=utf-8")


def _same_for_everybody(template: str, status: int) -> HttpResponse:
    """Drawn without the request: nothing of the person, the address or a token gets in."""
    page = render_to_string(template, {"portal_name": settings.PORTAL_NAME})
    return HttpResponse(page, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _same_for_everybody("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _same_for_everybody("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _same_for_everybody("500.html", 500)
