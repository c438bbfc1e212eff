"""Whatever people ask, answer and leave: who has to answer when is what a slow count says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from governance.duties import SIGNING
from governance.models import Policy, Question
from governance.questions import ANSWERS
from governance.services import drafts, publishing, questions
from people.calendar import bank_holidays
from people.models import Membership, Organisation, User
from people.roles import PERMISSIONS, Permission, Role
from people.services import calendar, membership, staff
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_policy, sign
from tests.walks import examples
from trail.verify import check
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
PICK = st.integers(0, 1_000_000)
START = datetime(2026, 12, 7, 10, tzinfo=UTC)  # two weeks before Christmas
DAY = timedelta(days=1)
TERM = date(2026, 9, 1), date(2026, 12, 18)
CLOSED = date(2026, 12, 10)


def works(day: date, *, closed: bool) -> bool:
    """Staff are at work, told without the calendar's own code: this year, at these schools."""
    if day.weekday() > 4 or day in bank_holidays("ENG", day.year):
        return False
    return not (closed and day == CLOSED)


def later(day: date, days: int, *, closed: bool) -> date:
    """The last of so many working days after a day."""
    while days:
        day += DAY
        days -= works(day, closed=closed)
    return day


class Slowly:
    """Who has to answer one question, by plain loops over everything that was said."""

    def __init__(self, question: Question, closed: set[int]) -> None:
        self.question = question
        self.closed = question.organisation_id in closed
        self.opened: date | None = None
        self.paused_until: date | None = None
        for entry in question.entries.order_by("pk"):
            if entry.kind in ("answer", "closed"):
                self.opened = None
            elif self.opened is None:
                self.opened = timezone.localdate(entry.at)
        if not self.asked_before():
            asked = timezone.localdate(question.asked_at)
            self.paused_until = later(asked, 5, closed=self.closed)

    def asked_before(self) -> bool:
        earlier = Question.objects.filter(
            person=self.question.person, asking=self.question.asking, pk__lt=self.question.pk
        )
        return earlier.exists()

    @staticmethod
    def posts(person: User | None, on: date) -> list[Membership]:
        if person is None or not person.is_active:
            return []
        return [
            post
            for post in person.memberships.select_related("organisation", "line_manager")
            if post.starts_on <= on and (post.ends_on is None or post.ends_on >= on)
        ]

    def managers(self, on: date) -> set[int]:
        owner = self.question.policy.owner
        return {
            person.pk
            for person in User.objects.all()
            for post in self.posts(person, on)
            for role in post.roles.all()
            if post.organisation_id in (owner.pk, owner.parent_id)
            and role.starts_on <= on
            and (role.ends_on is None or role.ends_on >= on)
            and Permission.MANAGE_POLICIES in PERMISSIONS[Role(role.role)]
        } - {self.question.person_id}

    def answerers(self, on: date) -> set[int]:
        question, policy = self.question, self.question.policy
        here = [
            post
            for post in self.posts(question.person, on)
            if post.organisation_id == question.organisation_id
        ]
        if self.opened is None or not here or policy.current_id is None:
            return set()
        chain: list[int] = []
        manager, author, owner = here[0].line_manager, policy.author, policy.owner
        if manager and self.posts(manager, on):
            chain.append(manager.pk)
        near = [
            post
            for post in self.posts(author, on)
            if owner.pk in (post.organisation_id, post.organisation.parent_id)
            or post.organisation_id == owner.parent_id
        ]
        if author and near and author.pk not in (question.person_id, *chain):
            chain.append(author.pk)
        managers = self.managers(on)
        day = self.opened
        for number, person in enumerate(chain):
            day = later(day, 3, closed=self.closed)
            is_last = number == len(chain) - 1 and not managers
            if on <= day or is_last:
                return {person}
        return managers

    def pauses(self, on: date) -> bool:
        return self.opened is not None and self.paused_until is not None


