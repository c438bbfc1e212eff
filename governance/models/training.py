"""Training: courses, who must have them, sessions, and the record of who did what (P10, D19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from people.models import Membership, Organisation, OrganisationReach
from people.roles import Permission, Role
from trail.constraints import both_or_neither, in_order

if TYPE_CHECKING:
    from people.models import User

LONGEST_MONTHS = 120


class TrainingCourseQuerySet(models.QuerySet["TrainingCourse"]):
    def visible_to(self, user: User) -> Self:
        """Those that count where they belong, or where they may see who has which training."""
        belongs = Membership.objects.active().filter(
            person=user, organisation__reached_from__above=OuterRef("owner")
        )
        seen = Organisation.objects.where(user, Permission.VIEW_TRAINING)
        return self.filter(Q(Exists(belongs)) | Q(owner__in=seen))

    def reaching(self, organisation: Organisation | int | OuterRef) -> Self:
        """The organisation's own courses and those of the trust above it."""
        above = OrganisationReach.objects.filter(below=organisation).values("above")
        return self.filter(owner__in=above)

    def in_use(self) -> Self:
        return self.filter(in_use=True)


class TrainingCourse(models.Model):
    """Something people are trained in. A trust's course counts at each of its schools."""

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="training_courses"
    )
    title = models.CharField(max_length=200)
    provider = models.CharField(
        "Who provides it",
        max_length=150,
        blank=True,
        help_text="Such as the school itself, the council or a company.",
    )
    covers = models.TextField("What it covers", max_length=4000, blank=True)
    valid_months = models.PositiveSmallIntegerField(
        "Valid for",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MONTHS)],
        help_text="Months. Leave it empty if it never runs out.",
    )
    for_runners = models.BooleanField(
        "Needed to run a social media account of the school", default=False
    )
    in_use = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = TrainingCourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("title"),
                name="governance_course_title_once",
                violation_error_message="There is a course with this title already.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="governance_course_has_a_title"),
            models.CheckConstraint(
                condition=Q(valid_months=None)
                | Q(valid_months__gte=1, valid_months__lte=LONGEST_MONTHS),
                name="governance_course_validity",
                violation_error_message=f"Choose from 1 to {LONGEST_MONTHS} months.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def organisation(self) -> Organisation:
        return self.owner


class TrainingRequirement(models.Model):
    """Whoever holds this role where the course counts must have it. No role: everybody.

    `since` is the day it was asked for: people who are long there have their days from then.
    """

    course = models.ForeignKey(
        TrainingCourse, on_delete=models.CASCADE, related_name="requirements"
    )
    role = models.CharField(max_length=20, choices=Role, blank=True)
    since = models.DateField()

    class Meta:
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "role"], name="governance_one_requirement_a_role"
            ),
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=Role.values),
                name="governance_requirement_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display() if self.role else "Everybody"


class TrainingSessionQuerySet(models.QuerySet["TrainingSession"]):
    def visible_to(self, user: User) -> Self:
        """Those held where they belong, for their school by its trust, or where they see training.

        A session says nothing of who came.
        """
        belongs = Membership.objects.active().filter(
            person=user, organisation__reached_from__above=OuterRef("organisation")
        )
        seen = Organisation.objects.where(user, Permission.VIEW_TRAINING)
        return self.filter(Q(Exists(belongs)) | Q(organisation__in=seen))

    def open(self) -> Self:
        return self.filter(cancelled_at=None)


class TrainingSession(models.Model):
    """A course held on one day, for the people of a school, or by a trust for all of its own."""

    course = models.ForeignKey(TrainingCourse, on_delete=models.PROTECT, related_name="sessions")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="training_sessions"
    )
    held_on = models.DateField("Day")
    starts_at = models.TimeField("From", null=True, blank=True)
    ends_at = models.TimeField("Until", null=True, blank=True)
    place = models.CharField(max_length=150, blank=True)
    led_by = models.CharField("Who leads it", max_length=150, blank=True)
    capacity = models.PositiveSmallIntegerField(
        "Places", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            both_or_neither("cancelled_at", "cancelled_by", name="governance_session_cancelled"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="governance_session_in_order",
                violation_error_message="The end has to come after the start.",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=1), name="governance_session_places"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "held_on"], name="governance_session_day"),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.held_on}"

    def get_absolute_url(self) -> str:
        return reverse("governance:training_session", args=[self.organisation.slug, self.pk])


