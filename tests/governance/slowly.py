"""Who owes what, worked out the long way: plain loops over every row, to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from governance.models import Policy
from governance.progress import Figures
from people.models import Membership, Organisation


@dataclass(frozen=True)
class Case:
    """One post and one policy in force that covers it."""

    post: Membership
    policy: Policy
    signed: bool
    exempt: bool
    due_on: date

    @property
    def owed(self) -> bool:
        return not self.signed and not self.exempt


def cases(on: date) -> Iterator[Case]:
    """Every pair of an active post and a policy in force for it, on that day."""
    posts = Membership.objects.select_related("organisation__parent", "person")
    policies = list(
        Policy.objects.in_force()
        .select_related("current", "asking")
        .prefetch_related("current__audience", "acknowledgements")
    )
    for post in posts.prefetch_related("roles", "person__exemptions"):
        if not (post.person.is_active and _covers(post, on)):
            continue
        for policy in policies:
            here = post.organisation
            if policy.owner_id in (here.pk, here.parent_id) and _is_for(policy, post, on):
                yield _case(post, policy, on)


def figures(organisation: Organisation, known: Iterable[Case], on: date) -> Figures:
    """What a dashboard should say."""
    found = [one for one in known if one.post.organisation_id == organisation.pk]
    return Figures(
        signed=sum(one.signed for one in found),
        exempt=sum(one.exempt and not one.signed for one in found),
        overdue=sum(one.owed and one.due_on < on for one in found),
        total=len(found),
    )


def _covers(row: object, on: date) -> bool:
    starts_on, ends_on = row.starts_on, row.ends_on  # type: ignore[attr-defined]
    return bool(starts_on <= on and (ends_on is None or ends_on >= on))


def _is_for(policy: Policy, post: Membership, on: date) -> bool:
    if policy.current is None:
        return False
    roles = {row.role for row in post.roles.all() if _covers(row, on)}
    return any(
        rule.organisation_id in (None, post.organisation_id)
        and rule.employment in ("", post.employment)
        and (rule.role == "" or rule.role in roles)
        for rule in policy.current.audience.all()
    )


def _case(post: Membership, policy: Policy, on: date) -> Case:
    asking = policy.asking
    assert asking is not None
    assert asking.published_at is not None
    signed = any(
        one.ordinal >= asking.ordinal
        for one in policy.acknowledgements.all()
        if one.person_id == post.person_id
    )
    exemptions = [
        one
        for one in post.person.exemptions.all()
        if one.organisation_id == post.organisation_id and one.policy_id in (None, policy.pk)
    ]
    here = post.organisation
    joiner = timedelta(days=here.setting("policies.joiner_grace_days"))
    days = [
        asking.published_at.astimezone(here.zone).date()
        + timedelta(days=here.setting("policies.grace_days")),
        post.starts_on + joiner,
    ]
    ended = [one.ends_on for one in exemptions if one.ends_on is not None and one.ends_on < on]
    if ended:
        days.append(max(ended) + timedelta(days=1) + joiner)
    return Case(
        post=post,
        policy=policy,
        signed=signed,
        exempt=any(_covers(one, on) for one in exemptions),
        due_on=max(days),
    )
