"""How long random walks go on."""

from django.db import connection


def examples(number: int) -> int:
    """So many on SQLite, a third on PostgreSQL: there each step takes longer."""
    return number if connection.vendor == "sqlite" else max(1, number // 3)
