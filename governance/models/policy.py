"""A policy: what stays the same while its versions follow each other."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from people.models import Membership, Organisation, OrganisationReach
from people.roles import Permission, Role
from web.addresses import address

if TYPE_CHECKING:
    from people.models import User


class PolicyQuerySet(models.QuerySet["Policy"]):
    def visible_to(self, user: User, on: date | None = None) -> Self:
        """Published ones that reach a place of theirs; all of a place whose drafts they see."""
        from governance.models.version import PolicyVersion

        published = PolicyVersion.objects.filter(policy=OuterRef("pk")).published()
        belongs = Membership.objects.active(on).filter(
            person=user, organisation__reached_from__above=OuterRef("owner")
        )
        # From the trust, too: whoever may see who has signed may read what was signed.
        asks = Organisation.objects.where(user, Permission.VIEW_SIGNATURES, on)
        drafts = Organisation.objects.where(user, Permission.VIEW_DRAFTS, on)
        return self.filter(
            (Q(Exists(published)) & (Q(Exists(belongs)) | Q(owner__in=asks))) | Q(owner__in=drafts)
        )

    def reaching(self, organisation: Organisation) -> Self:
        """The organisation's own policies and those of the trust above it."""
        above = OrganisationReach.objects.filter(below=organisation).values("above")
        return self.filter(owner__in=above)

    def in_force(self) -> Self:
        return self.filter(current__isnull=False)

    def documents(self) -> Self:
        """What is read by itself: not the appendices, which are read with their policy."""
        return self.filter(parent=None)

    def review_due(self, on: date) -> Self:
        return self.in_force().filter(review_due_on__lte=on)


class Policy(models.Model):
    """A policy of a trust or of one school (P1)."""

    class Kind(models.TextChoices):
        POLICY = "policy", "Policy"
        AGREEMENT = "agreement", "Acceptable use agreement"
        ACCOUNT_RULES = "account_rules", "Account rules"
        NOTICE = "notice", "Notice"

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policies")
    # A school's local appendix to this policy of its trust: read as one document with it, for the
    # same people, and kept and signed as a text of its own (P7).
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="appendices"
    )
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.POLICY)
    is_public = models.BooleanField(
        "May be read by anyone", default=False, help_text="Otherwise by staff only."
    )
    committee = models.CharField("Responsible committee", max_length=150, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="policies_authored",
        help_text="Keeps the policy up to date and is reminded before its review.",
    )
    legislation = models.TextField(blank=True, help_text="One act or piece of guidance a line.")
    related_documents = models.TextField(blank=True, help_text="One a line.")
    related = models.ManyToManyField("self", blank=True)
    review_months = models.PositiveSmallIntegerField(
        "Reviewed every",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Months from one review to the next.",
    )
    review_due_on = models.DateField("Next review", null=True, blank=True)
    # Whether each signatory is asked only once the one before them has signed.
    sign_off_in_order = models.BooleanField("One signs after the other", default=False)
    # Where a reader is sent, and the last material version: who signed that one or a later one
    # owes nothing. Both are moved by publishing and withdrawing alone, in the same transaction.
    current = models.ForeignKey(
        "PolicyVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asking = models.ForeignKey(
        "PolicyVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="governance_policy_has_a_title"),
            models.CheckConstraint(
                condition=Q(review_months__gte=1) & Q(review_months__lte=60),
                name="governance_review_interval",
                violation_error_message="Choose from 1 to 60 months.",
            ),
            models.UniqueConstraint(
                fields=["parent", "owner"],
                name="governance_one_appendix_a_school",
                violation_error_message="This school has an appendix to the policy already.",
            ),
            models.CheckConstraint(
                condition=Q(current=None, asking=None)
                | Q(current__isnull=False, asking__isnull=False),
                name="governance_current_and_asking",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where it is read: an appendix with the policy it belongs to."""
        return address("governance:read", self.parent_id or self.pk)

    def is_under_review(self) -> bool:
        """Whether its review is overdue or open. It stays in force meanwhile (D13)."""
        due = self.review_due_on
        overdue = due is not None and due < self.owner.today()
        return overdue or self.reviews.filter(closed_on=None).exists()

    @property
    def is_appendix(self) -> bool:
        return self.parent_id is not None

    @property
    def organisation(self) -> Organisation:
        return self.owner


class PolicySignatory(models.Model):
    """Who must sign a version off before it is published: the holder of a role (P2)."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="signatories")
    role = models.CharField(max_length=20, choices=Role)
    # Their turn, from 1. It counts where the policy says that one signs after the other.
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "role"], name="governance_one_signatory_a_role"
            ),
            models.UniqueConstraint(
                fields=["policy", "position"], name="governance_one_signatory_a_turn"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

    @staticmethod
    def choices_for(owner: Organisation) -> list[tuple[str, str]]:
        """Roles that can sign off: those of the trust, or those of the school."""
        if owner.kind == Organisation.Kind.TRUST:
            wanted = [Role.TRUST_LEAD, Role.TRUST_SAFEGUARDING, Role.CHAIR]
        else:
            wanted = [Role.HEAD, Role.CHAIR, Role.DSL, Role.DPO]
        return [(role.value, role.label) for role in wanted]
