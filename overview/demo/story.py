"""What has happened in the demo trust so far, told through the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from governance.models import Exemption, Policy, PolicyVersion
from governance.reading import standing_of
from governance.services import drafts, exemptions, publishing, sign_off, signing
from notices.sweeping import sweep
from overview.demo import (
    asking,
    autumn,
    cases,
    cover,
    incidents,
    last_term,
    register,
    running,
    safety,
    texts,
    training,
    year,
)
from overview.demo.cast import CAST, PASSWORD
from overview.demo.part import HIGH, PRIMARY, TRUST, Part
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as memberships
from people.services import organisations
from people.services.invitations import invite

DAYS_OF_SIGNING = 12
NOT_YET = {"teacher@thistledown.example"}
FAITHFUL = {"signed@thistledown.example"}


class Demo:
    """Builds the demo trust as seen on one day."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.places: dict[str, Organisation] = {}
        self.people: dict[str, User] = {}  # by place and login, or by name without an address
        self.joined: dict[int, date] = {}
        # Who signed, came or passed goes by these: ids differ where people were deleted before.
        self.numbers: dict[int, int] = {}

    @transaction.atomic
    def tell(self) -> None:
        self.found()
        self.staff()
        last_term.tell(self)
        self.social_media()
        self.acceptable_use()
        self.photographs()
        self.recent_news()
        training.tell(self)
        safety.tell(self)
        register.tell(self)
        cases.tell(self)
        running.tell(self)
        cover.tell(self)
        incidents.tell(self)
        self.reminders()

    def found(self) -> None:
        with self.on(-520):
            trust = organisations.found(
                "trust",
                name="Willowmere Learning Trust",
                slug=TRUST,
                colour="#4a2c6b",
                domains=("willowmere.example",),
                settings={"people.second_factor_grace_days": 60},
                is_demo=True,
                by=None,
            )
            self.places[TRUST] = trust
            for slug, name, colour in (
                (PRIMARY, "Thistledown Primary School", "#1f6f5c"),
                (HIGH, "Merrowgate High School", "#8a2f3c"),
            ):
                school = organisations.found(
                    "school",
                    name=name,
                    slug=slug,
                    parent=trust,
                    colour=colour,
                    domains=(f"{slug}.example",),
                    is_demo=True,
                    by=None,
                )
                self.places[slug] = school
                year.plan(school, self.today)

    def staff(self) -> None:
        secret = make_password(PASSWORD)
        for number, part in enumerate(CAST):
            self.enter(part, number, secret)
        both = self.person(PRIMARY, "h.wynn")  # teaches music at both schools
        with self.on(-300):
            memberships.join(
                both,
                self.places[HIGH],
                roles=[Role.STAFF],
                starts_on=self.day(-300),
                job_title="Music teacher",
                department="Drama",
                line_manager=self.person(HIGH, "teacher"),
                by=None,
            )

    def enter(self, part: Part, number: int, secret: str) -> None:
        invited = part.login == "a.new"
        joined = self.day(-9 if invited else -38 if self.is_new(part, number) else -480)
        person = User.objects.create_user(
            f"{part.login}@{part.place}.example" if part.login else None, part.name
        )
        if part.login and not invited:
            person.password = secret
            # Who has signed something must have signed in at some time.
            person.last_login = datetime.combine(self.day(-1 - number % 9), time(8), UTC)
            person.save(update_fields=["password", "last_login"])
        self.people[f"{part.place}/{part.login or part.name}"] = person
        manager = self.people.get(f"{part.place}/{part.manager}") if part.manager else None
        with self.at(joined, time(8)):
            memberships.join(
                person,
                self.places[part.place],
                roles=part.roles,
                starts_on=joined,
                employment=part.employment,
                job_title=part.job,
                department=part.department,
                line_manager=manager,
                term_time_only=part.term_time_only,
                by=None,
            )
        self.joined[person.pk] = joined
        self.numbers[person.pk] = number + 1

    @staticmethod
    def is_new(part: Part, number: int) -> bool:
        """Started this autumn."""
        return (part.login == "teacher" and part.place == PRIMARY) or number % 11 == 7

    def social_media(self) -> None:
        """Three versions of the trust's policy: agreed, corrected, changed three weeks ago."""
        lead = self.person(TRUST, "trust")
        with self.on(-400):
            version = drafts.start_policy(
                self.places[TRUST],
                by=lead,
                title="Social media policy",
                body=texts.SOCIAL_MEDIA_1,
                committee="Trust board",
                is_public=True,
                legislation="Keeping children safe in education\nData Protection Act 2018",
            )
            policy = publishing.publish(version, by=lead, change="material").policy
        self.sign_all(policy, -400, share=100)
        self.publish_next(
            policy,
            -200,
            lead,
            "minor",
            texts.SOCIAL_MEDIA_1_1,
            "1.1",
            "Says more clearly where passwords are kept.",
        )
        self.sign_all(policy, -38, share=60)
        self.publish_next(
            policy,
            -21,
            lead,
            "material",
            texts.SOCIAL_MEDIA_2,
            "2.0",
            "New: what to do when a pupil or parent writes to you, and a label on "
            "what was made with artificial intelligence.",
            check=asking.write_check,
        )
        policy = Policy.objects.select_related("current", "asking", "owner").get(pk=policy.pk)
        autumn.local_rules(self, policy)
        asking.an_answer_for_everybody(self, policy)
        self.sign_all(policy, -21, share=74)
        autumn.a_question(self, policy)

    def acceptable_use(self) -> None:
        """A year old: nearly all have signed, this autumn's joiners have not, review overdue."""
        deputy, head = self.person(PRIMARY, "deputy"), self.person(PRIMARY, "head")
        with self.on(-378):
            version = drafts.start_policy(
                self.places[PRIMARY],
                by=deputy,
                title="Acceptable use agreement for staff",
                kind=Policy.Kind.AGREEMENT,
                body=texts.ACCEPTABLE_USE,
                committee="Resources committee",
            )
            drafts.set_signatories(version.policy, [Role.HEAD], by=deputy)
            version = sign_off.send(version, by=deputy)
            sign_off.sign(version, by=head, displayed=version.content_hash)
            policy = publishing.publish(version, by=deputy, change="material").policy
        self.sign_all(policy, -378, share=96)

    def photographs(self) -> None:
        """On its way: the principal has signed it off, the chair of governors has not."""
        head, deputy = self.person(HIGH, "head"), self.person(HIGH, "deputy")
        with self.on(-4):
            version = drafts.start_policy(
                self.places[HIGH],
                by=deputy,
                title="Photographs and names of pupils",
                body=texts.PHOTOGRAPHS,
                committee="Pupil welfare committee",
            )
            drafts.set_audience(
                version,
                [
                    {"employment": kind}
                    for kind in ("permanent", "fixed_term", "agency", "volunteer")
                ],
                by=deputy,
            )
            drafts.set_signatories(version.policy, [Role.HEAD, Role.CHAIR], by=deputy)
            version = sign_off.send(version, by=deputy)
        with self.on(-3):
            sign_off.sign(version, by=head, displayed=version.content_hash)
        autumn.sent_back(self)

    def recent_news(self) -> None:
        """Somebody on long leave, somebody who is leaving, somebody new who has an invitation."""
        head = self.person(HIGH, "head")
        with self.on(-30):
            exemptions.allow(
                self.person(HIGH, "s.ekwueme"),
                self.places[HIGH],
                by=head,
                reason=Exemption.Reason.LONG_LEAVE,
                starts_on=self.day(-30),
                ends_on=self.day(60),
            )
        invite(self.person(HIGH, "a.new"), self.places[HIGH], by=self.person(HIGH, "office"))
        leaver = Membership.objects.get(person=self.person(HIGH, "c.ode"))
        memberships.leave(leaver, last_day=self.day(20), by=self.person(HIGH, "office"))

    def reminders(self) -> None:
        """The digests of the last fortnight, so that nobody's list of notices is empty."""
        for days in range(-14, 0):
            moment = datetime.combine(self.day(days), time(9), UTC)
            with mock.patch.object(timezone, "now", return_value=moment):
                sweep(moment)

    def publish_next(
        self,
        policy: Policy,
        days: int,
        by: User,
        change: str,
        body: str,
        number: str,
        summary: str,
        check: Callable[[PolicyVersion, User], None] | None = None,
    ) -> None:
        with self.on(days):
            version = drafts.start_version(policy, by=by)
            version = drafts.edit_text(
                version,
                edition=version.edition,
                by=by,
                title=version.title,
                number=number,
                body=body,
            )
            if check:
                check(version, by)
            publishing.publish(version, by=by, change=change, summary=summary)

    def sign_all(self, policy: Policy, days: int, *, share: int) -> None:
        """So many per cent of those who were there by then sign, over the days that follow."""
        version = PolicyVersion.objects.published().filter(policy=policy).latest("ordinal")
        written = PolicyVersion.objects.filter(pk__lte=version.pk).count()
        for person in self.people.values():
            if not self.would_sign(person, written, days, share):
                continue
            number = self.numbers[person.pk]
            spread = (number * 7 + written) % DAYS_OF_SIGNING
            with self.at(min(self.day(days + 1 + spread), self.day(-1)), time(8 + number % 9, 12)):
                self.sign(policy, version, person)

    def would_sign(self, person: User, version: int, days: int, share: int) -> bool:
        if self.joined[person.pk] > self.day(days) or not person.has_usable_password():
            return False
        if person.email in FAITHFUL:
            return True
        lot = (self.numbers[person.pk] * 37 + version * 11) % 100
        return person.email not in NOT_YET and lot < share

    def sign(self, policy: Policy, version: PolicyVersion, person: User) -> None:
        person.__dict__.pop("posts", None)  # as of the day of the story
        if not signing.is_for(policy, person):
            return
        policy = Policy.objects.select_related("current", "owner").get(pk=policy.pk)
        standing = standing_of(person, policy, timezone.localdate())
        asking.before_signing(self.numbers[person.pk], person, standing)
        shown = standing.displayed
        signing.sign(policy.pk, by=person, displayed=shown, typed_name=person.name)

    def person(self, place: str, login: str) -> User:
        person = self.people[f"{place}/{login}"]
        person.__dict__.pop("posts", None)
        return person

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def on(self, days: int) -> AbstractContextManager[None]:
        return self.at(self.day(days), time(9, 30))

    @contextmanager
    def at(self, day: date, clock: time) -> Iterator[None]:
        """As if it were then. Only what is written here is dated back; the database keeps it."""
        moment = datetime.combine(day, clock, UTC)
        with mock.patch.object(timezone, "now", return_value=moment):
            yield
