"""Parents and pupils, who have no logins: how many of a group signed, in figures (D9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from governance.models.version import PolicyVersion
from people.models import Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User

MOST_IN_A_GROUP = 5000


class GroupRecordQuerySet(models.QuerySet["GroupRecord"]):
    def visible_to(self, user: User) -> Self:
        """Figures without names: whoever sees a school's figures, or records them."""
        seen = Organisation.objects.where(user, Permission.VIEW_DASHBOARD)
        kept = Organisation.objects.where(user, Permission.RECORD_SIGNATURES)
        return self.filter(Q(organisation__in=seen) | Q(organisation__in=kept))

    def last_word(self) -> Self:
        """The last word on each group; a record that was taken back included."""
        return self.filter(corrected_by=None)

    def counting(self) -> Self:
        return self.last_word().filter(is_void=False)


class GroupRecord(models.Model):
    """So many of a group were asked and so many signed. Never changed: a correction is a new row.

    These figures stand apart: they are no part of the staff's percentages.
    """

    class Audience(models.TextChoices):
        PARENTS = "parents", "Parents and carers"
        PUPILS = "pupils", "Pupils"

    class How(models.TextChoices):
        SLIPS = "slips", "Paper slips"
        FORM = "form", "A form on the school's website or app"
        PLANNER = "planner", "In the planner or handbook"
        OTHER = "other", "Another way"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="group_records"
    )
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="group_records"
    )
    audience = models.CharField("Who", max_length=10, choices=Audience)
    group = models.CharField(max_length=60, help_text="Such as Year 4, or 7B.")
    asked = models.PositiveIntegerField(
        "How many were asked",
        validators=[MinValueValidator(1), MaxValueValidator(MOST_IN_A_GROUP)],
    )
    signed = models.PositiveIntegerField("How many signed")
    counted_on = models.DateField("Counted on")
    how = models.CharField("How they signed", max_length=10, choices=How)
    note = models.CharField("Note", max_length=200, blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    is_void = models.BooleanField("This should not have been recorded", default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = GroupRecordQuerySet.as_manager()

    class Meta:
        ordering = ["version__title", "audience", "group", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "version",
                "audience",
                Lower("group"),
                condition=Q(corrects=None),
                name="governance_group_once",
            ),
            models.CheckConstraint(
                condition=Q(signed__lte=F("asked")) & Q(asked__gte=1),
                name="governance_group_signed_of_asked",
                violation_error_message="No more can have signed than were asked.",
            ),
            models.CheckConstraint(condition=~Q(group=""), name="governance_group_has_a_name"),
            models.CheckConstraint(
                condition=Q(audience__in=["parents", "pupils"])
                & Q(how__in=["slips", "form", "planner", "other"]),
                name="governance_group_choices",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "version"], name="governance_groups_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}, {self.group}"

    def get_absolute_url(self) -> str:
        return reverse("governance:group", args=[self.organisation.slug, self.pk])

    @property
    def percent(self) -> int:
        return self.signed * 100 // self.asked


class GroupScan(models.Model):
    """One file of a group's slips. It may be erased when its time is over."""

    record = models.ForeignKey(GroupRecord, on_delete=models.PROTECT, related_name="scans")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Scan {self.pk} of {self.record}"
