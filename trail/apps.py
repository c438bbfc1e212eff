from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


class TrailConfig(AppConfig):
    name = "trail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(make_way, sender=self)
        post_migrate.connect(install_triggers, sender=self)
        checks.register(triggers_are_whole, checks.Tags.database)


def make_way(*, using: str, **kwargs: Any) -> None:
    """SQLite rebuilds no table that a trigger of another table asks."""
    from trail import immutable

    if connections[using].vendor == "sqlite":
        immutable.remove(using)


def install_triggers(*, using: str, **kwargs: Any) -> None:
    """Once after every migrate, whichever app it was for: SQLite may have dropped some."""
    from trail import immutable

    immutable.install(using)


def triggers_are_whole(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """`check --database default` names every table that is not protected as it should be."""
    from trail import immutable

    return [
        checks.Warning(f"{gap} is not refused.", hint="Run `manage.py migrate`.", id="trail.W001")
        for using in databases or ()
        for gap in immutable.missing(using)
    ]
