"""The migrations, for real: tests make their tables from the models, installations do not."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

# What a portal of that time had: a policy that two people sign off, reviewed once.
OLDER_PORTAL = """
from datetime import date
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

call_command("migrate", "governance", "0004_questions", verbosity=0)
at = [("governance", "0004_questions")]
old = MigrationExecutor(connection).loader.project_state(at).apps
head = old.get_model("people", "User").objects.create(email="head@example.org", name="Hana Head")
school = old.get_model("people", "Organisation").objects.create(
    kind="school", name="Elm School", slug="elm"
)
policy = old.get_model("governance", "Policy").objects.create(owner=school, title="Social media")
old.get_model("governance", "Review").objects.create(
    policy=policy, outcome="no_change", note="Governors agreed.", reviewed_on=date(2026, 3, 1),
    next_due_on=date(2027, 3, 1), by=head,
)
for role in ("chair", "head"):
    old.get_model("governance", "PolicySignatory").objects.create(policy=policy, role=role)
call_command("migrate", verbosity=0)
"""
BEGIN = "import django; django.setup()\n"


def run(script: str, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.every_other_day(0)
@pytest.mark.only_on("sqlite")
def test_what_an_older_portal_knew_of_its_reviews_is_kept(tmp_path: Path) -> None:
    run(OLDER_PORTAL, DATA_DIR=str(tmp_path), DATABASE_URL="")

    (found,) = tmp_path.glob("*.sqlite3")
    database = sqlite3.connect(found)
    (review,) = database.execute(
        'SELECT opened_on, closed_on, "trigger", note, next_due_on, opened_by_id = closed_by_id'
        " FROM governance_review"
    ).fetchall()
    assert review == (
        "2026-03-01", "2026-03-01", "unstated", "Governors agreed.", "2027-03-01", 1,
    )  # fmt: skip
    rows = database.execute("SELECT role, position FROM governance_policysignatory ORDER BY role")
    assert rows.fetchall() == [("chair", 1), ("head", 2)]
    assert tables_of(database) == tables_of(new_database(tmp_path / "new"))


def new_database(folder: Path) -> sqlite3.Connection:
    folder.mkdir()
    run("from config import new_database; new_database.make()", DATA_DIR=str(folder))
    (found,) = folder.glob("*.sqlite3")
    return sqlite3.connect(found)


def tables_of(database: sqlite3.Connection) -> dict[tuple[str, str], frozenset[str]]:
    """Every table, index and trigger with the parts of its definition, in whichever order."""
    found = {}
    for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master"):
        parts = " ".join((sql or "").split()).partition("(")[2].removesuffix(")")
        found[kind, name] = frozenset(re.split(r', (?=CONSTRAINT |")', parts))
    assert sum(kind == "trigger" for kind, _ in found) > 100
    return found


@pytest.mark.every_other_day(1)
@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_new_portal_finds_its_tables_on_postgresql(tmp_path: Path) -> None:
    name = f"migrated_{os.getpid()}"
    server = settings.DATABASES["default"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**server) + name
        run(
            "from django.core.management import call_command\n"
            "call_command('migrate', verbosity=0)\n"
            "call_command('migrate', check_unapplied=True, verbosity=0)",
            DATABASE_URL=address,
            DATA_DIR=str(tmp_path),
            PRODUCTION="0",
            DEBUG="1",
            SECRET_KEY="x" * 50,
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")
