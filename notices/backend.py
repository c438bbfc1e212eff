"""Django's mail backend of the portal: every mail, the sign-in library's too, becomes a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Min
from django.utils.encoding import force_str

from notices.models import Mail
from people.models import Membership, User

# Set anew for each mail that leaves; what the caller gave would be sent twice.
OWN_HEADERS = frozenset({"message-id", "from", "to", "cc", "bcc", "reply-to", "subject", "date"})


class OutboxBackend(BaseEmailBackend):
    """Writes mail into the outbox, in the caller's transaction. Talks to no server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row for each address of each message.

        Raises BadHeaderError for a line break in an address, a subject or a header, and
        ValueError for an attachment: the portal sends links.
        """
        rows = [row for message in email_messages for row in _rows(message)]
        people = User.objects.in_bulk({row.to.lower() for row in rows}, field_name="email")
        schools = _schools_of(people.values())
        for row in rows:
            row.recipient = people.get(row.to.lower())
            row.organisation_id = schools.get(row.recipient_id or 0)
        Mail.objects.bulk_create(rows)
        return len(email_messages)


def _rows(message: EmailMessage) -> Iterable[Mail]:
    message.message()  # refuses line breaks in anything that becomes a header
    if message.attachments:
        raise ValueError("Mails of the portal carry links, not attachments.")
    html = [
        part.content for part in getattr(message, "alternatives", ()) if "html" in part.mimetype
    ]
    headers = {
        name: force_str(value)
        for name, value in message.extra_headers.items()
        if name.lower() not in OWN_HEADERS
    }
    for address in message.recipients():
        yield Mail(
            kind=Mail.Kind.TRANSACTIONAL,
            to=address,
            subject=str(message.subject),
            text=str(message.body),
            html=force_str(html[0]) if html else "",
            headers=headers,
            from_address=message.from_email,
            reply_to=", ".join(message.reply_to),
        )


def _schools_of(people: Iterable[User]) -> dict[int, int]:
    """The school whose office sees to each person's mail."""
    found = Membership.objects.active().filter(person__in=list(people)).order_by()
    return dict(found.values_list("person").annotate(Min("organisation")))
