"""A year as a school pastes it, and the two steps in which it is imported."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.urls import reverse

from people.models import Organisation
from people.services import calendar

LIST = """Term dates 2026/27
Autumn term: Wednesday 2 September to Friday 18 December
Half-term: Monday 26 – Friday 30 October
INSET: 1 September, 4 January
Spring term: Tuesday 5 January to Friday 26 March
May Day: Monday 3 May 2027
"""


WHOLE = [
    ("inset", "", date(2026, 9, 1), date(2026, 9, 1)),
    ("term", "Autumn term 2026", date(2026, 9, 2), date(2026, 12, 18)),
    ("half_term", "", date(2026, 10, 26), date(2026, 10, 30)),
    ("inset", "", date(2027, 1, 4), date(2027, 1, 4)),
    ("term", "Spring term 2027", date(2027, 1, 5), date(2027, 3, 26)),
]


def url(name: str, school: Organisation) -> str:
    return reverse(f"people:{name}", args=[school.slug])


def read(client: Client, school: Organisation, text: str, **more: object) -> object:
    return client.post(url("terms_import", school), {"text": text, **more})


def confirm(client: Client, school: Organisation, page: object, **changed: str) -> object:
    """Send the check page as it stands, but for what is changed."""
    form = page.context["form"]  # type: ignore[attr-defined]
    sent = {name: str(field.initial or "") for name, field in form.fields.items()}
    packed = page.context["packed"]  # type: ignore[attr-defined]
    sent = {**sent, "listed": packed, **changed}
    return client.post(url("terms_import_confirm", school), sent, follow=True)


def year_of(school: Organisation) -> list[tuple[str, str, date, date]]:
    entries = calendar.own_year(school)
    found = [(getattr(e, "kind", "term"), e.name, e.starts_on, e.ends_on) for e in entries]
    return sorted(found, key=lambda one: one[2:])
