"""A web page (.html), also as Word, LibreOffice and Google Docs save one."""

from __future__ import annotations

import itertools
import re

from governance.importing.opening import decode_page
from governance.importing.result import ImportRefused, Reading
from governance.importing.shaped.finishing import finish
from governance.importing.webpage.looks import Looks
from governance.importing.webpage.tree import Node, grow
from governance.importing.webpage.walking import Walker

MOST_LETTERS = 12 * 1024 * 1024  # Word's own junk is most of what it saves
ENOUGH = 0.4  # of the page's words, for an element to be its main content
IN_FRAMES = re.compile(r"<frameset\b", re.IGNORECASE)


def read(data: bytes) -> Reading:
    """A web page. Raises ImportRefused."""
    html, warnings = decode_page(data)
    if len(html) > MOST_LETTERS:
        raise ImportRefused(
            "This web page is far larger than a policy. Copy the policy's text into a new "
            "document and choose that."
        )
    root = grow(html)
    if not root.words():
        raise ImportRefused(
            "This page is made of frames: choose the file with the text itself."
            if IN_FRAMES.search(html)
            else "There are no words in this file."
        )
    main = _main(root)
    if main is not None:
        _set_aside(root, main)
    walker = Walker()
    blocks = list(walker.blocks(root, Looks()))
    if walker.pictures:
        warnings.append(
            f"Pictures are not taken over: {walker.pictures}. Words in them are not in the text."
        )
    return finish(blocks, warnings=warnings)


def _main(root: Node) -> Node | None:
    """The element that the page itself calls its content, when it holds most of the words."""
    all_words = root.words()
    for wanted in (_is_main, _is_article):
        found = [one for one in root.elements() if wanted(one)]
        if len(found) == 1 and found[0].words() >= all_words * ENOUGH:
            return found[0]
    return None


def _is_main(node: Node) -> bool:
    return node.tag == "main" or node.attributes.get("role") == "main"


def _is_article(node: Node) -> bool:
    return node.tag == "article"


def _set_aside(root: Node, main: Node) -> None:
    """Everything beside the content, at each depth above it, is the page's own."""
    path = _path(root, main)
    for above, below in itertools.pairwise(path):
        for index, child in enumerate(above.children):
            if child is not below and (isinstance(child, Node) or child.strip()):
                above.children[index] = Node("nav", {}, [child])


def _path(root: Node, wanted: Node) -> list[Node]:
    trail: list[tuple[Node, list[Node]]] = [(root, [root])]
    while trail:
        node, path = trail.pop()
        if node is wanted:
            return path
        trail += [(one, [*path, one]) for one in node.children if isinstance(one, Node)]
    return []
