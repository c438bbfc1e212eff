"""What somebody reported, page by page: their own words, and a neutral word about where it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from incidents.models import Case, Message
from incidents.services.messages import box_as_reporter
from incidents.services.reporting import RECEIVED, neutral
from incidents.visibility import Hidden, not_kept_out
from people.models import User


@dataclass(frozen=True, slots=True)
class Own:
    """One report as its reporter sees it."""

    case: Case
    state: str
    is_answered: bool

    @property
    def may_attach(self) -> bool:
        """Whether a file may be sent, after one more question (I6)."""
        return not self.case.no_uploads

    @property
    def what(self) -> str:
        return self.case.text("what")


def reported_by(user: User) -> QuerySet[Case]:
    """The newest first, with what `as_own` needs: no query for each row.

    Somebody who has since been kept out sees "Received" for good, and no answer: a report that
    vanished, or went on, would tell them.
    """
    still_open = Case.objects.filter(not_kept_out(user), pk=OuterRef("pk"))
    answers = Message.objects.filter(case=OuterRef("pk"), from_reporter=False)
    return (
        Case.objects.filter(reporter=user, disposed_at=None)
        .select_related("key", "organisation__parent")
        .annotate(is_open_to=Exists(still_open), is_answered=Exists(answers))
    )


def as_own(case: Case) -> Own:
    """A row of `reported_by`."""
    if not case.is_open_to:  # type: ignore[attr-defined]
        return Own(case, RECEIVED, is_answered=False)
    answered: bool = case.is_answered  # type: ignore[attr-defined]
    return Own(case, neutral(case), is_answered=answered)


def own(reference: str, user: User) -> tuple[Own, list[Message]]:
    """One report and its messages. Raises Hidden for another's, and for none: alike."""
    found = reported_by(user).filter(reference=reference).first()
    if found is None:
        raise Hidden
    return as_own(found), box_as_reporter(reference, by=user)
