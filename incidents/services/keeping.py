"""Keeping a case, tying it to another, and letting it go for good."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from incidents.models import (
    Case,
    CaseKey,
    CaseLink,
    CaseView,
    Disposal,
    EntryDecision,
    LegalHold,
    Message,
    PublicReport,
    RequestedCase,
)
from incidents.own_record import CaseRefused, record
from incidents.sealing import written
from incidents.second_person import seconds_of_disposal
from incidents.services import evidence
from incidents.services.locking import expect_reason, in_hand, locked, seen
from incidents.services.telling import tell
from incidents.workflow import CASE, ENDED, Move, works_on
from people.models import Organisation, User
from web.errors import RuleBroken


@transaction.atomic
def hold(case: Case, *, by: User, why: str) -> LegalHold:
    """It must be kept, whatever its age."""
    case = in_hand(case, by=by, verb="hold.place")
    expect_reason(why, "Say who asks for it to be kept.")
    if case.holds.standing().exists():
        raise RuleBroken("A legal hold stands on this case already.")
    row = LegalHold(case=case, placed_by=by)
    written(row, why=why).save()
    record("hold.place", case, by=by, target=row)
    return row


@transaction.atomic
def lift_hold(held: LegalHold, *, by: User) -> LegalHold:
    """It need not be kept any longer than others."""
    case = in_hand(held.case, by=by, verb="hold.lift")
    row: LegalHold = case.holds.get(pk=held.pk)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = timezone.now(), by
        row.save(update_fields=["lifted_at", "lifted_by"])
        record("hold.lift", case, by=by, target=row)
    return row


@transaction.atomic
def link(case: Case, other: Case, *, by: User) -> CaseLink:
    """They belong together. Whoever sees one of them only sees no link."""
    first, second = sorted((case, other), key=lambda one: one.pk)
    if first.pk == second.pk:
        raise RuleBroken("Choose another case.")
    for one in (first, second):
        locked(one)  # in one order, so that two people never wait for each other
    in_hand(case, by=by, verb="case.link")
    seen(other, by=by)
    row, is_new = CaseLink.objects.get_or_create(case=first, other=second, defaults={"made_by": by})
    if is_new:
        # By its own row: a line that named the other case would betray it.
        record("case.link", first, by=by, target=row)
        record("case.link", second, by=by, target=row)
    return row


@transaction.atomic
def unlink(row: CaseLink, *, by: User) -> None:
    """They do not belong together. Whoever works on one of them, and sees both, may say so."""
    ends = [seen(case, by=by) for case in (row.case, row.other)]
    if not any(works_on(case, by) for case in ends):
        raise CaseRefused("case.unlink", ends[0], by=by)
    for case in ends:
        record("case.unlink", case, by=by, target=row)
    row.delete()


# Disposal


def keeps_until(case: Case) -> date | None:
    """Until when the school keeps it; None while it is not ended."""
    if case.ended_at is None:
        return None
    years = int(case.organisation.setting("incidents.kept_years"))
    ended = case.ended_at.astimezone(case.organisation.zone).date()
    day = 28 if (ended.month, ended.day) == (2, 29) else ended.day
    return ended.replace(year=ended.year + years, day=day)


def to_dispose_of(organisation: Organisation, user: User) -> QuerySet[Case]:
    """Cases whose time is over, among those this person sees: what the portal proposes.

    Not one on hold, and not one that nobody has read, or that has a message nobody has read. The
    oldest first; a page of them at a time.
    """
    seen = Case.objects.visible_to(user).readable().filter(organisation=organisation)
    return over_at(organisation, seen).order_by("ended_at", "pk")


def over_at(organisation: Organisation, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of a school's cases whose time is over and that nothing keeps."""
    ended = cases.filter(status__in=ENDED, ended_at__lt=over_before(organisation))
    return unread_left_out(ended.exclude(holds__lifted_at=None, holds__isnull=False))


def over_before(organisation: Organisation) -> datetime:
    """A case that ended before this moment is kept no longer: `keeps_until`, read backwards."""
    years, today = int(organisation.setting("incidents.kept_years")), organisation.today()
    # What ended on 29 February is kept until the 28th.
    month, day = (3, 1) if (today.month, today.day) == (2, 29) else (today.month, today.day)
    first = date(today.year - years, month, day)
    return datetime.combine(first, time.min, organisation.zone)


def unread_left_out(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without those that nobody has read to their end."""
    # Whoever was asked something, and saw nothing of the case, has not read it.
    looks = CaseView.objects.exclude(what=CaseView.What.ASKED)
    looked = looks.filter(case=OuterRef("pk"))
    unread = Message.objects.filter(case=OuterRef("pk"), from_reporter=True).filter(
        ~Exists(looks.filter(case=OuterRef("case"), at__gte=OuterRef("at")))
    )
    return cases.filter(Exists(looked)).filter(~Exists(unread))


@transaction.atomic
def propose_disposal(case: Case, *, by: User) -> Disposal:
    """Its time is over. Raises RuleBroken with what stands in the way."""
    case = in_hand(case, by=by, verb="disposal.propose")
    RuleBroken.if_any(_not_yet(case))
    row, is_new = Disposal.objects.get_or_create(case=case, defaults={"proposed_by": by})
    if is_new:
        record("disposal.propose", case, by=by, target=row)
        tell(case, seconds_of_disposal(row), clock="dispose", since=row.proposed_at)
    return row


def _not_yet(case: Case) -> list[str]:
    problems = []
    until = keeps_until(case)
    if until is None or case.status not in ENDED:
        problems.append("This case is not closed.")
    elif until >= case.organisation.today():
        problems.append("The time for which it is kept is not over.")
    if case.holds.standing().exists():
        problems.append("A legal hold stands on this case.")
    if not unread_left_out(Case.objects.filter(pk=case.pk)).exists():
        problems.append("Nobody has read it to its end.")
    if evidence.left_locked_away(case):
        problems.append("A file is locked away in it. Two people have to destroy that first.")
    return problems


@transaction.atomic
def dispose(disposal: Disposal, *, by: User) -> None:
    """The second person. The key is destroyed: what was written opens no more, in any table.

    What stays is a tombstone: what kind it was, when, how it ended, and that two people did this.
    """
    case = in_hand(disposal.case, by=by, verb="disposal.confirm")
    row = Disposal.objects.get(pk=disposal.pk)
    if row.proposed_by_id == by.pk:
        raise RuleBroken("You proposed this. Another person has to carry it out.")
    RuleBroken.if_any(_not_yet(case))
    now = timezone.now()
    row.confirmed_by, row.confirmed_at = by, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    record("disposal.confirm", case, by=by, target=row)
    _forget_people(case)
    with CASE.step(case, Move.DISPOSE, by=by) as case:
        for name in case.SEALED:
            case.write(name, "")
        case.reporter = case.owner = case.account = case.duplicate_of = None
        case.disposed_at = now
    CaseKey.objects.filter(case=case).update(wrapped=b"", wrapped_with="", destroyed_at=now)
    evidence.forget(case)


def _forget_people(case: Case) -> None:
    """Who was in it, who asked for it and who sent it: names of the portal's people, too."""
    EntryDecision.objects.filter(case=case).delete()
    RequestedCase.objects.filter(case=case).delete()
    case.account_requests.all().delete()
    for rows in (case.offers, case.consents, case.people, case.accesses, case.conflicts):
        rows.all().delete()
    PublicReport.objects.filter(case=case).delete()
    CaseLink.objects.filter(Q(case=case) | Q(other=case)).delete()
