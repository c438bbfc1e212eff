"""A letter to whoever hosts something that is to go (I11). It names no child and quotes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from accounts.platforms import BY_HOST
from incidents.kinds import Kind
from incidents.models import Case, Takedown
from incidents.own_record import record
from incidents.services.locking import in_hand
from people.models import User
from web.pdf import pdf
from web.words import day_in_words

WHY = {
    Kind.CYBERBULLYING: "It targets a pupil of this school, who is a child, and harasses them.",
    Kind.IMAGES: "It shows somebody who did not agree to it.",
    Kind.IMPERSONATION: "It pretends to come from our school or from somebody who works here. "
    "It does not.",
    Kind.STAFF_ABUSE: "It harasses somebody who works at this school.",
}
OTHERWISE = "It harms somebody of this school, and your own rules do not allow it."


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter as paragraphs: for a page to copy from, and for paper."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join((self.subject, *self.paragraphs))


def letter(case: Case, row: Takedown, *, by: User) -> Letter:
    """What to send for this removal."""
    where = row.text("where")
    to = platform_of(where) or case.text("platform") or "the host"
    handle = case.text("handle")
    school = case.organisation.name
    asked = (
        f"I write for {school} and ask you to remove the following:",
        where if not handle else f"{where}\nName of the account: {handle}",
        WHY.get(Kind(case.kind), OTHERWISE),
        "Please remove it within 24 hours and tell me when it is done. If you decide not to, "
        "please say why, and how we can have this looked at again.",
        "Please keep a copy, and what you know of the account, in case the police ask for it.",
    )
    if row.asked_by_person:
        asked = (f"I ask you to remove the following. {school} helps me with this request.",
                 *asked[1:])  # fmt: skip
    ending = f"Yours faithfully\n{'' if row.asked_by_person else by.name}\n{school}".replace(
        "\n\n", "\n"
    )
    return Letter(to, f"Request to remove content (our reference {case.reference})",
                  (f"To {to}", *asked, ending))  # fmt: skip


def platform_of(where: str) -> str:
    """The platform of an address, by its host; the address itself is never asked."""
    for word in where.split():
        try:
            host = (urlsplit(word if "//" in word else f"//{word}").hostname or "").lower()
        except ValueError:
            continue
        parts = host.split(".")
        for start in range(len(parts) - 1):
            found = BY_HOST.get(".".join(parts[start:]))
            if found is not None:
                return found.label
    return ""


@transaction.atomic
def printed(case: Case, row: Takedown, *, by: User) -> bytes:
    """The letter on paper. That it was made is in the case's own record."""
    case = in_hand(case, by=by, verb="letter.make")
    made = letter(case, case.takedowns.get(pk=row.pk), by=by)
    data = {
        "title": made.subject,
        "school": case.organisation.name,
        "day": day_in_words(case.organisation.today()),
        "paragraphs": list(made.paragraphs),
    }
    record("letter.make", case, by=by, target=row)
    return pdf("case_letter", data, made_at=timezone.now())
