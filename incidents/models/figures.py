"""The figures of a term as governors see them: drawn up once, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.models import Organisation
from people.roles import Permission
from trail.constraints import in_order

if TYPE_CHECKING:
    from people.models import User


class TermFiguresQuerySet(models.QuerySet["TermFigures"]):
    def visible_to(self, user: User) -> Self:
        """Of the trusts and schools whose figures they see."""
        return self.filter(
            organisation__in=Organisation.objects.where(user, Permission.VIEW_DASHBOARD)
        )


class TermFigures(models.Model):
    """What was reported in one term, with every count left out that must not be known (F1).

    Only what is shown is stored: whoever reads this table learns what every governor reads.
    `tables` holds a number or null for each cell; `floors` what a hidden sum of a trust comes to at
    least. Days of one school never lie in two rows: nothing can be taken away from something else.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()
    smallest = models.PositiveSmallIntegerField()
    schools = models.PositiveSmallIntegerField(null=True, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True)
    floor = models.PositiveIntegerField(default=0)
    tables = models.JSONField(default=dict)
    floors = models.JSONField(default=dict, blank=True)
    drawn_at = models.DateTimeField(default=timezone.now)

    objects = TermFiguresQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "term figures"
        ordering = ["-last_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "last_day"], name="incidents_figures_once"
            ),
            models.CheckConstraint(
                condition=Q(smallest__gte=3), name="incidents_figures_never_under_three"
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(total__gte=F("smallest")),
                name="incidents_figures_small_total_hidden",
            ),
            in_order(
                "first_day", "last_day", name="incidents_figures_in_order",
                message="The last day cannot be before the first.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} at {self.organisation}"
