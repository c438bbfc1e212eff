"""What somebody who leaves promises and hands over (P9, D20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from people.models import Membership, Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class LeavingStatementQuerySet(models.QuerySet["LeavingStatement"]):
    def visible_to(self, user: User) -> Self:
        """Their own, and those given at places where they may see who has signed."""
        seen = Organisation.objects.where(user, Permission.VIEW_SIGNATURES)
        return self.filter(Q(person=user) | Q(organisation__in=seen))

    def given(self) -> Self:
        """By the person, in the portal or on paper."""
        return self.filter(method__in=[LeavingStatement.Method.OWN, LeavingStatement.Method.PAPER])


class LeavingStatement(models.Model):
    """One person's last promise to one school, or that they left without it. Fixed for good."""

    class Method(models.TextChoices):
        OWN = "own", "Signed in, typed name"
        PAPER = "paper", "On paper"
        WITHOUT = "without", "Left without it"

    reference = models.CharField(max_length=14, unique=True)
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="leaving_statements"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leaving_statements"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=10, choices=Method)
    statement = models.TextField(blank=True)
    name_hash = models.CharField(max_length=64, blank=True)
    # The last day as it was then. Moved by more than a few weeks, the person is asked again.
    last_day = models.DateField()
    counts_until = models.DateField()
    given_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = LeavingStatementQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=["own", "paper", "without"]),
                name="governance_leaving_method",
            ),
            models.UniqueConstraint(
                fields=["membership", "last_day"],
                condition=Q(method__in=["own", "paper"]),
                name="governance_leaving_given_once",
            ),
            models.UniqueConstraint(
                fields=["membership", "last_day"],
                condition=Q(method="without"),
                name="governance_left_without_once",
            ),
            models.CheckConstraint(
                condition=Q(method="own", recorded_by=F("person"))
                | (~Q(method="own") & ~Q(recorded_by=F("person"))),
                name="governance_leaving_witness_is_another",
            ),
            models.CheckConstraint(
                condition=Q(method="own") & ~Q(statement="") & ~Q(name_hash="") | ~Q(method="own"),
                name="governance_leaving_signed_words",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("governance:leaving_receipt", args=[self.reference])


class LeavingWords(models.Model):
    """What was typed: the person's name, or why there is none. Apart, so that it can be erased."""

    statement = models.OneToOneField(
        LeavingStatement, on_delete=models.PROTECT, primary_key=True, related_name="typed"
    )
    name = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name or self.reason


class HandedOver(models.Model):
    """One thing a leaver looked after, and who has it now (nobody yet: `to` is empty)."""

    statement = models.ForeignKey(
        LeavingStatement, on_delete=models.PROTECT, related_name="handed_over"
    )
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=300)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_over",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.subject
