"""What an investigation asks for: to be shown an account; to have blocked content opened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from incidents import workflow_parts as parts
from incidents.circles import Circle
from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from incidents.models.people import CasePerson
from incidents.references import new_reference
from incidents.visibility import in_office
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User

LONGEST = 336  # hours: a fortnight


class AccountRequestQuerySet(OfACaseQuerySet):
    def waiting(self) -> Self:
        return self.filter(status=parts.AccountStatus.ASKED)


class AccountRequest(PartOfCase):
    """Somebody was asked to show an account or a device; what they said, what was looked at (I22).

    They sign in themselves, in person, before somebody. Nothing is typed into the portal.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", "An account"
        DEVICE = "device", "A telephone, tablet or computer"

    SEALED = frozenset({"which", "why", "presence", "seen", "refusal"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="account_requests")
    of = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="account_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(
        max_length=10, choices=parts.AccountStatus, default=parts.AccountStatus.ASKED
    )
    asked_at = models.DateTimeField()
    asked_by = a_person()
    added_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True, blank=True)
    themselves = models.BooleanField("They signed in themselves", default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = a_person(null=True)
    sealed_which = models.BinaryField(editable=False)
    sealed_why = models.BinaryField(editable=False)
    sealed_presence = models.BinaryField(default=b"", editable=False)
    sealed_seen = models.BinaryField(default=b"", editable=False)
    sealed_refusal = models.BinaryField(default=b"", editable=False)

    objects = AccountRequestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=parts.AccountStatus.values),
                name="incidents_inspection_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(sealed_which=b"") & ~Q(sealed_why=b""),
                name="incidents_inspection_of_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(asked_at__lte=F("added_at")), name="incidents_inspection_asked_before"
            ),
            models.CheckConstraint(
                condition=~Q(status="given")
                | (
                    Q(shown_at__isnull=False, themselves=True)
                    & ~Q(sealed_presence=b"")
                    & ~Q(sealed_seen=b"")
                ),
                name="incidents_inspection_before_somebody",
            ),
            models.CheckConstraint(
                condition=Q(shown_at=None) | Q(shown_at__gte=F("asked_at")),
                name="incidents_inspection_after_it_was_asked",
                violation_error_message="This was before anybody asked.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["refused", "withdrawn"]) | ~Q(sealed_refusal=b""),
                name="incidents_inspection_refused_why",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", answered_at=None)
                | (~Q(status="asked") & Q(answered_at__isnull=False)),
                name="incidents_inspection_answered",
            ),
            both_or_neither("answered_at", "answered_by", name="incidents_inspection_answered_by"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}: {self.get_status_display()}"


class ContentRequestQuerySet(OfACaseQuerySet):
    def waiting(self) -> Self:
        return self.filter(status__in=parts.CONTENT_WAITING)

    def standing(self, now: datetime | None = None) -> Self:
        """Asked for, or open."""
        still_open = Q(status=parts.ContentStatus.APPROVED, until__gt=now or timezone.now())
        return self.filter(Q(status__in=parts.CONTENT_WAITING) | still_open)

    def to_see_to(self) -> Self:
        """Asked for, or opened and not closed by IT: whatever the clock says."""
        opened = Q(status__in=parts.CONTENT_OPENED, shut_at=None)
        return self.filter(Q(status__in=parts.CONTENT_WAITING) | opened)

    def not_shut(self) -> Self:
        """Opened once, and nobody in IT has said that it is closed again."""
        return self.filter(status__in=parts.CONTENT_OPENED, shut_at=None)

    def for_it(self, user: User) -> Self:
        """Those that IT of this person's places decides on, opens and closes.

        Whether they see the case is not asked; whoever is kept out of it finds none.
        """
        cases = Case.objects.filter(in_office(user, Circle.IT), disposed_at=None)
        return self.filter(case__in=cases).exclude(asked_by=user)


