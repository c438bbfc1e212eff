"""Accounts on paper: which data go into templates/pdf.

A card for each account, the register as filtered, the house rules for those who run it, and the
poster for families. A paper of another room follows the same way: plain data from here, a template
of its own, `paper_of` for what every sheet says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import dateformat, timezone

from accounts import listing
from accounts.checks import last_checks
from accounts.fitness import Running, running
from accounts.house_rules import Section, for_runners
from accounts.models import SocialAccount
from accounts.public import Shown
from accounts.published import page_of
from accounts.rotation import first_day, needs_of
from accounts.workflow import Status
from governance.public import KEEP_PDF
from people.models import Organisation
from web.pdf import pdf, qr
from web.words import day_in_words

Pair = tuple[str, str]
COLUMNS = (
    "School", "Account", "Platform", "State", "Runners", "In use since", "Password",
    "To be looked at",
)  # fmt: skip
MOST_ON_POSTER = 14


def paper_of(place: Organisation, title: str) -> dict[str, Any]:
    """What every sheet says: what it is, whose, and on which day it was true."""
    return {"title": title, "school": place.name, "printed_on": day_in_words(place.today())}


def card_pdf(account: SocialAccount, now: datetime) -> bytes:
    """One account on one page, for whoever may see the account."""
    at = account.organisation
    address = f"{settings.SITE_URL}{account.get_absolute_url()}"
    is_ours = account.status != Status.UNAUTHORISED
    data = paper_of(at, account.name) | {
        "ours": is_ours,
        "platform": account.on.label,
        "state": account.get_status_display(),
        "warning": _warning(account),
        "facts": list(_facts(account)),
        "runners": [_runner(one) for one in running(account)],
        "password": [
            f"{_reason(need.reason)}: {listing.in_words(need, account, now)}"
            for need in needs_of(account, now)
        ],
        "changed": _last_change(account),
        "check": _last_check(account),
        "rules": _as_data(for_runners(account)) if is_ours else [],
        "address": address,
        "qr": qr(address),
    }
    return pdf("account_card", data)


def register_pdf(
    place: Organisation, found: Iterable[listing.Row], said: Iterable[str], now: datetime
) -> bytes:
    """The register as it is filtered. `said`: the filter in words."""
    first = 0 if place.kind == Organisation.Kind.TRUST else 1  # a school knows whose they are
    rows = [_line(row, now)[first:] for row in found]
    data = paper_of(place, "Register of social media accounts") | {
        "filter": list(said),
        "headers": COLUMNS[first:],
        "rows": rows,
        "count": f"{len(rows)} account" if len(rows) == 1 else f"{len(rows)} accounts",
    }
    return pdf("account_register", data)


def _line(row: listing.Row, now: datetime) -> list[str]:
    one = row.account
    began = first_day(one)
    return [
        one.organisation.name,
        one.name,
        f"{one.on.label} {handle_of(one)}",
        one.get_status_display(),
        ", ".join(row.runners),
        f"{began:%d/%m/%Y}" if began else "",
        listing.next_in_words(row, now),
        ", ".join(row.words),
    ]


def rules_pdf(account: SocialAccount) -> bytes:
    """The house rules as a sheet for those who run the account."""
    at = account.organisation
    changed = timezone.localdate(account.house_rules.changed_at, timezone=at.zone)
    data = paper_of(at, f"House rules: {account.name}") | {
        "account": f"{account.on.label}, {account.url or 'no address yet'}",
        "changed_on": day_in_words(changed),
        "sections": _as_data(for_runners(account)),
        "runners": [one.runner.person.name for one in running(account)],
    }
    return pdf("account_rules", data)


def poster_pdf(place: Organisation, found: Iterable[Shown]) -> bytes:
    """For families: the square that leads to the page, and what stands there today."""
    shown = [one for one in found if one.can_be_opened]
    address = page_of(place)
    data = paper_of(place, "Is this account really ours?") | {
        "address": address,
        "qr": qr(address),
        "accounts": [
            [one.name, one.platform, handle_of(one.account)] for one in shown[:MOST_ON_POSTER]
        ],
        "more": max(0, len(shown) - MOST_ON_POSTER),
    }
    return _kept("account_poster", data)


def _kept(template: str, data: dict[str, Any]) -> bytes:
    """Of what anybody may ask for: making it takes a hundred times as long as fetching it."""
    facts = json.dumps(data, sort_keys=True).encode()
    key = f"public.pdf:{template}:{hashlib.sha256(facts).hexdigest()}"
    made: bytes | None = cache.get(key)
    if made is None:
        made = pdf(template, data)
        cache.set(key, made, KEEP_PDF)
    return made


def filter_in_words(form: Any) -> list[str]:
    """ "State: Live", for each field of a filter that narrows the list."""
    if not form.is_bound or not form.is_valid():
        return []
    return list(_said(form))


def _said(form: Any) -> Iterator[str]:
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if value not in (None, "", False):
            choices = dict(getattr(field, "choices", ()) or ())
            yield f"{field.label or name.capitalize()}: {choices.get(value, value)}"


def handle_of(account: SocialAccount) -> str:
    """As people say it: @hill_drama. A page of its own has an address only."""
    is_address = account.platform == "other" or not account.handle
    return account.handle if is_address else f"@{account.handle}"


def _warning(account: SocialAccount) -> str:
    match account.status:
        case Status.SUSPENDED:
            return "Suspended: nobody posts there until the leadership team says so."
        case Status.RESTRICTED:
            return "Restricted: too few people run it. Nobody posts until somebody joins."
        case Status.UNAUTHORISED:
            return "Nobody at the school agreed to this account."
    return ""


def _facts(account: SocialAccount) -> Iterator[Pair]:
    began = first_day(account)
    yield "State", account.get_status_display()
    yield "Address", account.url
    yield "In use since", day_in_words(began) if began else ""
    yield "Department or faculty", account.department
    yield "Who can see it", account.get_access_display()
    yield "Closed on", day_in_words(account.closed_on) if account.closed_on else ""


def _runner(one: Running) -> dict[str, Any]:
    return {
        "name": one.runner.person.name,
        "since": day_in_words(one.runner.starts_on),
        "fit": one.fitness.fit,
        "reasons": list(one.fitness.reasons),
    }


def _reason(reason: str) -> str:
    return "This term’s change" if reason == "termly" else "After what happened"


def _last_change(account: SocialAccount) -> str:
    done = account.rotations.filter(verification__isnull=False).first()
    if done is None:
        return "No change that somebody has tried is on record."
    local = timezone.localtime(done.changed_at, account.organisation.zone)
    return f"Last changed and tried: {dateformat.format(local, 'j F Y')}."


def _last_check(account: SocialAccount) -> str:
    last = last_checks([account]).get(account.pk)
    if last is None or last.done_on is None:
        return "It has never been looked through."
    found = f" Still open: {last.open_findings}." if last.open_findings else ""
    return f"Last looked through on {day_in_words(last.done_on)}, by {last.by}.{found}"


def _as_data(sections: Iterable[Section]) -> list[dict[str, Any]]:
    return [{"title": one.title, "lines": list(one.lines)} for one in sections]
