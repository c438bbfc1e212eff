"""Tell people what is due, now or as a preview of any day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import prefetch_related_objects
from django.utils import timezone

from notices import services
from notices.models import Notice
from notices.sweeping import Swept

UNREADABLE = 3


class Command(BaseCommand):
    help = (
        "Compares everything owed with its reminder ladder, records what people are told and "
        "writes the day's mails. Safe at any time and as often as you like. "
        "Exit codes: 0 done, 2 an argument is wrong, "
        f"{UNREADABLE} some kind of duty could not be read (the others were done)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DATE",
            help="As if it were this day (2026-12-01), at any hour. Without --dry-run it writes.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Print who would be told what and why."
        )
        parser.add_argument("--json", action="store_true", help="Print JSON, one object.")

    def handle(
        self, *args: Any, on: date | None, dry_run: bool, json: bool, **options: Any
    ) -> None:
        now = timezone.now() if on is None else _noon(on)
        if dry_run:
            self._preview(now, supposed=on not in (None, timezone.localdate()), as_json=json)
        else:
            self._report(services.sweep(now, whole_day=on is not None), as_json=json)

    def _preview(self, now: datetime, *, supposed: bool, as_json: bool) -> None:
        rows = _described(list(services.preview(now, supposed=supposed)), timezone.localdate(now))
        if as_json:
            self.stdout.write(
                json.dumps({"on": timezone.localdate(now).isoformat(), "notices": rows})
            )
            return
        for row in rows:
            self.stdout.write(
                f"{row['to']} <{row['address'] or 'no address'}>, {row['school']}: "
                f"{row['title']} ({row['when']}). {row['why']}"
            )
        people = len({row["person"] for row in rows})
        self.stdout.write(f"{len(rows)} notices to {people} people. Nothing was written.")

    def _report(self, done: Swept, *, as_json: bool) -> None:
        numbers = {
            "duties": done.duties,
            "notices": done.notices,
            "mails": done.mails,
            "withdrawn": done.withdrawn,
            "unreadable": sorted(done.unreadable),
        }
        if as_json:
            self.stdout.write(json.dumps(numbers))
        else:
            self.stdout.write(
                f"{done.duties} duties, {done.notices} new notices, {done.mails} mails written, "
                f"{done.withdrawn} withdrawn."
            )
        if done.unreadable:
            self.stderr.write(f"Could not be read: {', '.join(sorted(done.unreadable))}")
            raise SystemExit(UNREADABLE)


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _described(notices: Iterable[Notice], on: date) -> list[dict[str, Any]]:
    """The notices in words, most urgent first."""
    rows = sorted(notices, key=lambda one: (one.recipient_id, one.due_on or on, one.title))
    prefetch_related_objects(rows, "recipient", "about", "organisation")
    return [
        {
            "person": row.recipient_id,
            "to": row.recipient.name,
            "address": row.recipient.email,
            "by_mail": bool(row.recipient.email) and row.recipient.mail_failed_at is None,
            "school": row.organisation.name,
            "about": row.about.name,
            "kind": row.kind,
            "stage": row.stage,
            "title": row.title,
            "when": row.when(on),
            "why": _why(row),
        }
        for row in rows
        if row.recipient.is_active
    ]


def _why(notice: Notice) -> str:
    match notice.told_as:
        case "line_manager":
            return f"Line manager of {notice.about.name}, who has not done it."
        case "head":
            return f"Head of the school of {notice.about.name}, who has not done it."
    return "Their own task."