class Staffroom(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world._from_testcase = True  # type: ignore[attr-defined]
        self.world.__enter__()
        self.steps = 0
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        self.trust = make_trust()
        self.schools = [make_school(trust=self.trust), make_school(trust=self.trust)]
        calendar.add_term(
            self.schools[0], by=None, name="Autumn", starts_on=TERM[0], ends_on=TERM[1]
        )
        calendar.add_closure(
            self.schools[0], by=None, kind="closed", starts_on=CLOSED, ends_on=CLOSED
        )
        self.closed = {self.schools[0].pk}
        self.people = [make_user(Role.TRUST_LEAD, at=self.trust)]
        for school in self.schools:
            head = make_user(Role.HEAD, Role.STAFF, at=school)
            manager = make_user(Role.STAFF, at=school, line_manager=head)
            self.people += [head, manager]
            for boss in (manager, manager, None):
                self.people.append(make_user(Role.STAFF, at=school, line_manager=boss))
        make_member(self.people[2], self.schools[1], Role.STAFF, line_manager=self.people[6])
        self.policies = [
            make_policy(self.trust, by=self.people[0]),
            make_policy(self.schools[0], by=self.people[1], author=self.people[2]),
            make_policy(self.schools[1], by=self.people[6]),
        ]

    def teardown(self) -> None:
        try:
            self.compare()
            assert all(check(place.pk).found is None for place in [self.trust, *self.schools])
        finally:
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)
            self.clock.stop()

    def who(self, pick: int) -> User:
        found: User = User.objects.get(pk=self.people[pick % len(self.people)].pk)
        return found

    def policy(self, pick: int) -> Policy:
        found: Policy = Policy.objects.get(pk=self.policies[pick % len(self.policies)].pk)
        return found

    @staticmethod
    def question(pick: int) -> Question | None:
        found = list(Question.objects.select_related("person", "policy__owner").order_by("pk"))
        return found[pick % len(found)] if found else None

    @staticmethod
    def attempt(deed: Callable[[], Any]) -> None:
        with suppress(RuleBroken, PermissionDenied, Policy.DoesNotExist):
            deed()

    # What people do

    @rule(who=PICK, policy=PICK, words=PICK)
    def ask(self, who: int, policy: int, words: int) -> None:
        self.attempt(
            lambda: questions.ask(self.policy(policy), by=self.who(who), words=f"Why {words}?")
        )

    @rule(question=PICK, who=PICK)
    def answer(self, question: int, who: int) -> None:
        if found := self.question(question):
            self.attempt(lambda: questions.answer(found, by=self.who(who), words="So."))

    @rule(question=PICK, who=PICK)
    def add(self, question: int, who: int) -> None:
        if found := self.question(question):
            by = found.person if who % 3 else self.who(who)
            self.attempt(lambda: questions.follow_up(found, by=by, words="But?"))

    @rule(question=PICK, who=PICK)
    def close(self, question: int, who: int) -> None:
        if (found := self.question(question)) and who % 3 == 0:
            by = found.person if who % 2 else self.who(who)
            self.attempt(lambda: questions.close(found, by=by))

    @rule(who=PICK, policy=PICK)
    def sign(self, who: int, policy: int) -> None:
        if (found := self.policy(policy)).current_id and who % 4 == 0:
            self.attempt(lambda: sign(found, self.who(who)))

    @rule(policy=PICK, change=st.sampled_from(["material", "minor"]), withdraw=PICK)
    def publish(self, policy: int, change: str, withdraw: int) -> None:
        found = self.policy(policy)
        by = User.objects.get(pk=found.versions.latest("pk").created_by_id)
        if withdraw % 7 == 0:
            self.attempt(lambda: publishing.withdraw(found, by=by, reason="Old."))
        elif withdraw % 3 == 0:
            self.attempt(
                lambda: publishing.publish(
                    drafts.start_version(found, by=by), by=by, change=change, summary="New."
                )
            )

    @rule(post=PICK, days=st.integers(-1, 4))
    def leave_or_stay(self, post: int, days: int) -> None:
        posts = list(Membership.objects.order_by("pk"))
        found = posts[post % len(posts)]
        by = User.objects.get(pk=self.people[0].pk)
        if days == 0:
            self.attempt(lambda: staff.undo_leaving(found, by=by))
        elif post % 3 == 0:
            last_day = timezone.localdate() + timedelta(days=days)
            self.attempt(lambda: membership.leave(found, last_day=last_day, by=None))

    @rule(hours=st.integers(1, 24 * 3))
    def time_passes(self, hours: int) -> None:
        self.now.shift(timedelta(hours=hours))

    # What holds whatever they do

    def slow(self) -> Iterator[Slowly]:
        rows = Question.objects.select_related("person", "policy__owner", "policy__author")
        for question in rows.order_by("pk"):
            yield Slowly(question, self.closed)

    @invariant()
    def who_has_to_answer_is_what_a_slow_count_says(self) -> None:
        """On every day of the fortnight ahead, every few steps; today after each of them."""
        self.steps += 1
        self.compare(days=14 if self.steps % 6 == 0 else 1)

    def compare(self, days: int = 14) -> None:
        on, known = timezone.localdate(), list(self.slow())
        for ahead in range(1, days):
            assert self.swept(on + ahead * DAY) == self.expected(known, on + ahead * DAY)
        expected = self.expected(known, on)
        people = list(User.objects.all())
        shown = {(duty.url, duty.person_id) for one in people for duty in ANSWERS.of(one, on)}
        assert self.swept(on) == shown == expected
        for url, person in expected:
            # Whoever has to answer may read it, and the gate before the source stands open.
            pk = int(url.rstrip("/").rpartition("/")[2])
            assert Question.objects.visible_to(User(pk=person)).filter(pk=pk).exists()
            assert ANSWERS.gate is not None
            assert ANSWERS.gate(person, on).exists()
        self.compare_pauses(known, on)

    @staticmethod
    def expected(known: list[Slowly], on: date) -> set[tuple[str, int]]:
        return {
            (one.question.get_absolute_url(), person)
            for one in known
            for person in one.answerers(on)
        }

    @staticmethod
    def swept(on: date) -> set[tuple[str, int]]:
        return {(duty.url, duty.person_id) for duty in ANSWERS.owed(User.objects.all(), on)}

    @staticmethod
    def compare_pauses(known: list[Slowly], on: date) -> None:
        paused = {
            (one.question.person_id, one.question.asking_id): one.paused_until
            for one in known
            if one.pauses(on)
        }
        for duty in SIGNING.owed(User.objects.all(), on):
            asking = int(duty.occasion.rpartition(":")[2])
            assert duty.paused_until == paused.get((duty.person_id, asking))
        for one in known:
            assert one.question.paused_until == one.paused_until
            assert (one.question.waiting_id is not None) == (one.opened is not None)


def test_a_random_walk_of_questions() -> None:
    run_state_machine_as_test(
        Staffroom,
        settings=settings(
            max_examples=examples(2),
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_slow_calendar_knows_the_schools(school: Organisation) -> None:
    from people.calendar import SchoolCalendar

    calendar.add_term(school, by=None, name="Autumn", starts_on=TERM[0], ends_on=TERM[1])
    calendar.add_closure(school, by=None, kind="closed", starts_on=CLOSED, ends_on=CLOSED)
    known = SchoolCalendar(school)
    for days in range(60):
        day = START.date() + timedelta(days=days)
        assert works(day, closed=True) == known.is_working_day(day)
