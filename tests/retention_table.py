"""`python -m tests.retention_table`: writes the table of docs/data-protection.md from the rules."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data-protection.md"
BEGIN = "<!-- begin: written by `python -m tests.retention_table` from the rules in the code -->\n"
END = "<!-- end -->"


def table() -> str:
    """One row for each rule, with the fields it is for, in the order of the code."""
    from django.apps import apps
    from django.conf import settings
    from django.utils.module_loading import import_string

    from web.retention import Rule

    fields: dict[Rule, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in settings.RETENTION_RULES:
        for key, rule in import_string(path).items():
            if isinstance(rule, Rule):
                app, model, field = key.split(".")
                found = apps.get_model(app, model)._meta
                name = str(found.get_field(field).verbose_name)
                fields[rule][str(found.verbose_name)].append(name.lower())
    lines = ["| what | kept | why | then |", "| --- | --- | --- | --- |"]
    for rule, models in fields.items():
        what = "; ".join(f"**{model}**: {', '.join(names)}" for model, names in models.items())
        lines.append(f"| {what} | {rule.keep} | {rule.why} | {rule.then} |")
    return "\n".join(lines) + "\n"


def parts(page: str) -> tuple[str, str, str]:
    """What stands before the table, the table, and what stands after it."""
    before, _, rest = page.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before + BEGIN, inside, END + after


def main() -> None:
    import django

    django.setup()
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(before + table() + after, encoding="utf-8")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