class TrainingRecordQuerySet(models.QuerySet["TrainingRecord"]):
    def visible_to(self, user: User) -> Self:
        """Their own; those recorded where they see training; and what people of such a school

        did elsewhere in courses that count there, as somebody who moves within a trust brings it.
        """
        seen = Organisation.objects.where(user, Permission.VIEW_TRAINING)
        brought = Membership.objects.active().filter(
            person=OuterRef("person"),
            organisation__in=seen,
            organisation__reached_from__above=OuterRef("course__owner"),
        )
        return self.filter(Q(person=user) | Q(organisation__in=seen) | Q(Exists(brought)))

    def counting(self) -> Self:
        """What is confirmed and has not been corrected: this alone is training."""
        return self.filter(state=TrainingRecord.State.CONFIRMED)

    def waiting(self) -> Self:
        return self.filter(state=TrainingRecord.State.AWAITING)


class TrainingRecord(models.Model):
    """One person did one course on one day. The facts never change: a correction is a new row.

    Only `state` moves, and once who decided. Words about a record stand apart, in TrainingNote.
    """

    class How(models.TextChoices):
        SESSION = "session", "Attended a session"
        OFFICE = "office", "Recorded by the school"
        OWN = "own", "Own certificate"
        IMPORTED = "imported", "Imported"

    class State(models.TextChoices):
        AWAITING = "awaiting", "Waiting to be confirmed"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"
        CORRECTED = "corrected", "Corrected since"
        REMOVED = "removed", "Taken off the record"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_records"
    )
    course = models.ForeignKey(TrainingCourse, on_delete=models.PROTECT, related_name="records")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    completed_on = models.DateField("Completed on")
    expires_on = models.DateField(
        "Valid until", null=True, blank=True, help_text="The last day it counts."
    )
    provider = models.CharField("Who provided it", max_length=150, blank=True)
    how = models.CharField(max_length=10, choices=How)
    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, null=True, blank=True, related_name="records"
    )
    certificate = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    objects = TrainingRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-completed_on", "-pk"]
        constraints = [
            in_order(
                "completed_on",
                "expires_on",
                name="governance_training_in_order",
                message="It cannot run out before it was completed.",
            ),
            models.UniqueConstraint(
                fields=["person", "course", "completed_on"],
                condition=Q(state="confirmed"),
                name="governance_training_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["person", "course", "completed_on"],
                condition=Q(state="awaiting"),
                name="governance_evidence_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["awaiting", "confirmed", "declined", "corrected", "removed"])
                & Q(how__in=["session", "office", "own", "imported"]),
                name="governance_training_state",
            ),
            models.CheckConstraint(
                condition=Q(how="session", session__isnull=False)
                | (~Q(how="session") & Q(session=None)),
                name="governance_training_session",
            ),
            # Nobody's word for themselves is enough.
            models.CheckConstraint(
                condition=Q(how="own") | ~Q(recorded_by=F("person")),
                name="governance_training_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("person")),
                name="governance_training_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(how="own") | Q(state="awaiting") | Q(decided_by__isnull=False),
                name="governance_own_training_decided",
            ),
            models.CheckConstraint(
                condition=Q(how="own") | Q(state__in=["confirmed", "corrected", "removed"]),
                name="governance_only_own_training_waits",
            ),
            both_or_neither("decided_at", "decided_by", name="governance_training_decided"),
        ]
        indexes = [
            models.Index(
                fields=["person", "course", "state", "expires_on"], name="governance_training_held"
            ),
            models.Index(fields=["organisation", "state"], name="governance_training_at"),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.completed_on}"

    @property
    def counts(self) -> bool:
        return self.state == self.State.CONFIRMED


class TrainingNote(models.Model):
    """Why: words about a record, apart from its facts so that they can be erased."""

    class About(models.TextChoices):
        EXPIRY = "expiry", "Why it is valid until another day"
        CORRECTION = "correction", "Why it was corrected"
        DECLINED = "declined", "Why it was declined"

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="notes")
    about = models.CharField(max_length=10, choices=About)
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "about"], name="governance_one_note_of_each"),
        ]

    def __str__(self) -> str:
        return self.text
