"""A tablet that is handed round: while it is, a session opens the tablet's pages and no others.

The session stays the witness's, who ends this with their password or a code (D11). What may be
opened is told by the address alone, before any page is looked for: every page of a tablet lies
below /tablet/, and nothing else does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

KEY = "tablet"
PAGES = "/tablet/"
# Colours of the page: the same for everybody, in the address itself.
HARMLESS = ("/colour/",)


@dataclass(frozen=True)
class Kiosk:
    """What the session holds while a tablet is handed round."""

    place_id: int
    policy_id: int
    secret: str
    person_id: int | None  # who has it in hand and is reading
    references: tuple[str, ...]  # what was signed so far
    words: str  # the beginning of a name that somebody is looking for

    def token(self, person_id: int) -> str:
        """A name that was offered on this tablet. Ids that were not offered open nothing."""
        return signing.Signer(salt=f"{KEY}:{self.secret}").sign(str(person_id))

    def person_of(self, token: str) -> int | None:
        try:
            return int(signing.Signer(salt=f"{KEY}:{self.secret}").unsign(token))
        except signing.BadSignature:
            return None


def begin(request: HttpRequest, *, place_id: int, policy_id: int) -> None:
    """From the next request on this browser sees nothing but the tablet's pages.

    With a new session key, so that no page kept in the browser fits it any more.
    """
    request.session.cycle_key()
    request.session[KEY] = {
        "place": place_id,
        "policy": policy_id,
        "secret": secrets.token_hex(16),
        "person": None,
        "references": [],
        "words": "",
    }


def current(request: HttpRequest) -> Kiosk | None:
    held: dict[str, Any] | None = request.session.get(KEY)
    if held is None:
        return None
    return Kiosk(
        held["place"],
        held["policy"],
        held["secret"],
        held["person"],
        tuple(held["references"]),
        held["words"],
    )


def look_for(request: HttpRequest, words: str) -> None:
    """Kept here and not in an address, so that no name stands in the browser's history."""
    request.session[KEY] = {**request.session[KEY], "words": words}


def hand_to(request: HttpRequest, person_id: int | None, signed: str = "") -> None:
    """This person reads now; None: the next one has yet to find their name."""
    held = request.session[KEY]
    held["person"], held["words"] = person_id, ""
    if signed and signed not in held["references"]:
        held["references"].append(signed)
    request.session[KEY] = held


def end(request: HttpRequest) -> Kiosk | None:
    """The witness has it back. Call it only once they have shown who they are."""
    found = current(request)
    request.session.pop(KEY, None)
    request.session.cycle_key()
    return found


class KioskMiddleware:
    """Sends every request of a tablet that is handed round back to the tablet's own page.

    It stands behind the one that knows the person and before every page, public ones included:
    signing out, or following an invitation, is no way out either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_on(request):
            return self.get_response(request)
        if not request.user.is_authenticated:  # the witness's login was closed meanwhile
            request.session.flush()
            return self.get_response(request)
        if not request.path_info.startswith(PAGES):
            return redirect("governance:tablet")
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response


def _is_on(request: HttpRequest) -> bool:
    """Asks for the session only where a browser has one."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return not request.path_info.startswith(HARMLESS) and KEY in request.session
