"""Telling the leadership team, the DSL and the runners that something happened to an account."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Runner, SocialAccount
from notices.services import notify
from people.models import Membership, User
from people.roles import Role

LEADERS = (Role.HEAD, Role.SLT, Role.DSL, Role.DEPUTY_DSL)


def leaders_of(account: SocialAccount) -> set[User]:
    """The head, the leadership team and the safeguarding leads of its school."""
    today = account.organisation.today()
    posts = Membership.objects.active(today).filter(organisation=account.organisation)
    return {*User.objects.filter(pk__in=posts.holding(LEADERS, today).values("person"))}


def runners_of(account: SocialAccount) -> set[User]:
    """Those who run it today."""
    runners = Runner.objects.current(account.organisation.today()).filter(account=account)
    return {*User.objects.filter(pk__in=runners.values("person"))}


def tell_leaders(
    account: SocialAccount, what: str, title: str, *, urgent: bool = False, but: User | None = None
) -> None:
    """Each of them once, in the transaction that causes it. `but` did it, and knows."""
    occasion = f"{what}:{account.pk}:{account.organisation.today()}"
    tell(leaders_of(account), account, occasion, title, urgent=urgent, but=but)


def tell(
    people: Iterable[User],
    account: SocialAccount,
    what: str,
    title: str,
    *,
    url: str = "",
    urgent: bool = False,
    but: User | None = None,
) -> None:
    """Each of these people once. `what` is the unique part of the occasion, such as "trip:12".

    The page is the account's where no other is given.
    """
    for person in sorted(people, key=lambda person: person.pk):
        if person != but:
            notify(
                person,
                organisation=account.organisation,
                kind=f"account.{what.partition(':')[0]}",
                occasion=f"account.{what}",
                title=title,
                url=url or account.get_absolute_url(),
                urgent=urgent,
            )
