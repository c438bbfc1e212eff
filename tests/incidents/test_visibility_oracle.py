"""The one rule against a slow reading of it, on schools, cases and absences made up at random."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from incidents.circles import ROLES, Circle, column
from incidents.models import Access, Case, CasePerson, Conflict
from incidents.visibility import who_sees
from people.models import Absence, Membership, MembershipRole, Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust
from tests.incidents.factories import afresh

DAY = timedelta(days=1)
CASES = 40
PEOPLE = 14


class World:
    """Two schools of a trust and one that stands alone; everybody has a post or two."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.today = timezone.localdate()
        trust = make_trust()
        schools = [make_school(trust=trust), make_school(trust=trust), make_school()]
        self.places = [*schools, trust]
        self.people = User.objects.bulk_create(
            User(email=f"p{seed}-{number}@example.org", name=f"P {number}", sort_name=f"{number}",
                 is_superuser=number % 5 == 0, is_active=number != 3)
            for number in range(PEOPLE)
        )  # fmt: skip
        self._posts()
        self._absences()
        self.cases = Case.objects.bulk_create(self._case() for _ in range(CASES))
        self._repeats()
        self._facts()
        self.accesses = list(Access.objects.all())
        self.conflicts = list(Conflict.objects.all())
        self.in_cases = list(CasePerson.objects.all())

    def some(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _posts(self) -> None:
        posts = []
        for person in self.people:
            for place in self.dice.sample(self.places, self.dice.choice([1, 1, 2])):
                ended = self.today - DAY if self.some(0.1) else None
                manager = self.dice.choice(self.people)
                posts.append(
                    Membership(
                        person=person, organisation=place, starts_on=self.today - 90 * DAY,
                        ends_on=ended, line_manager=manager if manager != person else None,
                    )
                )  # fmt: skip
        self.posts = Membership.objects.bulk_create(posts)
        self.roles = MembershipRole.objects.bulk_create(
            MembershipRole(
                membership=post, role=role, starts_on=self.today - 90 * DAY,
                ends_on=self.today - DAY if self.some(0.15) else None,
            )
            for post in self.posts
            for role in self.dice.sample(list(Role), 2)
        )  # fmt: skip

    def _absences(self) -> None:
        found = []
        for post in self.posts:
            others = [one for one in self.posts if one.organisation_id == post.organisation_id
                      and one.person_id != post.person_id]  # fmt: skip
            if others and self.some(0.3):
                found.append(
                    Absence(
                        membership=post, deputy=self.dice.choice(others),
                        starts_on=self.today - self.dice.choice([0, 3, 9]) * DAY,
                        ends_on=self.today + self.dice.choice([-1, 0, 4]) * DAY,
                        set_by=self.people[0],
                    )
                )  # fmt: skip
        found = [one for one in found if one.starts_on <= one.ends_on]
        self.absences = Absence.objects.bulk_create(found)

    def _case(self) -> Case:
        return Case(
            organisation=self.dice.choice(self.places), kind="other", about="none", clock="amber",
            restricted=self.some(0.2), owner=self.dice.choice([None, *self.people[:5]]),
            **{column(circle): self.some(0.3) for circle in Circle},
        )  # fmt: skip

    def _repeats(self) -> None:
        """Some report what others have reported."""
        by, now = self.people[0], timezone.now()
        for case in self.cases[5::6]:
            case.duplicate_of = self.dice.choice(self.cases[:5])
            case.status, case.severity, case.suggested = "duplicate", "green", "green"
            case.triaged_at, case.triaged_by, case.ended_at, case.ended_by = now, by, now, by
            case.save()

    def _facts(self) -> None:
        now = timezone.now()
        one = self.people[0]
        for case in self.cases:
            for person in self.dice.sample(self.people, self.dice.choice([0, 0, 1, 2])):
                CasePerson.objects.create(
                    case=case, user=person, role=self.dice.choice(["subject", "target", "witness"]),
                    **({"removed_at": now, "removed_by": one} if self.some(0.2) else {}),
                )  # fmt: skip
            for person in self.dice.sample(self.people, self.dice.choice([0, 0, 1])):
                lifted = self.some(0.3) and person != one
                Conflict.objects.create(
                    case=case, person=person, cause="office",
                    **({"lifted_at": now, "lifted_by": one, "sealed_why_lifted": b"x"}
                       if lifted else {}),
                )  # fmt: skip
            for person in self.dice.sample(self.people, self.dice.choice([0, 1, 2])):
                Access.objects.create(
                    case=case, person=person, cause="route",
                    given_at=now if self.some(0.8) else None,
                    until=self.dice.choice([None, self.today, self.today - DAY]),
                    **({"ended_at": now, "ended_by": one} if self.some(0.2) else {}),
                )  # fmt: skip


def on(row: object, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def oracle(world: World, case: Case, user: User) -> bool:
    """The design's sentences, one after the other, in plain loops over every row."""
    today = world.today
    if not user.is_active:
        return False
    posts = [post for post in world.posts if post.person_id == user.pk and on(post, today)]
    here = [post for post in posts if reaches(post.organisation, case.organisation)]
    held = {
        role.role for role in world.roles for post in here
        if role.membership_id == post.pk and on(role, today)
    }  # fmt: skip
    told = any(getattr(case, column(circle)) and ROLES[circle] & held for circle in Circle)
    let_in = any(
        row.case_id == case.pk and row.person_id == user.pk and row.given_at
        and row.ended_at is None and (row.until is None or row.until >= today)
        for row in world.accesses
    )  # fmt: skip
    need = (told and not case.restricted) or (bool(here) and (case.owner_id == user.pk or let_in))
    return need and user.pk not in out(world, case)


def reaches(place: Organisation, school: Organisation) -> bool:
    return place.pk in (school.pk, school.parent_id)


def out(world: World, case: Case) -> set[int]:
    same = {one.pk for one in world.cases if first_of(one) == first_of(case)}
    found = {
        row.user_id for row in world.in_cases
        if row.case_id in same and row.role == "subject" and row.removed_at is None
    } | {
        row.person_id for row in world.conflicts if row.case_id in same and not row.lifted_at
    }  # fmt: skip
    while True:
        acting = {
            stands_in for absence in world.absences
            if absence.starts_on <= world.today <= absence.ends_on
            and absence.membership.person_id in found and on(absence.membership, world.today)
            for stands_in in [acts(world, absence)] if stands_in is not None
        }  # fmt: skip
        if acting <= found:
            return found
        found |= acting


def first_of(case: Case) -> int:
    """The report that this one repeats, or itself."""
    return case.duplicate_of_id or case.pk


def acts(world: World, absence: Absence) -> int | None:
    deputy = absence.deputy
    if on(deputy, world.today) and deputy.person.is_active:
        return deputy.person_id
    manager = absence.membership.line_manager_id
    here = [post for post in world.posts if post.person_id == manager and on(post, world.today)]
    active = {person.pk: person.is_active for person in world.people}
    return manager if here and active[manager] else None


@pytest.mark.demand("F1")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rule_says_what_a_slow_reading_of_it_says(db: None, seed: int) -> None:
    world = World(seed)
    expected = {
        (case.pk, user.pk) for case in world.cases for user in world.people
        if oracle(world, case, user)
    }  # fmt: skip
    listed = {
        (pk, user.pk)
        for user in world.people
        for pk in Case.objects.visible_to(afresh(user)).values_list("pk", flat=True)
    }
    assert listed == expected
    assert {(case.pk, pk) for case in world.cases for pk in who_sees(case)} == expected
    assert 20 < len(expected) < CASES * PEOPLE / 2
