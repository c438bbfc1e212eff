"""The log of an account: writing on it, and putting an entry right by another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import no_passwords
from accounts.access import writes_log
from accounts.hours import is_outside
from accounts.log_kinds import KINDS, TOLD
from accounts.models import HouseRules, LogEntry, LogWords, SocialAccount
from accounts.services.locking import locked_account
from accounts.services.telling import leaders_of, tell
from accounts.workflow import Status
from people.models import User
from trail import audit
from web.errors import RuleBroken

A_YEAR = timedelta(days=366)
WORDS_KEPT = timedelta(days=3 * 365 + 1)
ERASED_AT_ONCE = 2000
LONGEST = 2000  # characters
TELL = "accounts.tell_of_removals"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody writes on a log."""

    happened_at: datetime
    text: str = ""
    link: str = ""
    outside_hours: str = ""
    audience_told: bool | None = None
    platform_told: bool | None = None


@transaction.atomic
def add(account: SocialAccount, *, by: User, kind: str, said: Said) -> LogEntry:
    """Put something on the log. Raises RuleBroken with everything that is wrong with it."""
    entry = _write(_open_account(account, by), by, kind, said)
    audit.record("account_log.add", entry.account, by=by, kind=kind, entry=str(entry.pk))
    return entry


@transaction.atomic
def correct(entry: LogEntry, *, by: User, said: Said) -> LogEntry:
    """Say it again as it was. Raises RuleBroken where somebody has done so already."""
    account = _open_account(entry.account, by)
    RuleBroken.if_any(_not_corrected(entry))
    right = _write(account, by, entry.kind, said, corrects=entry)
    audit.record("account_log.correct", account, by=by, entry=str(entry.pk), now=str(right.pk))
    return right


@transaction.atomic
def strike(entry: LogEntry, *, by: User) -> LogEntry:
    """It was entered by mistake: it never happened on this account."""
    account = _open_account(entry.account, by)
    RuleBroken.if_any(_not_corrected(entry))
    struck = LogEntry.objects.create(
        account=account, kind=entry.kind, happened_at=entry.happened_at, by=by,
        corrects=entry, is_mistake=True, at=timezone.now(),
    )  # fmt: skip
    audit.record("account_log.correct", account, by=by, entry=str(entry.pk), mistake="yes")
    return struck


def _open_account(account: SocialAccount, by: User) -> SocialAccount:
    account = locked_account(account)
    if not writes_log(account, by):
        raise PermissionDenied
    if account.status == Status.CLOSED:
        raise RuleBroken("This account is closed: its log stays as it is.")
    return account


def _not_corrected(entry: LogEntry) -> Iterator[str]:
    if LogEntry.objects.filter(corrects=entry).exists():
        yield "This entry has been put right already. Look at the later one."
    if entry.is_mistake:
        yield "This entry only says that another one was a mistake."


def _write(
    account: SocialAccount, by: User, kind: str, said: Said, corrects: LogEntry | None = None
) -> LogEntry:
    outside = _outside(account, kind, said)
    RuleBroken.if_any([*_problems(kind, said), *_why_then(outside, said)])
    entry = LogEntry(
        account=account,
        kind=kind,
        happened_at=said.happened_at,
        outside_hours=said.outside_hours if outside else "",
        audience_told=said.audience_told,
        platform_told=said.platform_told,
        corrects=corrects,
        by=by,
        at=timezone.now(),
    )
    entry.full_clean()
    entry.save()
    if said.text.strip() or said.link:
        words = LogWords(entry=entry, text=said.text.strip(), link=said.link)
        words.full_clean(exclude=["text"])
        words.save()
    if kind in TOLD and corrects is None and account.organisation.setting(TELL):
        title = f"{KINDS[kind].short}: “{account.name}”"
        url = reverse("accounts:log", args=[account.organisation.slug, account.pk])
        tell(leaders_of(account), account, f"moderated:{entry.pk}", title, url=url, but=by)
    return entry


def _outside(account: SocialAccount, kind: str, said: Said) -> bool:
    if kind != LogEntry.Kind.POST:
        return False
    rules = HouseRules.objects.filter(account=account).first() or HouseRules(account=account)
    return is_outside(rules, said.happened_at, account.organisation.zone)


def _problems(kind: str, said: Said) -> Iterator[str]:
    now = timezone.now()
    if said.happened_at > now:
        yield "This time has not come yet."
    elif said.happened_at < now - A_YEAR:
        yield "This was more than a year ago. Look at the year."
    if kind == LogEntry.Kind.POST and not (said.text.strip() or said.link):
        yield "Say what the post was about, or give its address."
    elif not KINDS[kind].may_be_wordless and not said.text.strip():
        yield f"Fill in: {KINDS[kind].ask}"
    if len(said.text) > LONGEST:
        yield f"Use {LONGEST} characters at most: {KINDS[kind].ask}"
    else:
        yield from filter(None, [no_passwords.problem(said.text)])


def _why_then(outside: bool, said: Said) -> Iterator[str]:
    if outside and not said.outside_hours:
        yield "This was outside the hours of the account. Say what it was for."


@transaction.atomic
def erase_old_words(now: datetime) -> int:
    """Erase what entries said once nobody may keep it any longer. Safe to run again."""
    old = LogWords.objects.filter(entry__at__lt=now - WORDS_KEPT)
    rows = list(old.select_related("entry__account__organisation")[:ERASED_AT_ONCE])
    accounts = {row.entry.account_id: row.entry.account for row in rows}
    LogWords.objects.filter(pk__in=[row.pk for row in rows]).delete()
    audit.record_many(
        [audit.Entry("account_log.erase", account, None) for account in accounts.values()]
    )
    return len(rows)
