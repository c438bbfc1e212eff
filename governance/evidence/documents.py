"""What a pack says of the texts: their versions, who signed them off, reviews, adoption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.as_at import Question
from governance.evidence.people import AT_ONCE, Row, day
from governance.models import Adoption, GroupRecord, PolicyVersion, Review, SignOff, Withdrawal
from people.roles import Role
from web.words import utc

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class VersionFields(TypedDict):
        """What `versions_of()` adds to a version."""

        read: bool
        withdrawn_at: datetime | None
        withdrawn_reason: str | None

    Version = WithAnnotations[PolicyVersion, VersionFields]


def versions_of(question: Question, policies: Iterable[int] | None) -> QuerySet[Version, Version]:
    """Every version that was published by then, of these policies or of all there.

    Annotated: read (somebody's acknowledgement of it is in the pack), withdrawn_at and why.
    """
    signed = question.acknowledged().filter(version=OuterRef("pk"))
    gone = Withdrawal.objects.filter(version=OuterRef("pk"), at__lte=question.moment)
    found = PolicyVersion.objects.published().filter(
        policy__in=question.policies_there.values("pk"), published_at__lte=question.moment
    )
    found = found.annotate(
        read=Exists(signed),
        withdrawn_at=gone.values("at")[:1],
        withdrawn_reason=gone.values("reason")[:1],
    )
    if policies is not None:
        found = found.filter(Q(policy__in=list(policies)) | Q(read=True))
    return found.order_by("title", "policy", "ordinal")


def versions(
    question: Question, found: QuerySet[Version, Version], *, with_texts: bool
) -> Iterator[Row]:
    for one in found.select_related("published_by").defer("body").iterator(AT_ONCE):
        in_force = one.pk in question.versions
        has_text = with_texts and (in_force or one.read)
        yield {
            "policy_id": one.policy_id,
            "policy": one.title,
            "version": one.number,
            "in_force": in_force,
            "change": one.change,
            "published_at": utc(one.published_at),
            "published_by": one.published_by.name if one.published_by else "",
            "agreed_on": day(one.agreed_on),
            "summary": one.summary,
            "withdrawn_at": utc(one.withdrawn_at),
            "withdrawn_reason": one.withdrawn_reason or "",
            "language": one.language,
            "content_hash": one.content_hash,
            "text": f"texts/{one.content_hash}.txt" if has_text else "",
        }


def sign_offs(found: QuerySet[Version, Version]) -> Iterator[Row]:
    """Who signed these versions off, in which capacity. `stands`: for exactly this text."""
    rows = SignOff.objects.filter(version__in=found.order_by().values("pk"))
    rows = rows.select_related("version", "person").defer("version__body")
    for one in rows.order_by("version__title", "version__policy", "version__ordinal", "pk"):
        yield {
            "policy_id": one.version.policy_id,
            "policy": one.version.title,
            "version": one.version.number,
            "as": Role(one.role).label,
            "name": one.person.name if one.person else one.name,
            "signed_on": day(one.signed_on),
            "how": one.get_method_display(),
            "recorded_at": utc(one.recorded_at),
            "content_hash": one.content_hash,
            "stands": one.is_for(one.version),
        }


def reviews(question: Question) -> Iterator[Row]:
    """Reviews that were finished by that day, or open on it."""
    on = max(question.days(), default=question.moment.date())
    rows = Review.objects.filter(
        policy__in=question.policies_there.values("pk"), opened_on__lte=on
    ).select_related("policy", "closed_by")
    for one in rows.order_by("policy__title", "policy", "opened_on", "pk"):
        closed = one.closed_on is not None and one.closed_on <= on
        yield {
            "policy_id": one.policy_id,
            "policy": one.policy.title,
            "opened_on": day(one.opened_on),
            "why": one.get_trigger_display(),
            "closed_on": day(one.closed_on) if closed else "",
            "outcome": one.get_outcome_display() if closed else "Open",
            "note": one.note if closed else "",
            "next_due_on": day(one.next_due_on) if closed else "",
            "by": one.closed_by.name if closed and one.closed_by else "",
        }


def adoptions(question: Question) -> Iterator[Row]:
    """Which school had confirmed by then that it adopts which version of its trust's policy."""
    rows = Adoption.objects.filter(
        organisation__in=question.organisations,
        version__policy__in=question.policies_there.values("pk"),
        at__lte=question.moment,
    ).select_related("organisation", "version", "by")
    for one in rows.defer("version__body").order_by("version__title", "organisation__name", "at"):
        yield {
            "school": one.organisation.name,
            "policy_id": one.version.policy_id,
            "policy": one.version.title,
            "version": one.version.number,
            "adopted_at": utc(one.at),
            "by": one.by.name,
        }


def groups(question: Question) -> Iterator[Row]:
    """Parents and pupils, in figures, as they had been counted by then. No part of the others."""
    corrected = GroupRecord.objects.filter(
        corrects=OuterRef("pk"), recorded_at__lte=question.moment
    )
    rows = GroupRecord.objects.filter(
        ~Exists(corrected),
        organisation__in=question.organisations,
        version__policy__in=question.policies_there.values("pk"),
        recorded_at__lte=question.moment,
        is_void=False,
    ).select_related("organisation", "version")
    for one in rows.defer("version__body"):
        yield {
            "school": one.organisation.name,
            "policy_id": one.version.policy_id,
            "policy": one.version.title,
            "version": one.version.number,
            "who": one.get_audience_display(),
            "group": one.group,
            "asked": one.asked,
            "signed": one.signed,
            "how": one.get_how_display(),
            "counted_on": day(one.counted_on),
        }
