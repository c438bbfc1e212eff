"""A school's staff list: searched, filtered, and as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from people.models import Membership, MembershipRole, Organisation
from people.models.membership import on_day

STATUSES = {
    "current": "Here today",
    "leaving": "Leaving",
    "future": "Starting later",
    "left": "Left",
    "all": "Everybody",
}
EXPORT_HEADER = (
    "Name",
    "E-mail",
    "Staff number",
    "Roles",
    "Job title",
    "Department",
    "Employment type",
    "Line manager",
    "Start date",
    "Last day",
    "Term time only",
    "Last signed in",
)


def status_of(post: Membership, on: date) -> tuple[str, str]:
    """Code and words of where somebody stands on that day."""
    if post.ends_on is not None and post.ends_on < on:
        return "left", "Left"
    if post.starts_on > on:
        return "future", "Starts later"
    if post.ends_on is not None:
        return "leaving", "Leaving"
    return "current", "Here"


def posts_at(school: Organisation, filters: Mapping[str, Any], on: date) -> QuerySet[Membership]:
    """The posts at this school that fit the filters, with person, manager and roles."""
    held = MembershipRole.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on))
    posts = (
        Membership.objects.filter(organisation=school, person__is_active=True)
        .filter(_status(filters.get("status") or "current", on))
        .select_related("person", "line_manager")
        .prefetch_related(Prefetch("roles", queryset=held, to_attr="held_roles"))
        .order_by("person__sort_name", "person__name", "pk")
    )
    if text := filters.get("q"):
        posts = posts.filter(
            Q(person__name__icontains=text)
            | Q(person__email__icontains=text)
            | Q(payroll_id__icontains=text)
        )
    if role := filters.get("role"):
        posts = posts.filter(pk__in=held.filter(role=role).values("membership"))
    for name in ("department", "employment"):
        if value := filters.get(name):
            posts = posts.filter(**{name: value})
    match filters.get("only"):
        case "no_address":
            posts = posts.filter(person__email=None)
        case "not_signed_in":
            posts = posts.filter(person__last_login=None)
    return posts


def _status(status: str, on: date) -> Q:
    match status:
        case "leaving":
            return Q(ends_on__gte=on)
        case "future":
            return Q(starts_on__gt=on)
        case "left":
            return Q(ends_on__lt=on)
        case "all":
            return Q()
        case _:
            return on_day(on)


def role_labels(post: Membership) -> list[str]:
    return [role.get_role_display() for role in post.held_roles]  # type: ignore[attr-defined]


def export_rows(posts: QuerySet[Membership]) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER, read in batches. The import takes the same file back."""
    for post in posts.iterator(chunk_size=500):
        person = post.person
        yield (
            person.name,
            person.email,
            post.payroll_id,
            "; ".join(role_labels(post)),
            post.job_title,
            post.department,
            post.get_employment_display(),
            post.line_manager.email or post.line_manager.name if post.line_manager else "",
            f"{post.starts_on:%d/%m/%Y}",
            f"{post.ends_on:%d/%m/%Y}" if post.ends_on else "",
            "yes" if post.term_time_only else "no",
            f"{person.last_login:%d/%m/%Y}" if person.last_login else "",
        )
