"""Many accounts, quickly: for counting queries and for measuring. Written past the services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import count

from django.utils import timezone

from accounts.models import HouseRules, MissedRotation, Rotation, Runner, SocialAccount
from people.models import Organisation, User

_serial = count(1)
LONG_AGO = timedelta(days=400)
PLATFORMS = ("x", "instagram", "facebook", "youtube")


def many_accounts(
    at: Organisation, number: int, *, run_by: Sequence[User] = (), missed: bool = False
) -> list[SocialAccount]:
    """Accounts in use since long ago, all run by these people."""
    since = timezone.now() - LONG_AGO
    accounts = SocialAccount.objects.bulk_create(
        SocialAccount(
            organisation=at,
            platform=(platform := PLATFORMS[place % len(PLATFORMS)]),
            name=f"Crowded account {(n := next(_serial))}",
            department=f"Department {place % 8}",
            handle=f"crowd_{n}",
            key=f"{platform}:crowd_{n}",
            url=f"https://example.org/crowd_{n}",
            status="live",
            live_on=since.date(),
            added_at=since,
            agreed_before_on=since.date(),
            agreed_before_note="The governors",
        )
        for place in range(number)
    )
    HouseRules.objects.bulk_create(HouseRules(account=account) for account in accounts)
    Runner.objects.bulk_create(
        Runner(account=account, person=person, starts_on=since.date())
        for account in accounts
        for person in run_by
    )
    if missed:
        many_missed(accounts)
    return accounts


def many_missed(accounts: Iterable[SocialAccount]) -> None:
    day = timezone.localdate() - timedelta(days=200)
    MissedRotation.objects.bulk_create(
        MissedRotation(
            account=account, term_name="Spring", starts_on=day - timedelta(days=90), ends_on=day
        )
        for account in accounts
    )


def many_changes(account: SocialAccount, by: User, number: int) -> None:
    """Changes of its password that nobody has tried."""
    now = timezone.now()
    Rotation.objects.bulk_create(
        Rotation(
            account=account, changed_at=now - timedelta(days=n + 1), sessions_ended=True,
            second_factor_ours=True, vault="Office vault", attested_by=by,
        )
        for n in range(number)
    )  # fmt: skip
