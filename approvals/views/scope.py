"""Where a view of a business case begins: the case, if it exists for this person."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from approvals.access import may_edit
from approvals.models import BusinessCase
from people.http import Request
from people.views.scope import school_of


def get_case(request: Request, school: str, number: int) -> BusinessCase:
    """The case, or 404 for whoever may not see it."""
    at = school_of(request, school)
    cases = BusinessCase.objects.visible_to(request.user).select_related(
        "organisation__parent", "author", "account", "retry_of"
    )
    return get_object_or_404(cases, organisation=at, number=number)


def edited_case(request: Request, school: str, number: int) -> BusinessCase:
    """The same for a page that changes it: 403 for whoever sees it and may not."""
    case = get_case(request, school, number)
    if not may_edit(case, request.user):
        raise PermissionDenied
    return case
