"""Counts every query of a page: session, person, savepoints, and what a streamed body asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import User


@dataclass(frozen=True)
class Visit:
    """One page as it was answered: its statements, and its whole body."""

    response: HttpResponse
    statements: list[str]
    body: bytes

    def __len__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        repeated = Counter(self.statements).most_common()
        return "\n".join(f"{times}× {sql[:2000]}" for sql, times in repeated)


def visit(
    user: User, url: str, data: dict[str, Any] | None = None, *, method: str = "get"
) -> Visit:
    """Open a page as this person, in a browser that is signed in already."""
    client = Client()
    # A fresh row: what an earlier page kept on the object would save a query.
    client.force_login(User.objects.get(pk=user.pk))
    with CaptureQueriesContext(connection) as captured:
        response = getattr(client, method)(url, data or {})
        body = b"".join(response.streaming_content) if response.streaming else response.content
    return Visit(response, [query["sql"] for query in captured], body)
