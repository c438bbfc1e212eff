"""`python -m tests.notices.term`: plays a term on the demo trust into docs/a-term-of-reminders.md.

Every day of the term comes, some people do what they owe, somebody is away, the clock stands still
for three days; after each sweep the day's mails are written down. Takes about a minute.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import time_machine

if TYPE_CHECKING:
    from notices.models import Mail, Notice
    from people.models import Organisation, User

PAGE = Path(__file__).parents[2] / "docs" / "a-term-of-reminders.md"
DAY = timedelta(days=1)
FIRST, LAST = date(2027, 1, 4), date(2027, 4, 2)
NINE = time(9)
NOTES = {
    "You were away until": "first mail after being away",
    "You chose one mail a week": "between two weekly mails",
}
STOOD_STILL = {date(2027, 2, 8) + n * DAY for n in range(3)}


@dataclass
class Played:
    """One day: what happened, and who got a mail about what and why."""

    day: date
    happened: list[str] = field(default_factory=list)
    mails: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        for name, told in self.mails.items():
            yield f"**{name}**: {'; '.join(told)}"


@dataclass
class Play:
    """Days of one school: `deeds` says what is done on a day before its sweep."""

    school: Organisation
    deeds: Mapping[date, list[tuple[str, Callable[[], object]]]] = field(default_factory=dict)
    stood_still: set[date] = field(default_factory=set)
    each_day: Callable[[date], None] = lambda day: None

    def days(self, first: date, last: date) -> Iterator[Played]:
        from notices.services import sweep

        for number in range((last - first).days + 1):
            day = first + number * DAY
            moment = datetime.combine(day, NINE, self.school.zone)
            with time_machine.travel(moment, tick=False):
                played = Played(day)
                for words, do in self.deeds.get(day, ()):
                    do()
                    played.happened.append(words)
                if day in self.stood_still:
                    played.happened.append("The portal stood still all day.")
                else:
                    sweep(moment)
                    played.mails = dict(self._mails(day))
                self.each_day(day)
            yield played

    def _mails(self, day: date) -> Iterator[tuple[str, list[str]]]:
        from notices.models import Mail

        mails = Mail.objects.filter(
            digest_on=day, recipient__memberships__organisation=self.school
        ).distinct()
        for mail in mails.select_related("recipient").order_by("recipient__name"):
            assert mail.recipient is not None
            yield mail.recipient.name, [*_in_words(mail, day)]


def _in_words(mail: Mail, day: date) -> Iterator[str]:
    from django.db.models import F

    for note, words in NOTES.items():
        if note in mail.text:
            yield words
    groups: dict[tuple[str, str, str], list[Notice]] = defaultdict(list)
    due = F("due_on").asc(nulls_first=True)
    rows = mail.notices.select_related("standing_in_for").order_by(due, "title", "on_date")
    for notice in rows:
        absent = notice.standing_in_for.name if notice.standing_in_for else ""
        groups[notice.title, notice.told_as, absent].append(notice)
    for (title, told_as, absent), found in groups.items():
        latest = found[-1]
        if told_as == "event":
            yield title
            continue
        why = f"stands in for {absent}, " if absent else ""
        if told_as == "owner":
            why += step_in_words(latest.stage)
        else:
            about = len({one.about_id for one in found})
            why += f"{told_as.replace('_', ' ')} of {about}, {step_in_words(latest.stage)}"
        yield f"{title} ({latest.when(day)}; {why})"


def step_in_words(stage: str) -> str:
    """ "owner-7" is 7 days before."""
    found = re.fullmatch(r"[a-z_]+?(\.start)?(\.school)?([+-]\d+)(?:/(\d+))?", stage)
    assert found is not None, stage
    start, in_school, days, every = found[1], found[2], int(found[3]), found[4]
    unit = "school day" if in_school else "day"
    if start:
        return f"every {every} {unit}s from its first" if every else "new to them"
    if every:
        return f"every {every} {unit}s while overdue"
    if days == 0:
        return "on the day"
    return f"{abs(days)} {unit}{'' if abs(days) == 1 else 's'} {'before' if days < 0 else 'after'}"


# The demo trust


def _story() -> tuple[Play, Any]:
    """The demo trust on its first day of term, and what its people will do."""
    from governance.models import Policy, PolicyVersion
    from governance.services import drafts, publishing, sign_off
    from notices.own_ladders import set_plan
    from notices.plans import Plan
    from notices.preferences import choose_digest
    from overview.demo.story import PRIMARY, Demo
    from people.models import Membership
    from people.services import absence

    demo = Demo(FIRST)
    with time_machine.travel(datetime.combine(FIRST, time(7)), tick=False):
        demo.tell()
    school = demo.places[PRIMARY]

    def person(login: str) -> User:
        return demo.person(PRIMARY, login)

    def post(login: str) -> Membership:
        return Membership.objects.select_related("organisation__parent", "person").get(
            person=person(login), organisation=school
        )

    def away(login: str, deputy: str, first: date, last: date) -> None:
        absence.set_cover(
            post(login), deputy=post(deputy), starts_on=first, ends_on=last, by=person(login)
        )

    waiting: list[Any] = []

    def send() -> None:
        version = drafts.start_policy(
            school, by=person("deputy"), title="Phones on trips", body="We ask before we post."
        )
        drafts.set_signatories(version.policy, ["head"], by=person("deputy"))
        waiting.append(sign_off.send(version, by=person("deputy")))

    def sign_it_off() -> None:
        sign_off.sign(waiting[0], by=person("head"), displayed=waiting[0].content_hash)
        version = PolicyVersion.objects.select_related("policy__owner").get(pk=waiting[0].pk)
        publishing.publish(version, by=person("head"), change="material")

    def sign_all(day: date) -> None:
        """Each day a few people sign what they owe."""
        for one in demo.people.values():
            if (one.pk * 5 + day.toordinal()) % 17 or day.weekday() > 4 or not one.email:
                continue
            for policy in Policy.objects.filter(current__isnull=False).select_related("current"):
                _sign(demo, policy, one)

    deeds = {
        FIRST: [
            ("Fionnuala O’Brien chooses one mail a week, on Mondays.",
             lambda: choose_digest(person("f.obrien"), day=0)),
        ],
        date(2027, 1, 13): [
            ("The head enters that she is away, 18 to 29 January; Rosalind Achterberg stands in.",
             lambda: away("head", "dsl", date(2027, 1, 18), date(2027, 1, 29))),
        ],
        date(2027, 1, 19): [
            ("Tomasz Fennimore sends “Phones on trips” to the head to be signed off.", send),
        ],
        date(2027, 1, 29): [
            ("Kwabena Osei-Lyle enters that he is away, 1 to 12 February; Isolde Marsh stands in.",
             lambda: away("k.osei", "i.marsh", date(2027, 2, 1), date(2027, 2, 12))),
        ],
        date(2027, 2, 2): [
            ("The head, back since Monday, signs it off and publishes it: everybody has to sign.",
             sign_it_off),
        ],
        date(2027, 3, 1): [
            ("The school now reminds people of a policy 10 and 3 days before, on the day and every "
             "5 days after it.",
             lambda: set_plan(school, "policy.sign", Plan(before=(10, 3), on_day=True,
                              overdue_every=5, head=14), by=person("head"))),
        ],
    }  # fmt: skip
    return Play(school, deeds, STOOD_STILL, sign_all), demo


def _sign(demo: Any, policy: Any, person: User) -> None:
    from governance.services import signing
    from web.errors import RuleBroken

    person.__dict__.pop("posts", None)
    if signing.is_for(policy, person):
        try:
            demo.sign(policy, policy.current, person)
        except RuleBroken:
            return


HEAD = """# A term of reminders

