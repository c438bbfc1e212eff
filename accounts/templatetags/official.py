"""From the register to what everybody sees of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse

from accounts import public
from people.models import Organisation

register = template.Library()


@register.simple_tag
def public_page(school: Organisation, rows: Iterable[tuple[Any, Any]]) -> str:
    """Where everybody sees these accounts; "" where nobody does. No query."""
    if not public.takes_part(school):
        return ""
    seen = (public.shown(row.account) for row, _ in rows)
    return (
        reverse("accounts:public", args=[school.slug])
        if any(one is not None and public.is_listed(one) for one in seen)
        else ""
    )
