"""What the first page of a case asks for, in queries that are compiled once (H6)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from incidents import listing
from incidents.models import (
    AccountRequest,
    Case,
    CaseAction,
    CasePerson,
    ChronologyEntry,
    ContentRequest,
    LegalHold,
    Referral,
)
from people.calendar.rows import year_columns
from people.models import User
from web.prepared import prepared

Kind = ChronologyEntry.Kind


def beside(case: Case) -> Any:
    """What stands beside the case, in one query: its clocks, the school's year, what runs."""
    (found,) = _beside(concern_id=case.pk)
    found.organisation = case.organisation
    return found


def entries_of(case: Case) -> list[Any]:
    """The chronology, each as a line says it: a page may hold a hundred."""
    found = _of(case, _entries(concern_id=case.pk))
    page, kinds = reverse("incidents:entry_add", args=[case.reference]), dict(Kind.choices)
    for entry in found:
        entry.body, entry.what = entry.text("body"), kinds[entry.kind]
        entry.who = entry.written_by.name
        at = timezone.localtime(entry.happened_at)
        entry.at = f"{at.day} {at:%b %Y, %H:%M}"
        entry.correct = f"{page}{entry.number}/"
    return found


def actions_of(case: Case) -> list[Any]:
    """In the order in which they were added, each with its `number` in the case."""
    found = _of(case, _actions(concern_id=case.pk))
    for number, action in enumerate(found, start=1):
        action.number = number
        action.words, action.note_words = action.text("text"), action.text("note")
    return found


def people_of(case: Case, user: User) -> list[Any]:
    """Without a reporter who stays unknown to this person."""
    return _of(case, _people(concern_id=case.pk, person_id=user.pk))


def referrals_of(case: Case) -> list[Any]:
    return _of(case, _referrals(concern_id=case.pk))


def _of(case: Case, rows: list[Any]) -> list[Any]:
    """Their texts open with the key of the case that was looked at."""
    for row in rows:
        row.case = case
    return rows


@prepared
def _beside(*, concern_id: int) -> QuerySet[Case]:
    held = LegalHold.objects.standing().filter(case=OuterRef("pk"))
    # Nothing here says that a reporter who stays unknown was asked.
    asked = AccountRequest.objects.waiting().exclude(of__role=CasePerson.Role.REPORTER)
    rows = listing.with_clocks(Case.objects.filter(pk=concern_id).only(*listing.SHOWN))
    return rows.annotate(
        on_hold=Exists(held),
        account_asked=Exists(asked.filter(case=OuterRef("pk"))),
        content_asked=Exists(ContentRequest.objects.to_see_to().filter(case=OuterRef("pk"))),
        reporter_name=F("reporter__name"),
        came_from=F("public_report__relation"),
        paper_on=F("paper_report__written_on"),
        paper_by=F("paper_report__entered_by__name"),
        assessor_name=F("triaged_by__name"),
        written=Count("messages", filter=Q(messages__from_reporter=True), distinct=True),
        open_takedowns=Count("takedowns", filter=Q(takedowns__ended_at=None), distinct=True),
        kept_out=Count("conflicts", filter=Q(conflicts__lifted_at=None), distinct=True),
        **year_columns(),
    )


@prepared
def _entries(*, concern_id: int) -> QuerySet[ChronologyEntry]:
    rows = ChronologyEntry.objects.filter(case=concern_id).select_related("written_by", "corrects")
    return rows.only(
        "case", "number", "kind", "happened_at", "sealed_body", "written_by__name",
        "corrects__number",
    ).order_by("number")  # fmt: skip


@prepared
def _actions(*, concern_id: int) -> QuerySet[CaseAction]:
    rows = CaseAction.objects.filter(case=concern_id).select_related("owner")
    return rows.only(
        "case", "result", "due_at", "done_at", "sealed_text", "sealed_note", "owner__name"
    ).order_by("pk")


@prepared
def _people(*, concern_id: int, person_id: int) -> QuerySet[CasePerson]:
    rows = CasePerson.objects.filter(case=concern_id).shown_to(person_id)
    return rows.select_related("user").only(
        "case", "role", "relation", "year_group", "sealed_name", "user__name"
    )


@prepared
def _referrals(*, concern_id: int) -> QuerySet[Referral]:
    return Referral.objects.filter(case=concern_id).only("case", "body", "status").order_by("pk")
