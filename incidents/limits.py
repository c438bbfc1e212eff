"""How often something may be sent from one network, without keeping whose network it was.

The address is hashed with a key that lives in this process alone and changes each day: the cache
holds a number, and after a restart, or tomorrow, nobody can tell what it was made of.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

# A school has one address for all its pupils, and a class may report at once.
REPORTS = "30/h/key"
WRONG_CODES = "10/10m/key"
MESSAGES = "30/h/key"
SENT_ONCE = 24 * 60 * 60


@dataclass
class _Key:
    day: str = ""
    secret: bytes = b""


_KEY = _Key()


def _network(request: HttpRequest, place: str) -> str:
    today = timezone.localdate().isoformat()
    if _KEY.day != today:
        _KEY.day, _KEY.secret = today, os.urandom(32)
    known = f"{place}\n{ratelimit.get_ip(request)}".encode()
    return hmac.new(_KEY.secret, known, hashlib.sha256).hexdigest()


def may(request: HttpRequest, place: str, *, what: str, rate: str, count: bool = True) -> bool:
    """Whether one more may come from there. `count=False` only asks."""
    allowed = ratelimit.consume(
        request, app="incidents", action=what, config={what: rate}, key=_network(request, place),
        limit_get=True, dry_run=not count,
    )  # fmt: skip
    return allowed is not None


def first_time(token: str) -> bool:
    """Whether this page has not been sent before: a second press is not a second report."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return cache.add(f"incidents.sent:{digest}", value=True, timeout=SENT_ONCE)
