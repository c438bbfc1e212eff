"""Who belongs where, from when to when, and with which roles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from people.models.organisation import Organisation, OrganisationReach
from people.models.user import Post
from people.roles import OTHERS_RECORDS, PERMISSIONS, Permission, Role
from trail.constraints import in_order
from web.prepared import prepared

if TYPE_CHECKING:
    from people.models.user import User


def on_day(day: date, prefix: str = "") -> Q:
    """Started by that day and not ended before it. The last day still counts."""
    return Q((f"{prefix}starts_on__lte", day)) & (
        Q((f"{prefix}ends_on", None)) | Q((f"{prefix}ends_on__gte", day))
    )


def _sensitive_since(roles: dict[Role, date]) -> date | None:
    """The first day of a role that lets them see other people's records."""
    return min(
        (since for role, since in roles.items() if PERMISSIONS[role] & OTHERS_RECORDS), default=None
    )


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, on: date | None = None) -> Self:
        return self.filter(on_day(on or timezone.localdate()), person__is_active=True)

    def visible_to(self, user: User) -> Self:
        """Their own, and those of organisations whose staff list they may read."""
        seen = Organisation.objects.where(user, Permission.VIEW_PEOPLE)
        return self.filter(Q(person=user) | Q(organisation__in=seen))

    def holding(self, roles: Iterable[Role], on: date | None = None) -> Self:
        """With at least one of these roles on that day."""
        held = MembershipRole.objects.filter(on_day(on or timezone.localdate()), role__in=roles)
        return self.filter(pk__in=held.values("membership"))

    def reach(self) -> models.QuerySet[OrganisationReach, int]:
        """Ids of the organisations these memberships count at, as a subquery."""
        return OrganisationReach.objects.filter(
            above__in=self.order_by().values("organisation")
        ).values_list("below", flat=True)

    def posts_of(self, person: User, on: date | None = None) -> list[Post]:
        """This person's posts with organisation and roles, in one query."""
        found: dict[int, tuple[Membership, dict[Role, date]]] = {}
        for row in _posts(person_id=person.pk, on=on or timezone.localdate()):
            _, roles = found.setdefault(row.pk, (row, {}))
            if row.role:
                roles[Role(row.role)] = row.role_since
        return [
            Post(
                row.pk,
                row.organisation,
                row.employment,
                row.starts_on,
                frozenset(roles),
                _sensitive_since(roles),
            )
            for row, roles in found.values()
        ]


@prepared
def _posts(*, person_id: int, on: date) -> models.QuerySet[Any, Any]:
    # The stubs lose what annotate() adds after a FilteredRelation.
    return (
        Membership.objects.active(on)
        .filter(person=person_id)
        .annotate(held=FilteredRelation("roles", condition=on_day(on, "roles__")))
        .annotate(role=F("held__role"), role_since=F("held__starts_on"))
        .select_related("organisation__parent")
        .order_by("organisation__kind", "organisation__name", "pk")
    )


class Membership(models.Model):
    """One person at one trust or school, from a day to a day."""

    class Employment(models.TextChoices):
        PERMANENT = "permanent", "Employed"
        FIXED_TERM = "fixed_term", "Fixed term"
        AGENCY = "agency", "Agency or supply"
        STUDENT_TEACHER = "student_teacher", "Student teacher"
        CONTRACTOR = "contractor", "Contractor"
        VOLUNTEER = "volunteer", "Volunteer"
        GOVERNOR = "governor", "Governor or trustee"
        PARENT = "parent", "Parent who runs an account"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    employment = models.CharField(max_length=20, choices=Employment, default=Employment.PERMANENT)
    job_title = models.CharField(max_length=150, blank=True)
    department = models.CharField(max_length=100, blank=True)
    payroll_id = models.CharField(
        "Staff number", max_length=40, blank=True, help_text="As in the school's own system."
    )
    line_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="manages",
    )
    starts_on = models.DateField()
    ends_on = models.DateField("Last day", null=True, blank=True)
    term_time_only = models.BooleanField(default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "person__sort_name", "person__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(ends_on=None),
                name="people_one_open_membership",
                violation_error_message="This person is already at this school.",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "starts_on"], name="people_one_start_a_day"
            ),
            in_order(
                "starts_on",
                "ends_on",
                name="people_membership_in_order",
                message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(line_manager=None) | ~Q(line_manager=F("person")),
                name="people_nobody_manages_themselves",
                violation_error_message="A person cannot be their own line manager.",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "starts_on", "ends_on"], name="people_at_school")
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.organisation}"


class MembershipRoleQuerySet(models.QuerySet["MembershipRole"]):
    def held(self, on: date) -> Self:
        """On that day, in a post of that day, by somebody who may sign in."""
        return self.filter(
            on_day(on), on_day(on, "membership__"), membership__person__is_active=True
        )

    def lasting(self) -> Self:
        """Held for as long as the post: open, or ending on its last day."""
        return self.filter(Q(ends_on=None) | Q(ends_on=F("membership__ends_on")))


class MembershipRole(models.Model):
    """A role held in a membership, from a day to a day."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipRoleQuerySet.as_manager()

    class Meta:
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "role"],
                condition=Q(ends_on=None),
                name="people_one_of_each_role",
            ),
            in_order(
                "starts_on",
                "ends_on",
                name="people_role_in_order",
                message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="people_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
