"""One act of signing, and the acknowledgements it made (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from governance.models.policy import Policy
from governance.models.version import PolicyVersion
from people.models import Organisation
from people.roles import Permission
from web.addresses import address

if TYPE_CHECKING:
    from people.models import User


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, user: User) -> Self:
        """Their own, and those made at places where they may see who has signed."""
        seen = Organisation.objects.where(user, Permission.VIEW_SIGNATURES)
        return self.filter(Q(person=user) | Q(organisation__in=seen))


class Signature(models.Model):
    """One person signs, once: by typing their name, or on paper. Fixed for good by the database.

    `signed_at` is when they signed: for paper the end of the day that stands on it, as nobody
    knows the hour. When it was put on record, and by whom, is `witnessed`.
    """

    class Method(models.TextChoices):
        OWN = "own", "Signed in, typed name"
        TABLET = "tablet", "On a shared tablet, typed name"
        PAPER = "paper", "On paper"

    reference = models.CharField(max_length=14, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    name_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=10, choices=Method, default=Method.OWN)
    signed_at = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=10, default="en-GB")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return address("governance:receipt", self.reference)


class SignatureName(models.Model):
    """The name as it was typed. Apart from the signature, so that it can be erased."""

    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, primary_key=True, related_name="typed"
    )
    name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(signature__in=Signature.objects.visible_to(user))

    def counting(self) -> Self:
        """Without those of signatures that were annulled: recorded by mistake from paper."""
        from governance.models.witnessing import Annulment

        # Not an EXISTS for each row: PostgreSQL reads the few annulments once for all of them.
        return self.exclude(signature__in=Annulment.objects.values("signature"))


class Acknowledgement(models.Model):
    """This person has acknowledged this version, in exactly the words with this hash.

    `policy` and `ordinal` repeat the version's, so that "has signed this one or a later one" is
    one index look-up; the version cannot change, so they cannot disagree. `again` is how many
    annulled records of this version by this person came before.
    """

    signature = models.ForeignKey(
        Signature, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="acknowledgements")
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    ordinal = models.PositiveIntegerField()
    again = models.PositiveSmallIntegerField(default=0)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version", "again"], name="governance_acknowledged_once"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "policy", "ordinal"], name="governance_ack_of_policy"),
            models.Index(fields=["policy", "ordinal"], name="governance_ack_by_policy"),
        ]

    def __str__(self) -> str:
        return f"{self.person} acknowledged {self.version}"
