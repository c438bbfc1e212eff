"""A question that somebody asks instead of signing, what was said about it, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from governance.models.policy import Policy
from governance.models.version import PolicyVersion
from people.models import Membership, Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User

MOST_WORDS = 2_000  # characters of a question or an answer
MOST_REWORDED = 500  # of a question as everybody reads it


def near(owner: str) -> Q:
    """Memberships at the organisation that the outer query calls `owner`, above or below it."""
    return Q(organisation__reached_from__above=OuterRef(owner)) | Q(
        organisation__reaches__below=OuterRef(owner)
    )


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: User) -> Self:
        """Their own, of those they manage, and about policies they write or manage.

        Nobody else reads a colleague's question: not who may see signatures, not the office.
        """
        team = Membership.objects.active().filter(
            person=OuterRef("person"), organisation=OuterRef("organisation"), line_manager=user
        )
        still_here = Membership.objects.active().filter(person=user).filter(near("policy__owner"))
        manages = Organisation.objects.where(user, Permission.MANAGE_POLICIES)
        return self.filter(
            Q(person=user)
            | Q(Exists(team))
            | (Q(policy__author=user) & Q(Exists(still_here)))
            | Q(policy__owner__in=manages)
        )


class Question(models.Model):
    """One person does not sign yet, because something in a policy is not clear to them.

    Its words stand apart (`QuestionWords`), so that they can be erased. `paused_until` is the last
    day on which nobody else is told that the person has not signed. It is fixed when the question
    is asked; None where an earlier question used the pause up. Only `waiting` ever changes.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="questions")
    # The text they had before them, and the version that asks for the signature.
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    asking = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    anchor = models.CharField(max_length=120, blank=True)
    heading = models.CharField("About", max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    paused_until = models.DateField(null=True, blank=True)
    # What waits for an answer; None: nothing does. It follows from the entries and is moved with
    # them, in the same transaction, so that the few open questions are found among all.
    waiting = models.ForeignKey(
        "QuestionEntry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            # Asking again does not pause for ever.
            models.UniqueConstraint(
                fields=["person", "asking"],
                condition=Q(paused_until__isnull=False),
                name="governance_one_pause_a_version",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-asked_at"], name="governance_my_questions"),
            models.Index(
                fields=["policy"],
                condition=Q(waiting__isnull=False),
                name="governance_open_questions",
            ),
        ]

    def __str__(self) -> str:
        return f"A question about {self.policy}"

    def get_absolute_url(self) -> str:
        return reverse("governance:question", args=[self.pk])


class QuestionEntryQuerySet(models.QuerySet["QuestionEntry"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(question__in=Question.objects.visible_to(user))


class QuestionEntry(models.Model):
    """Something said about a question, and by whom. Fixed for good by the database.

    An entry that opens the question, or opens it again, carries the last days on which the first,
    the second and the third of those who may have to answer are waited for.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked"
        FOLLOW_UP = "follow_up", "Added"
        ANSWER = "answer", "Answered"
        CLOSED = "closed", "Closed: that answers it"

    ASKING = (Kind.ASKED, Kind.FOLLOW_UP)
    SETTLING = (Kind.ANSWER, Kind.CLOSED)

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    first_until = models.DateField(null=True, blank=True)
    second_until = models.DateField(null=True, blank=True)
    third_until = models.DateField(null=True, blank=True)

    objects = QuestionEntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "question entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["asked", "follow_up", "answer", "closed"]),
                name="governance_entry_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["asked", "follow_up"],
                    second_until__gt=F("first_until"),
                    third_until__gt=F("second_until"),
                )
                | (~Q(kind="asked") & Q(first_until=None, second_until=None, third_until=None)),
                name="governance_entry_waits_in_order",
            ),
            models.UniqueConstraint(
                fields=["question"], condition=Q(kind="asked"), name="governance_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.at:%Y-%m-%d}"


class QuestionWords(models.Model):
    """What was said. Apart from the entry, so that it can be erased; it cannot be changed."""

    entry = models.OneToOneField(
        QuestionEntry, on_delete=models.PROTECT, primary_key=True, related_name="said"
    )
    words = models.TextField(max_length=MOST_WORDS)

    class Meta:
        verbose_name_plural = "question words"
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="governance_words_were_said"),
        ]

    def __str__(self) -> str:
        return self.words[:60]


class SharedAnswerQuerySet(models.QuerySet["SharedAnswer"]):
    def visible_to(self, user: User) -> Self:
        """Whoever may read the policy may read what others asked about it."""
        return self.filter(policy__in=Policy.objects.visible_to(user))

    def shown(self) -> Self:
        """Not taken down, and about the text that asks for signatures now or a later one."""
        return self.filter(taken_down_at=None, version__ordinal__gte=F("policy__asking__ordinal"))


class SharedAnswer(models.Model):
    """A good answer, for every reader: the question in other words, and nobody's name."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="shared")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="shared_answers")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    anchor = models.CharField(max_length=120, blank=True)
    heading = models.CharField(max_length=200, blank=True)
    asked = models.CharField("The question, in your words", max_length=MOST_REWORDED)
    answer = models.TextField(max_length=MOST_WORDS)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    shared_at = models.DateTimeField(default=timezone.now)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_down_at = models.DateTimeField(null=True, blank=True)

    objects = SharedAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["shared_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked="") & ~Q(answer=""), name="governance_shared_has_words"
            ),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(taken_down_at=None),
                name="governance_shared_once",
                violation_error_message="An answer to this question is shown already.",
            ),
            both_or_neither("taken_down_at", "taken_down_by", name="governance_taken_down"),
        ]

    def __str__(self) -> str:
        return self.asked

    @property
    def organisation(self) -> Organisation:
        return self.policy.owner
