"""What a school taught pupils, parents and staff about staying safe online, or sent them (P13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models import Organisation
from people.roles import Permission
from web.words import listed

if TYPE_CHECKING:
    from people.models import User


class EducationEntryQuerySet(models.QuerySet["EducationEntry"]):
    def visible_to(self, user: User) -> Self:
        """Those of places whose figures they see, or whose log they keep."""
        seen = Organisation.objects.where(user, Permission.VIEW_DASHBOARD)
        kept = Organisation.objects.where(user, Permission.MANAGE_EDUCATION)
        return self.filter(Q(organisation__in=seen) | Q(organisation__in=kept))

    def public(self) -> Self:
        return self.filter(is_public=True)


class EducationEntry(models.Model):
    """One thing that was taught or sent. Which term it belongs to is asked of the calendar."""

    class Kind(models.TextChoices):
        LESSON = "lesson", "Lesson"
        ASSEMBLY = "assembly", "Assembly"
        LETTER = "letter", "Letter or message"
        WORKSHOP = "workshop", "Workshop or evening"
        WEBSITE = "website", "On the website"
        OTHER = "other", "Something else"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="education_entries"
    )
    given_on = models.DateField("Day")
    kind = models.CharField(max_length=10, choices=Kind)
    for_pupils = models.BooleanField("Pupils", default=False)
    for_parents = models.BooleanField("Parents and carers", default=False)
    for_staff = models.BooleanField("Staff", default=False)
    groups = models.CharField(
        "Year groups or classes", max_length=150, blank=True, help_text="Such as Years 5 and 6."
    )
    title = models.CharField(
        "What was taught or sent",
        max_length=200,
        help_text="Such as: Being kind in group chats.",
    )
    details = models.TextField("More about it", max_length=2000, blank=True)
    is_public = models.BooleanField(
        "May be shown on the school's public guidance page", default=False
    )
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = EducationEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-given_on", "-pk"]
        verbose_name_plural = "education entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(for_pupils=True) | Q(for_parents=True) | Q(for_staff=True),
                name="governance_education_for_somebody",
                violation_error_message="Say for whom it was.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="governance_education_titled"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["lesson", "assembly", "letter", "workshop", "website", "other"]
                ),
                name="governance_education_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "given_on"], name="governance_education_day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audience(self) -> str:
        """In words: "Pupils and parents (Years 5 and 6)"."""
        named = [
            word
            for word, yes in (
                ("pupils", self.for_pupils),
                ("parents", self.for_parents),
                ("staff", self.for_staff),
            )
            if yes
        ]
        words = listed(named)
        return f"{words.capitalize()} ({self.groups})" if self.groups else words.capitalize()
