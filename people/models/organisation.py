"""A trust or a school: one table, because chains, settings, scope and duties belong to either."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.roles import Permission, roles_with
from people.settings_registry import resolve
from web.addresses import address

if TYPE_CHECKING:
    from people.models.user import User


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User, on: date | None = None) -> Self:
        """Where this person belongs, and what lies below a trust they have a role at."""
        from people.models.membership import Membership

        return self.filter(pk__in=Membership.objects.active(on).filter(person=user).reach())

    def where(self, user: User, permission: Permission, on: date | None = None) -> Self:
        """The trusts and schools at which this person holds the permission.

        A subquery that starts from the person's memberships; never a list of ids.
        """
        from people.models.membership import Membership

        posts = Membership.objects.active(on).filter(person=user)
        return self.filter(pk__in=posts.holding(roles_with(permission), on).reach())

    def schools(self) -> Self:
        return self.filter(kind=Organisation.Kind.SCHOOL)


class Organisation(models.Model):
    """A trust, or a school. A school may belong to a trust."""

    class Kind(models.TextChoices):
        TRUST = "trust", "Trust"
        SCHOOL = "school", "School"

    class Nation(models.TextChoices):
        ENGLAND = "ENG", "England"
        WALES = "WLS", "Wales"
        SCOTLAND = "SCT", "Scotland"
        NORTHERN_IRELAND = "NIR", "Northern Ireland"

    kind = models.CharField(max_length=10, choices=Kind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="schools"
    )
    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=60, unique=True)
    colour = models.CharField(
        "Colour",
        max_length=7,
        default="#1d4f91",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", "Choose a colour such as #1d4f91.")],
    )
    nation = models.CharField(
        max_length=3,
        choices=Nation,
        default=Nation.ENGLAND,
        help_text="Decides which bank holidays count.",
    )
    time_zone = models.CharField(max_length=40, default="Europe/London")
    settings = models.JSONField(default=dict, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="school") | Q(parent=None), name="people_trust_has_no_parent"
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("pk")), name="people_organisation_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["trust", "school"]), name="people_organisation_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("overview:dashboard", self.slug)

    @property
    def organisation(self) -> Organisation:
        """So that the trail can ask any object whose record it belongs to."""
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        return timezone.localdate(timezone=self.zone)

    def setting(self, key: str) -> Any:
        """This school's own value, else its trust's, else the default.

        Raises KeyError for a key that no app has registered.
        """
        return resolve(key, self.settings, self.parent.settings if self.parent else None)


class OrganisationReach(models.Model):
    """`above` reaches `below`: every organisation itself, and a trust each of its schools.

    Written with the organisation; lets one join answer "where does this count".
    """

    above = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="reaches")
    below = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="reached_from")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["above", "below"], name="people_reach_once")]

    def __str__(self) -> str:
        return f"{self.above} reaches {self.below}"


class OrganisationDomain(models.Model):
    """A mail domain that is the school's own. Single sign-on trusts addresses in it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253)

    class Meta:
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "domain"],
                name="people_domain_once",
                violation_error_message="This domain is already listed.",
            ),
            models.CheckConstraint(
                condition=Q(domain=models.functions.Lower("domain")), name="people_domain_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.domain
