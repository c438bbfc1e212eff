"""How often reports, codes and messages may come from one network, and each of them once."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest, QueryDict

from web import limits

# A school has one address for all its pupils, and a class may report at once.
REPORTS = "30/h/key"
WRONG_CODES = "10/10m/key"
MESSAGES = "30/h/key"
SENT_ONCE = 24 * 60 * 60


def may(request: HttpRequest, place: str, *, what: str, rate: str, count: bool = True) -> bool:
    """Whether one more may come from there to this school. `count=False` only asks."""
    return limits.may(request, app="incidents", what=what, rate=rate, place=place, count=count)


def first_time(sent: QueryDict) -> bool:
    """Whether this page has not been sent before: a second press is not a second report.

    Other words on the same page are: somebody went back and wrote what else there is. Belongs in
    the transaction that keeps what was sent, so that nothing counts as sent that was not kept.
    """
    digest = hashlib.sha256(sent.urlencode().encode()).hexdigest()
    return cache.add(f"incidents.sent:{digest}", value=True, timeout=SENT_ONCE)
