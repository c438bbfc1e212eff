"""Rows that cannot be changed: the database itself refuses, on SQLite and PostgreSQL alike.

Each app lists its refusals and `settings.IMMUTABLE_TABLES` names the lists:

    TABLES = [
        *insert_only("governance_signature", "A signature cannot be changed."),
        *frozen_when("governance_policyversion", "OLD.status = 'published'", "…"),
        *children_frozen_when(
            "governance_audiencerule", parent="governance_policyversion", key="version_id",
            when="parent.status = 'published'", message="…",
        ),
    ]

They become triggers after every migrate, because SQLite drops the triggers of a table that it
rebuilds. It also refuses to rebuild a table that another table's trigger asks: on SQLite they are
gone while a migrate runs, and one that fails half-way leaves bringing them back to the next.

A trigger's name ends in a digest of its definition: a changed definition replaces it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.module_loading import import_string

PREFIX = "immutable_"


@dataclass(frozen=True)
class Refusal:
    """One statement that the database refuses on a table.

    event: INSERT, UPDATE, DELETE or TRUNCATE. when: a condition in SQL that both databases
    understand, on OLD and (for INSERT and UPDATE) NEW; empty means always. An unknown (NULL)
    condition refuses nothing. The message is a sentence for the log and must be constant text.
    """

    table: str
    event: str
    message: str
    when: str = ""

    @property
    def name(self) -> str:
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:8]
        return f"{PREFIX}{self.event.lower()}_{self.table}"[:54] + f"_{digest}"


def insert_only(table: str, message: str) -> list[Refusal]:
    """Rows are written once: no UPDATE, no DELETE."""
    return frozen_when(table, "", message)


def frozen_when(table: str, when: str, message: str) -> list[Refusal]:
    """A row for which `when` (on OLD) holds can be neither changed nor deleted."""
    return [Refusal(table, event, message, when) for event in ("UPDATE", "DELETE")]


def children_frozen_when(
    table: str, *, parent: str, key: str, when: str, message: str
) -> list[Refusal]:
    """Rows can be neither added, changed, moved nor deleted while `when` holds for their parent.

    `key` is the column of `table` that holds the parent's id; `when` speaks of `parent`.
    """
    # All four parts are constants of an app's list.
    rows = f"SELECT 1 FROM {parent} AS parent WHERE ({when}) AND parent.id = "  # noqa: S608
    old, new = f"EXISTS ({rows}OLD.{key})", f"EXISTS ({rows}NEW.{key})"
    return [
        Refusal(table, "INSERT", message, new),
        Refusal(table, "UPDATE", message, f"{old} OR {new}"),
        Refusal(table, "DELETE", message, old),
    ]


def refusals(using: str = DEFAULT_DB_ALIAS) -> list[Refusal]:
    """Every refusal that this database should hold, for the tables that it has."""
    listed = [one for path in settings.IMMUTABLE_TABLES for one in import_string(path)]
    connection = connections[using]
    if connection.vendor == "postgresql":
        # Row triggers do not see a TRUNCATE.
        emptied = [one for one in listed if one.event == "DELETE"]
        listed += [replace(one, event="TRUNCATE", when="") for one in emptied]
    tables = set(connection.introspection.table_names())
    return [one for one in dict.fromkeys(listed) if one.table in tables]


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Refusals that the database does not hold, as "table: EVENT"; empty when all is well."""
    held = _installed(connections[using])
    return [f"{one.table}: {one.event}" for one in refusals(using) if one.name not in held]


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Create what is missing and drop what is no longer listed. Safe to repeat."""
    connection = connections[using]
    wanted = {one.name: one for one in refusals(using)}
    held = _installed(connection)
    with connection.cursor() as cursor:
        for name, table in held.items():
            if name not in wanted:
                cursor.execute(_drop(connection, name, table))
        for name, one in wanted.items():
            if name not in held:
                for statement in _create(connection, one):
                    cursor.execute(statement)


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop every trigger of ours, for `lifted` and for the start of a migrate on SQLite."""
    connection = connections[using]
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        # PostgreSQL alters no table on which deferred checks are still waiting.
        connection.check_constraints()
    with connection.cursor() as cursor:
        for name, table in _installed(connection).items():
            cursor.execute(_drop(connection, name, table))


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Without the triggers, for a test that tampers and for the flush that ends some tests.

    The portal itself never calls this.
    """
    remove(using)
    try:
        yield
    finally:
        if connections[using].vendor == "postgresql" and connections[using].in_atomic_block:
            connections[using].check_constraints()
        install(using)


def _installed(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Names of our triggers that are in force, with their tables."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE relnamespace = current_schema()::regnamespace "
            "AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND starts_with(tgname, %s)"
        )
    else:
        query = (
            "SELECT name, tbl_name FROM sqlite_master "
            "WHERE type = 'trigger' AND substr(name, 1, length(%s)) = %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [PREFIX] * query.count("%s"))
        return dict(cursor.fetchall())


def _create(connection: BaseDatabaseWrapper, one: Refusal) -> list[str]:
    message = one.message.replace("'", "''")
    if connection.vendor == "sqlite":
        when = f"WHEN {one.when}" if one.when else ""
        return [
            f"CREATE TRIGGER {one.name} BEFORE {one.event} ON {one.table} FOR EACH ROW {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        ]
    row = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(one.event, "NEW")
    level = "STATEMENT" if one.event == "TRUNCATE" else "ROW"
    # A disabled trigger does not count as installed, so an old one may still be in the way.
    return [
        f"DROP TRIGGER IF EXISTS {one.name} ON {one.table}",
        f"CREATE OR REPLACE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        f"IF {one.when or 'TRUE'} THEN "
        f"RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = 'restrict_violation'; "
        f"END IF; RETURN {row}; END $body$",
        f"CREATE TRIGGER {one.name} BEFORE {one.event} ON {one.table} "
        f"FOR EACH {level} EXECUTE FUNCTION {one.name}()",
    ]


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    if connection.vendor == "sqlite":
        return f"DROP TRIGGER {name}"
    return f"DROP FUNCTION {name}() CASCADE"
