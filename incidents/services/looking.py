"""Opening a case: the look is written down in the transaction that shows it."""

from __future__ import annotations

from django.db import connection, transaction

from incidents.models import Case, CaseView
from incidents.visibility import Hidden
from people.models import User


@transaction.atomic
def look(reference: str, *, by: User, what: str = CaseView.What.PAGE) -> Case:
    """The case, with what its texts need. No row that says so, no case.

    Raises Hidden (a 404) for whoever may not see it, and for a reference that nobody has: alike,
    and after the same queries.
    """
    return look_within(reference, by=by, what=what)


def look_within(reference: str, *, by: User, what: str = CaseView.What.PAGE) -> Case:
    """The same in the transaction of a whole page, which shows nothing unless the row stays."""
    if not connection.in_atomic_block:
        raise RuntimeError("A look belongs in the transaction of what it shows.")
    case = Case.objects.visible_to(by).readable().filter(reference=reference).first()
    if case is None:
        raise Hidden
    CaseView.objects.create(case=case, person=by, what=what)
    return case
