"""Business cases as a list: what is asked for once, however many rows there are (H7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.safestring import SafeString

from accounts.platforms import PLATFORMS
from approvals.duties import could_decide
from approvals.models import BusinessCase, CasePart, ProposedRunner, Vote
from approvals.models.case import reference
from approvals.workflow import Status
from people.models import Organisation, User
from web.addresses import numbered
from web.json_rows import AmongIds
from web.listed import Listed
from web.prepared import prepared


class Whose(StrEnum):
    """Which of those that a person may see."""

    ALL = ""
    MINE = "mine"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Row(Listed):
    """A business case on a list."""

    url: str
    name: str
    reference: str
    platform: str  # in words
    school: str
    author: str
    status: str
    state: str  # in words
    approving: int  # while it waits
    submitted_at: datetime | None


def cases_at(at: Organisation, user: User, filters: Mapping[str, Any]) -> list[int]:
    """Ids of those at a school, or at all schools of a trust, that this person may see."""
    asked: dict[str, Any] = {
        "person_id": user.pk,
        "organisation_id": at.pk,
        "on": at.today(),
        "whose": Whose(filters.get("mine", "")),
        "status": filters.get("status") or None,
    }
    if words := filters.get("q", "").strip():
        return list(_found.build(**asked).filter(_named(words)))
    return _found(**asked)


@prepared
def _found(
    *, person_id: int, organisation_id: int, on: date, whose: Whose, status: str | None
) -> QuerySet[BusinessCase, int]:
    cases = BusinessCase.objects.visible_to(User(pk=person_id), on).filter(
        Q(organisation=organisation_id) | Q(organisation__parent=organisation_id)
    )
    if status is not None:
        cases = cases.filter(status=status)
    match whose:
        case Whose.MINE:
            cases = cases.filter(_worked_on_by(person_id))
        case Whose.VOTE:
            cases = cases.filter(pk__in=could_decide(person_id, on).values("pk"))
    return cases.order_by("-created_at", "-pk").values_list("pk", flat=True)


def rows(ids: Sequence[int]) -> list[Row]:
    """Of these cases, in their order. One query."""
    found = {pk: one for pk, *one in _with_all(case_ids=json.dumps(list(ids)))}
    return [_row(*found[pk]) for pk in ids if pk in found]


@prepared
def _with_all(*, case_ids: str) -> QuerySet[BusinessCase, Any]:
    """The cases of these ids (a JSON list)."""
    approve = Q(votes__choice=Vote.Choice.APPROVE, votes__content_hash=F("content_hash"))
    cases = BusinessCase.objects.filter(AmongIds("pk", case_ids)).order_by()
    return cases.annotate(approving=Count("votes", filter=approve)).values_list(
        "pk", "organisation__slug", "organisation__name", "number", "name", "platform",
        "author__name", "status", "submitted_at", "approving",
    )  # fmt: skip


def _row(
    slug: str, school: str, number: int, name: str, platform: str,
    author: str, status: str, sent: datetime | None, approving: int,
) -> Row:  # fmt: skip
    # What nobody typed holds nothing to escape, which fifty rows would have looked for.
    return Row(
        url=SafeString(numbered("approvals:case", slug)(number)),
        name=name,
        reference=SafeString(reference(number)),
        platform=PLATFORMS[platform].label if platform else "",
        school=school,
        author=author,
        status=SafeString(status),
        state=SafeString(Status(status).label),
        approving=approving if status == Status.SUBMITTED else 0,
        submitted_at=sent,
    )


def _named(words: str) -> Q:
    """By name, or by a reference however it is typed: BC-0012, bc12, 12."""
    digits = words.lower().removeprefix("bc").strip(" -").lstrip("0")
    named = Q(name__icontains=words) | Q(author__name__icontains=words)
    return named | Q(number=int(digits)) if digits.isdecimal() and len(digits) < 9 else named


def _worked_on_by(person_id: int) -> Q:
    parts = CasePart.objects.filter(person=person_id).values("case")
    runs = ProposedRunner.objects.filter(person=person_id).values("case")
    return Q(author=person_id) | Q(pk__in=parts) | Q(pk__in=runs)
