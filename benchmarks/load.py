"""Requests over loopback from several threads, each with a session of its own."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

THREADS = 4


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    cookie: str
    body: str = ""


@dataclass(frozen=True)
class Round:
    """One round against one page: requests a second, and each answer's time in ms."""

    rate: float
    times: list[float]
    size: int

    def percentile(self, share: int) -> float:
        return statistics.quantiles(self.times, n=100)[share - 1] if len(self.times) > 1 else 0.0


def measure(port: int, requests: list[Request], expect: Callable[[int], bool]) -> Round:
    """Send them all, spread over threads that keep their connection."""
    shares = [requests[number::THREADS] for number in range(THREADS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        results = [
            row
            for rows in pool.map(lambda share: _send(port, share, expect), shares)
            for row in rows
        ]
    took = time.perf_counter() - started
    return Round(len(results) / took, [ms for ms, _ in results], max(size for _, size in results))


def _send(
    port: int, requests: list[Request], expect: Callable[[int], bool]
) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = []
    for one in requests:
        headers = {"Cookie": one.cookie, "Host": "localhost"}
        if one.body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        connection.request(one.method, one.path, one.body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        found.append(((time.perf_counter() - started) * 1000, len(content)))
        if not expect(answer.status):
            raise SystemExit(f"{one.method} {one.path} answered {answer.status}: {content[:300]!r}")
    connection.close()
    return found
