"""The words of a mail: short, with the school's name, a link and the reason it was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import formataddr, parseaddr
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import get_template
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.text import Truncator

from notices.models import EVENT, Mail, Notice
from web.words import listed

if TYPE_CHECKING:
    from people.models import Absence, Organisation, User

SUBJECT_LENGTH = 150
CANNOT_WAIT = (
    "You chose one mail a week. This one comes by itself: what it names is due before the next."
)


@dataclass(frozen=True)
class Words:
    """The parts of a mail that a person reads."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Item:
    """One line of a mail."""

    title: str
    detail: str
    link: str


@dataclass(frozen=True)
class StandingIn:
    """Tasks of one colleague who is away."""

    name: str
    tasks: list[Item]


def absolute(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else settings.SITE_URL + url


def one_line(text: str) -> str:
    """Without line breaks and other control characters: it may become a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def page(name: str) -> str:
    """The whole address of a page that is the same for everybody."""
    return _page(name, settings.SITE_URL, get_urlconf(), get_script_prefix())


@cache
def _page(name: str, site: str, _urlconf: str | None, _prefix: str) -> str:
    return site + reverse(name)


def sender(organisation: Organisation | None) -> dict[str, str]:
    """From and Reply-To: the school's name before the portal's own address."""
    name, reply_to = settings.PORTAL_NAME, ""
    if organisation is not None:
        name, reply_to = organisation.name, str(organisation.setting("notices.reply_to"))
    from_address, reply_to = _from_and_reply_to(name, reply_to, settings.DEFAULT_FROM_EMAIL)
    return {"from_address": from_address, "reply_to": reply_to}


@lru_cache(2048)
def _from_and_reply_to(name: str, reply_to: str, ours: str) -> tuple[str, str]:
    """Hundreds of mails of a sweep come from one school."""
    name, reply_to = one_line(name), reply_to.strip()
    try:
        validate_email(reply_to)
    except ValidationError:
        reply_to = ""
    _, address = parseaddr(ours)
    return formataddr((name, address)), formataddr((name, reply_to)) if reply_to else ""


def digest(
    recipient: User,
    notices: Sequence[Notice],
    organisation: Organisation | None,
    on: date,
    *,
    note: str = "",
) -> Words:
    """One mail for everything this person is told today. A task that is told twice counts once.

    Tasks of those they stand in for come after their own, with the name of whose they are.
    """
    mine: dict[str, Notice] = {}
    covered: dict[str, dict[str, Notice]] = defaultdict(dict)
    others: dict[tuple[str, str, str], list[Notice]] = defaultdict(list)
    for notice in sorted(notices, key=lambda one: (one.due_on or on, one.title, one.on_date)):
        absent = notice.standing_in_for.name if notice.standing_in_for else ""
        if notice.told_as not in ("owner", EVENT):
            others[notice.told_as, notice.occasion, absent].append(notice)
        elif absent:
            covered[absent][notice.occasion] = notice
        else:
            mine[notice.occasion] = notice
    tasks = [_task(notice, on) for notice in mine.values()]
    standing_in = [
        StandingIn(name, [_task(notice, on) for notice in found.values()])
        for name, found in covered.items()
    ]
    escalated = [
        _escalated(told_as, absent, group, on) for (told_as, _, absent), group in others.items()
    ]
    return _words(
        "digest",
        _digest_subject(tasks, standing_in, escalated),
        first_name=recipient.get_short_name(),
        place=organisation.name if organisation else settings.PORTAL_NAME,
        note=note,
        tasks=tasks,
        standing_in=standing_in,
        escalated=escalated,
        why=_why(tasks, standing_in, escalated),
        choose=page("notices:reminders"),
    )


def welcome_back(away: Absence) -> str:
    """The first words of the first mail to somebody who was away."""
    last = away.ends_on
    return (
        f"You were away until {last.day} {last:%B}, and {away.deputy.person.name} stood in for "
        "you. This is what is to be done now."
    )


def alert(recipient: User, notice: Notice, organisation: Organisation) -> Words:
    """A mail of its own, for what cannot wait until the next digest."""
    return _words(
        "alert",
        notice.title,
        first_name=recipient.get_short_name(),
        place=organisation.name,
        item=Item(one_line(notice.title), "", absolute(notice.url)),
    )


def urgent_mail(recipient: User, notice: Notice, organisation: Organisation) -> Mail:
    """That mail in the outbox: it leaves within the minute, at any hour."""
    words = alert(recipient, notice, organisation)
    return Mail.objects.create(
        kind=Mail.Kind.URGENT,
        organisation=organisation,
        recipient=recipient,
        to=recipient.email or "",
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers={"Auto-Submitted": "auto-generated"},
        **sender(organisation),
    )


def _words(name: str, subject: str, **context: Any) -> Words:
    context["overview"] = page("notices:mine")
    text = get_template(f"notices/mail/{name}.txt").render(context)
    html = get_template(f"notices/mail/{name}.html").render(context)
    subject = one_line(subject)
    if len(subject) > SUBJECT_LENGTH:
        subject = Truncator(subject).chars(SUBJECT_LENGTH)
    return Words(subject, text.strip() + "\n", html)


def _why(tasks: list[Item], standing_in: list[StandingIn], escalated: list[Item]) -> str:
    """Why a mail came, as the rest of a sentence."""
    reasons = {
        "these tasks are yours": tasks,
        "you stand in for somebody who is away": standing_in,
        "you answer for people whose tasks are overdue": escalated,
    }
    *first, last = [reason for reason, lines in reasons.items() if lines] or [""]
    return f"{', '.join(first)}, and {last}" if first else last


def _task(notice: Notice, on: date) -> Item:
    detail = "; ".join(filter(None, (notice.when(on), _doubt([notice]))))
    return Item(one_line(notice.title), detail, absolute(notice.url))


def _doubt(group: list[Notice]) -> str:
    """What is said of something that an earlier mail named, which may have arrived."""
    days = [notice.in_doubt_on for notice in group if notice.in_doubt_on]
    if len(days) < len(group):
        return ""
    last = max(days)
    return f"a mail of {last.day} {last:%B} may have told you already"


def _escalated(told_as: str, absent: str, group: list[Notice], on: date) -> Item:
    """How many have not done it: a number, no names, because mail is read over shoulders."""
    count = len({notice.about_id for notice in group})
    where = {"line_manager": "in your team", "trust": "in your trust"}.get(
        told_as, "at your school"
    )
    if absent:
        where = f"of those {absent} answers for"
    have = "person has" if count == 1 else "people have"
    oldest = min(notice.due_on for notice in group if notice.due_on)
    told = [f"{count} {have} not done this {where}", _overdue(oldest, on), _doubt(group)]
    detail = "; ".join(filter(None, told))
    return Item(one_line(group[0].title), detail, page("notices:mine"))


def _overdue(due_on: date, on: date) -> str:
    days = (on - due_on).days
    return f"overdue for up to {days} days" if days > 1 else "overdue since yesterday"


def _digest_subject(tasks: list[Item], standing_in: list[StandingIn], escalated: list[Item]) -> str:
    if len(tasks) == 1 and not standing_in and not escalated:
        task = tasks[0]
        return f"{task.title} ({task.detail})" if task.detail else task.title
    parts = []
    if tasks:
        parts.append("one task for you" if len(tasks) == 1 else f"{len(tasks)} tasks for you")
    if count := sum(len(one.tasks) for one in standing_in):
        whose = standing_in[0].name if len(standing_in) == 1 else "people who are away"
        number = "a task" if count == 1 else f"{count} tasks"
        parts.append(f"{number} in place of {whose}")
    if escalated:
        parts.append("overdue tasks of others")
    joined = listed(parts)
    return joined[:1].upper() + joined[1:]
