"""Import a staff list from the command line."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.importing import columns, reading
from people.importing import plan as plans
from people.importing.plan import Outcome, Plan
from people.models import Organisation
from people.services import importing
from web.errors import RuleBroken

USAGE = 2
ROWS_WITH_ERRORS = 1


class Command(BaseCommand):
    help = (
        "Import a staff list (CSV or .xlsx) into a school. Shows what would be added and changed; "
        "nobody is ever removed: people missing from the file are listed."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        parser = super().create_parser(*args, **kwargs)
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = (
            "Exit codes:\n"
            "  0  done, or nothing to do\n"
            "  1  some rows have errors: nothing was written\n"
            "  2  no such file or school, or the file cannot be read\n"
        )
        return parser

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="the staff list, a CSV file or an .xlsx workbook")
        parser.add_argument("--school", required=True, help="short name (slug) of the school")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        school = self._school(options["school"])
        try:
            plan = self._plan(options["file"], school)
            if not plan.of(Outcome.ERROR) and not options["dry_run"]:
                importing.apply_file(school, plan)
        except RuleBroken as problem:
            raise CommandError(str(problem), returncode=USAGE) from None
        report = _report(plan, written=not options["dry_run"] and not plan.of(Outcome.ERROR))
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False, default=str))
        else:
            self._tell(plan, report)
        if plan.of(Outcome.ERROR):
            raise SystemExit(ROWS_WITH_ERRORS)

    def _school(self, slug: str) -> Organisation:
        school = Organisation.objects.select_related("parent").filter(slug=slug).first()
        if school is None:
            raise CommandError(f"There is no school called “{slug}”.", returncode=USAGE)
        return school

    def _plan(self, name: str, school: Organisation) -> Plan:
        try:
            data = Path(name).read_bytes()
        except OSError as problem:
            raise CommandError(
                f"{name} cannot be read: {problem.strerror}.", returncode=USAGE
            ) from None
        sheet = reading.read(data)
        chosen = columns.recognise(sheet.headings)
        RuleBroken.if_any(columns.problems(chosen, len(sheet.headings)))
        plan = plans.make(school, sheet.rows, chosen, by=None)
        plan.notes = sheet.notes
        return plan

    def _tell(self, plan: Plan, report: dict[str, Any]) -> None:
        for note in plan.notes:
            self.stdout.write(note)
        for row in plan.rows:
            for sentence in row.errors:
                self.stdout.write(f"Row {row.number}: error: {row.name}: {sentence}")
            for sentence in row.warnings:
                self.stdout.write(f"Row {row.number}: warning: {row.name}: {sentence}")
        for row in plan.sensitive:
            roles = ", ".join(str(role.label) for role in row.sensitive_roles)
            self.stdout.write(f"Row {row.number}: {row.name} gets {roles}")
        for one in plan.leavers:
            self.stdout.write(f"Not in the file: {one.person.name}")
        counts = ", ".join(f"{number} {name}" for name, number in report["counts"].items())
        self.stdout.write(f"{counts}. {'Written.' if report['written'] else 'Nothing written.'}")


def _report(plan: Plan, *, written: bool) -> dict[str, Any]:
    return {
        "written": written,
        "counts": plan.counts,
        "notes": plan.notes,
        "rows": [
            {
                "row": row.number,
                "name": row.name,
                "outcome": row.outcome.value,
                "roles": [role.value for role in row.roles],
                "changes": [asdict(change) for change in row.changes],
                "errors": row.errors,
                "warnings": row.warnings,
                "notes": row.notes,
            }
            for row in plan.rows
        ],
        "missing": [{"person": one.person_id, "name": one.person.name} for one in plan.leavers],
    }
