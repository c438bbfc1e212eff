"""What the pages of training share: who is looking, at which school, and a page of a list."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.shortcuts import get_object_or_404

from governance.models import TrainingCourse, TrainingRecord
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where

PER_PAGE = 50
R = TypeVar("R")


def manages(request: Request, place: Organisation) -> bool:
    return request.user.can(Permission.MANAGE_TRAINING, at=place)


def course_at(
    request: Request, slug: str, pk: int, permission: Permission
) -> tuple[Organisation, TrainingCourse]:
    """The school, and a course that counts there: 404 for any other."""
    place = school_where(request, slug, permission)
    courses = TrainingCourse.objects.visible_to(request.user).reaching(place)
    return place, get_object_or_404(courses.select_related("owner__parent"), pk=pk)


def record_at(
    request: Request, slug: str, pk: int, permission: Permission
) -> tuple[Organisation, TrainingRecord]:
    """The school, and a record made there: 404 for any other."""
    place = school_where(request, slug, permission)
    records = TrainingRecord.objects.visible_to(request.user).filter(organisation=place)
    related = ("person", "course", "organisation__parent", "certificate", "session")
    return place, get_object_or_404(records.select_related(*related), pk=pk)


def page_of(rows: QuerySet[Any, Any], number: str | None, *, per_page: int = PER_PAGE) -> Page[Any]:
    """A page of a list that is counted while it is read: one query instead of two."""
    wanted = int(number) if number and number.isdecimal() and len(number) < 7 else 1
    first = max(wanted - 1, 0) * per_page
    found = list(rows.annotate(in_all=Window(Count("pk")))[first : first + per_page])
    paginator = Paginator(rows, per_page)
    if not found and wanted > 1:
        return paginator.get_page(number)
    paginator.count = found[0].in_all if found else 0
    return Page(found, max(wanted, 1), paginator)
