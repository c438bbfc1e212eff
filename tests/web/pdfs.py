"""What a PDF holds, as a reader of it and as a screen reader finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

UA_PART = re.compile(rb"pdfuaid:part(?:>|=\")1")


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def letters_of(text: str) -> str:
    """Without the spaces, which a PDF has where its lines break."""
    return "".join(text.split())


def tags_of(made: bytes) -> list[str]:
    """The structure from top to bottom: /H1, /P, /L …"""
    return list(_tags(PdfReader(BytesIO(made)).root_object["/StructTreeRoot"]))


def _tags(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from _tags(each)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield str(node["/S"])
        if "/K" in node:
            yield from _tags(node["/K"])


def assert_accessible(made: bytes, *, title: str, language: str = "en-GB") -> None:
    """PDF/UA-1: says so, is tagged, has a language and a title that readers show."""
    root: Any = PdfReader(BytesIO(made)).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert UA_PART.search(root["/Metadata"].get_object().get_data())
    metadata = PdfReader(BytesIO(made)).metadata
    assert metadata is not None
    assert metadata.title == title
    tags = tags_of(made)
    headings = [int(tag[2]) for tag in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert headings[0] == 1
    steps = pairwise(headings)
    assert all(lower <= higher + 1 for higher, lower in steps), headings
