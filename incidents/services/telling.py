"""Telling people that a case needs them: constant words and a link, and nothing of the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents.models import Access, Alert, Case
from incidents.visibility import kept_out_of, not_kept_out, who_sees, with_those_acting
from notices.models import Notice
from notices.services import notify, take_back
from people.models import User
from web.crypto import keyed_hash

# The same for every case and every stage: mail is read over shoulders, and by whoever is away.
KIND = "case.attention"
TITLE = "Something in the portal needs you"


@transaction.atomic
def tell(
    case: Case, people: Iterable[int], *, clock: str, since: datetime, percent: int = 0,
    urgent: bool = False,
) -> int:  # fmt: skip
    """Each of these people once for this stage, if they may see the case. Says how many were told.

    The row that says so, the notice and the mail are written in one transaction: a worker that is
    killed has told everybody or nobody, and the next one tells nobody twice (F4).
    """
    seeing = set(people) & who_sees(case)
    named, url = f"case:{case.reference}", case.get_absolute_url()
    return _tell(case, seeing, named, url, clock, since, percent, urgent=urgent)


@transaction.atomic
def tell_outside(
    case: Case, people: Iterable[int], *, clock: str, since: datetime, url: str, named: str,
    percent: int = 0, urgent: bool = False,
) -> int:  # fmt: skip
    """The same for people who are asked something about a case without seeing it.

    Not whoever is kept out of it, nor anybody who acts for them. `named` and `url` say nothing of
    which case it is.
    """
    free = set(people) - with_those_acting(kept_out_of(case), timezone.localdate())
    return _tell(case, free, f"asked:{named}", url, clock, since, percent, urgent=urgent)


def _tell(
    case: Case, people: set[int], named: str, url: str, clock: str, since: datetime, percent: int,
    *, urgent: bool,
) -> int:  # fmt: skip
    told = 0
    for person in User.objects.filter(pk__in=people, is_active=True):
        _, is_new = Alert.objects.get_or_create(
            case=case, clock=clock, since=since, percent=percent, person=person
        )
        if is_new:
            told += 1
            notify(
                person,
                organisation=case.organisation,
                kind=KIND,
                occasion=f"{named}:{clock}:{since.timestamp():.0f}:{percent}",
                title=TITLE,
                url=url,
                urgent=urgent,
                confidential=True,
            )
    return told


@transaction.atomic
def tell_reporter(case: Case, *, since: datetime) -> None:
    """Whoever reported it as themselves hears that there is an answer: in the same words.

    Not somebody who has since been kept out: they find no answer (`messages.box_as_reporter`).
    """
    person = case.reporter
    if person is None or not Case.objects.filter(not_kept_out(person), pk=case.pk).exists():
        return
    notify(
        person,
        organisation=case.organisation,
        kind=KIND,
        occasion=f"report:{case.reference}:{since.timestamp():.6f}",
        title=TITLE,
        url=_own(case),
        confidential=True,
    )


def _own(case: Case) -> str:
    return f"/my-reports/{case.reference}/"


def glass_code(access: Access) -> str:
    """Whose wish to see a case it is, in an address: a key would count through every case."""
    return keyed_hash(str(access.pk), purpose="incidents.glass")[:20]


def glass_url(case: Case, access: Access) -> str:
    """Where a second person decides on it."""
    return f"/schools/{case.organisation.slug}/concerns/asked/{glass_code(access)}/"


def take_back_from_others(case: Case) -> None:
    """Whoever was just kept out must not hear of it from a mail that has not left yet."""
    told = Notice.objects.filter(kind=KIND, url=case.get_absolute_url())
    take_back(told.exclude(recipient__in=who_sees(case)))
    _take_back_answers(case)
    asked = [row.get_absolute_url() for row in case.content_requests.only("reference")]
    asked += [glass_url(case, row) for row in case.accesses.filter(given_at=None, ended_at=None)]
    if asked:
        out = with_those_acting(kept_out_of(case), timezone.localdate())
        take_back(Notice.objects.filter(kind=KIND, url__in=asked, recipient__in=out))


def _take_back_answers(case: Case) -> None:
    """From a reporter who is kept out: they find the answer no more."""
    news = Notice.objects.filter(kind=KIND, url=_own(case))
    if news.exists():
        take_back(
            news.filter(recipient__in=with_those_acting(kept_out_of(case), timezone.localdate()))
        )
