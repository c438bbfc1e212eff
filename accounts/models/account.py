"""An account on a platform that speaks for a school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from accounts.platforms import (
    CHOICES,
    LONGEST_ADDRESS,
    LONGEST_HANDLE,
    LONGEST_KEY,
    PLATFORMS,
    Platform,
)
from accounts.workflow import HAS_ADDRESS, PAUSED, RUNNING, Status
from people.models import Organisation
from people.models.membership import on_day
from people.roles import Permission
from trail.constraints import both_or_neither
from web.addresses import numbered

if TYPE_CHECKING:
    from datetime import date

    from people.models import User


def runs_on(day: date, prefix: str = "") -> Q:
    """A condition on runners: they run it that day, and are still among the school's people."""
    return on_day(day, prefix) & Q((f"{prefix}person__is_active", True))


class SocialAccountQuerySet(models.QuerySet["SocialAccount"]):
    def visible_to(self, user: User, on: date | None = None) -> Self:
        """Those of schools whose register they may read, those they run or have on a trip."""
        from accounts.models.runner import Runner
        from accounts.models.trip import Trip

        today = on or timezone.localdate()
        seen = Organisation.objects.where(user, Permission.VIEW_ACCOUNTS, today)
        run = Runner.objects.current(today).filter(person=user)
        lent = Trip.objects.under_way(today).filter(person=user)
        theirs = Q(pk__in=run.values("account")) | Q(pk__in=lent.values("account"))
        return self.filter(Q(organisation__in=seen) | theirs)

    def open(self) -> Self:
        return self.exclude(status=Status.CLOSED)

    def running(self) -> Self:
        return self.filter(status__in=RUNNING)

    def with_runners(self, on: date) -> Self:
        """Annotated: running, the number of people who run it that day."""
        current = Count("runners", filter=runs_on(on, "runners__"), distinct=True)
        return self.annotate(running=current)


class SocialAccount(models.Model):
    """An account on a platform, from the wish for one to long after it was closed.

    `key` is one for every spelling of its address, and stands once among those that are open.
    """

    class Access(models.TextChoices):
        OPEN = "open", "Open: anybody can see it"
        CLOSED = "closed", "Closed: people ask to be let in"

    class Moderation(models.TextChoices):
        BEFORE = "before", "Looked at before they are shown"
        AFTER = "after", "Looked at after they are shown"
        OFF = "off", "Switched off"

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="social_accounts"
    )
    platform = models.CharField(max_length=20, choices=CHOICES)
    name = models.CharField(max_length=100, help_text="What people at the school call it.")
    department = models.CharField("Department or faculty", max_length=100, blank=True)
    aim = models.TextField(max_length=2000, blank=True)
    audience = models.TextField(max_length=1000, blank=True)
    access = models.CharField(max_length=10, choices=Access, default=Access.OPEN)
    faces_pupils = models.BooleanField("Pupils are among its audience", default=False)
    shows_pupils = models.BooleanField("Pictures of pupils are shown there", default=False)
    comments = models.CharField(
        "Comments by others", max_length=10, choices=Moderation, default=Moderation.AFTER
    )
    handle = models.CharField(max_length=LONGEST_HANDLE, blank=True)
    url = models.URLField("Address", max_length=LONGEST_ADDRESS, blank=True)
    key = models.CharField(max_length=LONGEST_KEY, blank=True)
    email = models.EmailField(
        "E-mail address of the account",
        max_length=254,
        blank=True,
        help_text="The address it was opened with: one of the school’s own.",
    )
    two_factor_on = models.DateField("Two-factor sign-in confirmed", null=True, blank=True)
    recovery_on = models.DateField("Recovery contacts confirmed", null=True, blank=True)
    # Whoever leads the faculty was told the address before pupils were let in (A7).
    notified_on = models.DateField(null=True, blank=True)
    notified_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    notice_confirmed_at = models.DateTimeField(null=True, blank=True)
    open_to_pupils = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.SETUP)
    paused_from = models.CharField(max_length=20, blank=True, default="")
    restricted_on = models.DateField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    suspended_why = models.TextField(max_length=1000, blank=True)
    pilot_from = models.DateField(null=True, blank=True)
    pilot_until = models.DateField(null=True, blank=True)
    live_on = models.DateField(null=True, blank=True)
    found_on = models.DateField("Found", null=True, blank=True)
    # Accounts that the school had before it had the portal: who agreed to them, and when.
    agreed_before_on = models.DateField(null=True, blank=True)
    agreed_before_note = models.CharField(max_length=300, blank=True)
    review_on = models.DateField("Next looked at", null=True, blank=True)
    farewell_on = models.DateField(null=True, blank=True)
    exported_on = models.DateField(null=True, blank=True)
    access_removed_on = models.DateField(null=True, blank=True)
    deleted_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_why = models.TextField(max_length=1000, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    objects = SocialAccountQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "platform", "name", "pk"]
        indexes = [
            models.Index(fields=["organisation", "status"], name="accounts_at_school"),
            models.Index(fields=["key"], name="accounts_key"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(key="") & ~Q(status="closed"),
                name="accounts_address_open_once",
                violation_error_message="This account is on a register already.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="accounts_status_known"
            ),
            models.CheckConstraint(
                condition=Q(platform__in=sorted(PLATFORMS)), name="accounts_platform_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=HAS_ADDRESS) | ~Q(key=""),
                name="accounts_in_use_has_an_address",
                violation_error_message="An account in use has an address.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PAUSED, paused_from__in=RUNNING)
                | (~Q(status__in=PAUSED) & Q(paused_from="")),
                name="accounts_paused_from_something",
            ),
            models.CheckConstraint(
                condition=~Q(status="restricted") | Q(restricted_on__isnull=False),
                name="accounts_restricted_since",
            ),
            models.CheckConstraint(
                condition=~Q(status="suspended")
                | (Q(suspended_at__isnull=False) & ~Q(suspended_why="")),
                name="accounts_suspended_why",
            ),
            models.CheckConstraint(
                condition=~Q(status="pilot")
                | Q(pilot_from__isnull=False, pilot_until__isnull=False),
                name="accounts_trial_has_an_end",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_on__isnull=False),
                name="accounts_closed_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(open_to_pupils=False) | Q(notice_confirmed_at__isnull=False),
                name="accounts_open_to_pupils_once_told",
                violation_error_message="The head of faculty has to confirm the address first.",
            ),
            both_or_neither("notified_on", "notified_to", name="accounts_notified_on_and_to"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_platform_display()})"

    def get_absolute_url(self) -> str:
        return numbered("accounts:account", self.organisation.slug)(self.pk)

    @property
    def on(self) -> Platform:
        return PLATFORMS[self.platform]

    @property
    def was_in_use(self) -> bool:
        return self.pilot_from is not None or self.live_on is not None

    def wrong_email(self) -> str:
        """Why its e-mail address is not the school's own, or an empty text (E5)."""
        from accounts.domains import not_ours

        return not_ours(self.email, self.organisation)

    def is_run_by(self, user: User, on: date | None = None) -> bool:
        """Whether this person runs it today."""
        day = on or self.organisation.today()
        return bool(self.pk) and self.runners.filter(runs_on(day), person=user).exists()
