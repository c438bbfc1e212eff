"""Looking an account through, and dealing with what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import no_passwords
from accounts.check_questions import ANSWERS, NO, Question, questions_of
from accounts.checks import present_period
from accounts.models import AccountCheck, CheckFinding, SocialAccount
from accounts.rotation import USED
from accounts.services.locking import expect_tending, locked_account
from accounts.services.telling import leaders_of, tell
from people.calendar import SchoolCalendar
from people.models import User
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words

LONGEST = 1000  # characters of a note
NOTES_KEPT = timedelta(days=3 * 365 + 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers to one question: a code of ANSWERS, and what is wrong where it is."""

    answer: str
    note: str = ""


@transaction.atomic
def do(account: SocialAccount, *, by: User, answers: Mapping[str, Answer]) -> AccountCheck:
    """Put on record that this person looked the account through now.

    `answers` by the code of the question. Raises RuleBroken with everything that is missing, and
    where there is nothing to look through or somebody has done it.
    """
    account = locked_account(account)
    expect_tending(account, by)
    asked = questions_of(account.organisation)
    now = timezone.now()
    period = present_period(account, SchoolCalendar(account.organisation), now)
    if account.status not in USED:
        raise RuleBroken("This account is not in use: there is nothing to look through.")
    if period is None:
        raise RuleBroken("Nothing is to be looked through now: the next half-term asks for it.")
    RuleBroken.if_any([*_done_already(account, period.starts_on), *_problems(asked, answers)])
    check = AccountCheck.objects.create(
        account=account,
        period=period.name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        done_on=now.astimezone(account.organisation.zone).date(),
        answers=[
            {"code": one.code, "question": one.words, "answer": answers[one.code].answer}
            for one in asked
        ],
        by=by,
        at=now,
    )
    found = _find(check, asked, answers)
    if found:
        what = "one thing" if found == 1 else f"{found} things"
        title = f"Somebody looked “{account.name}” through and found {what} to put right"
        url = reverse("accounts:checks", args=[account.organisation.slug, account.pk])
        tell(leaders_of(account), account, f"check:{check.pk}", title, url=url, but=by)
    audit.record("account_check.do", account, by=by, check=str(check.pk), found=str(found))
    return check


def _done_already(account: SocialAccount, since: date) -> Iterator[str]:
    done = account.checks.filter(done_on__gte=since).select_related("by").first()
    if done is not None:
        yield f"{done.by} looked it through on {day_in_words(done.done_on)} already."


def _problems(asked: list[Question], answers: Mapping[str, Answer]) -> Iterator[str]:
    for one in asked:
        given = answers.get(one.code, Answer(""))
        if given.answer not in ANSWERS:
            yield f"Choose an answer: {one.words}"
        elif given.answer == NO and not given.note.strip():
            yield f"Say what is wrong: {one.words}"
        yield from _note_problems(given.note)


def _note_problems(note: str) -> Iterator[str]:
    if len(note) > LONGEST:
        yield f"Use {LONGEST} characters at most for what is wrong."
    elif problem := no_passwords.problem(note):
        yield problem


def _find(check: AccountCheck, asked: list[Question], answers: Mapping[str, Answer]) -> int:
    wrong = [one for one in asked if answers[one.code].answer == NO]
    CheckFinding.objects.bulk_create(
        CheckFinding(check_done=check, question=one.words, note=answers[one.code].note.strip())
        for one in wrong
    )
    return len(wrong)


@transaction.atomic
def settle(finding: CheckFinding, *, by: User, note: str) -> CheckFinding:
    """It was dealt with: say how. Raises RuleBroken where somebody has said so already."""
    account = locked_account(finding.check_done.account)
    expect_tending(account, by)
    finding = CheckFinding.objects.select_related("dealt_with_by").get(pk=finding.pk)
    if finding.dealt_with_by is not None:
        raise RuleBroken(f"{finding.dealt_with_by} has dealt with this already.")
    if not note.strip():
        raise RuleBroken("Say what was done, in a sentence.")
    RuleBroken.if_any(_note_problems(note))
    finding.dealt_with_at, finding.dealt_with_by = timezone.now(), by
    finding.done_note = note.strip()
    finding.save(update_fields=["dealt_with_at", "dealt_with_by", "done_note"])
    audit.record("account_check.settle", account, by=by, finding=str(finding.pk))
    return finding


@transaction.atomic
def erase_old_findings(now: datetime) -> int:
    """Delete what checks found once nobody may keep it any longer; the answers stay."""
    old = CheckFinding.objects.filter(check_done__at__lt=now - NOTES_KEPT)
    return old.exclude(dealt_with_at=None).delete()[0]
