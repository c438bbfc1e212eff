"""That somebody looked through their personal accounts. Not what they found (P12, D21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from people.models import Membership, Organisation
from people.roles import Permission

if TYPE_CHECKING:
    from people.models import User


class SelfCheckQuerySet(models.QuerySet["SelfCheck"]):
    def visible_to(self, user: User) -> Self:
        """Their own, and those of people who belong where they may see who has signed."""
        seen = Organisation.objects.where(user, Permission.VIEW_SIGNATURES)
        people = Membership.objects.active().filter(organisation__in=seen).values("person")
        return self.filter(Q(person=user) | Q(person__in=people))


class SelfCheck(models.Model):
    """A person has gone through this edition of the questions, on this day.

    There is no column for an answer, and there must be none: the person looks at their private
    life here, and the school may know only that they did.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="self_checks"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField()
    done_on = models.DateField()

    objects = SelfCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-done_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "edition", "done_on"], name="governance_self_check_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.done_on}"
