"""What the documentation promises is there: pages, pictures, commands, the table of retention."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests import retention_table

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
TARGET = re.compile(r"(?<![\w-])make ([a-z]+)(?=[`\s]|$)", re.MULTILINE)
# Where a code span or an indented block says "make": in a sentence the word is only English.
CODE = re.compile(r"```.*?```|`[^`\n]+`|^ {4}.*$", re.DOTALL | re.MULTILINE)
LARGEST_PICTURE = 200_000

pytestmark = pytest.mark.once


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def headings(page: Path) -> set[str]:
    """The anchors GitHub makes of a page's headings."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def links(page: Path) -> Iterator[str]:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if not link.startswith(("https://", "http://", "mailto:")):
            yield link


def code(page: Path) -> str:
    return "\n".join(CODE.findall(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_commands_exist(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(COMMAND.findall(code(document))) <= set(get_commands())
    assert set(TARGET.findall(code(document))) <= targets


def test_every_page_is_on_the_map() -> None:
    docs = ROOT / "docs"
    mapped = {(docs / link.partition("#")[0]).resolve() for link in links(docs / "README.md")}
    assert [name(one) for one in docs.rglob("*.md") if one.resolve() not in mapped] == [
        "docs/README.md"
    ]


def test_pictures_are_shown_and_small() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    pictures = sorted((ROOT / "docs" / "screenshots").iterdir())
    assert pictures
    for picture in pictures:
        assert picture.resolve() in shown, picture.name
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name


def test_the_retention_table_is_that_of_the_code() -> None:
    _, inside, _ = retention_table.parts(retention_table.PAGE.read_text(encoding="utf-8"))
    assert inside == retention_table.table(), "run: python -m tests.retention_table"
