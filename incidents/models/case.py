"""A case: a report, and what becomes of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import SocialAccount
from incidents.circles import Circle, column
from incidents.kinds import Kind, Level
from incidents.references import new_reference
from incidents.sealing import Sealed, unwrap
from incidents.workflow import ENDED, OPEN, WORKED_ON, Status
from people.models import Organisation
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """Those this person needs to know of, and may. The rule is `incidents/visibility.py`."""
        from incidents.visibility import may_see

        return self.filter(may_see(user))

    def readable(self) -> Self:
        """With what a page needs to read their texts: no query for each row."""
        return self.select_related("key", "organisation__parent", "owner")

    def standing(self) -> Self:
        return self.filter(status__in=OPEN)


class Case(Sealed):
    """One report, from the moment it was sent to the day it is disposed of.

    `reference` is how people and addresses call it; its number is never shown. The texts are
    sealed. `seen_by_…` say which offices it was routed to; who of them may see it, and who else, is
    `incidents/visibility.py`.
    """

    class About(models.TextChoices):
        NONE = "none", "None of these"
        HEAD = "head", "The head teacher"
        SAFEGUARDING = "safeguarding", "Somebody of the safeguarding team"
        OTHER_STAFF = "other_staff", "Another member of staff"

    class Gate(models.TextChoices):
        NO = "no", "No"
        YES = "yes", "Yes"
        UNSURE = "unsure", "I am not sure"

    SEALED = frozenset(
        {
            "what", "where", "platform", "handle", "when", "done", "behalf", "factors",
            "override", "set_aside", "closing",
        }
    )  # fmt: skip
    FACTORS: ClassVar[tuple[str, ...]] = ("nature", "visible", "spread", "impact")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=30, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.SUBMITTED)
    clock = models.CharField("First clock", max_length=5, choices=Level)
    severity = models.CharField(max_length=5, choices=Level, blank=True, default="")
    suggested = models.CharField(max_length=5, choices=Level, blank=True, default="")
    nature = models.CharField(max_length=5, choices=Level, blank=True, default="")
    visible = models.CharField(max_length=5, choices=Level, blank=True, default="")
    spread = models.CharField(max_length=5, choices=Level, blank=True, default="")
    impact = models.CharField(max_length=5, choices=Level, blank=True, default="")

    about = models.CharField(max_length=15, choices=About)
    about_staff = models.BooleanField(default=False)
    child_concerned = models.BooleanField(default=False)
    image_gate = models.CharField(max_length=6, choices=Gate, default=Gate.UNSURE)
    may_contact = models.BooleanField(default=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_cases",
    )
    # Whoever reported it wants to be known to its owner only.
    hide_reporter = models.BooleanField(default=False)
    # Only its owner and those who were let in one by one see it.
    restricted = models.BooleanField(default=False)
    account = models.ForeignKey(
        SocialAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents"
    )

    seen_by_safeguarding = models.BooleanField(default=False)
    seen_by_head = models.BooleanField(default=False)
    seen_by_slt = models.BooleanField(default=False)
    seen_by_it = models.BooleanField(default=False)
    seen_by_dpo = models.BooleanField(default=False)
    seen_by_chair = models.BooleanField(default=False)
    seen_by_trust_safeguarding = models.BooleanField(default=False)
    seen_by_trust_lead = models.BooleanField(default=False)
    # Nobody may see it: the school's office is told so, and nothing else.
    without_handler = models.BooleanField(default=False)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_cases",
    )
    reported_at = models.DateTimeField(default=timezone.now)
    triaged_at = models.DateTimeField(null=True, blank=True)
    triaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=20, blank=True, default="")
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    disposed_at = models.DateTimeField(null=True, blank=True)

    sealed_what = models.BinaryField(default=b"", editable=False)
    sealed_where = models.BinaryField(default=b"", editable=False)
    sealed_platform = models.BinaryField(default=b"", editable=False)
    sealed_handle = models.BinaryField(default=b"", editable=False)
    sealed_when = models.BinaryField(default=b"", editable=False)
    sealed_done = models.BinaryField(default=b"", editable=False)
    sealed_behalf = models.BinaryField(default=b"", editable=False)
    sealed_factors = models.BinaryField(default=b"", editable=False)
    sealed_override = models.BinaryField(default=b"", editable=False)
    sealed_set_aside = models.BinaryField(default=b"", editable=False)
    sealed_closing = models.BinaryField(default=b"", editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-reported_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-reported_at"], name="incidents_at_school"),
            # The list in its order, for a school, for a trust, and for what has ended there.
            models.Index(
                fields=["organisation", "-reported_at", "-id"],
                condition=Q(status__in=OPEN),
                name="incidents_open_at_school",
            ),
            models.Index(
                fields=["-reported_at", "-id"],
                condition=Q(status__in=OPEN),
                name="incidents_open_newest",
            ),
            models.Index(fields=["-reported_at", "-id"], name="incidents_newest"),
            models.Index(
                fields=["status", "reported_at"],
                condition=Q(status__in=OPEN),
                name="incidents_standing",
            ),
            models.Index(
                fields=["organisation"],
                condition=Q(without_handler=True),
                name="incidents_no_handler",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="incidents_status_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="incidents_kind_known"),
            models.CheckConstraint(
                condition=Q(about__in=["none", "head", "safeguarding", "other_staff"]),
                name="incidents_about_known",
            ),
            models.CheckConstraint(
                condition=Q(about="none") | Q(about_staff=True),
                name="incidents_about_somebody_is_about_staff",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "disposed"])
                | (Q(triaged_at__isnull=False) & ~Q(severity="")),
                name="incidents_assessed_first",
            ),
            # A decision that goes against the four factors has its reason.
            models.CheckConstraint(
                condition=Q(severity=F("suggested"))
                | Q(status="disposed")
                | ~Q(sealed_override=b""),
                name="incidents_override_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WORKED_ON)
                | Q(owner__isnull=False, opened_at__isnull=False),
                name="incidents_work_has_an_owner",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ENDED) | Q(ended_at__isnull=False),
                name="incidents_ended_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | (Q(proposed_by__isnull=False) & ~Q(outcome="") & ~Q(sealed_closing=b"")),
                name="incidents_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed")
                | ~(Q(severity="red") | Q(about_staff=True))
                | ~Q(ended_by=F("proposed_by")),
                name="incidents_two_people_close",
                violation_error_message="Another person has to close this case.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["low_level", "no_action"])
                | (~Q(severity="red") & ~Q(sealed_set_aside=b"")),
                name="incidents_set_aside_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["low_level", "no_action"])
                | Q(about_staff=False)
                | ~Q(ended_by=F("triaged_by")),
                name="incidents_two_people_set_aside",
            ),
            models.CheckConstraint(
                condition=~Q(status="low_level") | Q(about_staff=True),
                name="incidents_low_level_is_about_staff",
            ),
            models.CheckConstraint(
                condition=(Q(status="duplicate") & Q(duplicate_of__isnull=False))
                | Q(status="disposed")
                | (~Q(status="duplicate") & Q(duplicate_of=None)),
                name="incidents_duplicate_of_something",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=F("pk")),
                name="incidents_not_its_own_duplicate",
            ),
            models.CheckConstraint(
                condition=(Q(status="disposed") & Q(disposed_at__isnull=False))
                | (~Q(status="disposed") & Q(disposed_at=None)),
                name="incidents_disposed_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="disposed") | Q(sealed_what=b"", reporter=None, owner=None),
                name="incidents_tombstone_says_nothing",
            ),
            both_or_neither("triaged_at", "triaged_by", name="incidents_triaged_by"),
            both_or_neither("proposed_at", "proposed_by", name="incidents_proposed_by"),
            both_or_neither("ended_at", "ended_by", name="incidents_ended_by"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """An address that says nothing: the same whatever the school and the kind."""
        return f"/cases/{self.reference}/"

    def _its_case(self) -> Case:
        return self

    @cached_property
    def data_key(self) -> bytes:
        """The key of its texts. Raises KeyDestroyed after disposal."""
        return unwrap(self.key.wrapped, self.reference)

    @property
    def needs_two(self) -> bool:
        """Whether one person alone may not end it."""
        return self.severity == Level.RED or self.about_staff

    @property
    def state_words(self) -> str:
        """Its state as pages say it: not every case waits for a second person."""
        if self.status == Status.CLOSURE_PROPOSED and not self.needs_two:
            return "To be closed"
        return str(self.get_status_display())

    @property
    def circles(self) -> list[Circle]:
        """The offices it was routed to."""
        return [circle for circle in Circle if getattr(self, column(circle))]

    def shows_reporter_to(self, user: User) -> bool:
        """Whether this person, who sees the case, may know who reported it."""
        return not self.hide_reporter or self.owner_id == user.pk

    @property
    def no_uploads(self) -> bool:
        """Whether nothing may be attached: it could be an indecent picture of a child (I6)."""
        return self.image_gate != Case.Gate.NO


class CaseKey(models.Model):
    """The key of one case, wrapped by the portal's own. Without it nothing of the case opens."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="key")
    wrapped = models.BinaryField(editable=False)
    # Which of the portal's keys wraps it, so that a rotation finds what is left.
    wrapped_with = models.CharField(max_length=8, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["wrapped_with"], name="incidents_wrapped_with")]
        constraints = [
            models.CheckConstraint(
                condition=Q(destroyed_at=None) & ~Q(wrapped=b"") & ~Q(wrapped_with="")
                | Q(destroyed_at__isnull=False, wrapped=b"", wrapped_with=""),
                name="incidents_key_or_none",
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.case_id}"
