"""What is done about a case: actions, referrals, takedowns, consent, a data breach."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from incidents import workflow_parts as parts
from incidents.kinds import Body
from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from incidents.models.people import CasePerson
from trail.constraints import both_or_neither


class CaseActionQuerySet(OfACaseQuerySet):
    def still_open(self) -> Self:
        return self.filter(done_at=None)


class CaseAction(PartOfCase):
    """One thing to do, by somebody and by a time. `code` names the step of the playbook."""

    class Result(models.TextChoices):
        DONE = "done", "Done"
        NOT_NEEDED = "not_needed", "Not needed"

    SEALED = frozenset({"text", "note"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="actions")
    code = models.CharField(max_length=30, blank=True)
    owner = a_person(related_name="case_actions")
    due_at = models.DateTimeField()
    added_by = a_person(null=True)
    added_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = a_person(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True, default="")
    sealed_text = models.BinaryField(editable=False)
    sealed_note = models.BinaryField(default=b"", editable=False)

    objects = CaseActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], condition=Q(done_at=None), name="incidents_to_do"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sealed_text=b""), name="incidents_action_says_what"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, result="")
                | Q(done_at__isnull=False, result="done")
                | (Q(done_at__isnull=False, result="not_needed") & ~Q(sealed_note=b"")),
                name="incidents_action_done_or_why_not",
            ),
            both_or_neither("done_at", "done_by", name="incidents_action_done_by"),
        ]

    def __str__(self) -> str:
        return f"{self.code or 'action'} {self.pk}"


class ReferralQuerySet(OfACaseQuerySet):
    def undecided(self) -> Self:
        return self.filter(status__in=parts.REFERRAL_UNDECIDED)


class Referral(PartOfCase):
    """Somebody outside who may have to be told, and what they said."""

    SEALED = frozenset({"why", "number", "outcome"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    body = models.CharField(max_length=15, choices=Body)
    status = models.CharField(
        max_length=15, choices=parts.ReferralStatus, default=parts.ReferralStatus.TO_CONSIDER
    )
    needs_consent = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=timezone.now)
    decided_by = a_person(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    made_by = a_person(null=True)
    made_at = models.DateTimeField(null=True, blank=True)
    sealed_why = models.BinaryField(default=b"", editable=False)
    sealed_number = models.BinaryField(default=b"", editable=False)
    sealed_outcome = models.BinaryField(default=b"", editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "body"],
                condition=~Q(body="other") & ~Q(status="outcome"),
                name="incidents_referral_once",
                violation_error_message="This referral is under way already.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=parts.ReferralStatus.values),
                name="incidents_referral_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="not_needed") | ~Q(sealed_why=b""),
                name="incidents_no_referral_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["made", "acknowledged", "outcome"])
                | Q(made_at__isnull=False, made_by__isnull=False),
                name="incidents_referral_made_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="acknowledged") | ~Q(sealed_number=b""),
                name="incidents_acknowledged_with_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(status="outcome") | ~Q(sealed_outcome=b""),
                name="incidents_referral_outcome_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_body_display()}: {self.get_status_display()}"


class Takedown(PartOfCase):
    """Something online that is to be removed, and the 24 hours that run for it (I11)."""

    SEALED = frozenset({"where", "note"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="takedowns")
    status = models.CharField(
        max_length=15, choices=parts.TakedownStatus, default=parts.TakedownStatus.NEEDED
    )
    # Some hosts hear only the person concerned: the school helps them to ask.
    asked_by_person = models.BooleanField("The person has to ask themselves", default=False)
    needed_at = models.DateTimeField(default=timezone.now)
    requested_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    added_by = a_person(null=True)
    sealed_where = models.BinaryField(editable=False)
    sealed_note = models.BinaryField(default=b"", editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["needed_at"], condition=Q(ended_at=None), name="incidents_to_remove"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=parts.TakedownStatus.values),
                name="incidents_takedown_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["needed", "removed"]) | Q(requested_at__isnull=False),
                name="incidents_takedown_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(status__in=parts.TAKEDOWN_OVER, ended_at__isnull=False)
                | (~Q(status__in=parts.TAKEDOWN_OVER) & Q(ended_at=None)),
                name="incidents_takedown_ended",
            ),
            models.CheckConstraint(
                condition=~Q(sealed_where=b""), name="incidents_takedown_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"takedown {self.pk}: {self.get_status_display()}"


class Consent(PartOfCase):
    """Whether a person agrees to somebody outside being told (I12)."""

    SEALED = frozenset({"note", "basis"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    of = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="consents")
    status = models.CharField(
        max_length=15, choices=parts.ConsentStatus, default=parts.ConsentStatus.NOT_ASKED
    )
    asked_by = a_person(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    sealed_note = models.BinaryField(default=b"", editable=False)
    sealed_basis = models.BinaryField(default=b"", editable=False)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "of"], name="incidents_consent_once"),
            models.CheckConstraint(
                condition=Q(status__in=parts.ConsentStatus.values),
                name="incidents_consent_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="not_asked") | Q(decided_at__isnull=False),
                name="incidents_consent_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status="overridden") | ~Q(sealed_basis=b""),
                name="incidents_override_has_a_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}: {self.get_status_display()}"


class DataBreachQuerySet(OfACaseQuerySet):
    def undecided(self) -> Self:
        return self.filter(status__in=parts.BREACH_UNDECIDED)


class DataBreach(PartOfCase):
    """Personal data in the wrong hands: 72 hours from when the school knew."""

    SEALED = frozenset({"risk", "why", "number"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="breaches")
    status = models.CharField(
        max_length=15, choices=parts.BreachStatus, default=parts.BreachStatus.AWARE
    )
    aware_at = models.DateTimeField()
    assessed_at = models.DateTimeField(null=True, blank=True)
    assessed_by = a_person(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = a_person(null=True)
    sealed_risk = models.BinaryField(default=b"", editable=False)
    sealed_why = models.BinaryField(default=b"", editable=False)
    sealed_number = models.BinaryField(default=b"", editable=False)

    objects = DataBreachQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="incidents_one_breach_a_case"),
            models.CheckConstraint(
                condition=Q(status__in=parts.BreachStatus.values),
                name="incidents_breach_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=parts.BREACH_UNDECIDED) | Q(decided_at__isnull=False),
                name="incidents_breach_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status="not_reported") | ~Q(sealed_why=b""),
                name="incidents_breach_not_reported_why",
            ),
            both_or_neither("decided_at", "decided_by", name="incidents_breach_decided_by"),
            both_or_neither("assessed_at", "assessed_by", name="incidents_breach_assessed_by"),
        ]

    def __str__(self) -> str:
        return f"breach {self.pk}: {self.get_status_display()}"
