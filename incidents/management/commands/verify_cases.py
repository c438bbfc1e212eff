"""`manage.py verify_cases`: whether the records of all cases are whole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from incidents.models import Case
from incidents.verifying import problems


class Command(BaseCommand):
    help = "Checks the record of every case. Needs no case's key and prints no text."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = checked = 0
        for case in Case.objects.order_by("pk").iterator(chunk_size=500):
            checked += 1
            if found := problems(case):
                broken += 1
                self.stdout.write(f"{case.reference}: {' '.join(found)}")
        self.stdout.write(f"{checked} checked, {broken} broken.")
        if broken:
            raise SystemExit(1)
