"""Tell people what is due, now or as a preview of any day or of a term."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import prefetch_related_objects
from django.utils import timezone

from notices import services
from notices.models import Notice
from notices.sweeping import Swept
from people.models import Membership, Organisation, User

WRONG, UNREADABLE = 2, 3
MOST_DAYS = 150


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
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            metavar="DATE",
            help="With --dry-run: every day up to this one, a term at most.",
        )
        parser.add_argument(
            "--school",
            metavar="SLUG",
            help="With --dry-run: only what concerns this trust or school (as in its addresses).",
        )
        parser.add_argument("--json", action="store_true", help="Print JSON, one object.")

    def handle(self, *args: Any, on: date | None, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self._preview(on or timezone.localdate(), **_asked(options))
        elif options["until"] or options["school"]:
            raise CommandError("--until and --school go with --dry-run.", returncode=WRONG)
        else:
            now = timezone.now() if on is None else _noon(on)
            self._report(services.sweep(now, whole_day=on is not None), as_json=options["json"])

    def _preview(self, on: date, *, until: date | None, school: str | None, as_json: bool) -> None:
        days = [on + timedelta(days=n) for n in range(_length(on, until))]
        at = _organisation(school) if school else None
        found = {day: _of_day(day, at) for day in days}
        if as_json:
            one_day = {"on": on.isoformat(), "notices": found[on]}
            every = [{"on": day.isoformat(), "notices": rows} for day, rows in found.items()]
            self.stdout.write(json.dumps(one_day if until is None else {"days": every}))
            return
        for day, rows in found.items():
            if until is not None and rows:
                self.stdout.write(f"\n{day:%A} {day.day} {day:%B %Y}")
            for row in rows:
                self.stdout.write(
                    f"{row['to']} <{row['address'] or 'no address'}>, {row['school']}: "
                    f"{row['title']} ({row['when']}). {row['why']} {row['how']}"
                )
        told = [row for rows in found.values() for row in rows]
        people = len({row["person"] for row in told})
        self.stdout.write(f"{len(told)} notices to {people} people. Nothing was written.")

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


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("until", "school")} | {"as_json": options["json"]}


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _length(on: date, until: date | None) -> int:
    days = (until - on).days + 1 if until else 1
    if not 1 <= days <= MOST_DAYS:
        raise CommandError(
            f"--until is a day after --on, and at most {MOST_DAYS} days later.", returncode=WRONG
        )
    return days


def _organisation(slug: str) -> Organisation:
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no trust or school “{slug}”.", returncode=WRONG)
    return found


def _of_day(day: date, at: Organisation | None) -> list[dict[str, Any]]:
    """What that day would bring, in words. Other days than today suppose that all was told."""
    people = None
    if at is not None:
        # Those who have left, too: it may be told to others that they have not done something.
        posts = Membership.objects.filter(organisation__reached_from__above=at)
        people = User.objects.filter(pk__in=posts.order_by().values("person"))
    supposed = day != timezone.localdate()
    found = services.preview(_noon(day), only=people, supposed=supposed)
    rows = list(found)
    prefetch_related_objects(rows, "recipient", "about", "organisation", "standing_in_for")
    if at is not None:
        rows = [row for row in rows if at.pk in (row.organisation_id, row.organisation.parent_id)]
    rows.sort(key=lambda one: (one.recipient_id, one.due_on or day, one.title))
    return [_described(row, day) for row in rows if row.recipient.is_active]


def _described(row: Notice, on: date) -> dict[str, Any]:
    return {
        "person": row.recipient_id,
        "to": row.recipient.name,
        "address": row.recipient.email,
        "by_mail": bool(row.recipient.email) and row.recipient.mail_failed_at is None,
        "school": row.organisation.name,
        "about": row.about.name,
        "kind": row.kind,
        "stage": row.stage,
        "title": row.title,
        "when": row.when(on) or "news",
        "why": _why(row),
        "how": _how(row.recipient),
    }


def _why(notice: Notice) -> str:
    whose = "" if notice.standing_in_for is None else f"Stands in for {notice.standing_in_for}: "
    about = notice.about.name
    match notice.told_as:
        case "owner":
            said = "Their own task."
        case "line_manager":
            said = f"Line manager of {about}, who has not done it."
        case "head":
            said = f"Head of the school of {about}, who has not done it."
        case "trust":
            said = f"Leads the trust of {about}, who has not done it."
        case _:
            said = "Something that happened."
    return whose + said[0].lower() + said[1:] if whose else said


def _how(person: User) -> str:
    if not person.email or person.mail_failed_at is not None:
        return "On their page only."
    if person.digest_day is None:
        return "By mail."
    return f"With their mail on {person.get_digest_day_display()}, unless it is due before."
