"""Telling people that a case needs them: constant words and a link, and nothing of the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from incidents.models import Alert, Case
from incidents.visibility import not_kept_out, who_sees
from notices.models import Notice
from notices.services import notify, take_back
from people.models import User

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
    told = 0
    for person in User.objects.filter(pk__in=set(people) & who_sees(case), is_active=True):
        _, is_new = Alert.objects.get_or_create(
            case=case, clock=clock, since=since, percent=percent, person=person
        )
        if is_new:
            told += 1
            notify(
                person,
                organisation=case.organisation,
                kind=KIND,
                occasion=f"case:{case.reference}:{clock}:{since.timestamp():.0f}:{percent}",
                title=TITLE,
                url=case.get_absolute_url(),
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
        url=f"/my-reports/{case.reference}/",
        confidential=True,
    )


def take_back_from_others(case: Case) -> None:
    """Whoever was just kept out must not hear of it from a mail that has not left yet."""
    told = Notice.objects.filter(kind=KIND, url=case.get_absolute_url())
    take_back(told.exclude(recipient__in=who_sees(case)))
