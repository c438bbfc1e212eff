"""How often something may be asked from one network, without keeping whose network it was.

For pages without signing in. The address is hashed with a key that lives in this process alone and
changes each day: the cache, which is a table, holds a number, and after a restart, or tomorrow,
nobody can tell what it was made of. Each process counts for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils import timezone


@dataclass
class _Key:
    day: str = ""
    secret: bytes = b""


_KEY = _Key()


def may(
    request: HttpRequest, *, app: str, what: str, rate: str, place: str = "", count: bool = True
) -> bool:
    """Whether one more may come from there, such as "30/h/key". `count=False` only asks."""
    allowed = ratelimit.consume(
        request, app=app, action=what, config={what: rate}, key=_network(request, place),
        limit_get=True, dry_run=not count,
    )  # fmt: skip
    return allowed is not None


def _network(request: HttpRequest, place: str) -> str:
    today = timezone.localdate().isoformat()
    if _KEY.day != today:
        _KEY.day, _KEY.secret = today, os.urandom(32)
    known = f"{place}\n{ratelimit.get_ip(request)}".encode()
    return hmac.new(_KEY.secret, known, hashlib.sha256).hexdigest()
