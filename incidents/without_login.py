"""Pages for somebody who is nobody in particular: no session, no cookie, nothing of the device."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.public import Card
from incidents.circles import Circle
from incidents.no_files import brings_a_file, refused, take_nothing
from incidents.visibility import holders
from people.models import Organisation
from web.public import NobodysSession

View = Callable[..., HttpResponse]
READERS = (Circle.SAFEGUARDING, Circle.HEAD)


def place_of(slug: str) -> Organisation | None:
    """The school that takes reports without signing in, if somebody there may read them."""
    place = Organisation.objects.select_related("parent").filter(slug=slug).first()
    return place if place is not None and takes_reports(place) else None


def takes_reports(place: Organisation) -> bool:
    """A school that has not switched it off, and where somebody may read them."""
    if place.kind != Organisation.Kind.SCHOOL or not place.setting("incidents.public_reports"):
        return False
    return bool(holders(place, READERS, place.today()))


def card(place: Organisation) -> Card | None:
    """The way from the school's public page to the form (PUBLIC_CARDS)."""
    if not takes_reports(place):
        return None
    return Card(
        "Worried about something online?",
        "Tell the school: pupils, parents and anybody else, without an account.",
        reverse("incidents:public_report", args=[place.slug]),
    )


def without_login(view: View) -> View:
    """A page without signing in, that takes no file, sets no cookie and is kept nowhere.

    Whoever is signed in is nobody here, too. No token: there is nobody whose rights a forged
    request could use, and a token would need a cookie on a family's device. A page of another site
    is sent back all the same.
    """

    @csrf_exempt
    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def nobody(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.session = NobodysSession()  # type: ignore[assignment]
        request.user = AnonymousUser()
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
        take_nothing(request)
        if request.method == "POST" and not _of_this_site(request):
            return redirect(request.path)
        answer = refused(request) if brings_a_file(request) else view(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return nobody


def _of_this_site(request: HttpRequest) -> bool:
    """Old browsers say nothing of where a form was; then it counts as ours."""
    site = request.headers.get("Sec-Fetch-Site", "")
    origin = request.headers.get("Origin", "")
    return site in ("", "same-origin", "none") and (
        not origin or urlsplit(origin).netloc == request.get_host()
    )
