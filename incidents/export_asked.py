"""What an export tells of an investigation: accounts asked for, content that was opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from incidents.models import Case
from incidents.redaction import Withheld
from web.words import utc


def asked_rows(case: Case, hidden: Withheld) -> Iterator[dict[str, Any]]:
    """In the columns of the table of what runs beside a case."""
    for row in case.account_requests.select_related("of__user").order_by("pk"):
        row.of.case = case
        owner = hidden.rows.get(row.of_id) or hidden.text(row.of.name)
        texts = [hidden.text(row.text(name)) for name in ("which", "why", "presence", "seen")]
        texts.append(hidden.text(row.text("refusal")))
        what = f"Asked to show: {row.get_kind_display().lower()}"
        yield _row(what, row.get_status_display(), row.asked_at, [owner, *texts])
    for content in case.content_requests.select_related("leading_by", "it_by").order_by("pk"):
        texts = [content.text(name) for name in ("what", "where", "why", "refusal", "ending")]
        by = [hidden.of(one) for one in (content.leading_by, content.it_by) if one is not None]
        allowed = f"Allowed by {' and '.join(by)}" if by else ""
        said = [*(hidden.text(text) for text in texts), allowed]
        yield _row("Content to be opened", content.state, content.asked_at, said)
    for look in case.content_looks.select_related("person"):
        said = [hidden.of(look.person), hidden.text(look.text("what"))]
        yield _row("Content that was looked at", "Looked at", look.at, said)


def _row(what: str, status: str, since: datetime, said: list[str]) -> dict[str, Any]:
    return {
        "what": what,
        "status": status,
        "since": utc(since),
        "text": ". ".join(text for text in said if text),
    }
