"""Several people at once, each with a connection of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def in_threads(jobs: list) -> list:
    def run(job) -> object:  # type: ignore[no-untyped-def]
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [one.result() for one in [pool.submit(run, job) for job in jobs]]
