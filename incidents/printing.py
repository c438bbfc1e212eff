"""Concerns on paper: the poster that leads to the form, and the form itself."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from accounts.printing import paper_of
from incidents.kinds import Kind
from people.models import Organisation
from web.pdf import pdf, qr


def address_of(place: Organisation) -> str:
    """Where parents and pupils report something to this school."""
    return f"{settings.SITE_URL}{reverse('incidents:public_report', args=[place.slug])}"


def report_poster(place: Organisation) -> bytes:
    """For the wall, the planner and the letter home."""
    address = address_of(place)
    data = paper_of(place, "Worried about something online?")
    return pdf("report_poster", data | {"address": address, "qr": qr(address)})


def paper_form(place: Organisation) -> bytes:
    """The same questions on two pages, to be kept where the fire drill list is."""
    data = paper_of(place, "Report a concern") | {
        "kinds": [str(kind.label) for kind in Kind],
        "whistleblowing": str(place.setting("incidents.whistleblowing")),
    }
    return pdf("report_form", data)
