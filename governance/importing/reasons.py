"""Why a line of the file is not in the draft."""

from __future__ import annotations

from collections.abc import Iterable

from governance.importing.result import LeftOut

SIGNATURES = "a place to sign"
NUMBERS = "a page number"
RUNNING = "printed on each page"
LISTED = "a line of the contents list"
EMPTY = "an empty bullet"
RULED = "a line drawn with signs"
STATED = "a detail of the policy"
AGAIN = "the title again"
AROUND = "of the web page around the text"
MATTER = "facts about the file"
COMMENT = "a comment"

SAID = {
    STATED: "Details that stand on the first or last page are below, for you to confirm",
    LISTED: "The contents list: the portal makes its own",
    RUNNING: "What is printed above or below each page",
    NUMBERS: "Page numbers",
    AGAIN: "The title, where it comes again",
    SIGNATURES: "Lines to sign on: the portal takes signatures itself",
    AROUND: "What stands on the web page around the text",
    EMPTY: "Empty bullets",
    RULED: "Lines drawn with signs",
    MATTER: "Facts about the file",
    COMMENT: "Comments",
}


def grouped(left_out: Iterable[LeftOut]) -> list[tuple[str, list[LeftOut]]]:
    """Every line that was left out, by its reason, the reason in words for a person."""
    by_reason: dict[str, list[LeftOut]] = {why: [] for why in SAID}
    for one in left_out:
        by_reason[one.why].append(one)
    return [(SAID[why], ones) for why, ones in by_reason.items() if ones]


def shorten(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
