"""`manage.py rotate_keys`: wrap the keys of cases with the newest of the portal's keys."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from incidents.services import keys


class Command(BaseCommand):
    help = (
        "Wraps the key of every case, and seals every draft, with the newest key in FIELD_KEYS. "
        "Safe to run twice, and to stop and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="How many in one transaction.")
        parser.add_argument("--json", action="store_true", help="For scripts.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = keys.rotate(batch=max(1, options["batch"]))
        if options["json"]:
            self.stdout.write(json.dumps({"done": done, "left": keys.left()}))
        else:
            self._say(done, keys.left())
        if keys.left():
            raise SystemExit(1)

    def _say(self, done: int, left: int) -> None:
        self.stdout.write(f"{done} wrapped with the newest key.")
        if left:
            self.stdout.write(f"{left} could not be opened: their key is not in FIELD_KEYS.")
        else:
            self.stdout.write("No case and no draft needs an older key.")
        self.stdout.write(
            "Files and what sign-in keeps are sealed with the portal's keys themselves: "
            "leave older keys at the end of FIELD_KEYS for them."
        )
