"""Two things at the same moment: threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Each deed in a thread of its own; what it returned, or the error it raised."""
    results: list[Any] = [None] * len(deeds)
    barrier = threading.Barrier(len(deeds))

    def run(index: int, deed: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[index] = deed()
        except Exception as problem:
            results[index] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def while_held(held: Callable[[], Any], deed: Callable[[], Any], then: Callable[[], Any]) -> Any:
    """`held` takes its locks; `deed` starts in another thread; then `then` ends the transaction.

    Returns what the deed returned, or its error.
    """
    result: list[Any] = []

    def run() -> None:
        try:
            result.append(deed())
        except Exception as problem:
            result.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        held()
        thread.start()
        thread.join(0.7)
        then()
    thread.join(30)
    return result[0]
