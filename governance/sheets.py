"""What can be recorded from paper: which texts were in force on a day, and who was there to sign.

Reads only. The forms, the check page and the service ask the same questions, so that they answer
alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from governance.models import (
    Acknowledgement,
    Exemption,
    PaperSheet,
    PaperSigner,
    Policy,
    PolicyVersion,
)
from governance.obligations import audience_of
from people.models import Membership, Organisation, User
from people.models.membership import on_day

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class SignerFields(TypedDict):
        """What `people_for()` adds to a membership."""

        exempt: bool
        chosen: bool

    Signer = WithAnnotations[Membership, SignerFields]

MOST_PEOPLE = 200
MOST_SCANS = 20
NEEDS_SCAN = "policies.paper_needs_scan"


@dataclass(frozen=True)
class Edition:
    """What a document said at one place from one moment to another: a policy, and its appendix."""

    version: PolicyVersion
    appendix: PolicyVersion | None
    since: datetime
    until: datetime | None

    @property
    def key(self) -> str:
        return "-".join(str(one.pk) for one in self.versions)

    @property
    def versions(self) -> list[PolicyVersion]:
        return [self.version, self.appendix] if self.appendix else [self.version]

    def in_force_on(self, day: date, place: Organisation) -> bool:
        """For some of that day at least: on the day of a change both texts were."""
        begun = self.since.astimezone(place.zone).date() <= day
        return begun and (self.until is None or day <= self.until.astimezone(place.zone).date())

    def label(self, place: Organisation) -> str:
        """Such as: Version 2.0 with local appendix 1.1 (since 4 November 2026)."""
        words = f"Version {self.version.number}"
        if self.appendix:
            words += f" with local appendix {self.appendix.number}"
        since = f"{self.since.astimezone(place.zone):%-d %B %Y}"
        if self.until is None:
            return f"{words} (since {since})"
        return f"{words} ({since} to {self.until.astimezone(place.zone):%-d %B %Y})"


def editions_at(policy: Policy, place: Organisation) -> list[Edition]:
    """Every edition of a document that was ever in force at a place, newest first. One query."""
    published = (
        PolicyVersion.objects.published()
        .filter(Q(policy=policy) | Q(policy__parent=policy, policy__owner=place))
        .select_related("policy__owner", "withdrawal")
        .defer("body")
        .order_by("policy", "ordinal")
    )
    spans = list(_spans(published))
    moments = sorted({moment for span in spans for moment in span[1:] if moment is not None})
    found: list[Edition] = []
    for begin, end in zip(moments, [*moments[1:], None], strict=True):
        here = [version for version, since, until in spans if _covers(since, until, begin)]
        main = next((one for one in here if one.policy_id == policy.pk), None)
        if main is None:
            continue
        appendix = next((one for one in here if one.policy_id != policy.pk), None)
        edition = Edition(main, appendix, begin, end)
        if found and found[-1].key == edition.key and found[-1].until == begin:
            edition = Edition(main, appendix, found.pop().since, end)
        found.append(edition)
    return found[::-1]


def _spans(
    published: Iterable[PolicyVersion],
) -> Iterator[tuple[PolicyVersion, datetime, datetime | None]]:
    """Each version with the moments between which it was in force."""
    versions = list(published)
    for version, following in zip(versions, [*versions[1:], None], strict=True):
        assert version.published_at is not None
        ends = []
        if following is not None and following.policy_id == version.policy_id:
            ends.append(following.published_at)
        if hasattr(version, "withdrawal"):
            ends.append(version.withdrawal.at)
        yield version, version.published_at, min(filter(None, ends), default=None)


def _covers(since: datetime, until: datetime | None, moment: datetime) -> bool:
    return since <= moment and (until is None or moment < until)


def edition_of(sheet: PaperSheet) -> Edition | None:
    """The edition whose texts stand on this sheet; None when they were never in force together."""
    wanted = "-".join(str(pk) for pk in (sheet.version_id, sheet.appendix_id) if pk)
    editions = editions_at(sheet.version.policy, sheet.organisation)
    days = [one for one in editions if one.key == wanted]
    return next(
        (one for one in days if one.in_force_on(sheet.signed_on, sheet.organisation)),
        days[0] if days else None,
    )


def wrong_day(day: date, edition: Edition, place: Organisation) -> str:
    """Why nobody can have signed this edition there on that day; empty when they can."""
    if day > place.today():
        return "This day lies in the future. Give the day written on the paper."
    if edition.in_force_on(day, place):
        return ""
    since = edition.since.astimezone(place.zone).date()
    if day < since:
        return (
            f"Version {edition.version.number} was published on {since:%-d %B %Y}. "
            "Nobody can have signed it before that day."
        )
    assert edition.until is not None
    until = edition.until.astimezone(place.zone).date()
    return (
        f"Version {edition.version.number} was in force until {until:%-d %B %Y}. "
        "Check the version and the day on the paper."
    )


def may_witness(person: User, place: Organisation, day: date) -> bool:
    """Somebody of the school that day, or of the trust it belongs to."""
    return witnesses_at(place, day).filter(pk=person.pk).exists()


def witnesses_at(place: Organisation, day: date) -> QuerySet[User]:
    posts = Membership.objects.active(day).filter(organisation__in=[place.pk, place.parent_id])
    found: QuerySet[User] = User.objects.filter(pk__in=posts.values("person"))
    return found


def covered(sheet: PaperSheet) -> QuerySet[Membership]:
    """The posts of that day at that place that the signed version was for."""
    return audience_of(sheet.version, sheet.signed_on).filter(organisation=sheet.organisation)


def people_for(sheet: PaperSheet, by: User) -> QuerySet[Signer, Signer]:
    """Those who may have signed this sheet: for whom it was, that day, and who have not signed yet.

    Without the witness and whoever records. Annotated: exempt (bool), chosen (bool).
    """
    chosen = PaperSigner.objects.filter(sheet=sheet, person=OuterRef("person"))
    rows = covered(sheet).exclude(person__in=[sheet.witness_id, by.pk])
    return (
        rows.filter(~(signed(sheet.version) & signed(sheet.appendix)))
        .annotate(exempt=_exempt(sheet), chosen=Exists(chosen))
        .select_related("person")
        .order_by("person__sort_name", "person__name", "pk")
    )


def matching(
    rows: QuerySet[Signer, Signer], department: str = "", words: str = ""
) -> QuerySet[Signer, Signer]:
    """Narrowed down as the filter of a list says."""
    if department:
        rows = rows.filter(department=department)
    if words.strip():
        rows = rows.filter(person__name__icontains=words.strip())
    return rows


def signed(version: PolicyVersion | None) -> Q:
    """Of a post: its person has acknowledged this very version. Of no version: they have."""
    if version is None:
        return ~Q(pk=None)
    done = Acknowledgement.objects.counting().filter(person=OuterRef("person"), version=version)
    return Q(Exists(done))


def digest_of(sheet: PaperSheet) -> str:
    """Of everything the check page shows, so that nothing else is recorded than what was seen."""
    appendix = sheet.appendix
    seen: list[Any] = [
        sheet.version_id,
        sheet.version.policy.current_id,
        sheet.appendix_id,
        appendix.policy.current_id if appendix else None,
        sheet.signed_on.isoformat(),
        sheet.witness_id,
        sheet.reason,
        sheet.note,
        sorted(sheet.signers.values_list("person", flat=True)),
        sorted(sheet.scans.values_list("pk", flat=True)),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def signers_of(sheet: PaperSheet) -> QuerySet[Any, Any]:
    """Whoever stands on the sheet, by name. Annotated: department, exempt, done (has signed)."""
    post = covered(sheet).filter(person=OuterRef("person")).order_by("pk")
    return (
        sheet.signers.select_related("person")
        .annotate(
            department=Subquery(post.values("department")[:1]),
            exempt=_exempt(sheet),
            done=Case(
                When(signed(sheet.version) & signed(sheet.appendix), then=True), default=False
            ),
        )
        .order_by("person__sort_name", "person__name", "pk")
    )


def _exempt(sheet: PaperSheet) -> Exists:
    """Of a row with a person: whether they were exempt from signing that day."""
    return Exists(
        Exemption.objects.filter(
            on_day(sheet.signed_on),
            Q(policy=None) | Q(policy=sheet.version.policy_id),
            person=OuterRef("person"),
            organisation=sheet.organisation,
        )
    )
