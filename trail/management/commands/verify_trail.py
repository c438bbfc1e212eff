"""Is every record whole? Exit codes: 0 whole, 1 broken, 2 wrong usage."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from trail import immutable
from trail.verify import Chain, Head, check

HEAD = re.compile(r"(?:(?P<slug>[-\w]+)=)?(?P<number>\d{1,18}):(?P<hash>[0-9a-f]{64})")


class Command(BaseCommand):
    help = (
        "Reads the record of every trust and school from its first line to its last and names the "
        "first bad line of each. Prints the heads: keep them outside the portal and give them "
        "back with --head or --against, so that a record cut short is found too. "
        "Exit codes: 0 every record is whole, 1 a record is broken, 2 wrong usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", metavar="SLUG", help="only this trust or school")
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="[SLUG=]NUMBER:HASH",
            help="a head noted earlier; may be repeated; without SLUG= it needs --school",
        )
        parser.add_argument(
            "--against", metavar="FILE", help="what --json printed earlier: checks all its heads"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        schools = _schools(options["school"])
        noted = _noted(options)
        if options["school"]:
            noted = {slug: heads for slug, heads in noted.items() if slug in schools}
        results = {slug: check(pk, noted.get(slug, ())) for slug, pk in schools.items()}
        gone = sorted(noted.keys() - schools.keys())
        report = _report(results, gone)
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._tell(results, gone, report["unprotected"])
        if not report["whole"]:
            raise CommandError("The record is broken.", returncode=1)

    def _tell(self, results: dict[str, Chain], gone: list[str], unprotected: list[str]) -> None:
        for slug, chain in results.items():
            if chain.found:
                found = chain.found
                self.stdout.write(f"{slug}: line {found.number} {found.kind}. {found.why}")
            else:
                self.stdout.write(f"{slug}: whole. --head {slug}={chain.last}")
        for slug in gone:
            self.stdout.write(f"{slug}: the organisation and its whole record are gone.")
        for gap in unprotected:
            self.stderr.write(f"Not protected by a trigger (run `manage.py migrate`): {gap}")


def _schools(slug: str | None) -> dict[str, int]:
    rows = apps.get_model("people", "Organisation")._default_manager.order_by("slug")
    if slug:
        rows = rows.filter(slug=slug)
    found = dict(rows.values_list("slug", "pk"))
    if slug and not found:
        raise CommandError(f"There is no trust or school {slug!r}.", returncode=2)
    return found


def _noted(options: dict[str, Any]) -> dict[str, list[Head]]:
    noted: dict[str, list[Head]] = {}
    for text in options["head"]:
        match = HEAD.fullmatch(text.strip())
        slug = match and (match["slug"] or options["school"])
        if match is None or not slug:
            raise CommandError(
                f"--head {text!r}: give SLUG=NUMBER:HASH, or NUMBER:HASH together with --school.",
                returncode=2,
            )
        if options["school"] not in (None, slug):
            raise CommandError(f"--head {text!r} is not of {options['school']}.", returncode=2)
        noted.setdefault(slug, []).append(Head(int(match["number"]), match["hash"]))
    if options["against"]:
        for slug, head in _earlier(Path(options["against"])).items():
            noted.setdefault(slug, []).append(head)
    return noted


def _earlier(path: Path) -> dict[str, Head]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(one["organisation"]): Head(int(one["number"]), str(one["hash"]))
            for one in report["records"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f"--against {path}: not a report of verify_trail --json.", returncode=2
        ) from error


def _report(results: dict[str, Chain], gone: list[str]) -> dict[str, Any]:
    return {
        "whole": not gone and not any(chain.found for chain in results.values()),
        "records": [
            {
                "organisation": slug,
                "number": chain.last.number,
                "hash": chain.last.hash,
                "broken": vars(chain.found) if chain.found else None,
            }
            for slug, chain in results.items()
        ],
        "gone": gone,
        "unprotected": immutable.missing(),
    }
