"""The database refuses: what was written once stays as it was written."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.sql import emit_pre_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from pytest_django import Settings

from people.models import Organisation
from tests.factories import make_person, make_school
from trail import immutable
from trail.models import AuditEvent

TABLES = [
    *immutable.frozen_when("test_version", "OLD.status = 'published'", "It's published."),
    *immutable.children_frozen_when(
        "test_rule",
        parent="test_version",
        key="version_id",
        when="parent.status = 'published'",
        message="Its version is published.",
    ),
]


def run(sql: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def refused(sql: str, *values: object) -> bool:
    """Whether it is one of our sentences that stands in the way, and not something else."""
    if connection.vendor == "postgresql":
        connection.check_constraints()  # or PostgreSQL refuses a TRUNCATE for reasons of its own
    try:
        run(sql, *values)
    except DatabaseError as error:
        if any(one.message in str(error) for one in immutable.refusals()):
            return True
        raise
    return False


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE trail_auditevent SET verb = 'policy.publish'",
        "UPDATE trail_auditevent SET at = at",
        "DELETE FROM trail_auditevent",
        "DELETE FROM trail_chainhead",
        "UPDATE trail_chainhead SET number = number - 1",
        "UPDATE trail_chainhead SET hash = 'another'",
    ],
)
def test_the_record_refuses_every_change(school: Organisation, sql: str) -> None:
    assert refused(sql)
    assert AuditEvent.objects.get().verb == "organisation.found"


def test_the_record_refuses_the_orm_too(school: Organisation) -> None:
    event = AuditEvent.objects.get()
    event.verb = "policy.publish"
    for attempt in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_line_cannot_be_replaced_or_emptied_away(school: Organisation) -> None:
    columns = "id, organisation_id, number, at, actor_id, target_type, target_id, details, hash"
    if connection.vendor == "sqlite":
        assert refused(
            f"INSERT OR REPLACE INTO trail_auditevent ({columns}, previous, verb) "
            f"SELECT {columns}, previous, 'policy.publish' FROM trail_auditevent"
        )
        assert refused(
            f"INSERT INTO trail_auditevent ({columns}, previous, verb) "
            f"SELECT {columns}, previous, 'policy.publish' FROM trail_auditevent WHERE true "
            "ON CONFLICT (id) DO UPDATE SET verb = excluded.verb"
        )
    else:
        assert refused("TRUNCATE trail_auditevent")
        assert refused("TRUNCATE people_organisation CASCADE")
    assert AuditEvent.objects.get().verb == "organisation.found"


@pytest.mark.django_db
def test_every_refusal_is_installed_and_one_that_is_gone_is_named() -> None:
    assert immutable.missing() == []
    with immutable.lifted():
        assert "trail_auditevent: UPDATE" in immutable.missing()
        assert "trail_auditevent: DELETE" in immutable.missing()
    assert immutable.missing() == []


@pytest.mark.django_db
def test_a_disabled_trigger_counts_as_gone_and_comes_back() -> None:
    if connection.vendor == "sqlite":
        name = next(one.name for one in immutable.refusals() if one.event == "DELETE")
        run(f"DROP TRIGGER {name}")
    else:
        run("ALTER TABLE trail_auditevent DISABLE TRIGGER USER")
    assert "trail_auditevent: DELETE" in immutable.missing()

    immutable.install()

    assert immutable.missing() == []


def widen(model: type[Model], name: str, length: int) -> None:
    """What an AlterField in a migration does."""
    old = model._meta.get_field(name)
    new = old.clone()
    new.set_attributes_from_name(name)
    new.model, new.max_length = model, length
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, new, strict=True)
    with connection.schema_editor() as editor:
        editor.alter_field(model, new, old, strict=True)


@pytest.mark.django_db(transaction=True)
def test_migrate_brings_back_what_the_rebuilding_of_a_table_dropped() -> None:
    widen(AuditEvent, "verb", 80)
    if connection.vendor == "sqlite":
        assert immutable.missing() != []

    call_command("migrate", verbosity=0)

    assert immutable.missing() == []


TERMS = immutable.children_frozen_when(
    "people_term",
    parent="people_organisation",
    key="organisation_id",
    when="parent.name = 'closed'",
    message="The school is closed.",
)


@pytest.mark.django_db(transaction=True)
def test_a_table_that_triggers_elsewhere_ask_can_be_rebuilt(settings: Settings) -> None:
    settings.IMMUTABLE_TABLES = [*settings.IMMUTABLE_TABLES, f"{__name__}.TERMS"]
    immutable.install()
    school = make_school()

    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
    widen(Organisation, "name", 160)

    call_command("migrate", verbosity=0)
    assert immutable.missing() == []
    school.name = "closed"
    school.save()
    with pytest.raises(DatabaseError):
        school.terms.create(name="Autumn", starts_on="2026-09-01", ends_on="2026-12-18")


@pytest.fixture
def versions(db: None, settings: Settings) -> None:
    """Two versions, 1 published and 2 a draft, each with a rule of its own."""
    run("CREATE TABLE test_version (id integer PRIMARY KEY, status varchar(10), body varchar(9))")
    run("CREATE TABLE test_rule (id integer PRIMARY KEY, version_id integer, role varchar(9))")
    run("INSERT INTO test_version VALUES (1, 'published', 'a'), (2, 'draft', 'b')")
    run("INSERT INTO test_rule VALUES (1, 1, 'head'), (2, 2, 'head')")
    settings.IMMUTABLE_TABLES = [*settings.IMMUTABLE_TABLES, f"{__name__}.TABLES"]
    immutable.install()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE test_version SET body = 'c' WHERE id = 1", True),
        ("UPDATE test_version SET status = 'draft' WHERE id = 1", True),
        ("DELETE FROM test_version WHERE id = 1", True),
        ("UPDATE test_version SET body = 'c' WHERE id = 2", False),
        ("UPDATE test_version SET status = 'published' WHERE id = 2", False),
        ("DELETE FROM test_version WHERE id = 2", False),
        ("INSERT INTO test_rule VALUES (3, 1, 'slt')", True),
        ("UPDATE test_rule SET role = 'slt' WHERE id = 1", True),
        ("UPDATE test_rule SET version_id = 2 WHERE id = 1", True),
        ("UPDATE test_rule SET version_id = 1 WHERE id = 2", True),
        ("DELETE FROM test_rule WHERE id = 1", True),
        ("INSERT INTO test_rule VALUES (3, 2, 'slt')", False),
        ("UPDATE test_rule SET role = 'slt' WHERE id = 2", False),
        ("DELETE FROM test_rule WHERE id = 2", False),
    ],
)
def test_what_is_published_is_frozen_and_a_draft_is_not(
    versions: None, sql: str, expected: bool
) -> None:
    assert refused(sql) is expected


def test_a_changed_definition_replaces_the_old_trigger(versions: None, settings: Settings) -> None:
    settings.IMMUTABLE_TABLES = settings.IMMUTABLE_TABLES[:-1]

    immutable.install()

    assert immutable.missing() == []
    assert not refused("DELETE FROM test_version WHERE id = 1")


@pytest.mark.django_db
def test_rows_that_are_not_on_the_record_still_change() -> None:
    person = make_person("Zoë Grün")
    person.name = "Zoë Green"
    person.save()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_with_real_transactions_ends_with_empty_tables(time: str) -> None:
    assert not AuditEvent.objects.exists()
    make_school()
    assert refused("DELETE FROM trail_auditevent")


def test_the_check_names_a_table_without_protection(school: Organisation) -> None:
    from trail.apps import triggers_are_whole

    assert triggers_are_whole(databases=["default"]) == []
    with immutable.lifted():
        named = [message.msg for message in triggers_are_whole(databases=["default"])]
    assert "trail_auditevent: DELETE is not refused." in named
