"""What changed between two texts, ready for a page (D5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.safestring import SafeString

from governance.text.diff import Summary, changes
from governance.text.diff_html import passages_html


@dataclass(frozen=True)
class Changes:
    """The counts in a sentence, and the passages as safe HTML."""

    summary: Summary
    html: SafeString


def compare(old: str, new: str) -> Changes:
    """The comparison is made once for both."""
    passages = changes(old, new)
    counts = Counter(passage.status for passage in passages)
    summary = Summary(counts["changed"], counts["added"], counts["removed"])
    return Changes(summary, passages_html(passages))
