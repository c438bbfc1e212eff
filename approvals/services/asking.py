"""Asking those above the school: the lead of its trust, and its chair of governors.

A chair reads a case from that moment on and not before (`BusinessCase.visible_to`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from approvals.models import BusinessCase
    from approvals.voting import Ballot


def note_if_too_small(case: BusinessCase, ballot: Ballot) -> bool:
    """Set on the case, which the caller saves, that the school cannot decide it by itself."""
    if case.outside_asked_at is not None or not ballot.is_too_small:
        return False
    case.outside_asked_at = timezone.now()
    return True


def ask(case: BusinessCase) -> None:
    """The same for a case that nobody has locked; one that they have seen they go on seeing."""
    rows = type(case).objects.filter(pk=case.pk, outside_asked_at=None)
    rows.update(outside_asked_at=timezone.now())
