"""`manage.py verify_cases`: whether the records of all cases are whole."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from incidents.models import Case
from incidents.verifying import problems


class Command(BaseCommand):
    help = "Checks the record of every case. Needs no case's key and prints no text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="For scripts.")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, broken = 0, {}
        for case in Case.objects.order_by("pk").iterator(chunk_size=500):
            checked += 1
            if found := problems(case):
                broken[case.reference] = found
        if options["json"]:
            self.stdout.write(json.dumps({"checked": checked, "broken": broken}))
        else:
            for reference, found in broken.items():
                self.stdout.write(f"{reference}: {' '.join(found)}")
            self.stdout.write(f"{checked} checked, {len(broken)} broken.")
        if broken:
            raise SystemExit(1)
