"""Who is asked to be the second person where one alone may not decide.

    breaking the glass   whoever handles the case; where nobody else does, safeguarding and the
                         head; where they are kept out or it is one of them who asks, the chair and
                         the trust
    a disposal           whoever works on the case and did not propose it

Few people are asked: each of them learns that there is such a case.
"""

from __future__ import annotations

from django.utils import timezone

from incidents.circles import ROLES, Circle
from incidents.models import Access, Disposal
from incidents.visibility import holders, kept_out_of, who_sees, with_those_acting

NEXT = (
    (Circle.SAFEGUARDING, Circle.HEAD),
    (Circle.CHAIR, Circle.TRUST_LEAD, Circle.TRUST_SAFEGUARDING),
)


def seconds_of(access: Access) -> set[int]:
    """The ids of those who are told that somebody asks to see a case that they do not see."""
    case, today = access.case, timezone.localdate()
    handling = holders(case.organisation, ROLES, today)
    first = (who_sees(case) & handling) - {access.person_id}
    if first:
        return first
    out = with_those_acting(kept_out_of(case), today) | {access.person_id}
    for circles in NEXT:
        found = holders(case.organisation, circles, today) - out
        if found:
            return found
    return set()


def seconds_of_disposal(disposal: Disposal) -> set[int]:
    """The ids of those who may carry out what another has proposed."""
    case, today = disposal.case, timezone.localdate()
    works = holders(case.organisation, ROLES, today) | {case.owner_id}
    let_in = case.accesses.current().filter(may_work=True).values_list("person", flat=True)
    return (who_sees(case) & (works | set(let_in))) - {disposal.proposed_by_id}
