"""The comprehension check of a version, and how people did in it (D15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from governance.models.version import PolicyVersion

if TYPE_CHECKING:
    from people.models import Organisation, User

FEWEST, MOST = 3, 5  # questions of a check
CHOICES = range(1, 6)  # of a question: the first two are needed


class Choice(NamedTuple):
    """One of the answers to choose from, by its number from 1."""

    number: int
    words: str


class CheckQuestionQuerySet(models.QuerySet["CheckQuestion"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(version__in=PolicyVersion.objects.visible_to(user))


class CheckQuestion(models.Model):
    """One question of a version's check: part of the version, and frozen with it.

    The choices are columns of their own, so that the database itself sees to it that there are at
    least two, none left out in between, and exactly one of them right.
    """

    version = models.ForeignKey(
        PolicyVersion, on_delete=models.CASCADE, related_name="check_questions"
    )
    position = models.PositiveSmallIntegerField()
    words = models.CharField("Question", max_length=300)
    choice_1 = models.CharField("First choice", max_length=200)
    choice_2 = models.CharField("Second choice", max_length=200)
    choice_3 = models.CharField("Third choice", max_length=200, blank=True)
    choice_4 = models.CharField("Fourth choice", max_length=200, blank=True)
    choice_5 = models.CharField("Fifth choice", max_length=200, blank=True)
    right = models.PositiveSmallIntegerField("Which one is right?")
    explanation = models.CharField("Why", max_length=500)
    # The heading of the text that answers it; empty for a text without headings.
    anchor = models.CharField("Where the text says so", max_length=100, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    # Counts the edits, so that the second of two people editing one question is told.
    edition = models.PositiveIntegerField(default=1)

    objects = CheckQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="governance_check_in_order"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST), name="governance_check_is_short"
            ),
            models.CheckConstraint(
                condition=~Q(words="") & ~Q(choice_1="") & ~Q(choice_2="") & ~Q(explanation=""),
                name="governance_check_question_has_words",
            ),
            models.CheckConstraint(
                condition=(Q(choice_4="") | ~Q(choice_3="")) & (Q(choice_5="") | ~Q(choice_4="")),
                name="governance_check_choices_without_gaps",
            ),
            models.CheckConstraint(
                condition=Q(right__in=[1, 2])
                | (Q(right=3) & ~Q(choice_3=""))
                | (Q(right=4) & ~Q(choice_4=""))
                | (Q(right=5) & ~Q(choice_5="")),
                name="governance_check_one_is_right",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def choices(self) -> list[Choice]:
        """The answers to choose from, in order."""
        words = ((number, getattr(self, f"choice_{number}")) for number in CHOICES)
        return [Choice(number, each) for number, each in words if each]

    @property
    def right_words(self) -> str:
        return str(getattr(self, f"choice_{self.right}"))


class CheckAttemptQuerySet(models.QuerySet["CheckAttempt"]):
    def visible_to(self, user: User) -> Self:
        """Their own. Nobody else learns how a colleague did, only how everybody did together."""
        return self.filter(person=user)

    def first_of_each(self) -> Self:
        """Each person's first attempt at a version."""
        earlier = CheckAttempt.objects.filter(
            person=OuterRef("person"), version=OuterRef("version"), pk__lt=OuterRef("pk")
        )
        return self.filter(~Exists(earlier))


class CheckAttempt(models.Model):
    """One person answered the whole check of a version once. Fixed for good by the database."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="check_attempts"
    )
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="check_attempts"
    )
    at = models.DateTimeField(default=timezone.now)
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    passed = models.BooleanField()

    objects = CheckAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__lte=F("asked"), asked__gte=1), name="governance_attempt_counts"
            ),
            models.CheckConstraint(
                condition=Q(passed=True, right=F("asked")) | Q(passed=False, right__lt=F("asked")),
                name="governance_passed_is_all_right",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "version", "passed"], name="governance_attempt_person"),
        ]

    def __str__(self) -> str:
        return f"{self.right} of {self.asked}"

    @property
    def organisation(self) -> Organisation:
        return self.version.organisation


class CheckAnswer(models.Model):
    """What was chosen for one question in one attempt."""

    attempt = models.ForeignKey(CheckAttempt, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(CheckQuestion, on_delete=models.PROTECT, related_name="answers")
    chosen = models.PositiveSmallIntegerField()
    is_right = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question"], name="governance_answered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chosen} to question {self.question_id}"
