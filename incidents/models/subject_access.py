"""A request for what is held about somebody, what was decided upon each entry, and what left."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from incidents.models.case import Case
from incidents.models.evidence import CaseExport, new_public_id
from incidents.models.parts import OfACaseQuerySet, PartOfCase, a_person
from incidents.models.people import CasePerson
from incidents.references import new_reference
from incidents.sealing import Sealed, seal, sealed_column, unseal, unwrap
from incidents.subject_access import MOST_MONTHS_MORE, Choice, Ending, Ground, due_on
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class SubjectRequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the schools at which they answer such requests.

        Never one about themselves, one that they make, or one of somebody they act for today.
        """
        from incidents.visibility import out_for

        if not user.is_active or not user.posts:
            return self.none()
        out = list(out_for(user))
        there = Organisation.objects.where(user, Permission.ANSWER_REQUESTS)
        mine = Q(person__in=out, person__isnull=False) | Q(asker__in=out, asker__isnull=False)
        return self.filter(organisation__in=there).exclude(mine)

    def standing(self) -> Self:
        return self.filter(ended_at=None)


class SubjectRequest(Sealed):
    """Somebody asks what is held about them, or about a child of theirs.

    `person` and `asker` are people of the portal, where they are such: neither may handle it. Its
    own texts open with a key of its own, kept wrapped in the row; what is decided about a case's
    texts is sealed by that case's key.
    """

    SEALED = frozenset({"name", "asked_by", "note", "longer", "ending"})

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    person = a_person(null=True)
    asker = a_person(null=True)
    relation = models.CharField(max_length=15, choices=CasePerson.Relation)
    index = models.CharField(max_length=64, blank=True, default="")
    received_on = models.DateField("Received on")
    # The month begins when the school knows who asks.
    waits_for_identity = models.BooleanField(default=False)
    identity_on = models.DateField("Identity confirmed on", null=True, blank=True)
    months_more = models.PositiveSmallIntegerField(default=0)
    handler = a_person()
    recorded_by = a_person()
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = a_person(null=True)
    outcome = models.CharField(max_length=10, choices=Ending, blank=True, default="")
    wrapped = models.BinaryField(editable=False)
    wrapped_with = models.CharField(max_length=8)
    sealed_name = models.BinaryField(editable=False)
    sealed_asked_by = models.BinaryField(editable=False)
    sealed_note = sealed_column()
    sealed_longer = sealed_column()
    sealed_ending = sealed_column()

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(
                fields=["organisation"], condition=Q(ended_at=None), name="incidents_requests_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(sealed_name=b""),
                name="incidents_request_about_somebody",
            ),
            models.CheckConstraint(
                condition=Q(months_more__lte=MOST_MONTHS_MORE)
                & (Q(months_more=0) | ~Q(sealed_longer=b"")),
                name="incidents_request_longer_with_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(person=None) | ~Q(handler=F("person")))
                & (Q(asker=None) | ~Q(handler=F("asker"))),
                name="incidents_nobody_answers_themselves",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | Q(ended_at__isnull=False, outcome__in=Ending.values),
                name="incidents_request_ended",
            ),
            both_or_neither("ended_at", "ended_by", name="incidents_request_ended_by"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """An address that says nothing of what it leads to."""
        return f"/matters/{self.reference}/"

    def _its_case(self) -> Any:
        """Its texts are sealed by a key of its own, under its own reference."""
        return self

    @cached_property
    def data_key(self) -> bytes:
        return unwrap(self.wrapped, self.reference)

    @property
    def name(self) -> str:
        """About whom it is."""
        return self.person.name if self.person is not None else self.text("name")

    @property
    def due_on(self) -> date | None:
        """The last day for the answer; None while it waits to be known who asks."""
        return self._due(self.months_more)

    @property
    def first_due_on(self) -> date | None:
        """The same without the months that were added: until then a delay has to be said."""
        return self._due(0)

    def _due(self, more: int) -> date | None:
        return due_on(
            self.received_on, identity=self.identity_on, waits=self.waits_for_identity, more=more
        )


class OfARequestQuerySet(OfACaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Only where both the case and the request are."""
        requests = SubjectRequest.objects.visible_to(user)
        return super().visible_to(user).filter(request__in=requests)


class RequestedCase(PartOfCase):
    """A case in which the person appears, or that somebody thought of.

    `left_out`: it is not given at all. `ready`: all of it is decided upon; `checked`: by another.
    """

    class Found(models.TextChoices):
        PERSON = "person", "They are in the case"
        CHILD = "child", "The same name and year group"
        NAME = "name", "A name like theirs"
        REPORTER = "reporter", "They reported it"
        HAND = "hand", "Added by hand"

    SEALED = frozenset({"why_added", "why_left", "sent_back"})

    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requested")
    found = models.CharField(max_length=10, choices=Found)
    added_by = a_person()
    added_at = models.DateTimeField(default=timezone.now)
    left_out = models.BooleanField(default=False)
    # How many entries nobody has decided upon, when somebody last did; None: nobody began.
    undecided = models.PositiveIntegerField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    ready_by = a_person(null=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = a_person(null=True)
    sealed_why_added = sealed_column()
    sealed_why_left = sealed_column()
    sealed_sent_back = sealed_column()

    objects = OfARequestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "case"], name="incidents_requested_once"),
            models.CheckConstraint(
                condition=Q(left_out=False) | ~Q(sealed_why_left=b""),
                name="incidents_left_out_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None)
                | (Q(ready_by__isnull=False) & ~Q(checked_by=F("ready_by"))),
                name="incidents_two_people_check",
            ),
            both_or_neither("ready_at", "ready_by", name="incidents_requested_ready_by"),
            both_or_neither("checked_at", "checked_by", name="incidents_requested_checked_by"),
        ]

    def __str__(self) -> str:
        return f"requested case {self.pk}"

    @property
    def why(self) -> str:
        """Why nothing of it is given; else why somebody added it."""
        return self.text("why_left" if self.left_out else "why_added")

    @property
    def back(self) -> str:
        """What the second person wants decided otherwise, until that is done."""
        return "" if self.ready_at else self.text("sent_back")

    @property
    def is_unchecked(self) -> bool:
        """Whether somebody decided upon it, and nobody else has looked."""
        return self.ready_at is not None and self.checked_at is None


class EntryDecision(PartOfCase):
    """What was decided upon one entry of a case.

    `entry` is a hash of what the entry said, by the key of its case: an entry that was changed
    afterwards is another one, upon which nobody has decided.
    """

    SEALED = frozenset({"words", "note"})

    requested = models.ForeignKey(RequestedCase, on_delete=models.PROTECT, related_name="decisions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    entry = models.CharField(max_length=32)
    choice = models.CharField(max_length=10, choices=Choice)
    ground = models.CharField(max_length=12, choices=Ground, blank=True, default="")
    decided_by = a_person()
    decided_at = models.DateTimeField(default=timezone.now)
    sealed_words = sealed_column()
    sealed_note = sealed_column()

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["requested", "entry"], name="incidents_decided_once"),
            models.CheckConstraint(
                condition=Q(choice="give", sealed_words=b"", ground="")
                | Q(choice="black_out", ground__in=Ground.values) & ~Q(sealed_words=b"")
                | Q(choice="withhold", ground__in=Ground.values, sealed_words=b""),
                name="incidents_withheld_on_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"

    @property
    def words(self) -> list[str]:
        """What is blacked out, passage by passage."""
        return self.text("words").splitlines()


class RequestBundleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Only where all its cases are: a bundle with another case in it would betray that.

        A case that was disposed of is seen by nobody: then whoever made it still finds it.
        """
        unseen = BundledCase.objects.exclude(case__in=Case.objects.visible_to(user))
        gone = Q(case__disposed_at__isnull=False, bundle__made_by=user)
        hidden = unseen.filter(~gone, bundle=OuterRef("pk"))
        requests = SubjectRequest.objects.visible_to(user)
        return self.filter(~Exists(hidden), request__in=requests)


class RequestBundle(models.Model):
    """What was given, once. Its manifest is kept: it says what each file was, byte for byte."""

    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="bundles")
    public_id = models.CharField(max_length=20, unique=True, default=new_public_id, editable=False)
    made_by = a_person()
    made_at = models.DateTimeField(default=timezone.now)
    fingerprint = models.CharField(max_length=64)
    sealed_manifest = models.BinaryField(editable=False)

    objects = RequestBundleQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"bundle {self.made_at}"

    def keep(self, manifest: bytes) -> None:
        """Seal the manifest, as it was sent, by the key of the request."""
        self.sealed_manifest = seal(
            self.request.data_key, manifest, reference=self.request.reference, field=self._label
        )

    @property
    def manifest(self) -> bytes:
        """The bytes of manifest.json."""
        return unseal(
            self.request.data_key, self.sealed_manifest, reference=self.request.reference,
            field=self._label,
        )  # fmt: skip

    @property
    def _label(self) -> str:
        return f"{self._meta.label_lower}.manifest.{self.public_id}"


class BundledCase(models.Model):
    """One case of a bundle, and the line of that case which says that it left."""

    bundle = models.ForeignKey(RequestBundle, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    export = models.OneToOneField(CaseExport, on_delete=models.PROTECT, related_name="bundled")

    objects = OfACaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "case"], name="incidents_bundled_once")
        ]

    def __str__(self) -> str:
        return f"bundled case {self.pk}"
