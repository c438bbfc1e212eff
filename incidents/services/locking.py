"""Locking the case that a service changes, and asking again whether this person may see it.

Every service that changes a case or a part of it begins here: so two of them never change one case
at once, and whoever was kept out a moment ago finds nothing.
"""

from __future__ import annotations

from incidents.models import Case
from incidents.own_record import CaseRefused
from incidents.visibility import Hidden
from incidents.workflow import works_on
from people.models import User
from web.errors import RuleBroken


def locked(case: Case) -> Case:
    """For what nobody in particular does: the portal itself, or a reporter without a login."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("key", "organisation__parent").get(pk=case.pk)


def seen(case: Case, *, by: User) -> Case:
    """The case, locked. Raises Hidden for whoever may not see it.

    Asked after the lock: a fact that somebody wrote while we waited counts.
    """
    found = locked(case)
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise Hidden
    return found


def in_hand(case: Case, *, by: User, verb: str) -> Case:
    """The case, locked, for somebody who works on it. Raises Hidden, or CaseRefused."""
    found = seen(case, by=by)
    if not works_on(found, by):
        raise CaseRefused(verb, found, by=by)
    if found.disposed_at is not None:
        raise RuleBroken("This case was disposed of.")
    return found


def expect_reason(why: str, sentence: str = "Say why.") -> str:
    """Raises RuleBroken where nothing was said."""
    if not why.strip():
        raise RuleBroken(sentence)
    return why.strip()
