"""Where an entry of a log becomes the report of an incident (R8, R9), once there is that page.

`incidents/` lies above this app, so it is known by the name of its address only. Without that
address no button is shown.
"""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

# Called with the school's slug and the entry's id.
ROUTE = "incidents:from_log"


def report_url(slug: str, entry: int) -> str:
    """The address that begins a report from this entry; an empty text where there is none."""
    try:
        return reverse(ROUTE, args=[slug, entry])
    except NoReverseMatch:
        return ""
