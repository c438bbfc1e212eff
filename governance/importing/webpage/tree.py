"""A web page cleaned and as a tree. Scripts, styles, comments and forms are gone before we look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

DEEPEST = 120  # elements in elements; what lies deeper counts as plain words
TAGS = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "article", "main", "header",
    "footer", "nav", "aside", "blockquote", "pre", "figure", "figcaption", "address", "center",
    "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th",
    "caption", "a", "b", "strong", "i", "em", "u", "s", "del", "ins", "span", "font", "br", "hr",
    "sub", "sup", "img", "details", "summary", "small", "big", "code", "q", "abbr", "label",
}  # fmt: skip
GONE = {
    "script", "style", "title", "noscript", "template", "svg", "math", "iframe", "object", "embed",
    "select", "button", "textarea", "audio", "video", "canvas", "noframes",
}  # fmt: skip
LOOKS = {"style", "class", "align", "role", "id", "title", "hidden"}
ATTRIBUTES = {
    **dict.fromkeys(TAGS, LOOKS),
    "a": LOOKS | {"href"},
    "td": LOOKS | {"colspan", "rowspan"},
    "th": LOOKS | {"colspan", "rowspan"},
    "ol": LOOKS | {"start", "type"},
    "ul": LOOKS | {"type"},
    "li": LOOKS | {"value"},
    "font": LOOKS | {"size", "face"},
}
ALONE = {"br", "hr", "img"}
STYLE = re.compile(r"\s*([\w-]+)\s*:\s*([^;]+)")


@dataclass
class Node:
    """An element; text in it is a string among its children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def __post_init__(self) -> None:
        style = self.attributes.get("style", "")
        self.style = {name.lower(): value.strip() for name, value in STYLE.findall(style)}
        self.classes = self.attributes.get("class", "").lower().split()

    def elements(self) -> Iterator[Node]:
        """Every element below, in order."""
        waiting = [iter(self.children)]
        while waiting:
            one = next(waiting[-1], None)
            if one is None:
                waiting.pop()
            elif isinstance(one, Node):
                yield one
                waiting.append(iter(one.children))

    def words(self) -> int:
        """How many words it holds."""
        count = 0
        for one in (self, *self.elements()):
            count += sum(len(child.split()) for child in one.children if isinstance(child, str))
        return count


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("body")
        self._open = [self.root]
        self._beyond = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(self._open) >= DEEPEST and tag not in ALONE:
            self._beyond += 1  # its words go to the element around it
            return
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in ALONE:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in ALONE:
            return
        if self._beyond:
            self._beyond -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def grow(html: str) -> Node:
    """The page's tree. Every start tag has its end tag after cleaning, so it cannot go astray."""
    clean = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=ATTRIBUTES,
        strip_comments=True,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )
    builder = _Builder()
    builder.feed(clean)
    builder.close()
    return builder.root
