"""One file for each group of pages: the rows they are about, their addresses, and who gets in.

A file here may hold `make(place)`, which puts what it made into `place.rows`; `KWARGS`, what the
address of each route is about; `RULES` and `PUBLIC`, its lines of the access matrix. A new file is
found by itself.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.access_roles import Rule
    from tests.pages import Kwargs, Place

_FILES = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
KWARGS: dict[str, Kwargs] = {}
RULES: dict[str, Rule] = {}
PUBLIC: dict[str, str] = {}
for _file in _FILES:
    KWARGS |= getattr(_file, "KWARGS", {})
    RULES |= getattr(_file, "RULES", {})
    PUBLIC |= getattr(_file, "PUBLIC", {})


def make(place: Place) -> None:
    """Something of everything, in the order of the files' names."""
    for file in _FILES:
        build: Any = getattr(file, "make", None)
        if build is not None:
            build(place)