class ContentRequest(PartOfCase):
    """Something inappropriate has to be looked at: allowed by two people, for a time (I24).

    IT decides without seeing the case. They read `where`, for whom and for how long, at an address
    with a `reference` of its own, which tells nobody which case it is.
    """

    SEALED = frozenset({"what", "where", "why", "refusal", "ending"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="content_requests")
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    status = models.CharField(
        max_length=10, choices=parts.ContentStatus, default=parts.ContentStatus.ASKED
    )
    hours = models.PositiveSmallIntegerField()
    asked_by = a_person()
    asked_at = models.DateTimeField(default=timezone.now)
    leading_by = a_person(null=True)
    leading_at = models.DateTimeField(null=True, blank=True)
    it_by = a_person(null=True)
    it_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    refused_by = a_person(null=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    ended_by = a_person(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    shut_by = a_person(null=True)
    shut_at = models.DateTimeField(null=True, blank=True)
    sealed_what = models.BinaryField(editable=False)
    sealed_where = models.BinaryField(editable=False)
    sealed_why = models.BinaryField(editable=False)
    sealed_refusal = models.BinaryField(default=b"", editable=False)
    sealed_ending = models.BinaryField(default=b"", editable=False)

    objects = ContentRequestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["case"],
                condition=Q(status__in=["asked", "half"])
                | Q(status__in=["approved", "ended"], shut_at=None),
                name="incidents_content_standing",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=parts.ContentStatus.values),
                name="incidents_content_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(sealed_what=b"") & ~Q(sealed_where=b"") & ~Q(sealed_why=b""),
                name="incidents_content_what_where_why",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=LONGEST), name="incidents_content_hours"
            ),
            models.CheckConstraint(
                condition=Q(leading_by=None) | Q(it_by=None) | ~Q(leading_by=F("it_by")),
                name="incidents_content_two_people",
                violation_error_message="Another person has to allow this, too.",
            ),
            models.CheckConstraint(
                condition=(Q(leading_by=None) | ~Q(leading_by=F("asked_by")))
                & (Q(it_by=None) | ~Q(it_by=F("asked_by"))),
                name="incidents_content_not_ones_own",
                violation_error_message="You asked for this. Others have to allow it.",
            ),
            models.CheckConstraint(
                condition=(~Q(status="asked") | Q(leading_by=None, it_by=None))
                & (
                    ~Q(status="half")
                    | Q(leading_by=None, it_by__isnull=False)
                    | Q(leading_by__isnull=False, it_by=None)
                )
                & (
                    ~Q(status__in=["approved", "ended"])
                    | Q(leading_by__isnull=False, it_by__isnull=False, opened_at__isnull=False)
                ),
                name="incidents_content_allowed_by",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, until=None)
                | Q(opened_at__isnull=False, until__gt=F("opened_at")),
                name="incidents_content_until_after",
                violation_error_message="It cannot end before it begins.",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(status__in=["approved", "ended"]),
                name="incidents_content_open_when_allowed",
            ),
            models.CheckConstraint(
                condition=(Q(status="refused", refused_at__isnull=False) & ~Q(sealed_refusal=b""))
                | (~Q(status="refused") & Q(refused_at=None)),
                name="incidents_content_refused_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ended", "withdrawn"], ended_at__isnull=False)
                | (~Q(status__in=["ended", "withdrawn"]) & Q(ended_at=None)),
                name="incidents_content_ended",
            ),
            models.CheckConstraint(
                condition=Q(shut_at=None) | Q(opened_at__isnull=False),
                name="incidents_content_shut_once_open",
            ),
            both_or_neither("leading_at", "leading_by", name="incidents_content_leading_by"),
            both_or_neither("it_at", "it_by", name="incidents_content_it_by"),
            both_or_neither("refused_at", "refused_by", name="incidents_content_refused_by"),
            both_or_neither("ended_at", "ended_by", name="incidents_content_ended_by"),
            both_or_neither("shut_at", "shut_by", name="incidents_content_shut_by"),
        ]

    def __str__(self) -> str:
        return f"content {self.reference}"

    def get_absolute_url(self) -> str:
        """Where IT decides: an address that says nothing of the case."""
        return f"/content/{self.reference}/"

    def is_open(self, now: datetime | None = None) -> bool:
        return self.status == parts.ContentStatus.APPROVED and not self.is_over(now)

    def is_over(self, now: datetime | None = None) -> bool:
        """Its time has run out. Derived: nothing happens in the portal at that moment."""
        return self.until is not None and self.until <= (now or timezone.now())

    def was_open_at(self, moment: datetime) -> bool:
        """Whether somebody was allowed to look at that moment. People give times in minutes."""
        if self.opened_at is None or self.until is None:
            return False
        first = self.opened_at.replace(second=0, microsecond=0)
        return first <= moment < min(self.until, self.ended_at or self.until)

    def tells_where(self, user: User) -> bool:
        """Whether IT still has to know where it is; whoever took part may look it up."""
        if user.pk in (self.it_by_id, self.shut_by_id):
            return True
        return self.status in parts.CONTENT_WAITING or (
            self.status in parts.CONTENT_OPENED and self.shut_at is None
        )

    @property
    def state(self) -> str:
        """In words, with what only the clock knows."""
        if self.status == parts.ContentStatus.APPROVED:
            return "Open" if self.is_open() else "Its time is over"
        return str(self.get_status_display())


class ContentLook(PartOfCase):
    """Somebody looked at content they were allowed to look at. Written once (I24)."""

    SEALED = frozenset({"what"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="content_looks")
    request = models.ForeignKey(ContentRequest, on_delete=models.PROTECT, related_name="looks")
    person = a_person()
    at = models.DateTimeField()
    noted_at = models.DateTimeField(default=timezone.now)
    sealed_what = models.BinaryField(editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sealed_what=b""), name="incidents_look_says_at_what"
            ),
            models.CheckConstraint(
                condition=Q(at__lte=F("noted_at")),
                name="incidents_look_has_happened",
                violation_error_message="This time has not come yet.",
            ),
        ]

    def __str__(self) -> str:
        return f"look {self.pk}"
