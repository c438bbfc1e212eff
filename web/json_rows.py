"""Rows that belong to a row, in the same query: a subquery that answers with a list of lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Func,
    JSONField,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import JSONArray


class _Listed(JSONArray):
    """One row as a list."""

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return Func.as_sql(self, compiler, connection, **more)  # Django would ask what SQLite can


class _Grouped(Aggregate):
    """JSON values of a group as one list."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **more)


def json_rows(rows: QuerySet[Any, Any], *fields: str) -> Subquery:
    """These fields of these rows, each row a list. None where there is no row.

    For few rows: a join would repeat the row they belong to, a prefetch is a query more.
    `day` and `moment` read what JSON has no kind for.
    """
    listed = rows.order_by().annotate(alike=Value(1)).values("alike")
    return Subquery(
        listed.annotate(listed=_Grouped(_Listed(*fields))).values("listed"),
        output_field=JSONField(),
    )


class AmongIds(Func):
    """Whether a column holds one of the numbers of a JSON list, which is one parameter.

    So a query for some ids is compiled once, however many they are.
    """

    output_field = BooleanField()

    def __init__(self, column: str, ids: str) -> None:
        super().__init__(column, Value(ids, output_field=TextField()))

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        joiner = " IN (SELECT value FROM json_each("
        return self.as_sql(compiler, connection, template="(%(expressions)s)))", arg_joiner=joiner)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # An array, and not IN: the list is read first, and each table asked for these rows alone.
        joiner = " = ANY (ARRAY(SELECT CAST(value AS bigint) FROM jsonb_array_elements_text(CAST("
        template = "(%(expressions)s AS jsonb)))))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner)


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """SQLite writes no zone: it keeps every time in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
