"""What every page needs to know about the person and the school whose page it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def person_and_school(request: HttpRequest) -> dict[str, Any]:
    """`posts`: the person's posts today. `school`: set by the view, else their first post's.

    Costs no query of its own: `user.posts` was read by PersonMiddleware.
    """
    user = getattr(request, "user", None)
    posts = user.posts if user is not None and user.is_authenticated else []
    return {
        "portal_name": settings.PORTAL_NAME,
        "posts": posts,
        "school": posts[0].organisation if posts else None,
    }
