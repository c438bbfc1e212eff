"""`python -m config.new_database`: the tables of a new portal, made from the models.

The migrations lead to the same tables, which tests/config/test_migrations.py compares, and take
fifteen times as long: `make run` begins with this, and so do tests and measurements.
"""

from __future__ import annotations

import os

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection


def is_empty() -> bool:
    """Whether the database of the environment has no table yet."""
    return not connection.introspection.table_names()


def make() -> None:
    """Make every table in an empty database, and note that every migration is applied."""
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    try:
        call_command("migrate", run_syncdb=True, verbosity=0, skip_checks=True)
    finally:
        settings.MIGRATION_MODULES = {}
    call_command("migrate", fake=True, verbosity=0, skip_checks=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    make()
