"""Tags and filters for templates of every app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils import dateformat
from django.utils.timezone import get_default_timezone

from web import colours, drawing
from web.addresses import fixed

register = template.Library()

SOON = 7  # days
NOT_OURS = "Ensure this value"


@dataclass(frozen=True)
class ErrorLine:
    """One line of an error summary. `target`: the id of the field, or "" for the whole form."""

    text: str
    target: str = ""


@register.simple_tag
def school_css(colour: str) -> str:
    """The address of a school's colour; of ours when theirs is not one."""
    hex6 = str(colour).removeprefix("#").lower()
    if not re.fullmatch("[0-9a-f]{6}", hex6):
        hex6 = colours.DEFAULT
    return fixed("web:school_css", hex6)


@register.simple_tag
def error_lines(form: BaseForm | None) -> list[ErrorLine]:
    """What is wrong with the form. The second time a page asks, nothing: one summary is enough."""
    if not form or getattr(form, "summary_drawn", False):
        return []
    lines = list(_lines_of(form))
    if lines:
        form.summary_drawn = True  # type: ignore[attr-defined]
    return lines


def _lines_of(form: BaseForm) -> Iterator[ErrorLine]:
    for text in form.non_field_errors():
        yield ErrorLine(str(text))
    for field in form:
        target = "" if field.is_hidden else _first_input(field)
        for text in plain_errors(field):
            yield ErrorLine(text, target)


def _first_input(field: BoundField) -> str:
    """Radios and other groups have no id of their own: their first input has."""
    if field.id_for_label or not field.auto_id:
        return field.id_for_label
    return f"{field.auto_id}_0"


@register.filter
def plain_errors(field: BoundField) -> list[str]:
    """What is wrong with a field. Django's own sentences say too little in a summary."""
    if not field.errors:
        return []
    found = field.errors.as_data()
    return [plain for error in found for plain in _plain(field, error)]


def _plain(field: BoundField, error: ValidationError) -> list[str]:
    limit = (error.params or {}).get("limit_value")
    match error.code, error.messages[0]:
        case "required", words if words == forms.Field.default_error_messages["required"]:
            return [_what_is_missing(field)]
        case "min_value", words if words.startswith(NOT_OURS):
            return [f"Give a number of {limit} or more: {field.label}"]
        case "max_value", words if words.startswith(NOT_OURS):
            return [f"Give a number of {limit} or less: {field.label}"]
        case "max_length", words if words.startswith(NOT_OURS):
            return [f"Use {limit} characters at most: {field.label}"]
        case _, words if words.startswith("Select a valid choice."):
            return [f"What was chosen is not offered here. Choose again: {field.label}"]
    return [str(text) for text in error.messages]


def _what_is_missing(field: BoundField) -> str:
    match field.field.widget:
        case forms.CheckboxInput():
            return "Tick this box to go on."
        case forms.RadioSelect() | forms.Select() | forms.CheckboxSelectMultiple():
            return f"Choose an answer: {field.label}"
        case forms.FileInput():
            return f"Choose a file: {field.label}"
        case _:
            return f"Fill in: {field.label}"


@register.filter
def filter_field(field: BoundField) -> str:
    """A field of a form that narrows a list."""
    return drawing.filter_field(field)


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[int | str]:
    """The numbers worth offering, with gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def due_words(days: int | None) -> str:
    """3 → "in 3 days", -1 → "1 day overdue"."""
    match days:
        case None:
            return "to do"
        case 0:
            return "due today"
        case 1:
            return "due tomorrow"
        case -1:
            return "1 day overdue"
        case _ if days < 0:
            return f"{-days} days overdue"
        case _:
            return f"in {days} days"


@register.filter
def due_status(days: int | None) -> str:
    """The tone of a date: overdue, due_soon, later."""
    if days is None:
        return "later"
    if days < 0:
        return "overdue"
    return "due_soon" if days <= SOON else "later"


@register.filter
def day(value: date | None) -> str:
    """As `date:"j M Y"`, for long lists: "3 Sep 2026", at a twentieth of the cost."""
    if isinstance(value, datetime):
        value = _here(value)
    return _day(value.year, value.month, value.day) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """As `date:"j M Y, H:i"`, for long lists."""
    return f"{day(value)}, {_here(value):%H:%M}" if value else ""


def _here(value: datetime) -> datetime:
    """In the portal's time. Nobody chooses another, which Django would look for each time."""
    return value.astimezone(get_default_timezone()) if value.tzinfo else value


@lru_cache(maxsize=4096)
def _day(year: int, month: int, number: int) -> str:
    return dateformat.format(date(year, month, number), "j M Y")
