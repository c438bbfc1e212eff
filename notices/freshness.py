"""A reminder is looked at once more before it leaves: what was done meanwhile is not in it."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from notices import wording
from notices.duties import duties_that_can_be_read
from notices.models import EVENT, Mail, Notice
from people.models import User


def drop_what_is_done(claim: uuid.UUID) -> None:
    """Rewrite the claimed reminders without duties that are done; delete those left empty.

    Few queries however many mails: a server that was away for a day must not send yesterday's news.
    """
    reminders = Mail.objects.filter(claim=claim, kind=Mail.Kind.REMINDER)
    mails = {
        mail.pk: mail for mail in reminders.select_related("recipient", "organisation__parent")
    }
    if not mails:
        return
    told: dict[int, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.filter(mail__in=mails).select_related("standing_in_for"):
        told[notice.mail_id or 0].append(notice)
    owed, unreadable = _owed(told)
    for pk, mail in mails.items():
        kept = [
            notice
            for notice in told[pk]
            if notice.stage == EVENT
            or notice.kind in unreadable
            or (notice.about_id, notice.occasion) in owed
        ]
        _settle(mail, told[pk], kept)


def _owed(told: dict[int, list[Notice]]) -> tuple[set[tuple[int, str]], set[str]]:
    about = {one.about_id for rows in told.values() for one in rows if one.stage != EVENT}
    unreadable: set[str] = set()
    people = User.objects.filter(pk__in=about, is_active=True)
    duties = duties_that_can_be_read(people, timezone.localdate(), unreadable)
    return {(duty.person_id, duty.occasion) for duty in duties}, unreadable


@transaction.atomic
def _settle(mail: Mail, told: list[Notice], kept: list[Notice]) -> None:
    person = mail.recipient
    assert person is not None  # a constraint of the table says so
    assert mail.digest_on is not None
    gone = [notice.pk for notice in told if notice not in kept]
    if not person.is_active or not person.email or person.mail_failed_at:
        # They left or became unreachable: it stays on their page.
        Notice.objects.filter(mail=mail).update(mail=None, in_app_only=True)
        mail.delete()
        return
    if gone:
        Notice.objects.filter(pk__in=gone).delete()
        if not kept:
            mail.delete()
            return
        words = wording.digest(person, kept, mail.organisation, mail.digest_on)
        mail.subject, mail.text, mail.html = words.subject, words.text, words.html
    if gone or mail.to != person.email:
        mail.to = person.email
        mail.save(update_fields=["to", "subject", "text", "html"])
