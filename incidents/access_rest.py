"""What is held of a case beside what an export tells: for somebody who asks for their data.

Assessment, support, consent, data breaches, who was let in or kept out, accounts and content that
were asked for, holds, and to whom something of it went before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from incidents.export_tables import Row
from incidents.kinds import FACTORS
from incidents.models import Case, CaseExport, CasePerson
from incidents.redaction import Withheld

Said = tuple[str, str, str, str]
BUNDLE = CaseExport.Profile.SUBJECT_ACCESS


def rest_of(case: Case, hidden: Withheld) -> Iterator[Row]:
    """Rows in the columns `what`, `who`, `status` and `text`, without who is hidden."""
    for part in (_assessment, _support, _accounts, _content, _access, _sent):
        for what, who, status, text in part(case, hidden):
            yield {
                "what": what, "who": hidden.text(who), "status": str(status),
                "text": hidden.text(text),
            }  # fmt: skip


def _joined(row: Any, *names: str) -> str:
    return ". ".join(text for text in map(row.text, names) if text)


def _shown(rows: Any, person: str, hidden: Withheld) -> Iterator[tuple[Any, str]]:
    """Parts of a case about somebody in it, with their name; none of a reporter who is hidden."""
    for row in rows.select_related(f"{person}__user").order_by("pk"):
        somebody = getattr(row, person)
        somebody.case = row.case  # with its key
        if not (hidden.reporter and somebody.role == CasePerson.Role.REPORTER):
            yield row, somebody.name


def _assessment(case: Case, _hidden: Withheld) -> Iterator[Said]:
    reasons: dict[str, str] = json.loads(case.text("factors") or "{}")
    for factor, reason in reasons.items():
        yield f"Assessed: {FACTORS[factor][0]}", "", "", reason
    for breach in case.breaches.order_by("pk"):
        said = _joined(breach, "risk", "why", "number")
        yield "Data breach", "", breach.get_status_display(), said


def _support(case: Case, hidden: Withheld) -> Iterator[Said]:
    for offer, name in _shown(case.offers, "to", hidden):
        what = f"Support offered: {offer.get_what_display()}"
        yield what, name, offer.get_answer_display(), offer.text("note")
    for one, name in _shown(case.consents, "of", hidden):
        yield "Consent", name, one.get_status_display(), _joined(one, "note", "basis")


def _accounts(case: Case, hidden: Withheld) -> Iterator[Said]:
    for one, name in _shown(case.account_requests, "of", hidden):
        said = _joined(one, "which", "why", "presence", "seen", "refusal")
        yield f"Asked for: {one.get_kind_display()}", name, one.get_status_display(), said


def _content(case: Case, _hidden: Withheld) -> Iterator[Said]:
    for one in case.content_requests.order_by("pk"):
        said = _joined(one, "what", "where", "why", "refusal", "ending")
        yield "Content asked for", "", one.get_status_display(), said
    for look in case.content_looks.order_by("pk"):
        yield "Content looked at", "", "", look.text("what")


def _access(case: Case, hidden: Withheld) -> Iterator[Said]:
    for hold in case.holds.order_by("pk"):
        yield "Legal hold", "", "Lifted" if hold.lifted_at else "It stands", hold.text("why")
    for one in case.accesses.select_related("person").order_by("pk"):
        yield "Let in", hidden.of(one.person), one.get_cause_display(), one.text("why")
    for kept in case.conflicts.select_related("person").order_by("pk"):
        said = _joined(kept, "why", "why_lifted")
        yield "Kept out", hidden.of(kept.person), kept.get_cause_display(), said


def _sent(case: Case, _hidden: Withheld) -> Iterator[Said]:
    """To whom something of it went; what was given to people who asked is in their requests."""
    for one in case.exports.exclude(profile=BUNDLE).order_by("pk"):
        yield "Left the portal", one.text("recipient"), one.get_profile_display(), one.text("why")
