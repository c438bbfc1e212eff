"""The school's year: terms, and the days inside and around them when it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from people.models.organisation import Organisation
from trail.constraints import in_order

if TYPE_CHECKING:
    from people.models.user import User


class OfAnOrganisationQuerySet(models.QuerySet):
    """Rows of a school's year: whoever belongs to the school may read them."""

    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


class Term(models.Model):
    """A term, first and last day included."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="terms")
    name = models.CharField(max_length=60)
    starts_on = models.DateField("First day")
    ends_on = models.DateField("Last day")

    objects = OfAnOrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "starts_on"],
                name="people_term_starts_once",
                violation_error_message="Another term starts on this day.",
            ),
            in_order(
                "starts_on",
                "ends_on",
                name="people_term_in_order",
                message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Days without pupils inside a term: half-term, INSET, or a closure."""

    class Kind(models.TextChoices):
        HALF_TERM = "half_term", "Half-term"
        INSET = "inset", "INSET day"
        CLOSED = "closed", "School closed"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="closures"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField("First day")
    ends_on = models.DateField("Last day")

    objects = OfAnOrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "starts_on"], name="people_closure_once"
            ),
            in_order(
                "starts_on",
                "ends_on",
                name="people_closure_in_order",
                message="The last day cannot be before the first.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
