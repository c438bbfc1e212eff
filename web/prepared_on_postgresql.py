"""PostgreSQL keeps the plans of prepared queries: planning costs it more than running them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import AsIs

_serial = count(1)
# The types of the parameters of a statement, in their order.
TYPES = "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = %s"


def keep_plan(
    connection: BaseDatabaseWrapper,
    sql: str,
    params: Sequence[Any],
    places: Sequence[Sequence[int]],
    types: Sequence[str] = (),
) -> str:
    """Have this connection's session keep the plan; the statement that runs it.

    `places` holds for each value the positions it takes among the parameters; those in none are
    constants and become part of the plan. Once for each session, so it does not count among the
    queries of a page.
    """
    name = f"portal_{next(_serial)}"
    _prepare(connection, f"{name} ({', '.join(types)})" if types else name, sql, params, places)
    values = ", ".join(["%s"] * len(places))
    return f"EXECUTE {name} ({values})" if values else f"EXECUTE {name}"


def types_of(
    connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any], positions: Sequence[int]
) -> list[str]:
    """What PostgreSQL takes the parameters at these positions for.

    The larger queries say the same day a hundred times. Places of one type may share a value, which
    is then sent, read and worked out once; the day as a date and as a moment are two.
    """
    name = f"portal_{next(_serial)}"
    _prepare(connection, name, sql, params, [[position] for position in positions])
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(TYPES, [name])
        (types,) = cursor.fetchone()
        cursor.execute(f"DEALLOCATE {name}")
    return list(types)


def _prepare(
    connection: BaseDatabaseWrapper,
    name: str,
    sql: str,
    params: Sequence[Any],
    places: Sequence[Sequence[int]],
) -> None:
    written = list(params)
    for number, positions in enumerate(places, 1):
        for position in positions:
            written[position] = AsIs(f"${number}")
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {sql}", written)
