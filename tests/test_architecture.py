"""How the house is built: who may import whom, where writes happen, what every template has."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
# Each may import itself and those to its left. `config` is the shell: it may import all of them.
LAYERS = [
    "web", "trail", "people", "notices", "files", "governance", "accounts", "approvals",
    "incidents", "overview",
]  # fmt: skip
HERE = [app for app in LAYERS if (ROOT / app).is_dir()]
MOST_LINES = 400

# Rows that are never asked for on their own: a page reaches them through the row that owns them.
PART_OF = {
    "accounts.LogWords": "accounts.LogEntry",
    "accounts.Verification": "accounts.Rotation",
    "incidents.CaseKey": "incidents.Case",
    "people.MembershipRole": "people.Membership",
    "people.OrganisationDomain": "people.Organisation",
    "people.OrganisationReach": "people.Organisation",
    "governance.Annulment": "governance.Signature",
    "governance.AudienceRule": "governance.PolicyVersion",
    "governance.CheckAnswer": "governance.CheckAttempt",
    "governance.GroupScan": "governance.GroupRecord",
    "governance.HandedOver": "governance.LeavingStatement",
    "governance.LeavingWords": "governance.LeavingStatement",
    "governance.PaperScan": "governance.PaperSheet",
    "governance.PaperSigner": "governance.PaperSheet",
    "governance.PolicySignatory": "governance.Policy",
    "governance.QuestionWords": "governance.QuestionEntry",
    "governance.Resolution": "governance.Comment",
    "governance.SentEdition": "governance.PolicyVersion",
    "governance.SignatoryRemoval": "governance.Policy",
    "governance.SignOff": "governance.PolicyVersion",
    "governance.SignatureDispute": "governance.Signature",
    "governance.SignatureName": "governance.Signature",
    "governance.TrainingNote": "governance.TrainingRecord",
    "governance.TrainingRequirement": "governance.TrainingCourse",
    "governance.Withdrawal": "governance.Policy",
    "governance.WitnessedSignature": "governance.Signature",
    "trail.ChainHead": "trail.AuditEvent",
}
# Calls of these methods write rows; only services may.
WRITING = {
    "save", "create", "delete", "update", "bulk_create", "bulk_update", "get_or_create",
    "update_or_create", "set_password",
}  # fmt: skip
# Methods of the same names that write no row.
NOT_ROWS = re.compile(r"^(context|data|initial|headers|response|digest|.*_context|.*\.headers)$")
# The sign-in library's form writes the mail with the link; there is no service of ours for it.
WRITES_BY_OTHERS = {("people/views/sign_in.py", "form.save")}
# Where text becomes markup: each of these escapes or sanitises it first.
MARKUP_MADE_IN = {
    "governance/text/render.py",
    "governance/text/diff_html.py",
    "web/drawing.py",  # fields and filters, in Django's own words
    "approvals/listing.py",  # addresses, references and states, which nobody typed
}


@cache
def tracked() -> list[Path]:
    """The project's own files, in git or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.split("\n")  # fmt: skip
    found = [ROOT / name for name in listed if name]
    return [path for path in found if path.is_file()] or sorted(ROOT.rglob("*.py"))


def python_files(*folders: str) -> list[Path]:
    """Our Python, without migrations."""
    return [
        path
        for path in tracked()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (not folders or path.relative_to(ROOT).parts[0] in folders)
    ]


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def templates() -> list[Path]:
    return [path for path in tracked() if path.is_relative_to(ROOT / "templates")]


# Imports


