"""Where a view of a business case begins: the case, if it exists for this person."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from approvals.access import may_edit
from approvals.models import BusinessCase
from people.http import Request
from people.models import User
from people.views.scope import school_of
from web.prepared import prepared


def get_case(request: Request, school: str, number: int) -> BusinessCase:
    """The case, or 404 for whoever may not see it."""
    at = school_of(request, school)
    found = _seen(
        person_id=request.user.pk, organisation_id=at.pk, number=number, on=timezone.localdate()
    )
    if not found:
        raise Http404
    return found[0]


@prepared
def _seen(*, person_id: int, organisation_id: int, number: int, on: date) -> QuerySet[BusinessCase]:
    cases = BusinessCase.objects.visible_to(User(pk=person_id), on)
    return cases.filter(organisation=organisation_id, number=number).select_related(
        "organisation__parent", "author", "account", "retry_of"
    )


def edited_case(request: Request, school: str, number: int) -> BusinessCase:
    """The same for a page that changes it: 403 for whoever sees it and may not."""
    case = get_case(request, school, number)
    if not may_edit(case, request.user):
        raise PermissionDenied
    return case
