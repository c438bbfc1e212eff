"""One version of a policy's text, who it is for, and who signed it off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from governance.models.policy import Policy
from governance.workflow import Status
from people.models import Membership, Organisation
from people.roles import Role
from trail.constraints import both_or_neither
from web.addresses import address

if TYPE_CHECKING:
    from people.models import User


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def visible_to(self, user: User) -> Self:
        """Published versions of policies they may read, and drafts where they see drafts.

        A version they once signed stays readable to them, wherever they are now: a receipt must
        lead somewhere. Later versions do not.
        """
        from governance.models.signature import Acknowledgement
        from people.roles import Permission

        drafts = Organisation.objects.where(user, Permission.VIEW_DRAFTS)
        return self.filter(
            Q(status=Status.PUBLISHED, policy__in=Policy.objects.visible_to(user))
            | Q(policy__owner__in=drafts)
            | Q(Exists(Acknowledgement.objects.filter(person=user, version=OuterRef("pk"))))
        )

    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def open(self) -> Self:
        return self.exclude(status=Status.PUBLISHED)


class PolicyVersion(models.Model):
    """The words of a policy at one time. Once published the database refuses every change."""

    class Change(models.TextChoices):
        MATERIAL = "material", "Material: everyone signs again"
        MINOR = "minor", "Minor: earlier signatures still count"

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    ordinal = models.PositiveIntegerField()
    number = models.CharField("Version", max_length=20)
    title = models.CharField(max_length=200)
    body = models.TextField("Text")
    language = models.CharField(max_length=10, default="en-GB")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    change = models.CharField(max_length=10, choices=Change, blank=True)
    summary = models.TextField("What changed", max_length=2000, blank=True)
    content_hash = models.CharField(max_length=64)
    # Of the audience rules: a sign-off is given to a text for these people. Empty on versions from
    # before it was kept.
    audience_hash = models.CharField(max_length=64, blank=True)
    agreed_on = models.DateField("Date agreed", null=True, blank=True)
    # Counts the edits, so that the second of two people editing one draft is told.
    edition = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField("Sent for sign-off", null=True, blank=True)
    return_note = models.TextField(max_length=2000, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField("Sent back", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_file = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Of the form it was begun with: a second click on its button begins no second policy.
    form_key = models.UUIDField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["policy", "-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "ordinal"], name="governance_ordinal_once"),
            models.UniqueConstraint(
                fields=["policy", "number"],
                name="governance_number_once",
                violation_error_message="This policy already has a version with that number.",
            ),
            models.UniqueConstraint(
                fields=["policy"],
                condition=~Q(status="published"),
                name="governance_one_open_draft",
                violation_error_message="A new version of this policy is already being written.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="governance_version_status"
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(published_at__isnull=False, change__in=["material", "minor"]),
                name="governance_published_when_and_how",
            ),
            both_or_neither("published_at", "published_by", name="governance_published_at_and_by"),
            models.UniqueConstraint(
                fields=["created_by", "form_key"], name="governance_begun_once_a_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return address("governance:version", self.pk)

    @property
    def organisation(self) -> Organisation:
        return self.policy.owner

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED


class AudienceRule(models.Model):
    """Who a version is for. A person is covered when any rule matches; blank means any (D9)."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="audience")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(max_length=20, choices=Role, blank=True)
    employment = models.CharField(max_length=20, choices=Membership.Employment, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            # Two constraints: SQLite takes every NULL for another value.
            models.UniqueConstraint(
                fields=["version", "organisation", "role", "employment"],
                name="governance_audience_rule_once",
            ),
            models.UniqueConstraint(
                fields=["version", "role", "employment"],
                condition=Q(organisation=None),
                name="governance_audience_rule_once_anywhere",
            ),
        ]

    def __str__(self) -> str:
        who = self.get_role_display() if self.role else "Everyone"
        if self.employment:
            who = f"{who} ({self.get_employment_display().lower()})"
        return f"{who} at {self.organisation}" if self.organisation else who


class SignOffQuerySet(models.QuerySet["SignOff"]):
    def standing(self) -> Self:
        """Those given to the text as it is now, for the people it is for now."""
        return self.filter(
            content_hash=F("version__content_hash"), audience_hash=F("version__audience_hash")
        )


class SignOff(models.Model):
    """One signatory's consent to one exact text for one exact audience (P2).

    A change of either changes its hash and voids the consent.
    """

    class Method(models.TextChoices):
        PORTAL = "portal", "In the portal"
        ELSEWHERE = "elsewhere", "Signed elsewhere"

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="sign_offs")
    role = models.CharField("In the capacity of", max_length=20, choices=Role)
    method = models.CharField(max_length=10, choices=Method, default=Method.PORTAL)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    name = models.CharField(max_length=150, blank=True)
    signed_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    content_hash = models.CharField(max_length=64)
    audience_hash = models.CharField(max_length=64, blank=True)
    scan = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "role", "content_hash", "audience_hash"],
                name="governance_signed_off_once",
            ),
            models.CheckConstraint(
                condition=Q(method="portal", person__isnull=False, person=F("recorded_by"))
                | (Q(method="elsewhere") & ~Q(name="")),
                name="governance_signed_off_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} for {self.version}"

    def is_for(self, version: PolicyVersion) -> bool:
        """Whether it stands on this version as it is now."""
        return (
            self.content_hash == version.content_hash
            and self.audience_hash == version.audience_hash
        )


class Withdrawal(models.Model):
    """A published policy taken out of force, by whom and why. The text stays readable."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="withdrawals")
    version = models.OneToOneField(PolicyVersion, on_delete=models.PROTECT)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="governance_withdrawal_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"Withdrawal of {self.version}"
