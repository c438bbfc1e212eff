"""The house rules of one account in sentences: for its audience, and for those who run it (R11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import HouseRules, Runner, SocialAccount
from accounts.public import COMMENTS, Shown, without_emails
from people.models import Membership, MembershipRole
from people.models.membership import on_day
from people.roles import Role
from web.words import listed

Naming = HouseRules.Naming
NAMES_OF_PUPILS = {
    Naming.NONE: "Pupils are not named.",
    Naming.FIRST: "Pupils are named by their first name only.",
    Naming.NOT_WITH_PICTURE: "Pupils are named by their first name only, and never beside a "
    "picture of them.",
}
IN_WORDS = {
    Role.STAFF: "members of staff",
    Role.OFFICE: "the school office",
    Role.SLT: "the senior leadership team",
    Role.IT: "the IT team",
    Role.TRUST_IT: "the trust’s IT team",
    Role.GOVERNOR: "governors",
}
HELPERS = {
    Membership.Employment.VOLUNTEER: "volunteers",
    Membership.Employment.PARENT: "parents",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the rules, and what stands below it."""

    title: str
    lines: tuple[str, ...]


def for_audience(one: Shown) -> list[Section]:
    """What parents and pupils may expect. Roles, and nobody's name; nothing about devices."""
    found = _sections(one.account, "we", for_runners=False)
    return [Section(each.title, tuple(map(without_emails, each.lines))) for each in found]


def for_runners(account: SocialAccount) -> list[Section]:
    """All of them, for those who keep to them."""
    return _sections(account, "you", for_runners=True)


def _sections(account: SocialAccount, we: str, *, for_runners: bool) -> list[Section]:
    rules = account.house_rules
    found = [
        ("What it is for", (account.aim,)),
        ("Whom it is for", (account.audience,)),
        ("When posts appear", (hours(rules), rules.exceptions)),
        ("Who answers", (_who(account, we), rules.replies)),
        ("Comments by others", (_comments(account),)),
        ("Names and pictures", (*_naming(account, rules), rules.pictures)),
        ("Whom the account follows", (rules.follows,)),
        ("Devices", (rules.devices,) if for_runners else ()),
        ("Also", (rules.more,)),
    ]
    said = [
        (title, tuple(line.strip() for line in lines if line.strip())) for title, lines in found
    ]
    return [Section(title, lines) for title, lines in said if lines]


def hours(rules: HouseRules) -> str:
    """ "Monday to Friday, from 8 am to 6 pm." """
    days = "Monday to Friday" if rules.weekdays_only else "Every day"
    if (rules.hour_from, rules.hour_until) == (0, 24):
        return f"{days}, at any hour."
    return f"{days}, from {_hour(rules.hour_from)} to {_hour(rules.hour_until)}."


def _hour(hour: int) -> str:
    if hour in (0, 24):
        return "midnight"
    if hour == 12:
        return "noon"
    return f"{hour} am" if hour < 12 else f"{hour - 12} pm"


def _comments(account: SocialAccount) -> str:
    said = COMMENTS[SocialAccount.Moderation(account.comments)]
    return f"They are {said[0].lower()}{said[1:]}."


def _naming(account: SocialAccount, rules: HouseRules) -> Iterator[str]:
    yield NAMES_OF_PUPILS[Naming(rules.naming)]
    if account.shows_pupils:
        yield "Pictures of pupils are shown only where their parents have agreed."
    else:
        yield "No pictures of pupils are shown."


def _who(account: SocialAccount, we: str) -> str:
    """In which capacity people run it: roles at the school, never names."""
    who = listed(roles_of_runners(account)) or "people whom the leadership team has chosen"
    answers = "They answer" if we == "we" else "Answer"
    return f"It is run by {who}. {answers} as “we”, for the school."


def roles_of_runners(account: SocialAccount) -> list[str]:
    """In which capacity people run it today: their roles, or as what they help. Two queries."""
    today = account.organisation.today()
    runners = Runner.objects.current(today).filter(account=account)
    posts = Membership.objects.active(today).filter(
        organisation=account.organisation, person__in=runners.values("person")
    )
    staff = posts.exclude(employment__in=HELPERS)
    held = MembershipRole.objects.filter(on_day(today), membership__in=staff)
    roles = set(held.order_by().values_list("role", flat=True).distinct())
    kinds = set(posts.order_by().values_list("employment", flat=True).distinct())
    return [
        *(_role_in_words(role) for role in Role if role in roles),
        *(words for kind, words in HELPERS.items() if kind in kinds),
    ]


def _role_in_words(role: Role) -> str:
    """ "members of staff" reads better in a sentence than "Staff"."""
    return IN_WORDS.get(role, f"the {role.label[0].lower()}{role.label[1:]}")
