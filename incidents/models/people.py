"""Who is in a case, who is kept out of it, and who was let in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class CasePersonQuerySet(OfACaseQuerySet):
    def current(self) -> Self:
        return self.filter(removed_at=None)

    def shown_to(self, user: User | int) -> Self:
        """Of a case that this person sees: without a reporter who asked to stay unknown."""
        hidden = Q(role=CasePerson.Role.REPORTER, case__hide_reporter=True)
        return self.current().exclude(hidden & ~Q(case__owner=user))

    def targets(self) -> Self:
        return self.current().filter(role=CasePerson.Role.TARGET)

    def subjects(self) -> Self:
        return self.current().filter(role=CasePerson.Role.SUBJECT)


class CasePerson(PartOfCase):
    """Somebody in a case, in one role: a bully is never listed among those it was done to.

    Naming a person of the portal as subject keeps them out at once. `index` is a keyed hash by
    which a child who appears again is recognised.
    """

    class Role(models.TextChoices):
        TARGET = "target", "It was done to them"
        SUBJECT = "subject", "It is about them"
        WITNESS = "witness", "They saw it"
        REPORTER = "reporter", "They reported it"

    class Relation(models.TextChoices):
        PUPIL = "pupil", "Pupil"
        FORMER_PUPIL = "former_pupil", "Former pupil"
        STAFF = "staff", "Member of staff"
        PARENT = "parent", "Parent or family"
        OTHER = "other", "Somebody else"

    SEALED = frozenset({"name", "why_removed"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="people")
    role = models.CharField(max_length=10, choices=Role)
    relation = models.CharField(max_length=15, choices=Relation, default=Relation.OTHER)
    user = a_person(null=True, related_name="in_cases")
    year_group = models.PositiveSmallIntegerField(null=True, blank=True)
    index = models.CharField(max_length=64, blank=True, default="")
    added_by = a_person(null=True)
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = a_person(null=True)
    sealed_name = models.BinaryField(default=b"", editable=False)
    sealed_why_removed = models.BinaryField(default=b"", editable=False)

    objects = CasePersonQuerySet.as_manager()

    class Meta:
        ordering = ["role", "pk"]
        indexes = [
            models.Index(
                fields=["user", "case"],
                condition=Q(role="subject", removed_at=None),
                name="incidents_subject",
            ),
            models.Index(fields=["index"], condition=~Q(index=""), name="incidents_child_again"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["target", "subject", "witness", "reporter"]),
                name="incidents_role_known",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(sealed_name=b""),
                name="incidents_person_is_somebody",
            ),
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=Q(removed_at=None, role__in=["target", "subject"]),
                name="incidents_done_by_or_done_to",
                violation_error_message="This person is in the case already.",
            ),
            models.UniqueConstraint(
                fields=["case", "user", "role"],
                condition=Q(removed_at=None),
                name="incidents_person_once_in_a_role",
            ),
            both_or_neither("removed_at", "removed_by", name="incidents_person_removed_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pk}"

    @property
    def name(self) -> str:
        return self.user.name if self.user is not None else self.text("name")


class Conflict(PartOfCase):
    """Somebody who must not see a case, other than as its subject.

    OFFICE: the report is about whoever holds this office. NAMED: an anonymous reporter gave a name
    that is theirs. Both last until a handler has confirmed who is meant.
    """

    class Cause(models.TextChoices):
        CONFLICT = "conflict", "A conflict of interest"
        OFFICE = "office", "Holds the office that it is about"
        NAMED = "named", "Bears the name that was given"

    SEALED = frozenset({"why", "why_lifted"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conflicts")
    person = a_person(related_name="conflicts")
    cause = models.CharField(max_length=10, choices=Cause)
    recorded_by = a_person(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = a_person(null=True)
    sealed_why = models.BinaryField(default=b"", editable=False)
    sealed_why_lifted = models.BinaryField(default=b"", editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["person", "case"], condition=Q(lifted_at=None), name="incidents_kept_out"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "cause"],
                condition=Q(lifted_at=None),
                name="incidents_conflict_once",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["conflict", "office", "named"]),
                name="incidents_conflict_cause_known",
            ),
            models.CheckConstraint(
                condition=~Q(cause="conflict") | ~Q(sealed_why=b""),
                name="incidents_conflict_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None)
                | (~Q(lifted_by=F("person")) & ~Q(sealed_why_lifted=b"")),
                name="incidents_nobody_lets_themselves_in",
            ),
            both_or_neither("lifted_at", "lifted_by", name="incidents_lifted_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.pk}"


class AccessQuerySet(OfACaseQuerySet):
    def current(self, on: date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gte=day), given_at__isnull=False, ended_at=None)


class Access(PartOfCase):
    """Somebody who was let in, with a reason. Who is kept out stays out nevertheless."""

    class Cause(models.TextChoices):
        ADDED = "added", "Added by whoever handles the case"
        ROUTE = "route", "Told by the school’s route"
        BREAK_GLASS = "break_glass", "Two people opened it"

    SEALED = frozenset({"why"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="accesses")
    person = a_person(related_name="case_accesses")
    cause = models.CharField(max_length=12, choices=Cause)
    may_work = models.BooleanField("May work on it", default=False)
    until = models.DateField("Last day", null=True, blank=True)
    asked_by = a_person(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    agreed_by = a_person(null=True)
    given_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = a_person(null=True)
    sealed_why = models.BinaryField(default=b"", editable=False)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["person", "case"], condition=Q(ended_at=None), name="incidents_let_in"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(ended_at=None),
                name="incidents_let_in_once",
                violation_error_message="This person has been let in already.",
            ),
            models.CheckConstraint(
                condition=Q(cause="route") | (~Q(sealed_why=b"") & Q(asked_by__isnull=False)),
                name="incidents_let_in_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(cause="break_glass")
                | Q(given_at=None)
                | (
                    Q(agreed_by__isnull=False)
                    & ~Q(agreed_by=F("asked_by"))
                    & ~Q(agreed_by=F("person"))
                ),
                name="incidents_two_people_break_glass",
            ),
            both_or_neither("ended_at", "ended_by", name="incidents_access_ended_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.pk}"


class SupportOffer(PartOfCase):
    """Support that was offered to somebody a case was done to (I12)."""

    class What(models.TextChoices):
        COUNSELLING = "counselling", "Counselling"
        PASTORAL = "pastoral", "Somebody to talk to at school"
        PRACTICAL = "practical", "Help with reporting or settings"
        UNION = "union", "Union or adviser"
        OTHER = "other", "Something else"

    class Answer(models.TextChoices):
        WAITING = "waiting", "Not answered yet"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    SEALED = frozenset({"note"})
    ANSWERED: ClassVar = (Answer.ACCEPTED, Answer.DECLINED)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    to = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="offers")
    what = models.CharField(max_length=15, choices=What)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    offered_by = a_person()
    offered_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    sealed_note = models.BinaryField(default=b"", editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_at=None)
                | Q(answer__in=["accepted", "declined"], answered_at__isnull=False),
                name="incidents_support_answered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.get_answer_display()}"
