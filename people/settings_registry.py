"""The rules a school may set differently. Each app lists its own; every one has a default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.conf import settings
from django.utils.module_loading import import_string

Value = int | bool | str


@dataclass(frozen=True)
class Setting:
    """One rule that a trust or a school may set for itself.

    `key` is `<app>.<name>`; `unit` is shown behind a number ("days"). "lines" is a text of several
    lines. `problem` says what is wrong with a value, as a sentence.
    """

    key: str
    label: str
    help: str
    kind: Literal["number", "yes_no", "choice", "text", "lines"]
    default: Value
    minimum: int = 0
    maximum: int = 3650
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    group: str = "General"
    problem: Callable[[str], str] | None = None


@cache
def registered() -> dict[str, Setting]:
    """Every setting of every app, by key, in the order of the page that shows them."""
    found = [one for path in settings.SCHOOL_SETTINGS for one in import_string(path)]
    return {one.key: one for one in found}


def resolve(key: str, own: dict[str, Value], above: dict[str, Value] | None) -> Value:
    """A school's own value, else its trust's, else the default.

    Raises KeyError for a key that no app has registered.
    """
    if key in own:
        return own[key]
    if above and key in above:
        return above[key]
    return registered()[key].default
