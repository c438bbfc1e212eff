"""Constraints that several apps' tables share."""

from django.db.models import CheckConstraint, F, Q


def both_or_neither(first: str, second: str, *, name: str) -> CheckConstraint:
    """Two columns that mean nothing apart, such as closed_at and closed_by."""
    neither = Q((f"{first}__isnull", True), (f"{second}__isnull", True))
    both = Q((f"{first}__isnull", False), (f"{second}__isnull", False))
    return CheckConstraint(condition=neither | both, name=name)


def in_order(first: str, last: str, *, name: str, message: str) -> CheckConstraint:
    """A span of days that does not end before it starts. An open end is fine."""
    return CheckConstraint(
        condition=Q((f"{last}__isnull", True)) | Q((f"{last}__gte", F(first))),
        name=name,
        violation_error_message=message,
    )
