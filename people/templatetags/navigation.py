"""The links of a page. A context processor would not know the school that the view has set."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from people import context as people_context

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> people_context.Navigation:
    """What this person may follow from this page; nothing for those who are not signed in."""
    user: Any = context.get("user")
    request: Any = context.get("request")
    if request is None or user is None or not user.is_authenticated:
        return people_context.Navigation()
    # A page may lie elsewhere than the link it belongs to: `nav_path` is that link's address.
    path = context.get("nav_path") or request.path
    return people_context.navigation(user, context.get("school"), path)
