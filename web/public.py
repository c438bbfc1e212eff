"""Pages that are the same for everybody: no cookie is read or set, so anything may keep a copy."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

FRESH = 300  # seconds for which a copy is as good as the page
STALE = 600  # and for which it may be shown meanwhile a new one is fetched
MINUTE = 60  # for which an answer may stand

View = Callable[..., HttpResponseBase]


class NobodysSession(dict[str, Any]):
    """What a public page finds where other pages find the visitor's session: nothing.

    Whatever looks into it (the menu, the sign-in library) sees a visitor who is not signed in, and
    none of that counts as having looked: a page that varies by cookie could be kept by nobody.
    """

    accessed = modified = False
    session_key = None

    def is_empty(self) -> bool:
        """No, or the middleware would take the visitor's own cookie away."""
        return False


def for_everybody(view: View) -> View:
    """A page without signing in, drawn alike for each visitor, signed in or not.

    GET and HEAD only. Browsers and proxies keep it for five minutes and then ask whether it has
    changed; the tag is a digest of the page itself, so that nothing on it can be forgotten.
    Compressed, which is safe where a page holds no secret.
    """

    @wraps(view)
    def nobody(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.session = NobodysSession()  # type: ignore[assignment]
        request.user = AnonymousUser()
        # A broken token among the visitor's cookies would have been replaced with this answer.
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
        return view(request, *args, **kwargs)

    page = gzip_page(conditional_page(nobody))
    page = cache_control(public=True, max_age=FRESH, stale_while_revalidate=STALE)(page)
    return login_not_required(require_safe(page))


def answer_for_everybody(view: View) -> View:
    """A page for everybody that answers a question: kept for a minute, and not unless it does."""
    page = for_everybody(view)

    @wraps(page)
    def fresh(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = page(request, *args, **kwargs)
        kept = response.status_code in (200, 304)
        response["Cache-Control"] = f"public, max-age={MINUTE}" if kept else "no-store"
        return response

    return fresh
