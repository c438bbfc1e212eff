"""A business case: why a school should have an account, and who would run it (A1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import SocialAccount
from accounts.platforms import CHOICES, PLATFORMS
from approvals.workflow import DECIDED, OPEN, Status
from people.models import Membership, Organisation
from people.roles import Permission, Role

if TYPE_CHECKING:
    from people.models import User


def reference(number: int) -> str:
    """Such as BC-0012."""
    return f"BC-{number:04}"


class BusinessCaseQuerySet(models.QuerySet["BusinessCase"]):
    def visible_to(self, user: User, on: date | None = None) -> Self:
        """Those they have a part in; and, once sent, all of schools whose register they may read.

        A draft is nobody's business but of those who work on it. A chair of governors sees what
        was put to those above the school, and nothing else (`outside_asked_at`).
        """
        seen = Organisation.objects.where(user, Permission.VIEW_ACCOUNTS, on)
        chairs = Membership.objects.active(on).filter(person=user).holding([Role.CHAIR], on)
        sent = Q(submitted_at__isnull=False) & Q(organisation__in=seen)
        asked = Q(outside_asked_at__isnull=False) & Q(organisation__in=chairs.reach())
        takes_part = CasePart.objects.filter(person=user).values("case")
        run = ProposedRunner.objects.filter(person=user).values("case")
        return self.filter(Q(author=user) | sent | asked | Q(pk__in=takes_part) | Q(pk__in=run))

    def waiting(self) -> Self:
        return self.filter(status=Status.SUBMITTED)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)


class BusinessCase(models.Model):
    """The wish for an account, in five parts, from the first word to the decision.

    `content_hash` is of everything the vote is about (`approvals/content.py`): set when it is
    sent and with every change from then on, so that a vote counts for one text and no other.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="business_cases"
    )
    number = models.PositiveIntegerField(help_text="Counted at each school from 1.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="business_cases"
    )
    retry_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="retries"
    )
    # The account it led to, or the one found before that it would make the school's own.
    account = models.ForeignKey(
        SocialAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    platform = models.CharField(max_length=20, choices=CHOICES, blank=True)
    name = models.CharField("Name of the account", max_length=100, blank=True)
    department = models.CharField("Department or faculty", max_length=100, blank=True)
    aim = models.TextField("What it is for", max_length=2000, blank=True)
    audience = models.TextField("Whom it is for", max_length=1000, blank=True)
    promotion = models.TextField("How people will hear of it", max_length=1000, blank=True)
    access = models.CharField(
        "Who can see it", max_length=10, choices=SocialAccount.Access, blank=True
    )
    faces_pupils = models.BooleanField("Pupils are among its audience", null=True, blank=True)
    shows_pupils = models.BooleanField("Pictures of pupils are shown", null=True, blank=True)
    # The trial that is proposed (A8).
    pilot_group = models.TextField("Who tries it first", max_length=1000, blank=True)
    pilot_goals = models.TextField("What the trial should show", max_length=1000, blank=True)
    pilot_weeks = models.PositiveSmallIntegerField("Weeks of the trial", null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # Too few of the school can vote, or it waited too long: those above the school are asked.
    outside_asked_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # Why it was sent back, rejected, withdrawn or revoked: the last of these.
    decided_why = models.TextField(max_length=2000, blank=True)
    launched_at = models.DateTimeField(null=True, blank=True)

    objects = BusinessCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "status"], name="approvals_at_school")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="approvals_number_once"
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(status__in=[*OPEN, Status.APPROVED]) & Q(account__isnull=False),
                name="approvals_one_case_per_account",
                violation_error_message="There is a business case for this account already.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="approvals_status_known"
            ),
            models.CheckConstraint(
                condition=Q(platform__in=["", *sorted(PLATFORMS)]),
                name="approvals_platform_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | (
                    Q(submitted_at__isnull=False)
                    & ~Q(content_hash="")
                    & ~Q(aim="") & ~Q(audience="") & ~Q(promotion="") & ~Q(access="")
                    & ~Q(platform="") & ~Q(name="")
                ),
                name="approvals_sent_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DECIDED) | Q(decided_at__isnull=False),
                name="approvals_decided_at",
            ),
            models.CheckConstraint(
                condition=Q(launched_at=None)
                | Q(status__in=[Status.APPROVED, Status.REVOKED], account__isnull=False),
                name="approvals_launched_has_an_account",
            ),
            models.CheckConstraint(
                condition=Q(retry_of=None) | ~Q(retry_of=F("pk")), name="approvals_retry_of_another"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or "A business case without a name"

    def get_absolute_url(self) -> str:
        return reverse("approvals:case", args=[self.organisation.slug, self.number])

    @property
    def reference(self) -> str:
        """What people call it. Counted at each school."""
        return reference(self.number)

    def last_day(self) -> date | None:
        """The last day on which an approved account may be begun."""
        if self.decided_at is None:
            return None
        days = int(self.organisation.setting("approvals.runs_out_after"))
        return timezone.localdate(self.decided_at, self.organisation.zone) + timedelta(days=days)


class OfACaseQuerySet(models.QuerySet):
    """Rows of a business case: whoever sees the case sees them."""

    def visible_to(self, user: User) -> Self:
        return self.filter(case__in=BusinessCase.objects.visible_to(user))


class ProposedRunner(models.Model):
    """Somebody who would run the account: staff, a volunteer or a parent."""

    case = models.ForeignKey(BusinessCase, on_delete=models.CASCADE, related_name="runners")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposed_to_run"
    )

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                name="approvals_proposed_once",
                violation_error_message="This person is named already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} would run {self.case}"


class CasePart(models.Model):
    """Somebody works on a case: asked to, or has changed it. Who changed it has no vote (E1)."""

    case = models.ForeignKey(BusinessCase, on_delete=models.CASCADE, related_name="parts")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_parts"
    )
    has_edited = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="approvals_part_once"),
            models.CheckConstraint(
                condition=Q(has_edited=False) | Q(edited_at__isnull=False),
                name="approvals_edited_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} works on {self.case}"
