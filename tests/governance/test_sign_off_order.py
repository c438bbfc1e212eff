"""Who signs after whom, what makes a signature void, who may publish alone (P2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from governance.models import PolicySignatory, PolicyVersion, SignatoryRemoval
from governance.services import drafts, publishing, sign_off
from governance.sign_off_duties import REWORK, SIGN_OFF
from governance.workflow import VERSION, Action, Status
from notices.models import Notice
from notices.services import sweep
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_head, make_in_sign_off, make_policy
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)


def in_turns(school: Organisation, *roles: Role, by: User) -> PolicyVersion:
    version = make_draft(school, by=by)
    drafts.set_signatories(version.policy, roles, by=by, in_order=True)
    return sign_off.send(version, by=by)


def sign(version: PolicyVersion, by: User) -> None:
    sign_off.sign(version, by=by, displayed=version.content_hash)


def due(source: Any, person: User, on: date | None = None) -> list[date]:
    """When it is due, asked for one person and for many: the same."""
    on = on or timezone.localdate()
    many = [duty.due_on for duty in source.owed(User.objects.filter(pk=person.pk), on)]
    assert many == [duty.due_on for duty in source.of(person, on)]
    return many


# In order


def test_the_second_is_asked_only_once_the_first_has_signed(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    dsl = make_user(Role.DSL, at=school)
    version = in_turns(school, Role.DSL, Role.CHAIR, by=head)
    assert due(SIGN_OFF, dsl)
    assert not due(SIGN_OFF, chair)

    with pytest.raises(RuleBroken) as refused:
        sign(version, chair)
    assert str(refused.value) == (
        "Chair of governors signs after the designated safeguarding lead. It is not your turn yet."
    )
    assert VERSION.problems(Action.SIGN_OFF, version, chair) == [str(refused.value)]

    sign(version, dsl)
    assert due(SIGN_OFF, chair)
    assert not due(SIGN_OFF, dsl)
    sign(version, chair)
    assert publishing.publish(version, by=head, change="material").is_published


def test_the_days_of_the_second_begin_when_the_first_has_signed(school: Organisation) -> None:
    with time_machine.travel(f"{MONDAY} 09:00", tick=False):
        head, chair = make_head(school), make_user(Role.CHAIR, at=school)
        dsl = make_user(Role.DSL, at=school)
        version = in_turns(school, Role.DSL, Role.CHAIR, by=head)
    with time_machine.travel(f"{MONDAY + timedelta(days=5)} 09:00", tick=False):
        sign(version, dsl)

    assert due(SIGN_OFF, chair, MONDAY + timedelta(days=5)) == [MONDAY + timedelta(days=12)]


def test_reminders_come_every_third_day_in_the_order_of_turns(school: Organisation) -> None:
    """Days that are no working days are made up for on the next one."""
    london = ZoneInfo("Europe/London")
    with time_machine.travel(f"{MONDAY} 08:00", tick=False):
        head = make_head(school)
        dsl = make_user(Role.DSL, at=school, name="Dana Lead")
        make_user(Role.CHAIR, at=school, name="Chris Chair")
        version = in_turns(school, Role.DSL, Role.CHAIR, by=head)
    for days in range(12):
        day = MONDAY + timedelta(days=days)
        now = datetime(day.year, day.month, day.day, 10, tzinfo=london)
        with time_machine.travel(now, tick=False):
            sweep(now)
            sweep(now)
            if days == 7:  # a Monday, after the reminder
                sign(version, dsl)

    told = Notice.objects.filter(kind="policy.sign_off").order_by("pk")
    assert [
        ((one.created_at.astimezone(london).date() - MONDAY).days, one.recipient.name)
        for one in told
    ] == [
        (0, "Dana Lead"),
        (3, "Dana Lead"),
        (7, "Dana Lead"),  # the sixth day is a Sunday
        (8, "Chris Chair"),
        (10, "Chris Chair"),
    ]


def test_one_person_in_two_capacities_signs_for_both_when_they_follow_each_other(
    school: Organisation,
) -> None:
    head = make_head(school)
    both = make_user(Role.DSL, Role.DPO, at=school)
    chair = make_user(Role.CHAIR, at=school)
    version = in_turns(school, Role.DSL, Role.DPO, Role.CHAIR, by=head)
    assert len(due(SIGN_OFF, both)) == 1

    signed = sign_off.sign(version, by=both, displayed=version.content_hash)

    assert [row.role for row in signed] == ["dsl", "dpo"]
    assert due(SIGN_OFF, chair)


def test_a_signature_on_paper_waits_for_its_turn_too(school: Organisation) -> None:
    head = make_head(school)
    version = in_turns(school, Role.DSL, Role.CHAIR, by=head)
    paper = {"name": "A. Chair", "signed_on": school.today()}

    with pytest.raises(RuleBroken, match="record the signature of the designated safeguarding"):
        sign_off.record_elsewhere(version, by=head, role=Role.CHAIR, **paper)
    sign_off.record_elsewhere(version, by=head, role=Role.DSL, **paper)
    sign_off.record_elsewhere(version, by=head, role=Role.CHAIR, **paper)

    assert not VERSION.problems(Action.PUBLISH, version, head)


def test_two_signatories_do_not_share_a_turn(school: Organisation) -> None:
    version = in_turns(school, Role.DSL, Role.CHAIR, by=make_head(school))

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicySignatory.objects.create(policy=version.policy, role=Role.HEAD, position=1)


# The audience


def test_a_change_of_audience_voids_a_signature(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)
    sign(version, chair)
    version = sign_off.take_back(version, by=head)
    version = drafts.set_audience(version, [{"role": Role.STAFF}], by=head)

    with pytest.raises(RuleBroken, match="Chair of governors has not signed"):
        publishing.publish(version, by=head, change="material")
    version = sign_off.send(version, by=head)
    assert due(SIGN_OFF, chair)
    sign(version, chair)

    assert publishing.publish(version, by=head, change="material").is_published


def test_saving_the_same_audience_again_keeps_the_signature(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_draft(school, by=head)
    rules = [{"role": Role.STAFF}, {"role": Role.HEAD}]
    version = drafts.set_audience(version, rules, by=head)
    drafts.set_signatories(version.policy, [Role.CHAIR], by=head)
    version = sign_off.send(version, by=head)
    sign(version, chair)
    version = sign_off.take_back(version, by=head)

    version = drafts.set_audience(version, rules[::-1], by=head)

    assert not VERSION.problems(Action.PUBLISH, version, head)


def test_whoever_read_it_for_another_audience_signs_nothing(school: Organisation) -> None:
    version, chair = make_in_sign_off(school), make_user(Role.CHAIR, at=school)

    for audience in ("", "0" * 64):
        with pytest.raises(RuleBroken, match="Whom it is for was changed"):
            sign_off.sign(version, by=chair, displayed=version.content_hash, audience=audience)


# Taking signatories away


def test_taking_a_signatory_away_needs_a_reason_once_they_were_asked(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_draft(school, by=head)
    policy = drafts.set_signatories(version.policy, [Role.CHAIR, Role.DSL], by=head)
    policy = drafts.set_signatories(policy, [Role.CHAIR], by=head)  # not asked yet: nothing to say
    version = sign_off.take_back(sign_off.send(version, by=head), by=head)

    with pytest.raises(RuleBroken, match="Say why"):
        drafts.set_signatories(policy, [], by=head, reason="  ")
    assert policy.signatories.count() == 1
    drafts.set_signatories(policy, [], by=head, reason="The chair is away.")

    gone = SignatoryRemoval.objects.get()
    assert (gone.role, gone.reason, gone.by) == ("chair", "The chair is away.", head)
    assert Notice.objects.get(recipient=chair).title.startswith("You are no longer asked")
    assert not Notice.objects.filter(recipient=head).exists()
    assert "away" not in str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_whoever_takes_everybody_away_does_not_publish_alone(school: Organisation) -> None:
    head, deputy = make_head(school), make_user(Role.SLT, at=school)
    version = make_in_sign_off(school, by=head)
    version = sign_off.take_back(version, by=head)
    drafts.set_signatories(version.policy, [], by=head, reason="The chair is away.")

    with pytest.raises(RuleBroken, match="You took away everybody who signs"):
        publishing.publish(version, by=head, change="material")

    assert publishing.publish(version, by=deputy, change="material").is_published


def test_a_head_alone_publishes_with_the_names_of_who_signed_elsewhere(
    school: Organisation,
) -> None:
    head = make_head(school)
    version = sign_off.take_back(make_in_sign_off(school, by=head), by=head)
    policy = drafts.set_signatories(version.policy, [], by=head, reason="The chair is away.")
    drafts.set_signatories(policy, [Role.CHAIR], by=head)
    version = sign_off.send(version, by=head)
    sign_off.record_elsewhere(
        version, by=head, role=Role.CHAIR, name="A. Chair", signed_on=school.today()
    )

    assert publishing.publish(version, by=head, change="material").is_published


def test_the_next_version_begins_without_the_old_removal(school: Organisation) -> None:
    head, deputy = make_head(school), make_user(Role.SLT, at=school)
    version = sign_off.take_back(make_in_sign_off(school, by=head), by=head)
    policy = drafts.set_signatories(version.policy, [], by=head, reason="Away.")
    publishing.publish(version, by=deputy, change="material")

    following = drafts.start_version(policy, by=head)

    assert publishing.publish(following, by=head, change="minor", summary="A name.").is_published


def test_where_the_school_asks_for_it_nobody_publishes_alone(school: Organisation) -> None:
    school.settings = {"policies.needs_sign_off": True}
    school.save()
    head = make_head(school)

    with pytest.raises(RuleBroken, match="somebody signs a policy off before it is published"):
        publishing.publish(make_draft(school, by=head), by=head, change="material")

    notice = make_draft(school, by=head, kind="notice")
    assert publishing.publish(notice, by=head, change="material").is_published


@pytest.mark.demand("D1")
def test_the_database_keeps_what_was_said_and_sent(school: Organisation) -> None:
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)
    version = sign_off.send_back(version, by=chair, note="Name the playground.")
    policy = drafts.set_signatories(version.policy, [], by=head, reason="Away.")
    version = sign_off.take_back(version, by=head)
    deputy = make_user(Role.SLT, at=school)
    publishing.publish(version, by=deputy, change="material")

    for rows in (version.comments, version.sent_editions, policy.removals):
        for deed in (lambda rows=rows: rows.update(by=chair), rows.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                deed()


# What was sent back


def test_a_returned_text_is_a_task_of_its_writer_until_it_is_sent_again(
    school: Organisation,
) -> None:
    author, writer = make_user(Role.HEAD, at=school), make_user(Role.SLT, at=school)
    chair = make_user(Role.CHAIR, at=school)
    version = make_draft(school, by=writer, author=author)
    drafts.set_signatories(version.policy, [Role.CHAIR], by=author)
    version = sign_off.send(version, by=writer)
    assert not due(REWORK, writer)

    version = sign_off.send_back(version, by=chair, note="Name the playground.")

    assert due(REWORK, writer) == [school.today() + timedelta(days=14)]
    assert not due(REWORK, author)
    assert not due(REWORK, chair)
    words = {"title": version.title, "number": version.number, "body": "Other words."}
    version = drafts.edit_text(version, edition=version.edition, by=writer, **words)
    assert version.status == Status.RETURNED
    assert due(REWORK, writer)
    sign_off.send(version, by=writer)
    assert not due(REWORK, writer)


def test_who_cannot_change_the_text_any_more_hands_it_to_the_author_then_to_the_head(
    school: Organisation,
) -> None:
    head, author = make_user(Role.HEAD, at=school), make_user(Role.SLT, at=school)
    writer, chair = make_user(Role.SLT, at=school), make_user(Role.CHAIR, at=school)
    yesterday = school.today() - timedelta(days=1)
    version = make_draft(school, by=writer, author=author)
    drafts.set_signatories(version.policy, [Role.CHAIR], by=head)
    version = sign_off.send_back(sign_off.send(version, by=writer), by=chair, note="No.")

    membership.leave(writer.memberships.get(), last_day=yesterday, by=None)
    assert (due(REWORK, fresh(writer)), bool(due(REWORK, author))) == ([], True)
    assert not due(REWORK, head)
    membership.leave(author.memberships.get(), last_day=yesterday, by=None)
    make_member(author, make_school(), Role.HEAD)  # head of another school
    assert not due(REWORK, fresh(author))
    assert due(REWORK, head)


def test_of_a_trust_s_returned_text_its_lead_hears_when_the_writer_is_gone() -> None:
    trust = make_trust()
    lead, writer = make_user(Role.TRUST_LEAD, at=trust), make_user(Role.TRUST_LEAD, at=trust)
    chair = make_user(Role.CHAIR, at=trust)
    version = make_in_sign_off(trust, by=writer)
    sign_off.send_back(version, by=chair, note="No.")
    leaving = trust.today() - timedelta(days=1)
    membership.leave(writer.memberships.get(), last_day=leaving, by=None)

    assert due(REWORK, lead)


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


# The table


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("action", Action.values)
@pytest.mark.parametrize("who", ["manager", "signatory", "reader"])
def test_the_buttons_of_everybody_in_every_state(
    school: Organisation, status: str, action: str, who: str
) -> None:
    """Who is offered what: from the table, and from nowhere else."""
    people = {
        "manager": make_user(Role.SLT, at=school),
        "signatory": make_user(Role.CHAIR, at=school),
        "reader": make_user(Role.CLERK, at=school),
    }
    version = make_in_sign_off(school, by=people["manager"])
    version.status = status
    offered = action in VERSION.actions_for(version, people[who])

    theirs = {
        "manager": set(Action.values) - {"sign_off"},
        "signatory": {"sign_off", "return"},
        "reader": set(),
    }[who]
    assert offered == (action in theirs and status in VERSION.moves[action])


def test_an_outsider_neither_records_nor_signs(school: Organisation) -> None:
    version = make_in_sign_off(school)
    clerk = make_user(Role.CLERK, at=school)

    with pytest.raises(PermissionDenied):
        sign(version, clerk)
    with pytest.raises(PermissionDenied):
        sign_off.record_elsewhere(
            version, by=clerk, role=Role.CHAIR, name="A", signed_on=school.today()
        )


def test_a_policy_in_force_without_signatories_stays_as_it_was(school: Organisation) -> None:
    """A small school that never asked anybody publishes as before."""
    policy = make_policy(school)
    assert policy.current is not None
    assert not policy.removals.exists()
