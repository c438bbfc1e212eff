"""The quick ways to write a day say what Django's own `date` says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.template import Context, Template

BOTH = Template(
    "{% load portal %}{{ at|day }}={{ at|date:'j M Y' }};{{ on|day }}={{ on|date:'j M Y' }};"
    "{{ at|moment }}={{ at|date:'j M Y, H:i' }}"
)


def test_every_day_of_a_leap_year_and_both_times_of_the_clock() -> None:
    for number in range(366):
        on = date(2028, 1, 1) + timedelta(days=number)
        # In summer the last half hour of the day is already tomorrow in London.
        at = datetime(on.year, on.month, on.day, 23, 30, tzinfo=UTC)
        for pair in BOTH.render(Context({"on": on, "at": at})).split(";"):
            quick, djangos = pair.split("=")
            assert quick == djangos


def test_no_day_is_nothing() -> None:
    empty = Template("{% load portal %}{{ none|day }}{{ none|moment }}{{ missing|day }}")
    assert empty.render(Context({"none": None})) == ""
