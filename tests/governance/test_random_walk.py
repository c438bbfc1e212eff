"""Whatever people do, in whatever order: the promises about policies hold after every step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from governance import progress
from governance.duties import SIGNING
from governance.models import Exemption, Policy, PolicyVersion, Withdrawal
from governance.services import drafts, exemptions, publishing, sign_off, signing
from overview.dashboards import school_dashboard, trust_dashboard
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as memberships
from people.services import organisations, staff
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance import slowly
from tests.walks import examples
from trail.verify import check
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
PICK = st.integers(min_value=0, max_value=50)
AUDIENCES: list[list[dict[str, Any]]] = [
    [{}],
    [{"role": Role.STAFF}],
    [{"employment": "volunteer"}, {"role": Role.HEAD}],
    [],
]


class School(RuleBasedStateMachine):
    """A trust with two schools; a step is one person doing one thing, allowed or not."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        # As a test case's own transaction: services may not take it for theirs.
        self.world = transaction.atomic()
        self.world._from_testcase = True  # type: ignore[attr-defined]
        self.world.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        self.trust = make_trust()
        self.places = [self.trust, make_school(trust=self.trust), make_school(trust=self.trust)]
        self.people = [make_user(Role.TRUST_LEAD, at=self.trust)]
        for place in self.places[1:]:
            self.people.append(make_user(Role.HEAD, Role.STAFF, at=place))
            self.people.append(make_user(Role.STAFF, at=place, since=START.date()))
            self.people.append(make_user(Role.CHAIR, at=place, employment="governor"))
        make_member(self.people[2], self.places[2], Role.STAFF)
        self.people.append(make_person())

    def teardown(self) -> None:
        try:
            self.compare()
            assert all(check(place.pk).found is None for place in self.places)
        finally:
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)
            self.clock.stop()

    # Helpers

    def who(self, pick: int) -> User:
        """Asked anew: posts are kept for one request."""
        found: User = User.objects.get(pk=self.people[pick % len(self.people)].pk)
        return found

    def place(self, pick: int) -> Organisation:
        return Organisation.objects.get(pk=self.places[pick % len(self.places)].pk)

    @staticmethod
    def one_of(rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    @staticmethod
    def attempt(deed: Callable[[], Any]) -> None:
        """A rule or a missing right may stand in the way; nothing else may."""
        with suppress(RuleBroken, PermissionDenied, Policy.DoesNotExist):
            deed()

    def manager(self, policy: Policy, pick: int) -> User:
        """Mostly somebody who may, so that the walk gets somewhere."""
        heads = {place.pk: person for place, person in zip(self.places, self.managers, strict=True)}
        return self.who(pick) if pick % 5 == 0 else User.objects.get(pk=heads[policy.owner_id].pk)

    @property
    def managers(self) -> list[User]:
        return [self.people[0], self.people[1], self.people[4]]

    # What people do

    @rule(place=PICK, who=PICK)
    def start_policy(self, place: int, who: int) -> None:
        owner = self.place(place)
        by = self.who(who) if who % 5 == 0 else self.managers[place % 3]
        by = User.objects.get(pk=by.pk)
        self.attempt(lambda: drafts.start_policy(owner, by=by, title="A", body="Words."))

    @rule(policy=PICK, who=PICK)
    def start_version(self, policy: int, who: int) -> None:
        if found := self.one_of(Policy.objects, policy):
            self.attempt(lambda: drafts.start_version(found, by=self.manager(found, who)))

    @rule(version=PICK, who=PICK, audience=st.sampled_from(AUDIENCES), number=PICK)
    def work_on_a_draft(
        self, version: int, who: int, audience: list[dict[str, Any]], number: int
    ) -> None:
        if found := self.one_of(PolicyVersion.objects.open(), version):
            by = self.manager(found.policy, who)
            self.attempt(lambda: drafts.set_audience(found, audience, by=by))
            self.attempt(
                lambda: drafts.edit_text(
                    found,
                    edition=found.edition - number % 2,
                    by=by,
                    title="B",
                    number=f"{number}.{number}",
                    body=f"Words {number}.",
                )
            )

    @rule(policy=PICK, who=PICK, roles=st.sets(st.sampled_from([Role.CHAIR, Role.HEAD])))
    def choose_signatories(self, policy: int, who: int, roles: set[Role]) -> None:
        if found := self.one_of(Policy.objects, policy):
            by = self.manager(found, who)
            self.attempt(lambda: drafts.set_signatories(found, roles, by=by))

    @rule(
        version=PICK,
        who=PICK,
        deed=st.sampled_from([sign_off.send, sign_off.take_back, drafts.discard]),
    )
    def move_a_draft(self, version: int, who: int, deed: Callable[..., Any]) -> None:
        if found := self.one_of(PolicyVersion.objects, version):
            self.attempt(lambda: deed(found, by=self.manager(found.policy, who)))

    @rule(version=PICK, who=PICK)
    def sign_off(self, version: int, who: int) -> None:
        if found := self.one_of(PolicyVersion.objects.open(), version):
            shown = found.content_hash
            self.attempt(lambda: sign_off.sign(found, by=self.who(who), displayed=shown))
            self.attempt(lambda: sign_off.send_back(found, by=self.who(who + 1), note="No."))

    @rule(version=PICK, who=PICK, change=st.sampled_from(["material", "minor"]))
    def publish(self, version: int, who: int, change: str) -> None:
        if found := self.one_of(PolicyVersion.objects.open(), version):
            by = self.manager(found.policy, who)
            self.attempt(lambda: publishing.publish(found, by=by, change=change, summary="New."))

    @rule(policy=PICK, who=PICK, withdraw=PICK)
    def withdraw_or_review(self, policy: int, who: int, withdraw: int) -> None:
        if found := self.one_of(Policy.objects, policy):
            by = self.manager(found, who)
            if withdraw % 4 == 0:
                self.attempt(lambda: publishing.withdraw(found, by=by, reason="Old."))
            else:
                self.attempt(lambda: publishing.review_without_change(found, by=by))

    @rule(policy=PICK, who=PICK, shown=PICK)
    def sign(self, policy: int, who: int, shown: int) -> None:
        """What was on the screen is mostly the current text, at times an older one."""
        found = self.one_of(Policy.objects, policy)
        versions = PolicyVersion.objects.published().filter(policy=found)
        if found and (older := self.one_of(versions, shown)):
            text = found.current if found.current and shown % 4 else older
            by = self.who(who)
            self.attempt(
                lambda: signing.sign(
                    found.pk, by=by, displayed=text.content_hash, typed_name=by.name
                )
            )

    @rule(person=PICK, who=PICK, policy=PICK, days=st.integers(-30, 30))
    def exempt(self, person: int, who: int, policy: int, days: int) -> None:
        person_, by = self.who(person), self.who(who)
        if post := Membership.objects.filter(person=person_).first():
            starts_on = timezone.localdate() + timedelta(days=days)
            self.attempt(
                lambda: exemptions.allow(
                    person_,
                    post.organisation,
                    by=by,
                    reason="other",
                    starts_on=starts_on,
                    ends_on=starts_on + timedelta(days=10) if days % 2 else None,
                    policy=self.one_of(Policy.objects, policy) if policy % 2 else None,
                )
            )

    @rule(exemption=PICK, who=PICK)
    def end_exemption(self, exemption: int, who: int) -> None:
        if found := self.one_of(Exemption.objects, exemption):
            before = found.ends_on
            self.attempt(lambda: exemptions.end(found, by=self.who(who)))
            found.refresh_from_db()
            assert before is None or found.ends_on <= max(before, found.starts_on)

    @rule(person=PICK, place=PICK, who=PICK)
    def join(self, person: int, place: int, who: int) -> None:
        address = self.who(person).email
        by, at = self.who(who), self.place(place)
        self.attempt(
            lambda: staff.add(
                at, name="X", email=address, by=by, roles=[Role.STAFF], employment="volunteer"
            )
        )

    @rule(post=PICK, who=PICK, days=st.integers(-5, 5))
    def leave_or_stay(self, post: int, who: int, days: int) -> None:
        found = self.one_of(Membership.objects, post)
        by, last_day = self.who(who), timezone.localdate() + timedelta(days=days)
        if days == 0:
            self.attempt(lambda: staff.undo_leaving(found, by=by))
        else:
            self.attempt(lambda: staff.leave(found, last_day=last_day, by=by))

    @rule(post=PICK, roles=st.sets(st.sampled_from([Role.STAFF, Role.DSL, Role.GOVERNOR])))
    def change_roles(self, post: int, roles: set[Role]) -> None:
        found = self.one_of(Membership.objects, post)
        if found.person not in self.managers:
            self.attempt(lambda: memberships.set_roles(found, roles, by=None))

    @rule(place=PICK, days=st.integers(0, 20))
    def change_the_grace(self, place: int, days: int) -> None:
        by = User.objects.get(pk=self.people[0].pk)
        values = {"policies.grace_days": days}
        self.attempt(lambda: organisations.change_settings(self.place(place), values, by=by))

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.now.shift(timedelta(hours=hours))

    # What holds whatever they do

    @invariant()
    def one_open_draft_a_policy(self) -> None:
        opened = PolicyVersion.objects.open().values_list("policy", flat=True)
        assert len(set(opened)) == len(opened)

    @invariant()
    def the_current_version_is_the_last_that_was_published(self) -> None:
        for policy in Policy.objects.select_related("current", "asking"):
            versions = list(policy.versions.published().order_by("ordinal"))
            gone = set(Withdrawal.objects.filter(policy=policy).values_list("version", flat=True))
            if not versions or versions[-1].pk in gone:
                assert policy.current is None
                continue
            assert policy.current == versions[-1]
            material = [one for one in versions if one.change == "material"]
            assert policy.asking == material[-1]

    @invariant()
    def who_owes_what_is_what_a_slow_count_says(self) -> None:
        """Every few steps, and at the end: it takes longer than the steps themselves."""
        self.steps += 1
        if self.steps % 12 == 0:
            self.compare()

    def compare(self) -> None:
        on = timezone.localdate()
        known = list(slowly.cases(on))
        told = {(one.person_id, one.url) for one in SIGNING.owed(User.objects.all(), on)}
        owed = [one for one in known if one.owed]
        assert told == {(one.post.person_id, one.policy.get_absolute_url()) for one in owed}
        # As a sweep asks, which looks for the signatures in another way.
        batch = SIGNING.owed(User.objects.all().within(0, 10**9), on)
        assert told == {(one.person_id, one.url) for one in batch}
        lines = {line.school.pk: line.figures for line in trust_dashboard(self.trust)}
        for place in Organisation.objects.select_related("parent"):
            slow = slowly.figures(place, known, on)
            dashboard = school_dashboard(place, with_names=False)
            assert dashboard.total == slow
            assert progress.total(dict(dashboard.departments)) == slow
            assert lines[place.pk] == slow


@pytest.mark.demand("D10")
def test_a_random_walk_breaks_no_promise() -> None:
    run_state_machine_as_test(
        School,
        settings=settings(
            max_examples=examples(6),
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
