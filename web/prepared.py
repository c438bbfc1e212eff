"""Queries that Django builds and compiles once, and that run often with other values.

Building the larger querysets takes several times as long as the database needs to answer them.
Nothing here defines what a query means: `@prepared` stands on a function that returns a queryset.
`docs/decisions/compiled-queries.md` says why, and what it cannot do.
"""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
Row = TypeVar("Row")

MOST_SHAPES = 32
LARGEST = 2**31 - 1  # that fits into every column of numbers; an address may hold any
EXCLUSIVE = " FOR NO KEY UPDATE "
_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Every prepared query of the portal; a test compares the rows of each with its queryset's.
EVERY: list[Prepared[Any, Any]] = []


class CannotPrepare(Exception):
    """The query says something that its parameters alone do not decide. A mistake in the code."""


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Prepared[P, Row]:
    """Decorates a function that returns a queryset: calling it returns the list of its rows."""
    return Prepared(build)


def prepared_to_share(build: Callable[P, QuerySet[Any, Row]]) -> Prepared[P, Row]:
    """The same for rows that are locked, which are then held against writers alone.

    On PostgreSQL FOR SHARE, which Django cannot say, instead of FOR NO KEY UPDATE: several may
    hold the same row at once, and whoever would change it waits for all of them.
    """
    return Prepared(build, shares=True)


