"""The considerations before an account is used (A4). The questions are in `considerations.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from approvals.models.case import BusinessCase, OfACaseQuerySet
from people.models import Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class QuestionKind(models.TextChoices):
    TEXT = "text", "Words"
    YES_NO = "yes_no", "Yes, no or not applicable"
    PERSON = "person", "A person of the school"
    DATE = "date", "A day"
    LINK = "link", "A web address"


class ExtraQuestionQuerySet(models.QuerySet["ExtraQuestion"]):
    def visible_to(self, user: User) -> Self:
        """Those of schools whose register they may read."""
        seen = Organisation.objects.where(user, Permission.VIEW_ACCOUNTS)
        return self.filter(organisation__in=seen)

    def in_use(self) -> Self:
        return self.filter(retired_at=None)


class ExtraQuestion(models.Model):
    """A question that a school or its trust asks besides the portal's own."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="extra_questions"
    )
    text = models.CharField("Question", max_length=300)
    help = models.CharField("More about it", max_length=300, blank=True)
    kind = models.CharField("Answered with", max_length=10, choices=QuestionKind)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ExtraQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "text"],
                condition=Q(retired_at=None),
                name="approvals_question_once",
                violation_error_message="This question is asked already.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="approvals_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def key(self) -> str:
        """As answers name it: never the key of one of the portal's own questions."""
        return f"extra-{self.pk}"


class Answer(models.Model):
    """The answer of one case to one question. The question's kind says which field is used."""

    class Verdict(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_APPLICABLE = "na", "Not applicable"

    case = models.ForeignKey(BusinessCase, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=40)
    verdict = models.CharField(max_length=5, choices=Verdict, blank=True)
    text = models.TextField(max_length=2000, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    date = models.DateField(null=True, blank=True)
    link = models.URLField(max_length=500, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    mitigation = models.TextField("What is done about it", max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "question"], name="approvals_answered_once"),
            models.CheckConstraint(
                condition=~Q(verdict="no") | ~Q(mitigation=""),
                name="approvals_no_with_mitigation",
                violation_error_message="Say what is done about it.",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="") | ~Q(text="") | Q(person__isnull=False)
                | Q(date__isnull=False) | ~Q(link=""),
                name="approvals_answer_says_something",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.question} of {self.case}"
