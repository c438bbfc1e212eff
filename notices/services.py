"""Everything that writes notices, and what people do about mail. Delivery writes `Mail` too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from notices import wording
from notices.models import EVENT, Heartbeat, Mail, Notice
from notices.sweeping import Swept, preview, sweep
from people.models import User
from trail import audit
from web.errors import RuleBroken

if TYPE_CHECKING:
    from people.models import Organisation

__all__ = [
    "News", "Swept", "beat", "mark_read", "notify", "notify_many", "preview", "retry", "sweep",
    "take_back",
]  # fmt: skip


@transaction.atomic
def notify(
    recipient: User,
    *,
    organisation: Organisation,
    kind: str,
    occasion: str,
    title: str,
    url: str,
    urgent: bool = False,
    confidential: bool = False,
) -> Notice:
    """Tell a person that something happened. Commits, or rolls back, with the caller's change.

    The same occasion is told once. It goes with the person's next digest; `urgent` makes a mail of
    its own that leaves within the minute, at any hour. `confidential`: that mail belongs to no
    school, so that nobody who looks after delivery sees, or counts, that they were written to.
    """
    reachable = bool(recipient.email) and recipient.mail_failed_at is None
    notice, is_new = Notice.objects.get_or_create(
        recipient=recipient,
        occasion=occasion,
        stage=EVENT,
        defaults={
            "about": recipient,
            "organisation": organisation,
            "kind": kind,
            "on_date": organisation.today(),
            "title": title[:300],
            "url": url,
            "in_app_only": not reachable,
        },
    )
    if is_new and urgent and reachable:
        notice.mail = wording.urgent_mail(recipient, notice, organisation)
        if confidential:
            notice.mail.organisation = None
            notice.mail.save(update_fields=["organisation"])
        notice.save(update_fields=["mail"])
    return notice


@transaction.atomic
def take_back(notices: QuerySet[Notice]) -> int:
    """Unsay what nobody has read yet and no mail has carried away: it must not reach them."""
    waiting = Q(mail=None) | Q(mail__status=Mail.Status.WAITING)
    found = list(notices.filter(waiting, read_at=None).values_list("pk", "mail"))
    Notice.objects.filter(pk__in=[pk for pk, _ in found]).delete()
    Mail.objects.filter(
        pk__in=[mail for _, mail in found if mail],
        status=Mail.Status.WAITING,
        kind=Mail.Kind.URGENT,
    ).delete()
    return len(found)


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened, for one person: as `notify` says it."""

    recipient: User
    occasion: str
    title: str
    url: str


@transaction.atomic
def notify_many(news: Iterable[News], *, organisation: Organisation, kind: str) -> None:
    """Tell many people at once, in one query. What one of them was told already is left out.

    It goes with their next digests.
    """
    Notice.objects.bulk_create(
        (
            Notice(
                recipient=one.recipient,
                about=one.recipient,
                organisation=organisation,
                kind=kind,
                occasion=one.occasion,
                stage=EVENT,
                on_date=organisation.today(),
                title=one.title[:300],
                url=one.url,
                in_app_only=not one.recipient.email or one.recipient.mail_failed_at is not None,
            )
            for one in news
        ),
        ignore_conflicts=True,
    )


def mark_read(person: User) -> int:
    """The person has seen what they were told."""
    unread = Notice.objects.visible_to(person).filter(read_at=None)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def retry(mail: Mail, *, by: User) -> Mail:
    """Somebody at the school has seen to the address: send this mail again.

    It goes to the address the person has now, and mail to them starts again. Raises RuleBroken when
    the mail has not failed, or when there is no address.
    """
    mail = Mail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
    if mail.status != Mail.Status.FAILED:
        raise RuleBroken(f"This mail cannot be sent again: {mail.get_status_display().lower()}.")
    if mail.recipient is not None:
        if not mail.recipient.email:
            raise RuleBroken(f"{mail.recipient} has no e-mail address. Enter one first.")
        mail.to = mail.recipient.email
        User.objects.filter(pk=mail.recipient.pk).update(mail_failed_at=None)
    mail.status, mail.attempts, mail.last_error = Mail.Status.WAITING, 0, ""
    mail.not_before = timezone.now()
    mail.save(update_fields=["to", "status", "attempts", "last_error", "not_before"])
    if mail.organisation is not None:
        audit.record("mail.retry", cast(audit.Audited, mail), by=by)
    return mail


def beat(name: str, now: datetime | None = None) -> None:
    """This part of the machinery is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now or timezone.now()})