class Prepared(Generic[P, Row]):
    """A function that returns a queryset, compiled the first time and replayed afterwards.

    Numbers, words, days and times are bound anew each time. Any other argument (None, True, an
    enum) may change the query itself: each of its values is compiled by itself.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]], *, shares: bool = False) -> None:
        self.build = build
        self.shares = shares
        self.__name__, self.__doc__ = build.__name__, build.__doc__
        self._compiled: dict[Any, _Compiled] = {}
        EVERY.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        if args:
            raise TypeError(f"{self.__name__}() takes its parameters by name.")
        connection = connections[DEFAULT_DB_ALIAS]
        bound: dict[str, Any] = {}
        shape: dict[str, Any] = {}
        if any(isinstance(value, int) and abs(value) > LARGEST for value in kwargs.values()):
            return list(self.build(**kwargs))  # type: ignore[call-arg]  # Django knows what fits
        for name, value in kwargs.items():
            (bound if _is_bound(value) else shape)[name] = value
        key = (connection.vendor, tuple(bound), tuple(shape.items()))
        found = self._compiled.get(key)
        if found is None:
            if len(self._compiled) >= MOST_SHAPES:
                return list(self.build(**kwargs))  # type: ignore[call-arg]
            found = _compile(self.build, bound, shape, connection)
            if self.shares:
                found = replace(found, sql=found.sql.replace(EXCLUSIVE, " FOR SHARE "))
            self._compiled[key] = found
        return found.rows(bound, connection)


def _is_bound(value: object) -> bool:
    return isinstance(value, int | str | date) and not isinstance(value, bool | Enum)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a parameter goes, and how it is written there."""

    position: int
    name: str
    write: Callable[[BaseDatabaseWrapper, Any], Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """A value that is sent once, and the positions that it takes."""

    slot: _Slot
    type: str
    positions: list[int]


@dataclass(frozen=True, slots=True)
class _Compiled:
    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    slots: tuple[_Slot, ...]
    thread: threading.local = field(default_factory=threading.local)
    shared: list[_Place] = field(default_factory=list)  # on PostgreSQL, once it was asked

    def rows(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
        if self.queryset.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("select_for_update cannot be used here.")
        again = self._again(connection)
        sql = self._kept(again, connection)
        if sql is not None:
            given = [place.slot.write(connection, values[place.slot.name]) for place in self.shared]
        else:
            sql, given = self.sql, list(self.params)
            for slot in self.slots:
                given[slot.position] = slot.write(connection, values[slot.name])
        again.compiler.as_sql = lambda *_, **__: (sql, tuple(given))
        rows: Any = self.queryset._iterable_class(again)
        return list(rows)

    def _kept(self, again: _Again, connection: BaseDatabaseWrapper) -> str | None:
        """The statement that runs the plan PostgreSQL has kept; None on other databases."""
        if connection.vendor != "postgresql" or not settings.KEEP_PLANS:
            return None
        connection.close_if_health_check_failed()  # as a cursor would: it may be another after
        connection.ensure_connection()
        if again.session is not connection.connection:
            from web.prepared_on_postgresql import keep_plan

            if not self.shared:
                self.shared[:] = self._places(connection)
            places = [place.positions for place in self.shared]
            types = [place.type for place in self.shared]
            again.statement = keep_plan(connection, self.sql, self.params, places, types)
            again.session = connection.connection
        return again.statement

    def _places(self, connection: BaseDatabaseWrapper) -> list[_Place]:
        """Each parameter once for each type PostgreSQL takes it for, and where it stands."""
        from web.prepared_on_postgresql import types_of

        positions = [slot.position for slot in self.slots]
        types = types_of(connection, self.sql, self.params, positions)
        found: dict[tuple[str, type, str], _Place] = {}
        for slot, its_type in zip(self.slots, types, strict=True):
            key = (slot.name, type(self.params[slot.position]), its_type)
            found.setdefault(key, _Place(slot, its_type, [])).positions.append(slot.position)
        return list(found.values())

    def _again(self, connection: BaseDatabaseWrapper) -> Any:
        """The queryset as this thread replays it: compilers belong to a connection."""
        again = getattr(self.thread, "again", None)
        if again is None or again.connection is not connection:
            compiler: Any = copy.copy(self.compiler)
            compiler.connection = connection
            converters = compiler.get_converters(
                [column for column, *_ in compiler.select[: compiler.col_count]]
            )
            compiler.get_converters = lambda _: converters
            again = self.thread.again = _Again(self.queryset, compiler, connection)
            again.query = _Again(self.queryset.query, compiler, connection)
        return again


class _Again:
    """A queryset, or its query, whose compiler is ready. Django's own code makes the rows."""

    def __init__(self, original: Any, compiler: Any, connection: BaseDatabaseWrapper) -> None:
        self._original = original
        self.compiler = compiler
        self.connection = connection
        self.query: Any = None
        self.session: Any = None  # the database's, in which the statement below exists
        self.statement = ""

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        return self.compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


def _compile(
    build: Callable[..., QuerySet[Any, Any]],
    bound: dict[str, Any],
    shape: dict[str, Any],
    connection: BaseDatabaseWrapper,
) -> _Compiled:
    """Compile it with two sets of made-up values: what differs is where the parameters go."""
    name = build.__name__
    one, two = _made_up(bound, 1), _made_up(bound, 2)
    queryset, other = build(**one, **shape), build(**two, **shape)
    if getattr(queryset, "_prefetch_related_lookups", ()):
        raise CannotPrepare(f"{name}() prefetches, which is a query of its own.")
    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    other_sql, other_params = other.query.get_compiler(connection=connection).as_sql()
    if sql != other_sql or len(params) != len(other_params):
        raise CannotPrepare(f"{name}() is another query for other values.")
    slots = []
    for position, (here, there) in enumerate(zip(params, other_params, strict=True)):
        if here != there:
            slots.append(_slot(position, here, there, one, two, connection, name))
        elif isinstance(here, date) or (isinstance(here, str) and _A_DAY.match(here)):
            raise CannotPrepare(f"{name}() would keep {here} for good; make it a parameter.")
    if unused := bound.keys() - {slot.name for slot in slots}:
        raise CannotPrepare(f"{name}() does not ask for {', '.join(sorted(unused))}.")
    return _Compiled(queryset, compiler, sql, tuple(params), tuple(slots))


def _made_up(bound: dict[str, Any], which: int) -> dict[str, Any]:
    """Values of the same types that occur nowhere else in a query."""
    return {
        name: _one_made_up(value, which * 1000 + number)
        for number, (name, value) in enumerate(bound.items())
    }


def _one_made_up(value: Any, number: int) -> Any:
    match value:
        case datetime():
            return datetime(2901, 1, 1, 1, 1, 1, number, tzinfo=UTC)
        case date():
            return date(2950, 1, 1) + timedelta(days=number)
        case str():
            return f"made-up-{number}"
        case _:
            return 2_131_000_000 + number


def _slot(
    position: int,
    here: Any,
    there: Any,
    one: dict[str, Any],
    two: dict[str, Any],
    connection: BaseDatabaseWrapper,
    build: str,
) -> _Slot:
    for name, value in one.items():
        write = _writer(value, type(here))
        if write(connection, value) == here and write(connection, two[name]) == there:
            return _Slot(position, name, write)
    raise CannotPrepare(f"{build}() works {here!r} out of a parameter; make it one of its own.")


def _writer(value: Any, kind: type) -> Callable[[BaseDatabaseWrapper, Any], Any]:
    """How Django writes a value of this type among the parameters of this database."""
    match value:
        case datetime():
            return lambda connection, given: connection.ops.adapt_datetimefield_value(given)
        case date():
            return lambda connection, given: connection.ops.adapt_datefield_value(given)
        case str():
            return lambda _, given: given
        case _:  # psycopg has a class for each width of number
            return lambda _, given: kind(given) if issubclass(kind, int) else given
