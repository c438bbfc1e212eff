"""Whatever happened, in whatever order: the answer for any moment is what a slow count says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from governance import as_at, obligations
from governance.models import Acknowledgement, Exemption, Policy, PolicyVersion, Withdrawal
from governance.services import appendices, drafts, exemptions, publishing
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as memberships
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_policy, sign
from tests.governance.slowly_as_at import Answer, Rows, Then
from tests.walks import examples
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
AUDIENCES: list[list[dict[str, Any]]] = [
    [{}],
    [{"role": Role.STAFF}],
    [{"role": Role.DSL}, {"employment": "volunteer"}],
]


def answers(moment: datetime) -> set[Answer]:
    """What the portal says of everybody, everywhere."""
    everywhere = as_at.Question(moment, Organisation.objects.all())
    return {
        Answer(row.pk, row.version_ref, row.signed_at, row.exempt)
        for on, places in everywhere.days().items()
        for row in everywhere.pairs(on, places)
    }


def answers_today() -> set[Answer]:
    """What the rest of the portal says of now."""
    return {
        Answer(row.pk, row.version_ref, row.signed_at, row.exempt)
        for row in obligations.pairs(timezone.localdate())
    }


class Trust:
    """A trust of two schools. `deeds` are what people do, by name."""

    def __init__(self, clock: time_machine.Coordinates) -> None:
        self.clock = clock
        self.trust = make_trust()
        self.places = [self.trust, make_school(trust=self.trust), make_school(trust=self.trust)]
        self.lead = make_user(Role.TRUST_LEAD, Role.STAFF, at=self.trust)
        self.people = [
            make_user(Role.STAFF, at=self.places[1 + n % 2], employment=employment)
            for n, employment in enumerate(["permanent", "volunteer", "permanent", "agency"])
        ]
        make_member(self.people[0], self.places[2], Role.DSL)
        self.policies = [make_policy(place, by=self.by) for place in self.places]
        self.deeds: dict[str, Callable[[int, int], Any]] = {
            "publish": self.publish,
            "withdraw": self.withdraw,
            "add an appendix": self.appendix,
            "sign": self.sign,
            "sign, too": self.sign,
            "sign everything": self.sign_everything,
            "exempt": self.exempt,
            "end an exemption": self.end_exemption,
            "come or go": self.come_or_go,
            "change roles": self.change_roles,
            "move": self.move,
            "close a login": self.close,
            "wait": self.wait,
        }

    @property
    def by(self) -> User:
        found: User = User.objects.get(pk=self.lead.pk)
        return found

    @staticmethod
    def one(rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def publish(self, pick: int, how: int) -> None:
        policy = self.one(Policy.objects, pick)
        version = drafts.start_version(policy, by=self.by)
        drafts.set_audience(version, AUDIENCES[how % 3], by=self.by)
        version.refresh_from_db()
        publishing.publish(
            version, by=self.by, change="minor" if how % 2 else "material", summary="New."
        )

    def withdraw(self, pick: int, how: int) -> None:
        if how % 2 and (policy := self.one(Policy.objects.in_force(), pick)):
            publishing.withdraw(policy, by=self.by, reason="Old.")

    def appendix(self, pick: int, how: int) -> None:
        policy = Policy.objects.get(pk=self.policies[0].pk)
        version = appendices.start_appendix(policy, self.places[1 + how % 2], by=self.by)
        drafts.edit_text(
            version, edition=version.edition, by=self.by, title="Here", number="1.0", body="Here."
        )
        version.refresh_from_db()
        publishing.publish(version, by=self.by, change="material")

    def sign(self, pick: int, how: int) -> None:
        person = User.objects.get(pk=self.people[pick % len(self.people)].pk)
        for owing in obligations.obligations_of(person.pk, timezone.localdate()):
            sign(Policy.objects.get(pk=owing.policy_id), person)
            self.clock.shift(timedelta(minutes=how))

    def sign_everything(self, pick: int, how: int) -> None:
        for n in range(len(self.people)):
            if n != pick % 7:
                self.sign(n, how)

    def exempt(self, pick: int, how: int) -> None:
        starts_on = timezone.localdate() + timedelta(days=how % 9 - 4)
        person = self.people[pick % len(self.people)]
        exemptions.allow(
            person,
            self.one(Membership.objects.filter(person=person), how).organisation,
            by=self.by,
            reason="other",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=how % 5) if how % 3 else None,
            policy=self.one(Policy.objects, pick) if how % 2 else None,
        )

    def end_exemption(self, pick: int, how: int) -> None:
        if found := self.one(Exemption.objects, pick):
            exemptions.end(found, by=self.by)

    def come_or_go(self, pick: int, how: int) -> None:
        post = self.one(Membership.objects.exclude(person=self.lead), pick)
        last_day = timezone.localdate() + timedelta(days=how % 5 - 2)
        if post.ends_on is None:
            memberships.leave(post, last_day=last_day, by=None)
        else:
            starts_on = max(post.ends_on, last_day) + timedelta(days=1)
            make_member(post.person, post.organisation, Role.STAFF, since=starts_on)

    def change_roles(self, pick: int, how: int) -> None:
        roles: set[Role] = [{Role.STAFF}, {Role.DSL}, {Role.STAFF, Role.DSL}, set()][how % 4]
        memberships.set_roles(
            self.one(Membership.objects.exclude(person=self.lead), pick), roles, by=None
        )

    def move(self, pick: int, how: int) -> None:
        """Not a thing that schools do; but where they are, days end at other times."""
        zone = ["Europe/London", "Pacific/Auckland", "America/Lima"][how % 3]
        place = self.places[1 + pick % 2]
        Organisation.objects.filter(pk=place.pk).update(time_zone=zone)

    def close(self, pick: int, how: int) -> None:
        if how % 5 == 0:
            User.objects.filter(pk=self.people[pick % len(self.people)].pk).update(is_active=False)

    def wait(self, pick: int, how: int) -> None:
        self.clock.shift(timedelta(hours=1 + how * 7, seconds=pick))


@contextmanager
def rolled_back() -> Iterator[None]:
    world = transaction.atomic()
    world._from_testcase = True  # type: ignore[attr-defined]
    with world:
        yield
        transaction.set_rollback(True)


def moments(walked: list[datetime]) -> set[datetime]:
    """Each time something happened and the moment before it, and the ends of days."""
    happened = [
        *PolicyVersion.objects.published().values_list("published_at", flat=True),
        *Withdrawal.objects.values_list("at", flat=True),
        *Acknowledgement.objects.values_list("at", flat=True),
    ]
    midnights = {datetime.combine(one.date(), datetime.min.time(), UTC) for one in walked}
    exact = {one for one in happened if one} | midnights
    return exact | {one - TICK for one in exact} | set(walked)


@pytest.mark.demand("D12")
@settings(
    max_examples=examples(3),
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_random_history_is_told_as_it_was(data: st.DataObject) -> None:
    """By loops over all rows; and of now the portal says the same as everywhere else."""
    number = st.integers(0, 40)
    with rolled_back(), time_machine.travel(START, tick=False) as clock:
        trust, walked = Trust(clock), []
        names = st.sampled_from(sorted(trust.deeds))
        steps = data.draw(st.lists(st.tuples(names, number, number), min_size=30, max_size=45))
        for name, pick, how in steps:
            clock.shift(timedelta(minutes=1))
            # A rule or a missing right may stand in the way; nothing else may.
            with suppress(RuleBroken, PermissionDenied, ValidationError), transaction.atomic():
                trust.deeds[name](pick, how)
            walked.append(timezone.now())
            in_london = not Organisation.objects.exclude(time_zone="Europe/London").exists()
            assert not in_london or answers(timezone.now()) == answers_today()
        rows = Rows()
        for moment in moments(walked):
            assert answers(moment) == set(Then(moment, rows).answers()), moment