class Imports(ast.NodeVisitor):
    """The modules a file imports when it runs: what only the type checker reads does not count."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            for other in node.orelse:
                self.visit(other)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.names.update(alias.name for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module:
            self.names.add(node.module)


def imported(source: str) -> set[str]:
    """The first parts of the names of all imported modules."""
    visitor = Imports()
    visitor.visit(ast.parse(source))
    return {name.split(".")[0] for name in visitor.names}


@pytest.mark.parametrize("app", HERE)
def test_imports_point_one_way(app: str) -> None:
    may_import = set(LAYERS[: LAYERS.index(app) + 1])
    wrong = {
        short(path): sorted(names)
        for path in python_files(app)
        if (names := imported(path.read_text()) & set(LAYERS) - may_import)
    }
    assert wrong == {}


def test_no_app_knows_the_shell_or_the_tests() -> None:
    wrong = {
        short(path): sorted(names)
        for path in python_files(*HERE)
        if (names := imported(path.read_text()) & {"config", "tests", "benchmarks", "tools"})
    }
    assert wrong == {}


def test_every_app_of_ours_has_a_place_in_the_order() -> None:
    ours = {
        config.name
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in Path(config.path).parts
    }
    assert ours <= set(LAYERS)


def test_the_reader_of_imports_sees_what_it_should() -> None:
    source = (
        "from typing import TYPE_CHECKING\nimport web.forms\n"
        "if TYPE_CHECKING:\n    from overview import x\n"
        "def f():\n    from people.models import User\n"
    )
    assert imported(source) == {"typing", "web", "people"}


# Files


def test_files_stay_short() -> None:
    def is_ours(path: Path) -> bool:
        parts = path.relative_to(ROOT).parts
        return path.suffix in {".py", ".html", ".css", ".js"} and not (
            {"migrations", "vendor", "documents"} & set(parts)
        )

    lengths = {
        short(path): len(path.read_text().splitlines()) for path in tracked() if is_ours(path)
    }
    assert {name: lines for name, lines in lengths.items() if lines >= MOST_LINES} == {}


def test_nothing_is_left_to_be_done() -> None:
    words = re.compile(
        "|".join([r"\bTO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error", "X" * 3])
    )
    found = [
        f"{short(path)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".html", ".css", ".js", ".toml", ".txt"}
        and not {"vendor", "documents"} & set(path.parts)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []


# Models and writes


def our_models() -> Iterator[type]:
    for model in apps.get_models():
        if model._meta.app_label in LAYERS:
            yield model


def test_every_queryset_starts_from_a_person() -> None:
    missing = sorted(
        model._meta.label
        for model in our_models()
        if not hasattr(model._default_manager.all(), "visible_to")
        and model._meta.label not in PART_OF
    )
    assert missing == [], "Give its queryset `visible_to(user)`, or list the row that owns it."


def test_a_part_belongs_to_a_row_that_has_a_scope() -> None:
    known = {model._meta.label: model for model in our_models()}
    for part, owner in PART_OF.items():
        assert not hasattr(known[part]._default_manager.all(), "visible_to"), part
        assert hasattr(known[owner]._default_manager.all(), "visible_to"), owner


def view_modules() -> list[Path]:
    return [
        path for path in python_files(*HERE) if path.stem == "views" or path.parent.name == "views"
    ]


def writes(source: str) -> Iterator[tuple[int, str]]:
    """Calls that write rows, and assignments to what is about to be saved."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in WRITING and not NOT_ROWS.match(owner) and owner != "services":
                yield node.lineno, f"{owner.split('(')[0]}.{node.func.attr}"


def is_a_service(call: str, source: str) -> bool:
    """`calendar.delete(…)` where `calendar` is a module of services."""
    owner = call.rpartition(".")[0]
    return re.search(rf"from \w+\.services import [^\n]*\b{re.escape(owner)}\b", source) is not None


def test_views_write_nothing_themselves() -> None:
    found = [
        f"{short(path)}:{line} {call}"
        for path in view_modules()
        for line, call in writes(path.read_text())
        if not is_a_service(call, path.read_text()) and (short(path), call) not in WRITES_BY_OTHERS
    ]
    assert found == [], "Views call a service; services write."


def test_the_reader_of_writes_sees_what_it_should() -> None:
    source = (
        "policy.save()\nPolicy.objects.filter(pk=1).delete()\n"
        "context.update(x=1)\nresponse.headers.update(a=1)\n"
    )
    assert [call for _, call in writes(source)] == ["policy.save", "Policy.objects.filter.delete"]
    assert is_a_service("calendar.delete", "from people.services import calendar\n")


# Templates


NOT_PAGES = {"_components", "email", "mail", "messages", "bootstrap5", "widgets", "admin"}


def is_a_page(path: Path) -> bool:
    """Not a part, a component, a mail, a page of errors or a field of a form."""
    parts = path.relative_to(ROOT / "templates").parts
    return (
        path.suffix == ".html"
        and len(parts) > 1
        and not parts[-1].startswith("_")
        and not NOT_PAGES & set(parts)
        and not parts[-1].startswith("base")
    )


@pytest.mark.parametrize("block", ["title", "content"])
def test_every_page_has_a_title_and_a_content(block: str) -> None:
    missing = [
        short(path) for path in templates() if is_a_page(path) and not has_block(path, block)
    ]
    assert missing == []


def has_block(path: Path, block: str) -> bool:
    """Itself, or a page of its app that it extends: cases have one title for all of theirs."""
    text = path.read_text()
    if re.search(rf"{{% block {block}\b", text):
        return True
    above = re.match(r'{% extends "(\w+/\w+\.html)" %}', text)
    return above is not None and has_block(path.parents[1] / above[1], block)


# What the content security policy would stop, and what would let somebody's text become markup.
FORBIDDEN = {
    "a style in the page": r"\sstyle\s*=|<style\b",
    "a script in the page": r"<script\b(?![^>]*\bsrc=)",
    "a script in an attribute": r"\son[a-z]+\s*=\s*[\"']",
    "an address that is a script": r"javascript:",
    "text as markup": r"\|\s*safe\b|\{%\s*autoescape\s+off",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_template_holds(name: str) -> None:
    rule = re.compile(FORBIDDEN[name], re.IGNORECASE)
    found = [
        f"{short(path)}:{path.read_text()[: hit.start()].count(chr(10)) + 1}"
        for path in templates()
        if path.suffix == ".html" and "email" not in path.parts and "mail" not in path.parts
        for hit in [rule.search(path.read_text())]
        if hit
    ]
    assert found == []


def test_markup_is_made_in_a_few_places_only() -> None:
    found = {
        short(path)
        for path in python_files(*HERE)
        if re.search(r"\bmark_safe\b|\bSafeString\(|\bhtml_safe\b", path.read_text())
    }
    assert found <= MARKUP_MADE_IN
