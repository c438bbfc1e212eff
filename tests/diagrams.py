"""`python -m tests.diagrams`: draws the state machines of docs/workflows.md from their tables.

Every `Workflow` of an installed app is found by itself. The change of a password has no table: its
states are derived from facts, and are drawn from the list below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from trail.workflow import Workflow

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "workflows.md"
BEGIN = "<!-- begin: drawn by `python -m tests.diagrams` from the tables in the code -->\n"
END = "<!-- end -->"

# From, to, what happens. The states in between are those of accounts/rotation.py.
ROTATION = (
    ("[*]", "upcoming", "an account is in use"),
    ("upcoming", "due", "a term begins, or a runner leaves, or something happens"),
    ("due", "attested", "a runner says that it was changed"),
    ("attested", "verified", "another runner signs in with it"),
    ("attested", "due", "something happens after the change"),
    ("verified", "upcoming", "it serves this term and every cause before it"),
    ("due", "missed", "the term ends"),
    ("attested", "missed", "the term ends"),
    ("due", "waived", "the leadership team lets it go, with a reason and an end"),
    ("due", "cancelled", "the cause is gone, or the account is closed"),
    ("waived", "upcoming", "the waiver ends"),
    ("missed", "[*]", "stays on record"),
    ("cancelled", "[*]", ""),
)


@dataclass(frozen=True)
class Found:
    """A workflow, and the module that holds it."""

    workflow: Workflow[Any]
    module: ModuleType
    variable: str

    @property
    def title(self) -> str:
        return f"{self.module.__name__.partition('.')[0]}: {self.workflow.name.replace('_', ' ')}"


def workflows() -> list[Found]:
    """Every one in the apps of this project, in the order of the apps."""
    from trail.workflow import Workflow

    found: dict[int, Found] = {}
    for module in _modules():
        for variable, value in vars(module).items():
            if isinstance(value, Workflow):
                found.setdefault(id(value), Found(value, module, variable))
    return list(found.values())


def _modules() -> Iterator[ModuleType]:
    """The files that make a workflow, rather than everything there is."""
    from django.apps import apps

    for config in apps.get_app_configs():
        folder = Path(config.path)
        if not folder.is_relative_to(ROOT) or ".venv" in folder.parts:
            continue
        for path in sorted(folder.rglob("*.py")):
            if "migrations" not in path.parts and "Workflow" in path.read_text(encoding="utf-8"):
                parts = path.relative_to(ROOT).with_suffix("").parts
                module = import_module(".".join(parts))
                if _makes_one(module):
                    yield module


def _makes_one(module: ModuleType) -> bool:
    """Whether a workflow is made here, and not only brought in from elsewhere."""
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    return any(
        f"\n{name}: " in text or f"\n{name} = " in text
        for name, value in vars(module).items()
        if hasattr(value, "moves") and hasattr(value, "diagram")
    )


def drawing() -> str:
    """All of them, as Markdown with a Mermaid diagram each."""
    parts = [_part(one) for one in workflows()]
    parts.append(_rotation())
    return "\n".join(parts)


def _part(one: Found) -> str:
    path = one.module.__name__.replace(".", "/")
    said = (one.module.__doc__ or "").strip().partition("\n")[0]
    first, *moves = one.workflow.diagram().rstrip("\n").split("\n")
    lines = [first, *_labels(one), *_other_beginnings(one), *moves]
    return f"## {one.title}\n\n{said} `{path}.py`, `{one.variable}`.\n\n{_mermaid(lines)}"


def _labels(one: Found) -> Iterator[str]:
    """What people see instead of the code of a state."""
    from django.db import models

    moves = one.workflow.moves.values()
    codes = {str(code) for path in moves for pair in path.items() for code in pair}
    for value in vars(one.module).values():
        if isinstance(value, type) and issubclass(value, models.TextChoices):
            labels = dict(value.choices)
            if codes and codes <= set(labels):
                for code in labels:
                    if code in codes:
                        yield f'    state "{labels[code]}" as {code}'
                return


def _other_beginnings(one: Found) -> Iterator[str]:
    """States that no move leads to: a row may begin there as well."""
    befores = {str(before) for path in one.workflow.moves.values() for before in path}
    afters = {str(after) for path in one.workflow.moves.values() for after in path.values()}
    for code in sorted(befores - afters - {str(one.workflow.start)}):
        yield f"    [*] --> {code}"


def _rotation() -> str:
    lines = ["stateDiagram-v2"]
    for before, after, what in ROTATION:
        lines.append(f"    {before} --> {after}" + (f": {what}" if what else ""))
    return (
        "## accounts: change of a password\n\nNot stored but derived, each time it is asked: what "
        "is stored are changes, their confirmations, causes, waivers and missed terms. "
        f"`accounts/rotation.py`.\n\n{_mermaid(lines)}"
    )


def _mermaid(lines: list[str]) -> str:
    drawn = "\n".join(lines)
    return f"```mermaid\n{drawn}\n```\n"


def parts(page: str) -> tuple[str, str, str]:
    """What stands before the drawings, the drawings, and what stands after them."""
    before, _, rest = page.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before + BEGIN, inside, END + after


def main() -> None:
    import django

    django.setup()
    before, _, after = parts(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(before + drawing() + after, encoding="utf-8")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
