"""`manage.py demo`: a trust to try the portal with."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from overview.demo.cast import CAST, PASSWORD
from overview.demo.story import Demo
from people.models import Organisation, User


class Command(BaseCommand):
    help = (
        "Make a demo trust: two schools, sixty people, three policies. Safe to repeat. "
        "Refuses a database that holds real data, and refuses production. "
        "Exit codes: 0 made or already there, 1 refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="only print the logins")
        parser.add_argument("--json", action="store_true", help="print the logins as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["logins"]:
            self._make(quiet=options["json"] or options["verbosity"] == 0)
        if not Organisation.objects.filter(is_demo=True).exists():
            raise CommandError("There is no demo trust in this database.", returncode=1)
        self._write_logins()
        if options["json"]:
            self.stdout.write(json.dumps({"password": PASSWORD, "logins": logins()}, indent=2))
        elif options["verbosity"]:
            self.stdout.write(as_text())

    def _make(self, *, quiet: bool) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "The demo's password is public, so it is never made in production.", returncode=1
            )
        if Organisation.objects.filter(is_demo=False).exists() or (
            User.objects.exists() and not Organisation.objects.exists()
        ):
            raise CommandError(
                "This database holds real data. Choose another with DATA_DIR or DATABASE_URL.",
                returncode=1,
            )
        if Organisation.objects.filter(is_demo=True).exists():
            if not quiet:
                self.stdout.write("The demo trust is there already; nothing was changed.")
            return
        Demo(timezone.localdate()).tell()

    def _write_logins(self) -> None:
        (settings.DATA_DIR / "demo-logins.txt").write_text(as_text(), encoding="utf-8")


def logins() -> list[dict[str, str]]:
    return [
        {"email": f"{part.login}@{part.place}.example", "name": part.name, "what": part.shown}
        for part in CAST
        if part.shown
    ]


def as_text() -> str:
    rows = logins()
    width = max(len(row["email"]) for row in rows)
    lines = [f"  {row['email']:<{width}}  {row['what']}" for row in rows]
    return "\n".join([f"Demo logins, all with the password {PASSWORD}", *lines, ""])
