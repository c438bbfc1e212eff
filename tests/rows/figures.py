"""Figures of concerns: a term of long ago, drawn up for the school."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from incidents.services.figures import Period, draw
from tests.access_roles import ALL, DASHBOARD, LINE_MANAGER, R, Rule

if TYPE_CHECKING:
    from tests.pages import Place


def make(place: Place) -> None:
    last = place.school.today() - timedelta(days=200)
    draw(place.school, Period("Spring term", last - timedelta(days=80), last))


HANDLERS = ALL - {R.STAFF, R.OFFICE, R.GOVERNOR, R.CLERK, LINE_MANAGER}
RULES = {
    "incidents:retention": Rule(HANDLERS),
    "incidents:figures": Rule(DASHBOARD),
    "incidents:figures_pdf": Rule(DASHBOARD),
    "incidents:figures_csv": Rule(DASHBOARD),
}
