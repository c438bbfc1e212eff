"""Import a policy from a file, or look at what an import would make of it."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from governance.importing import Guess, ImportedPolicy, ImportRefused, read_policy
from governance.importing.kinds import MAX_BYTES
from governance.importing.reasons import grouped
from governance.services.importing import another_school, start_from_import
from people.models import Organisation
from web.errors import RuleBroken

LABELS = {
    "version": "Version",
    "agreed_on": "Agreed on",
    "adopted_on": "Adopted on",
    "review_on": "Review on",
    "review_months": "Months between reviews",
    "author": "Author",
    "committee": "Committee",
}


class Command(BaseCommand):
    help = """Read a policy from FILE and make a draft of it at a school.

FILE is a Word document (.docx), PDF, web page (.html), Markdown (.md) or plain text (.txt).

With --dry-run nothing is saved: what was recognised, what was left out and doubted, and the
Markdown are printed. With --json the same as one JSON object.

Exit codes:
  0  the file was read (and, without --dry-run, a draft was made)
  1  the file was refused, or a rule stood in the way: nothing was saved
  2  the command was called wrongly: no such file or school"""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--school", metavar="SLUG", required=True, help="of a school or trust")
        parser.add_argument("--dry-run", action="store_true", help="save nothing")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, file: Path, school: str, **options: Any) -> None:
        owner = Organisation.objects.filter(slug=school).first()
        if owner is None:
            self._stop(2, f"There is no school “{school}”.", as_json=options["json"])
            return
        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
        except OSError as problem:
            self._stop(2, f"{file}: {problem.strerror}.", as_json=options["json"])
            return
        try:
            imported = read_policy(data, file.name)
            draft = None if options["dry_run"] else self._save(owner, imported, data, file.name)
        except (ImportRefused, RuleBroken) as refused:
            self._stop(1, str(refused), as_json=options["json"])
            return
        report = imported.as_dict() | {"school": owner.slug, "draft": draft}
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self._say(imported, draft, another_school(imported, owner))

    def _save(self, owner: Organisation, imported: ImportedPolicy, data: bytes, name: str) -> int:
        version = start_from_import(owner, imported, by=None, source=data, filename=name)
        return int(version.pk)

    def _stop(self, code: int, sentence: str, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"refused": sentence}, ensure_ascii=False))
        self.stderr.write(sentence)
        sys.exit(code)

    def _say(self, imported: ImportedPolicy, draft: int | None, doubt: str) -> None:
        self._line("Title", imported.title)
        self._line("School named", imported.organisation)
        for name, label in LABELS.items():
            self._line(label, getattr(imported.metadata, name))
        for guess in imported.metadata.related:
            self._line("Related", guess)
        for guess in imported.metadata.legislation:
            self._line("Legislation", guess)
        counts = imported.counts
        self.stdout.write(
            f"{counts.headings} headings, {counts.paragraphs} paragraphs, "
            f"{counts.list_items} list items, {counts.tables} tables; "
            f"{counts.words_kept} of {counts.words} words kept"
        )
        for why, lines in grouped(imported.left_out):
            self.stdout.write(f"- {why}")
            for one in lines:
                self.stdout.write(f"    line {one.number}: {one.text}")
        for warning in filter(None, [doubt, *imported.warnings]):
            self.stdout.write(f"! {warning}")
        self.stdout.write(f"\n{imported.markdown}")
        self.stdout.write(
            "Nothing was saved." if draft is None else f"Saved as a draft (version id {draft})."
        )

    def _line(self, label: str, guess: Guess | None) -> None:
        if guess is not None:
            self.stdout.write(f"{label}: {guess.value}  ({guess.where})")
