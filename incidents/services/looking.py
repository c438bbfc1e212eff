"""Opening a case: the look is written down in the transaction that shows it."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet

from incidents.circles import Circle
from incidents.models import Case, CaseView
from incidents.visibility import Hidden, may_see_from, seen_from
from people.models import User
from web.prepared import prepared


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
    seen = seen_from(by)
    if seen is not None:
        found = _seen(reference=reference, **seen)
    else:
        found = list(Case.objects.visible_to(by).readable().filter(reference=reference))
    if not found:
        raise Hidden
    CaseView.objects.create(case=found[0], person=by, what=what)
    return found[0]


@prepared
def _seen(
    *, reference: str, person_id: int, organisation_id: int, is_trust: bool,
    circles: tuple[Circle, ...], on: date,
) -> QuerySet[Case]:  # fmt: skip
    seen = may_see_from(
        person_id=person_id, organisation_id=organisation_id, is_trust=is_trust, circles=circles,
        on=on,
    )  # fmt: skip
    return Case.objects.filter(seen, reference=reference).readable()
