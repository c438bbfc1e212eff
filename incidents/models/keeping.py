"""Holding on to a case, tying it to another, and letting it go; what a school sets; alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from incidents.kinds import Kind, Level
from incidents.models.case import Case
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class LegalHoldQuerySet(OfACaseQuerySet):
    def standing(self) -> Self:
        return self.filter(lifted_at=None)


class LegalHold(PartOfCase):
    """A case that must be kept, whatever its age: a court, an inquiry, a claim."""

    SEALED = frozenset({"why"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    placed_by = a_person()
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = a_person(null=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    sealed_why = models.BinaryField(editable=False)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at=None), name="incidents_one_hold"
            ),
            models.CheckConstraint(
                condition=~Q(sealed_why=b""), name="incidents_hold_has_a_reason"
            ),
            both_or_neither("lifted_at", "lifted_by", name="incidents_hold_lifted_by"),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class CaseLinkQuerySet(models.QuerySet["CaseLink"]):
    def visible_to(self, user: User) -> Self:
        """Only where both ends are."""
        seen = Case.objects.visible_to(user)
        return self.filter(case__in=seen, other__in=seen)


class CaseLink(models.Model):
    """Two cases that belong together. It says nothing of why: that stands in the chronology."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_to")
    made_by = a_person()
    made_at = models.DateTimeField(default=timezone.now)

    objects = CaseLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="incidents_linked_once"),
            models.CheckConstraint(
                condition=Q(case__lt=F("other")), name="incidents_link_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"


class Disposal(models.Model):
    """A case whose time is over: proposed by one person, carried out by another."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="disposal")
    proposed_by = a_person()
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = a_person(null=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="incidents_two_people_dispose",
            ),
            both_or_neither("confirmed_at", "confirmed_by", name="incidents_disposal_confirmed"),
        ]

    def __str__(self) -> str:
        return f"disposal {self.pk}"


class OfASchoolQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Of the trusts and schools whose settings they keep."""
        return self.filter(
            organisation__in=Organisation.objects.where(user, Permission.MANAGE_SCHOOL)
        )


class Route(models.Model):
    """Whom a school tells of a kind of report, where it differs from the default."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=Kind)
    # Codes of `incidents.circles.Circle` and `Guest`.
    first = models.JSONField(default=list)
    also = models.JSONField(default=list, blank=True)
    clock = models.CharField(max_length=5, choices=Level)
    changed_by = a_person(null=True)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = OfASchoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="incidents_one_route"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="incidents_route_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.organisation}"


class PlaybookItem(models.Model):
    """One thing that a school does about a kind of report. With one, the default no longer counts.

    `text` speaks of kinds, not of people: it is not sealed.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=Kind)
    code = models.CharField(max_length=30)
    text = models.CharField(max_length=300)
    hours = models.PositiveIntegerField("Due after")
    position = models.PositiveSmallIntegerField(default=0)

    objects = OfASchoolQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "code"], name="incidents_step_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="incidents_step_says_what"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="incidents_step_kind"),
        ]

    def __str__(self) -> str:
        return self.text


class Alert(models.Model):
    """That one person was told of one stage of one clock: once, however often the sweep runs."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts")
    clock = models.CharField(max_length=20)
    since = models.DateTimeField()
    percent = models.PositiveSmallIntegerField()
    person = a_person(related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock", "since", "percent", "person"],
                name="incidents_alert_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.percent} %"
