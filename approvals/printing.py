"""A business case on paper, with the decision: which data go into templates/pdf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import dateformat, timezone

from accounts.printing import Pair, paper_of
from approvals import voting
from approvals.considerations import Considered, considered
from approvals.models import Answer, BusinessCase, Evaluation, Vote
from approvals.risks import FOR_SIDE, RiskInWords, in_words, signatures
from approvals.workflow import Status
from web.pdf import pdf

SAID = {
    Vote.Choice.APPROVE: "approved",
    Vote.Choice.CHANGES: "sent it back",
    Vote.Choice.REJECT: "rejected",
}
YES_NO = {True: "Yes", False: "No", None: "Not answered"}


def case_pdf(case: BusinessCase) -> bytes:
    """The five parts, the risks with their signatures, every consideration, and the votes."""
    data = paper_of(case.organisation, f"{case.reference}: {case}") | {
        "state": _state(case),
        "why": case.decided_why,
        "facts": list(_facts(case)),
        "runners": [row.person.name for row in case.runners.select_related("person")],
        "risks": [_risk(one) for one in in_words(case)],
        "signed": list(_signed(case)),
        "considered": [_considered(row) for row in considered(case)],
        "votes": list(_votes(case)),
        "missing": list(voting.quorum(case).missing) if case.status == Status.SUBMITTED else [],
        "evaluations": [_evaluation(one) for one in case.evaluations.select_related("by")],
    }
    return pdf("business_case", data)


def _state(case: BusinessCase) -> str:
    if case.decided_at is None:
        return case.get_status_display()
    return f"{case.get_status_display()}, {_when(case, case.decided_at)}"


def _when(case: BusinessCase, moment: Any) -> str:
    local = timezone.localtime(moment, case.organisation.zone)
    return dateformat.format(local, "j F Y, H:i")


def _facts(case: BusinessCase) -> Iterator[Pair]:
    yield "Written by", case.author.name
    yield "Platform", case.get_platform_display() if case.platform else ""
    yield "Department or faculty", case.department
    yield "What it is for", case.aim
    yield "Whom it is for", case.audience
    yield "Pupils among them", YES_NO[case.faces_pupils]
    yield "Pictures of pupils", YES_NO[case.shows_pupils]
    yield "How people hear of it", case.promotion
    yield "Who can see it", case.get_access_display() if case.access else ""
    yield "Who tries it first", case.pilot_group
    yield "Weeks of the trial", str(case.pilot_weeks or "")
    yield "How it is judged", case.pilot_goals


def _risk(one: RiskInWords) -> list[str]:
    risk = one.risk
    return [
        risk.what,
        f"{one.before.word} ({risk.before})",
        risk.mitigation,
        f"{one.after.word} ({risk.after})",
    ]


def _signed(case: BusinessCase) -> Iterator[str]:
    signed = signatures(case)
    for side, words in FOR_SIDE.items():
        row = signed.get(side)
        done = f"signed by {row.person.name}, {_when(case, row.at)}" if row else "not signed"
        yield f"{words.capitalize()}: {done}."


def _considered(row: Considered) -> list[str]:
    return [str(row.number), row.question.text, _said(row.answer) if row.answer else "Not answered"]


def _said(answer: Answer) -> str:
    said = [
        answer.get_verdict_display() if answer.verdict else "",
        answer.text,
        answer.person.name if answer.person else "",
        f"{answer.date:%d/%m/%Y}" if answer.date else "",
        answer.link,
        answer.note,
        f"What is done about it: {answer.mitigation}" if answer.mitigation else "",
    ]
    return "\n".join(filter(None, said))


def _votes(case: BusinessCase) -> Iterator[list[str]]:
    for vote in case.votes.select_related("person"):
        earlier = "" if vote.content_hash == case.content_hash else " (an earlier text)"
        risk = "Accepts the risk that remains." if vote.accepts_risk else ""
        yield [
            f"{vote.person.name}, {vote.get_capacity_display().lower()}",
            f"{SAID[Vote.Choice(vote.choice)].capitalize()}{earlier}",
            " ".join(filter(None, [vote.reason, risk])),
            _when(case, vote.at),
        ]


def _evaluation(one: Evaluation) -> list[str]:
    return [
        f"{one.get_outcome_display()}: {one.by.name}, {_when(one.case, one.at)}",
        *filter(None, [one.reached, one.learnt, one.changes]),
    ]
