"""Trusts full of people, written in bulk: facts as services leave them, without the trail."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import SocialAccount
from benchmarks import accounts_seeding, cases_seeding, concerns_seeding
from governance.models import Acknowledgement, Policy, Signature, SignatureName
from governance.services import drafts, publishing
from notices.health import BEAT
from notices.models import Heartbeat
from people.models import Membership, MembershipRole, Organisation, User
from people.roles import Role
from people.services import organisations

BATCH = 5_000
SIGNED_SHARE = 0.8
DEPARTMENTS = [f"Department {number}" for number in range(12)]
BODY = "## Section\n\n" + "A sentence of ordinary length that staff read. " * 60


@dataclass(frozen=True)
class Profile:
    """How much there is. `policies` are the trust's, and count for everyone."""

    name: str
    schools: int
    staff: int
    policies: int = 10
    signed_share: float = SIGNED_SHARE
    last_unsigned: bool = True  # nobody has signed the last policy
    accounts: int = 0  # of each school, on its register
    cases: int = 0  # business cases that wait at the first school
    concerns: int = 0  # of all schools, one in five at the first


PROFILES = {
    "S": Profile("S", schools=1, staff=100, accounts=20, cases=200, concerns=1_000),
    "M": Profile("M", schools=50, staff=5_000, accounts=20, cases=2_000, concerns=10_000),
    "T": Profile("T", schools=30, staff=4_500),  # 45,000 signatures owed
    "T1": Profile("T1", schools=1, staff=4_500),
    "H9": Profile("H9", schools=100, staff=20_000),
    "C": Profile("C", schools=50, staff=500, concerns=50_000),  # the list at ten times M's
    "L": Profile("L", schools=1_000, staff=100_000, concerns=50_000),
    "H3": Profile("H3", schools=1, staff=20_000),
}


@dataclass(frozen=True)
class World:
    """What the measuring needs to know of what was written."""

    trust: Organisation
    school: Organisation
    head: User
    staff: list[int]  # ids of people; all of them have something left to sign
    policy: Policy  # nobody has signed it
    signed: Policy  # most have
    account: SocialAccount | None  # of that school
    cases: list[int] = field(default_factory=list)  # business cases that wait there
    concern: str = ""  # the reference of one of the first school, with 20 entries


def seed(profile: Profile) -> World:
    trust = organisations.found("trust", name="Bench trust", slug="bench", by=None)
    schools = [
        organisations.found(
            "school", name=f"School {number:04}", slug=f"s{number}", parent=trust, by=None
        )
        for number in range(profile.schools)
    ]
    lead = _one(trust, Role.TRUST_LEAD, "lead")
    head = _one(schools[0], Role.HEAD, "head")
    _staff(range(profile.staff), schools)
    policies = [_policy(trust, lead, number) for number in range(profile.policies)]
    members = Membership.objects.filter(person__email__startswith="staff")
    signed = policies[:-1] if profile.last_unsigned else policies
    _signatures(signed, members, profile.signed_share)
    staff = User.objects.filter(email__startswith="staff").order_by("pk")
    ids = list(staff.values_list("pk", flat=True)[:5000])
    # A running portal has one; without it the first page asks once more.
    Heartbeat.objects.create(name=BEAT, beat_at=timezone.now() + timedelta(days=1))
    account = None
    if profile.accounts:
        accounts_seeding.a_year(trust)
        account = accounts_seeding.accounts(schools, profile.accounts)
    waiting = cases_seeding.cases(schools[0], ids, profile.cases) if profile.cases else []
    concern = concerns_seeding.concerns(schools, head, profile.concerns)
    return World(trust, schools[0], head, ids, policies[-1], policies[0], account, waiting, concern)


def school_of_its_own(trust: Organisation, staff: int) -> tuple[Organisation, User]:
    """One more school below the trust, with its head; most have signed the trust's policies."""
    school = organisations.found("school", name="One more", slug="more", parent=trust, by=None)
    head = _one(school, Role.HEAD, "more")
    first = User.objects.filter(email__startswith="staff").count()
    _staff(range(first, first + staff), [school])
    policies = Policy.objects.in_force().filter(owner=trust).select_related("current")
    members = Membership.objects.filter(organisation=school).exclude(person=head)
    _signatures(list(policies), members, SIGNED_SHARE)
    return school, head


def _one(at: Organisation, role: Role, name: str) -> User:
    person = User.objects.create_user(f"{name}@bench.example", f"Person {name}")
    membership = Membership.objects.create(
        person=person, organisation=at, starts_on=timezone.localdate() - timedelta(days=900)
    )
    MembershipRole.objects.create(membership=membership, role=role, starts_on=membership.starts_on)
    return person


def _staff(everybody: range, schools: list[Organisation]) -> None:
    since = timezone.localdate() - timedelta(days=700)
    for numbers in _batches(everybody):
        people = User.objects.bulk_create(
            User(
                email=f"staff{number}@bench.example",
                name=f"Staff Person{number:06}",
                sort_name=f"Person{number:06}",
                password="!",
            )
            for number in numbers
        )
        members = Membership.objects.bulk_create(
            Membership(
                person=person,
                organisation=schools[number % len(schools)],
                starts_on=since,
                department=DEPARTMENTS[number % len(DEPARTMENTS)],
            )
            for number, person in zip(numbers, people, strict=True)
        )
        MembershipRole.objects.bulk_create(
            MembershipRole(membership=member, role=Role.STAFF, starts_on=since)
            for member in members
        )


def _policy(trust: Organisation, lead: User, number: int) -> Policy:
    version = drafts.start_policy(trust, by=lead, title=f"Policy {number}", body=BODY)
    publishing.publish(version, by=lead, change="material")
    return Policy.objects.select_related("current").get(pk=version.policy_id)


def _signatures(policies: list[Policy], people: QuerySet[Membership], share: float) -> None:
    chance = random.Random(20261121)
    rows = list(people.values_list("person_id", "organisation_id"))
    for index, policy in enumerate(policies):
        signed = [row for row in rows if chance.random() < share]
        for batch in _batches(signed):
            _sign(policy, index, batch)


def _sign(policy: Policy, index: int, people: list[tuple[int, int]]) -> None:
    version = policy.current
    assert version is not None
    signatures = Signature.objects.bulk_create(
        Signature(
            reference=f"B{index:02}-{person:08}",
            person_id=person,
            organisation_id=organisation,
            statement="I have read it.",
            name_hash="0" * 64,
        )
        for person, organisation in people
    )
    SignatureName.objects.bulk_create(
        SignatureName(signature=one, name="Somebody") for one in signatures
    )
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            signature=one,
            person_id=one.person_id,
            policy=policy,
            version=version,
            ordinal=version.ordinal,
            content_hash=version.content_hash,
        )
        for one in signatures
    )


def _batches(things) -> Iterator[list]:  # type: ignore[no-untyped-def]
    iterator = iter(things)
    while batch := list(islice(iterator, BATCH)):
        yield batch
