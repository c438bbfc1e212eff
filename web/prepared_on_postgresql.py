"""PostgreSQL keeps the plans of prepared queries: planning costs it more than running them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import AsIs

_serial = count(1)


def keep_plan(
    connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any], positions: Sequence[int]
) -> str:
    """Have this connection's session keep the plan; the statement that runs it.

    `positions` are those of the parameters; the others are constants and become part of the plan.
    Once for each session, so it does not count among the queries of a page.
    """
    name = f"portal_{next(_serial)}"
    written = list(params)
    for number, position in enumerate(positions, 1):
        written[position] = AsIs(f"${number}")
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {sql}", written)
    places = ", ".join(["%s"] * len(positions))
    return f"EXECUTE {name} ({places})" if places else f"EXECUTE {name}"
