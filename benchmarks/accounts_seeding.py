"""Registers full of accounts, written in bulk: run by two of the staff, changed each term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from accounts.models import (
    HouseRules,
    MissedRotation,
    Rotation,
    Runner,
    SocialAccount,
    Verification,
)
from people.models import Membership, Organisation, Term

BATCH = 2_000
PLATFORMS = ("x", "instagram", "facebook", "youtube")
LONG_AGO = timedelta(days=500)
CHANGES = 3


def a_year(trust: Organisation) -> None:
    """Terms around today, which every school of the trust has: today is a month into one."""
    today = timezone.localdate()
    for number, name in ((-2, "Spring"), (-1, "Summer"), (0, "Autumn"), (1, "Next")):
        first = today - timedelta(days=30) + number * timedelta(days=110)
        Term.objects.create(
            organisation=trust, name=name, starts_on=first, ends_on=first + timedelta(days=90)
        )


def accounts(schools: Iterable[Organisation], each: int) -> SocialAccount | None:
    """So many accounts for each school; one in ten has not changed its password this term.

    Returns the first of the first school.
    """
    places = list(schools)
    staff = _staff(places)
    made = 0
    first: SocialAccount | None = None
    for batch in _batches((place, number) for place in places for number in range(each)):
        rows = SocialAccount.objects.bulk_create(_account(*one) for one in batch)
        HouseRules.objects.bulk_create(HouseRules(account=row) for row in rows)
        Runner.objects.bulk_create(
            Runner(account=row, person_id=person, starts_on=row.live_on or date.min)
            for row in rows
            for person in _two(staff.get(row.organisation_id, []), row.pk)
        )
        _changes(rows, staff)
        MissedRotation.objects.bulk_create(
            MissedRotation(
                account=row, term_name="Spring", starts_on=_day(-250), ends_on=_day(-160)
            )
            for row in rows
            if row.pk % 20 == 0
        )
        made += len(rows)
        first = first or rows[0]
    return first


def _account(place: Organisation, number: int) -> SocialAccount:
    platform = PLATFORMS[number % len(PLATFORMS)]
    handle = f"{place.slug}_{number}"
    since = timezone.now() - LONG_AGO
    return SocialAccount(
        organisation=place, platform=platform, name=f"Account {number}", handle=handle,
        key=f"{platform}:{handle}", url=f"https://social.example/{handle}", status="live",
        live_on=since.date(), agreed_before_on=since.date(), agreed_before_note="The governors",
        added_at=since,
    )  # fmt: skip


def _changes(rows: list[SocialAccount], staff: dict[int, list[int]]) -> None:
    """Changed in each of the last terms, and tried by the other; one in ten not in this one."""
    made = []
    for row in rows:
        people = _two(staff.get(row.organisation_id, []), row.pk)
        if len(people) == 2:
            made += [
                (_rotation(row, people[0], days), people[1])
                for days in (-235, -125, -20)[: CHANGES - (row.pk % 10 == 0)]
            ]
    rotations = Rotation.objects.bulk_create(rotation for rotation, _ in made)
    Verification.objects.bulk_create(
        Verification(rotation=rotation, by_id=by)
        for rotation, (_, by) in zip(rotations, made, strict=True)
    )


def _rotation(row: SocialAccount, by: int, days: int) -> Rotation:
    return Rotation(
        account=row, changed_at=datetime.combine(_day(days), time(12), UTC),
        sessions_ended=True, second_factor_ours=True, vault="The office vault", attested_by_id=by,
    )  # fmt: skip


def _day(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def _staff(places: list[Organisation]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = Membership.objects.filter(organisation__in=places, person__email__startswith="staff")
    for place, person in rows.order_by("pk").values_list("organisation", "person"):
        found.setdefault(place, []).append(person)
    return found


def _two(people: list[int], number: int) -> list[int]:
    count = len(people)
    return [people[number % count], people[(number + 1) % count]] if count > 1 else people


def _batches(
    things: Iterable[tuple[Organisation, int]],
) -> Iterator[list[tuple[Organisation, int]]]:
    iterator = iter(things)
    while batch := list(islice(iterator, BATCH)):
        yield batch
