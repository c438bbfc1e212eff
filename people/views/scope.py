"""Where a view of a school's page begins: the school, if it exists for this person."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from people.http import Request
from people.models import Membership, Organisation
from people.roles import Permission


def school_of(request: Request, slug: str) -> Organisation:
    """The trust or school. 404 for whoever has no part in it.

    One at which they have a post is known already; a trust's people ask for their schools.
    """
    for post in request.user.posts:
        if post.organisation.slug == slug:
            return post.organisation
    schools = Organisation.objects.visible_to(request.user).select_related("parent")
    return get_object_or_404(schools, slug=slug)


def school_where(request: Request, slug: str, permission: Permission) -> Organisation:
    """The trust or school. 404 for whoever has no part in it, 403 without the permission there."""
    school = school_of(request, slug)
    if not request.user.can(permission, at=school):
        raise PermissionDenied
    return school


def latest_post(request: Request, school: Organisation, person_id: int) -> Membership:
    """A person's newest post at this school, or 404."""
    post = (
        Membership.objects.visible_to(request.user)
        .filter(organisation=school, person=person_id)
        .select_related("person", "organisation__parent", "line_manager")
        .order_by("-starts_on", "-pk")
        .first()
    )
    if post is None:
        raise Http404
    return post


def typed(request: Request) -> QueryDict | None:
    """What was sent, for a form. An empty form that was sent is not one that is only shown."""
    return request.POST if request.method == "POST" else None
