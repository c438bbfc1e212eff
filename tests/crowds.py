"""Many rows, quickly: for counting queries, not for trying rules. Written past the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from governance.models import (
    Acknowledgement,
    AudienceRule,
    Exemption,
    Policy,
    PolicyVersion,
    Signature,
)
from governance.text.canonical import content_hash
from governance.workflow import Status
from notices.models import Mail, Notice
from people.models import (
    Membership,
    MembershipRole,
    Organisation,
    OrganisationReach,
    User,
)
from people.roles import Role
from trail.models import AuditEvent

_serial = count(1_000)
LONG_AGO = timedelta(days=400)


def many_people(at: Organisation, number: int, *, manager: User | None = None) -> list[User]:
    """Staff of a school, in eight departments. One unusable password is good enough for all."""
    since = at.today() - LONG_AGO
    people = User.objects.bulk_create(
        User(
            email=f"crowd{(n := next(_serial))}@example.org",
            name=f"Crowd Member{n}",
            sort_name=f"Member{n:06}",
            password="!",
        )
        for _ in range(number)
    )
    memberships = Membership.objects.bulk_create(
        Membership(
            person=person,
            organisation=at,
            starts_on=since,
            department=f"Department {place % 8}",
            line_manager=manager,
        )
        for place, person in enumerate(people)
    )
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=membership, role=Role.STAFF, starts_on=since)
        for membership in memberships
    )
    return people


def many_schools(trust: Organisation, number: int) -> list[Organisation]:
    schools = Organisation.objects.bulk_create(
        Organisation(
            kind="school", parent=trust, name=f"Crowded {(n := next(_serial))}", slug=f"crowd-{n}"
        )
        for _ in range(number)
    )
    OrganisationReach.objects.bulk_create(
        OrganisationReach(above=above, below=school)
        for school in schools
        for above in (trust, school)
    )
    return schools


def many_policies(owner: Organisation, by: User, number: int) -> list[Policy]:
    """Policies in force, for everyone, published long enough ago to be overdue."""
    policies = Policy.objects.bulk_create(
        Policy(owner=owner, title=f"Policy {next(_serial)}", author=by) for _ in range(number)
    )
    versions = many_versions(policies, by)
    AudienceRule.objects.bulk_create(AudienceRule(version=version) for version in versions)
    _publish(versions, by)
    for policy, version in zip(policies, versions, strict=True):
        policy.current = policy.asking = version
        policy.review_due_on = owner.today() + timedelta(days=20)
    Policy.objects.bulk_update(policies, ["current", "asking", "review_due_on"], batch_size=200)
    return policies


def many_versions(policies: Iterable[Policy], by: User, **more: Any) -> list[PolicyVersion]:
    return PolicyVersion.objects.bulk_create(
        PolicyVersion(
            **more,
            policy=policy,
            ordinal=(ordinal := next(_serial)),
            number=f"{ordinal}.0",
            title=policy.title,
            body="## Why\n\nBe kind.",
            content_hash=content_hash(
                title=policy.title, number=f"{ordinal}.0", language="en-GB", body="Be kind."
            ),
            created_by=by,
            edited_by=by,
        )
        for policy in policies
    )


def _publish(versions: list[PolicyVersion], by: User) -> None:
    ids = [version.pk for version in versions]
    PolicyVersion.objects.filter(pk__in=ids).update(**_published(by))


def _published(by: User) -> dict[str, Any]:
    return {
        "status": Status.PUBLISHED,
        "change": "material",
        "published_at": timezone.now() - LONG_AGO,
        "published_by": by,
    }


def many_published_versions(policy: Policy, by: User, number: int) -> None:
    """Versions of one policy, all published and never asked for."""
    many_versions([policy] * number, by, **_published(by))


def many_signatures(policy: Policy, people: list[User], at: Organisation) -> None:
    """These people have signed what is in force."""
    version = policy.current
    assert version is not None
    signatures = Signature.objects.bulk_create(
        Signature(reference=f"S-{next(_serial):09}", person=person, organisation=at, name_hash="x")
        for person in people
    )
    _acknowledge(signatures, [version] * len(people))


def one_signer_of_many(person: User, policies: list[Policy], at: Organisation) -> None:
    """One person has signed all of these."""
    signatures = Signature.objects.bulk_create(
        Signature(reference=f"S-{next(_serial):09}", person=person, organisation=at, name_hash="x")
        for _ in policies
    )
    _acknowledge(signatures, [policy.current for policy in policies])


def _acknowledge(signatures: list[Signature], versions: list[PolicyVersion]) -> None:
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            signature=signature,
            person_id=signature.person_id,
            policy_id=version.policy_id,
            version=version,
            ordinal=version.ordinal,
            content_hash=version.content_hash,
        )
        for signature, version in zip(signatures, versions, strict=True)
    )


def many_exemptions(people: list[User], at: Organisation, by: User) -> None:
    Exemption.objects.bulk_create(
        Exemption(
            person=person, organisation=at, reason="other", starts_on=at.today(), allowed_by=by
        )
        for person in people
    )


def many_notices(person: User, at: Organisation, number: int, *, about: User) -> None:
    mails = Mail.objects.bulk_create(
        Mail(
            kind=Mail.Kind.TRANSACTIONAL,
            organisation=at,
            recipient=person,
            to=person.email or "",
            subject="A mail",
            text="Text",
            from_address="portal@example.org",
            status=Mail.Status.FAILED,
            last_error="550",
        )
        for _ in range(number)
    )
    Notice.objects.bulk_create(
        Notice(
            recipient=person,
            about=about,
            organisation=at,
            kind="policy.sign",
            occasion=f"crowd:{next(_serial)}",
            stage="event",
            on_date=at.today(),
            title="A policy was published",
            url="/policies/",
            mail=mail,
        )
        for mail in mails
    )


def many_lines(at: Organisation, actors: list[User], target: object, number: int) -> None:
    """Lines of the record, of many people. Not a chain: nobody verifies it here."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            organisation=at,
            number=1_000_000 + (n := next(_serial)),
            at=timezone.now(),
            actor=actors[place % len(actors)],
            verb="policy.edit",
            target_type=target._meta.label_lower,  # type: ignore[attr-defined]
            target_id=target.pk,  # type: ignore[attr-defined]
            details={"content": "ab12"},
            previous=f"crowd{n}",
            hash=f"crowd{n}",
        )
        for place in range(number)
    )
