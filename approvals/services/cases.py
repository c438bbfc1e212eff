"""A business case from its first word to the leadership team, and the ways it ends without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone

from accounts import no_passwords
from accounts.services import life
from accounts.workflow import MOVES
from accounts.workflow import Action as AccountAction
from accounts.workflow import Status as AccountStatus
from approvals import voting
from approvals.access import may_begin, works_on
from approvals.content import PARTS, content_hash
from approvals.models import BusinessCase, CasePart, ProposedRunner
from approvals.services import asking
from approvals.services.locking import locked_case, locked_for_editing, touch
from approvals.services.telling import tell, those_behind
from approvals.workflow import CASE, OPEN, Action, Status
from people.models import Membership, Organisation, User
from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken

if TYPE_CHECKING:
    from accounts.models import SocialAccount

__all__ = [
    "ask_to_help", "begin", "change", "expire", "locked_case", "locked_for_editing", "revoke",
    "set_runners", "submit", "touch", "withdraw",
]  # fmt: skip

ANSWER = ("question", "verdict", "text", "person", "date", "link", "note", "mitigation")
RISK = ("what", "likelihood", "impact", "mitigation", "likelihood_after", "impact_after")
A_MOMENT = timedelta(seconds=20)
ENDED = (Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED, Status.REVOKED)
UNUSED = (AccountStatus.UNAUTHORISED, AccountStatus.SETUP, AccountStatus.PRE_LAUNCH)


@audit.refusals_on_record()
def begin(
    organisation: Organisation,
    *,
    by: User,
    retry_of: BusinessCase | None = None,
    account: SocialAccount | None = None,
) -> BusinessCase:
    """Begin a case. Anybody who belongs to the school may.

    `retry_of`: one that was rejected, withdrawn or has run out, whose content is taken over.
    `account`: one that was found, which this case would make the school's own.
    """
    at = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    unseen = retry_of and not BusinessCase.objects.visible_to(by).filter(pk=retry_of.pk).exists()
    if unseen or not may_begin(at, by):
        raise Refused("case.begin", at, by=by)
    if retry_of is None and account is None and (just_begun := _just_begun(at, by)):
        return just_begun
    case = BusinessCase(organisation=at, author=by, retry_of=retry_of)
    if retry_of is not None:
        _take_over(case, retry_of)
    if account is not None:
        _would_adopt(case, account)
    last = BusinessCase.objects.filter(organisation=at).aggregate(last=Max("number"))["last"]
    case.number = (last or 0) + 1
    case.save()
    if retry_of is not None:
        _copy(retry_of, case)
    told = {"retry_of": str(retry_of.pk)} if retry_of else {}
    audit.record_many([audit.Entry("case.begin", case, by, told)])
    return case


@audit.refusals_on_record()
def change(case: BusinessCase, *, by: User, **parts: Any) -> BusinessCase:
    """Change some of its parts (`content.PARTS`); what is not named stays.

    Raises Refused, or RuleBroken once it is decided or where a text holds a password.
    """
    case = locked_for_editing(case, by, parts=True)
    _no_password(*_texts(parts))
    new = {
        name: value.strip() if isinstance(value, str) else value for name, value in parts.items()
    }
    if unknown := new.keys() - set(PARTS):
        raise TypeError(f"{sorted(unknown)} are not parts of a business case")
    changed = sorted(name for name, value in new.items() if getattr(case, name) != value)
    if not changed:
        return case
    for name in changed:
        setattr(case, name, new[name])
    if case.account is not None and case.platform != case.account.platform:
        raise RuleBroken(f"The account that was found is on {case.account.on.label}.")
    case.full_clean(exclude={"account"}, validate_unique=False, validate_constraints=False)
    touch(case, by)
    case.save(update_fields=changed)
    audit.record("case.change", case, by=by, parts=" ".join(changed))
    return case


@audit.refusals_on_record()
def set_runners(case: BusinessCase, *, by: User, people: Iterable[User]) -> BusinessCase:
    """Exactly these would run it. Each once, and all of them people of the school."""
    case = locked_for_editing(case, by, parts=True)
    wanted = list(people)
    RuleBroken.if_any(_wrong_runners(case.organisation, wanted))
    have = set(case.runners.values_list("person", flat=True))
    if have == {person.pk for person in wanted}:
        return case
    case.runners.exclude(person__in=wanted).delete()
    ProposedRunner.objects.bulk_create(
        ProposedRunner(case=case, person=person) for person in wanted if person.pk not in have
    )
    touch(case, by)
    audit.record("case.change", case, by=by, parts="runners")
    return case


def _wrong_runners(at: Organisation, people: list[User]) -> Iterator[str]:
    here = Membership.objects.active(at.today()).filter(organisation=at, person__in=people)
    there = set(here.values_list("person", flat=True))
    for person, times in Counter(people).items():
        if times > 1:
            yield f"{person} is named twice. It takes different people."
        if person.pk not in there:
            yield f"{person} does not belong to {at} today."


@audit.refusals_on_record()
def ask_to_help(case: BusinessCase, *, by: User, person: User) -> CasePart:
    """Let a colleague work on it. They keep their vote as long as they change nothing."""
    case = locked_case(case)
    if not works_on(case, by):
        raise Refused("case.ask", case, by=by)
    if case.status not in OPEN:
        raise RuleBroken("This case has been decided: there is nothing left to work on.")
    if not may_begin(case.organisation, person):
        raise RuleBroken(f"{person} does not belong to {case.organisation} today.")
    if works_on(case, person):
        raise RuleBroken(f"{person} works on this case already.")
    part = CasePart.objects.create(case=case, person=person, asked_by=by)
    title = f"{by} asks you to work on the business case “{case}”"
    tell(case, [person.pk], title, what="help", occasion=str(part.pk))
    audit.record("case.ask", case, by=by, person=str(person.pk))
    return part


def submit(case: BusinessCase, *, by: User) -> BusinessCase:
    """Send it to the leadership team. Raises RuleBroken with everything that is missing."""
    with CASE.step(case, Action.SUBMIT, by=by) as case:
        case.submitted_at = timezone.now()
        case.content_hash = content_hash(case)
        case.decided_why = ""
        ballot = voting.ballot(case)
        asking.note_if_too_small(case, ballot)
        asked = [voter.person.pk for voter in ballot.voters]
        title = f"A business case waits for your vote: “{case.name}”"
        tell(case, asked, title, what="submitted", but=by)
    return case


def withdraw(case: BusinessCase, *, by: User, why: str = "") -> BusinessCase:
    """It is not wanted any more. A new case may take over what it says."""
    _no_password(why)
    with CASE.step(case, Action.WITHDRAW, by=by) as case:
        case.decided_why = why.strip()
        tell(case, those_behind(case), f"Withdrawn: “{case}”", what="withdrawn", but=by)
    return case


def revoke(case: BusinessCase, *, by: User, why: str) -> BusinessCase:
    """The leadership team takes its approval back. An account in use is suspended at once.

    One that was never used cannot begin without an approval; a new case may take it over.
    """
    _reason(why)
    with audit.refusals_on_record():
        case = locked_case(case)
        with CASE.step(case, Action.REVOKE, by=by) as case:
            case.decided_at, case.decided_why = timezone.now(), why.strip()
            title = f"The approval of “{case.name}” was taken back"
            tell(case, those_behind(case), title, what="revoked", but=by)
        if case.account is not None and case.account.status in MOVES[AccountAction.SUSPEND]:
            life.suspend(case.account, by=by, why=why)
    return case


def expire(case: BusinessCase) -> BusinessCase:
    """The portal itself: nothing was begun in time."""
    with CASE.step(case, Action.EXPIRE, by=None) as case:
        title = f"The approval of “{case.name}” has run out"
        tell(case, those_behind(case), title, what="expired")
    return case


def _just_begun(at: Organisation, by: User) -> BusinessCase | None:
    """One of theirs that a button pressed twice has begun a moment ago, and nobody has touched."""
    mine = BusinessCase.objects.filter(organisation=at, author=by, status=Status.DRAFT)
    empty = mine.filter(platform="", name="", aim="", retry_of=None, account=None)
    return empty.filter(created_at__gte=timezone.now() - A_MOMENT, parts=None).first()


def _texts(parts: dict[str, Any]) -> list[str]:
    return [value for value in parts.values() if isinstance(value, str)]


def _no_password(*texts: str) -> None:
    RuleBroken.if_any(filter(None, map(no_passwords.problem, texts)))


def _reason(why: str) -> None:
    if not why.strip():
        raise RuleBroken("Say why, in a sentence.")
    _no_password(why)


def _take_over(case: BusinessCase, old: BusinessCase) -> None:
    if old.organisation_id != case.organisation_id or old.status not in ENDED:
        raise RuleBroken("Only a case that has ended without an account is tried again.")
    if newer := old.retries.exclude(status__in=ENDED).first():
        raise RuleBroken(f"This has been tried again already: {newer.reference}.")
    for name in PARTS:
        setattr(case, name, getattr(old, name))
    if old.account is not None and old.launched_at is None and old.account.status in UNUSED:
        case.account = old.account


def _would_adopt(case: BusinessCase, account: SocialAccount) -> None:
    if account.organisation_id != case.organisation_id:
        raise RuleBroken("This account is not on your school’s register.")
    if account.status != AccountStatus.UNAUTHORISED:
        raise RuleBroken("A business case is for accounts that nobody agreed to yet.")
    taken = BusinessCase.objects.filter(account=account, status__in=[*OPEN, Status.APPROVED])
    if other := taken.select_related("organisation").first():
        if not _is_abandoned(other):
            raise RuleBroken(
                f"There is a business case for this account already: {other.reference}."
            )
        with CASE.step(other, Action.WITHDRAW, by=None) as other:
            other.decided_why = "Nobody who worked on it is at the school any more."
    case.account, case.platform = account, account.platform
    case.name = case.name or account.name


def _is_abandoned(case: BusinessCase) -> bool:
    """Nobody could send it or withdraw it, and the leadership team has nothing to decide."""
    at = case.organisation
    here = Membership.objects.active(at.today()).filter(organisation__in=[at.pk, at.parent_id])
    return (
        case.status in (Status.DRAFT, Status.CHANGES_REQUESTED)
        and not here.filter(person__in=those_behind(case)).exists()
    )


def _copy(old: BusinessCase, case: BusinessCase) -> None:
    """Runners who are still there, answers and risks; and whoever wrote these has no vote (E1)."""
    at = case.organisation
    here = Membership.objects.active(at.today()).filter(organisation=at).values("person")
    for runner in old.runners.filter(person__in=here):
        ProposedRunner.objects.create(case=case, person=runner.person)
    for answer in old.answers.all():
        same = {name: getattr(answer, name) for name in ANSWER}
        case.answers.create(**same, answered_by=answer.answered_by, answered_at=answer.answered_at)
    for risk in old.risks.all():
        case.risks.create(**{name: getattr(risk, name) for name in RISK})
    for assessor in old.assessors.filter(person__in=here):
        case.assessors.create(side=assessor.side, person=assessor.person)
    wrote = {part.person_id: part.edited_at for part in old.parts.filter(has_edited=True)}
    wrote.setdefault(old.author_id, old.changed_at)
    for person, edited_at in wrote.items():
        if person != case.author_id:
            case.parts.create(person_id=person, has_edited=True, edited_at=edited_at)
