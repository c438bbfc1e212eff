"""The floor that pages are measured against: a bare signed-in Django page.

Session, user and one indexed SELECT, on the same database with the same server. It is a second
set of settings and one view; R of a page is this page's requests a second divided by the page's.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.settings import *  # noqa: F403

# By name: what the portal puts in the place of one of them might ask less than a bare page does.
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    # allauth insists on its middleware; a bare page has neither.
    "allauth.account.middleware.AccountMiddleware",
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
ROOT_URLCONF = "benchmarks.yardstick"
SECURE_SSL_REDIRECT = False
# The portal's own backend loads more with the user than a bare page would.
AUTHENTICATION_BACKENDS = ["benchmarks.yardstick.BareBackend"]


def page(request: HttpRequest) -> HttpResponse:
    from people.models import Organisation

    name = Organisation.objects.values_list("name", flat=True).get(pk=int(request.GET["school"]))
    return HttpResponse(f"<!doctype html><title>{name}</title><h1>{name}</h1>")


def __getattr__(name: str) -> type:
    """The backend needs Django's models, which are not ready while settings are read."""
    if name != "BareBackend":
        raise AttributeError(name)
    from django.contrib.auth.backends import ModelBackend

    return type("BareBackend", (ModelBackend,), {})


urlpatterns = [path("", page)]