The spring term 2027 at Thistledown Primary School of the demo trust, as it was played through:
every day came, some people did what they owed each day, and this is who got a mail about what,
and why. `python -m tests.notices.term` plays it again and writes this page.

What to look for: nobody gets two mails on a day, and nobody any at the weekend. Saoirse Quill and
Peregrine Thorne work in term time only. Half-term is from 15 to 19 February; term ends on
26 March, Good Friday, and the clock changes on 28 March. From 8 to 10 February the portal stood
still: on the 11th there is one mail each, not three.

| Day | What happened | Who got a mail, and why |
| --- | --- | --- |
"""


def write() -> None:
    play, _ = _story()
    rows, counted = [], Counter[str]()
    for played in play.days(FIRST, LAST):
        if not (played.mails or played.happened):
            continue
        counted.update(played.mails.keys())
        rows.append(
            f"| {played.day:%a} {played.day.day} {played.day:%b} | {' '.join(played.happened)} | "
            f"{'<br>'.join(played.lines())} |"
        )
    total = f"\n{sum(counted.values())} mails to {len(counted)} people in {len(rows)} days.\n"
    PAGE.write_text(HEAD + "\n".join(rows) + "\n" + total, encoding="utf-8")
    sys.stdout.write(total)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="portal-term-") as folder:
        os.environ["DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django
        from django.core.management import call_command

        from config import new_database

        django.setup()
        new_database.make()
        call_command("createcachetable", verbosity=0)
        write()


if __name__ == "__main__":
    sys.exit(main())
