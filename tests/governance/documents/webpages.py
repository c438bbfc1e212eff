"""Web pages: a school's site, what Word saves as a web page, and one made by hand long ago."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

from tests.governance.documents.model import Block, Head, Item, Policy, Table, Text

SITE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>.menu {{ color: red }}</style><script>document.write("never")</script></head><body>
<header class="site-header"><a href="/">{school}</a><p>Learning together</p></header>
<nav><ul><li><a href="/about">About us</a></li><li><a href="/news">News</a></li></ul></nav>
<main><article><h1>{title}</h1>{facts}{contents}{text}</article></main>
<aside><h2>Term dates</h2><p>Autumn term begins on Tuesday.</p></aside>
<footer><p>Larch Lane. All rights reserved.</p></footer></body></html>"""
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><w:WordDocument>
<w:View>Print</w:View></w:WordDocument></xml><![endif]--><style><!-- p.MsoNormal {{margin:0cm}}
--></style></head><body lang=EN-GB style='tab-interval:36.0pt'><div class=WordSection1>
<p class=MsoSubtitle>{school}<o:p></o:p></p><p class=MsoTitle>{title}<o:p></o:p></p>
{facts}{contents}{text}<p class=MsoNormal><o:p>&nbsp;</o:p></p></div></body></html>"""
HAND = """<HTML><HEAD><TITLE>policy</TITLE></HEAD><BODY BGCOLOR="#FFFFFF"><CENTER>
<FONT SIZE="4"><B>{school}</B></FONT><BR><FONT SIZE="6"><B>{title}</B></FONT></CENTER>
{facts}{contents}{text}</BODY></HTML>"""
SYMBOLS = ("&middot;", "o", "&sect;")
FONTS = ("Symbol", '"Courier New"', "Wingdings")


def site(policy: Policy) -> bytes:
    """As a good web site has it."""
    contents = ""
    if policy.contents:
        lines = "".join(f'<li><a href="#x">{escape(h.printed)}</a></li>' for h in policy.heads())
        contents = f"<h2>Contents</h2><ul>{lines}</ul>"
    facts = "".join(f"<p><strong>{k}:</strong> {v}</p>" for k, v in policy.facts.items())
    return _page(SITE, policy, _Site(), contents, facts).encode("utf-8")


def from_word(policy: Policy) -> bytes:
    """As Word saves it, with everything that only Word understands."""
    contents = ""
    if policy.contents:
        contents = "<p class=MsoTocHeading>Contents</p>" + "".join(
            f"<p class=MsoToc{h.level}>{escape(h.printed)}<span style='mso-tab-count:1 dotted'>"
            f"........ </span>{page}</p>"
            for page, h in enumerate(policy.heads(), start=2)
        )
    rows = "".join(
        f"<tr><td width=200><p class=MsoNormal><b>{k}<o:p></o:p></b></p></td>"
        f"<td><p class=MsoNormal>{v}</p></td></tr>"
        for k, v in policy.facts.items()
    )
    facts = f"<table class=MsoTableGrid border=1>{rows}</table>"
    page = _page(WORD, policy, _FromWord(), contents, facts)
    return page.encode("cp1252", "xmlcharrefreplace")


def by_hand(policy: Policy) -> bytes:
    """Bold for headings, line breaks, bullets typed."""
    contents = ""
    if policy.contents:
        lines = "<BR>".join(
            f"{escape(h.printed)} .......... {page}" for page, h in enumerate(policy.heads(), 2)
        )
        contents = f"<P><B>Contents</B></P><P>{lines}</P>"
    facts = "<P>" + "<BR>".join(f"{k}: {v}" for k, v in policy.facts.items()) + "</P>"
    return _page(HAND, policy, _ByHand(), contents, facts).encode("utf-8")


def _page(shape: str, policy: Policy, maker: _Maker, contents: str, facts: str) -> str:
    return shape.format(
        title=escape(policy.title), school=escape(policy.school), facts=facts, contents=contents,
        text="\n".join(maker.write(policy.blocks)),
    )  # fmt: skip


class _Maker:
    def write(self, blocks: Sequence[Block]) -> Iterator[str]:
        for is_list, run in groupby(blocks, key=lambda block: isinstance(block, Item)):
            if is_list:
                yield self.items([block for block in run if isinstance(block, Item)])
                continue
            for block in run:
                if isinstance(block, Head):
                    yield self.heading(block)
                elif isinstance(block, Table):
                    yield _table(block)
                elif isinstance(block, Text):
                    yield self.paragraph(escape(block.text))

    def heading(self, head: Head) -> str:
        return f"<h{head.level + 1} id='x'>{escape(head.printed)}</h{head.level + 1}>"

    def paragraph(self, text: str) -> str:
        return f"<p>{text}</p>"

    def items(self, items: Sequence[Item]) -> str:
        raise NotImplementedError


class _Site(_Maker):
    def items(self, items: Sequence[Item]) -> str:
        return _nested(list(items))


class _FromWord(_Maker):
    def heading(self, head: Head) -> str:
        text = f"<span style='mso-fareast-font-family:\"Times\"'>{escape(head.printed)}</span>"
        return f"<h{head.level}><a name=_Toc1></a>{text}<o:p></o:p></h{head.level}>"

    def paragraph(self, text: str) -> str:
        middle = len(text) // 2
        cut = text.find(" ", middle)
        return (
            "<p class=MsoNormal style='margin-bottom:8.0pt'><span lang=EN-US "
            f"style='font-size:11.0pt;mso-bidi-font-size:12pt'>{text[:cut]}</span><span\nclass=SpellE>{text[cut:]}</span>"
            "<o:p></o:p></p>"
        )

    def items(self, items: Sequence[Item]) -> str:
        return "\n".join(self._item(item) for item in items)

    def _item(self, item: Item) -> str:
        depth = item.depth
        shown = SYMBOLS[min(depth, 2)] if item.kind == "-" else item.mark
        font = FONTS[min(depth, 2)] if item.kind == "-" else "Calibri"
        return (
            f"<p class=MsoListParagraph style='margin-left:{36 * (depth + 1)}.0pt;"
            f"text-indent:-18.0pt;mso-list:l0 level{depth + 1} lfo1'><![if !supportLists]>"
            f"<span style='font-family:{font}'><span style='mso-list:Ignore'>{shown}"
            f"<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span>"
            f"<![endif]>{escape(item.text)}<o:p></o:p></p>"
        )


class _ByHand(_Maker):
    def heading(self, head: Head) -> str:
        size = {1: 5, 2: 4}.get(head.level, 3)
        return f"<P><FONT SIZE={size}><B>{escape(head.printed)}</B></FONT><BR>"

    def paragraph(self, text: str) -> str:
        return f"{text}<P>"

    def items(self, items: Sequence[Item]) -> str:
        lines = "<BR>\n".join(
            f"{'&nbsp;&nbsp;' * item.depth}{item.mark} {escape(item.text)}" for item in items
        )
        return f"<P>{lines}</P>"


def _nested(items: list[Item]) -> str:
    """Lists in lists, a new one where the kind changes."""
    out, index = "", 0
    while index < len(items):
        kind = items[index].kind
        tag, type_ = ("ul", "") if kind == "-" else ("ol", "" if kind == "1" else f' type="{kind}"')
        out += f"<{tag}{type_}>"
        depth = items[index].depth
        while index < len(items) and items[index].depth == depth and items[index].kind == kind:
            end = index + 1
            while end < len(items) and items[end].depth > depth:
                end += 1
            inner = _nested(items[index + 1 : end])
            out += f"<li>{escape(items[index].text)}{inner}</li>"
            index = end
        out += f"</{tag}>"
    return out


def _table(table: Table) -> str:
    shown = {(r, c): text for r, c, text in table.shown()}
    rows = []
    for r, row in enumerate(table.rows):
        cells = []
        for c in range(len(row)):
            if row[c] in ("<", "^"):
                continue
            tag = "th" if r == 0 else "td"
            spans = f' colspan="{n}"' if (n := table.across(r, c)) > 1 else ""
            spans += f' rowspan="{n}"' if (n := table.down(r, c)) > 1 else ""
            cells.append(f"<{tag}{spans}>{escape(shown.get((r, c), ''))}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


WRITERS: dict[str, Callable[[Policy], bytes]] = {"tidy": site, "ragged": by_hand, "long": from_word}
