"""Telling PostgreSQL how to join where its guess is far off: thousands of rows for three."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, connection

Row = TypeVar("Row")

# A streamed query is planned as if a tenth of it were read.
SET = "SET enable_nestloop = off; SET cursor_tuple_fraction = 1"
RESET = "RESET enable_nestloop; RESET cursor_tuple_fraction"


def joined_by_hashing(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, planned without nested loops. For a streamed query about very many people.

    Only the first row is asked for meanwhile: then the query has its plan, and whatever else is
    asked while the rows are read is planned as ever.
    """
    # Behind a pooler that shares sessions, somebody else would get what is set here.
    if connection.vendor != "postgresql" or not settings.KEEP_PLANS:
        return rows
    with connection.cursor() as cursor:
        cursor.execute(SET)
        try:
            first = list(islice(rows, 1))
        except DatabaseError:
            if not connection.in_atomic_block:  # a broken transaction forgets it by itself
                cursor.execute(RESET)
            raise
        cursor.execute(RESET)
    return chain(first, rows)
