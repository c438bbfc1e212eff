"""What stands in the way of closing, who closes, and how a case is let go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from incidents.models import Case, CaseKey, Disposal
from incidents.own_record import CaseRefused
from incidents.sealing import KeyDestroyed
from incidents.services import (
    access,
    chronology,
    closing,
    keeping,
    looking,
    messages,
    people,
    referrals,
    work,
)  # fmt: skip
from incidents.verifying import problems
from incidents.workflow import CASE, Move, Status
from incidents.workflow_parts import BREACH, CONSENT, REFERRAL, TAKEDOWN
from tests.incidents.factories import (
    Cast,
    assess,
    begin,
    make_case,
    sees,
    subject,
    target,
    who,
)  # fmt: skip
from trail.workflow import InvalidTransition
from web.errors import RuleBroken

YEARS = timedelta(days=365 * 8)


def done(case: Case, *, by) -> Case:
    """Everything that closing asks for."""
    for action in case.actions.still_open():
        work.finish_action(action, by=by)
    for referral in case.referrals.undecided():
        referrals.decide(referral, by=by, make=False, why="No threshold is met.")
    for person in case.people.targets().filter(offers=None):
        work.offer_support(person, by=by, what="pastoral")
    return case


def closed(cast: Cast, **details) -> Case:
    case = done(begin(make_case(cast, **details), by=cast.dsl), by=cast.dsl)
    case = closing.propose(case, by=cast.dsl, outcome="advice", why="It has stopped.")
    return closing.close(case, by=cast.dsl)


@pytest.mark.once
@pytest.mark.parametrize(
    "table", [CASE, TAKEDOWN, REFERRAL, CONSENT, BREACH], ids=lambda one: one.name
)
def test_every_status_of_a_table_can_be_reached(table) -> None:
    reached = {table.start}
    for _ in range(9):
        reached |= {
            after for path in table.moves.values() for before, after in path.items()
            if before in reached
        }  # fmt: skip
    named = {status for path in table.moves.values() for pair in path.items() for status in pair}
    assert reached == named


def test_closing_says_everything_that_is_missing(cast: Cast) -> None:
    case = begin(make_case(cast, people=(target(),)), by=cast.dsl)
    with pytest.raises(RuleBroken) as broken:
        closing.propose(case, by=cast.dsl, outcome="advice", why="Over.")
    said = " ".join(broken.value.reasons)
    assert "actions are still open" in said
    assert "Police" in said
    assert "support" in said
    done(case, by=cast.dsl)
    case = closing.propose(case, by=cast.dsl, outcome="advice", why="Over.")
    case = closing.close(case, by=cast.dsl)  # neither red nor about staff: one is enough
    assert case.status == Status.CLOSED
    case = closing.reopen(case, by=cast.head, why="It began again.")
    assert (case.status, case.ended_at) == (Status.OPEN, None)
    assert case.chronology.last().text("body") == "It began again."


@pytest.mark.parametrize("details", [{"severity": "red"}, {"about": "other_staff"}])
def test_a_red_case_and_one_about_staff_are_closed_by_a_second_person(
    cast: Cast, details: dict
) -> None:
    severity = details.pop("severity", "green")
    case = begin(make_case(cast, **details), by=cast.head, severity=severity)
    done(case, by=cast.head)
    case = closing.propose(case, by=cast.head, outcome="advice", why="Over.")
    with pytest.raises(RuleBroken, match="Another person"):
        closing.close(case, by=cast.head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            status="closed", ended_at=timezone.now(), ended_by=cast.head
        )
    case = closing.send_back(case, by=cast.dsl)
    case = closing.propose(case, by=cast.head, outcome="advice", why="Over.")
    assert closing.close(case, by=cast.dsl).ended_by == cast.dsl


def test_a_case_that_one_person_ended_is_opened_again_before_it_is_about_staff(
    cast: Cast,
) -> None:
    """Whoever names a colleague is told so in a sentence; a conflict keeps them out meanwhile."""
    one = closed(cast)
    other = assess(make_case(cast), by=cast.dsl)
    other = closing.set_aside(other, Move.NO_ACTION, by=cast.dsl, why="A mistake.")
    for case in (one, other):
        with pytest.raises(RuleBroken, match="Open it again first"):
            people.add(case, subject(cast.teacher), by=cast.dsl)
        people.record_conflict(case, person=cast.head, by=cast.dsl, why="A nephew.")
        assert not sees(cast.head, case)
    people.add(closing.reopen(one, by=cast.dsl, why="Staff."), subject(cast.teacher), by=cast.dsl)


def test_what_is_set_aside_has_a_reason_and_can_be_looked_at_again(cast: Cast) -> None:
    case = assess(make_case(cast), by=cast.dsl)
    with pytest.raises(RuleBroken, match="Only a concern about a member of staff"):
        closing.set_aside(case, Move.LOW_LEVEL, by=cast.dsl, why="Small")
    with pytest.raises(RuleBroken, match="Say why"):
        closing.set_aside(case, Move.NO_ACTION, by=cast.dsl, why=" ")
    case = closing.set_aside(case, Move.NO_ACTION, by=cast.dsl, why="A mistake.")
    assert closing.reconsider(case, by=cast.deputy).status == Status.TRIAGED
    red = assess(make_case(cast), by=cast.dsl, severity="red")
    with pytest.raises(RuleBroken, match="red case"):
        closing.set_aside(red, Move.NO_ACTION, by=cast.deputy, why="A mistake.")
    staff = assess(make_case(cast, about="other_staff"), by=cast.head)
    with pytest.raises(RuleBroken, match="Another person"):
        closing.set_aside(staff, Move.LOW_LEVEL, by=cast.head, why="Words were had.")
    assert closing.set_aside(staff, Move.LOW_LEVEL, by=cast.dsl, why="Words were had.")


def test_a_duplicate_is_of_a_case_that_one_sees(cast: Cast) -> None:
    from incidents.visibility import Hidden

    first, case = make_case(cast), assess(make_case(cast), by=cast.dsl)
    hidden = make_case(cast, people=(subject(cast.dsl),))
    with pytest.raises(Hidden):
        closing.duplicate(case, by=cast.dsl, of=hidden)
    with pytest.raises(RuleBroken):
        closing.duplicate(case, by=cast.dsl, of=case)
    assert closing.duplicate(case, by=cast.dsl, of=first).duplicate_of == first


@pytest.mark.demand("F1")
def test_a_link_shows_only_where_both_ends_do(cast: Cast) -> None:
    one, two = make_case(cast), make_case(cast)
    link = keeping.link(two, one, by=cast.head)
    assert keeping.link(one, two, by=cast.head) == link
    rows = type(link).objects
    assert rows.visible_to(cast.dsl).exists()
    people.add(two, subject(cast.dsl), by=cast.head)
    assert not rows.visible_to(cast.dsl).exists()
    assert rows.visible_to(cast.head).exists()
    keeping.unlink(link, by=cast.head)


def test_the_police_are_told_of_abuse_of_staff_with_that_persons_consent(cast: Cast) -> None:
    from incidents.services.people import Named

    case = begin(make_case(cast, kind="staff_abuse"), by=cast.head)
    person = people.add(case, Named("target", user=cast.teacher), by=cast.head)
    police = case.referrals.get(body="police")
    with pytest.raises(RuleBroken, match="consent"):
        referrals.made(police, by=cast.head)
    consent = work.ask_consent(person, by=cast.head)
    consent = work.move_consent(consent, "refuse", by=cast.head)
    with pytest.raises(RuleBroken, match="consent"):
        referrals.made(police, by=cast.head)
    with pytest.raises(RuleBroken, match="legal basis"):
        work.move_consent(consent, "override", by=cast.head)
    work.move_consent(consent, "override", by=cast.head, basis="Danger to life.")
    police = referrals.made(police, by=cast.head)
    with pytest.raises(RuleBroken, match="number"):
        referrals.acknowledged(police, by=cast.head, number="")
    police = referrals.acknowledged(police, by=cast.head, number="CR/1")
    assert referrals.answered(police, by=cast.head, outcome="Spoken to.").status == "outcome"


def test_a_takedown_goes_its_way_and_no_other(cast: Cast) -> None:
    case = begin(make_case(cast), by=cast.dsl)
    row = work.need_takedown(case, by=cast.dsl, where="https://x.example/1")
    with pytest.raises(InvalidTransition):
        work.move_takedown(row, "escalate", by=cast.dsl)
    for move in ("request", "acknowledge", "refuse", "escalate", "give_up"):
        row = work.move_takedown(row, move, by=cast.dsl)
    assert row.status == "not_removed"
    assert row.ended_at is not None
    with pytest.raises(RuleBroken):
        work.move_takedown(row, "vanish", by=cast.dsl)


def test_whoever_was_let_in_to_read_does_not_change_anything(cast: Cast) -> None:
    case = begin(make_case(cast), by=cast.dsl)
    access.let_in(case, person=cast.office, by=cast.dsl, why="To read")
    for verb in (
        lambda: chronology.add(case, by=cast.office, body="x"),
        lambda: closing.wait(case, by=cast.office),
        lambda: work.need_takedown(case, by=cast.office, where="x"),
        lambda: people.record_conflict(case, person=cast.dsl, by=cast.office, why="x"),
    ):
        with pytest.raises(CaseRefused):
            verb()
    # What they were given to do they finish, and of themselves they may say that they should not.
    action = work.add_action(
        case, by=cast.dsl, text="Ring", owner=cast.office, due_at=timezone.now()
    )
    assert work.finish_action(action, by=cast.office).result == "done"
    people.record_conflict(case, person=cast.office, by=cast.office, why="My nephew")
    assert not sees(cast.office, case)
    with pytest.raises(RuleBroken, match="choose somebody who sees it"):
        work.add_action(case, by=cast.dsl, text="x", owner=cast.office, due_at=timezone.now())


def test_a_case_is_disposed_of_by_two_people_and_opens_no_more(cast: Cast) -> None:
    case = closed(cast, people=(target(), subject(name="A boy", relation="pupil")))
    chronology.add(case, by=cast.dsl, body="A late word.")
    hold = keeping.hold(case, by=cast.head, why="The court asks.")
    with pytest.raises(RuleBroken) as broken:
        keeping.propose_disposal(case, by=cast.dsl)
    assert len(broken.value.reasons) == 3  # too soon, on hold, never read
    Case.objects.filter(pk=case.pk).update(ended_at=timezone.now() - YEARS)
    assert list(keeping.to_dispose_of(cast.school, cast.dsl)) == []
    keeping.lift_hold(hold, by=cast.head)
    assert list(keeping.to_dispose_of(cast.school, cast.dsl)) == []
    looking.look(case.reference, by=cast.dsl)
    assert list(keeping.to_dispose_of(cast.school, cast.dsl)) == [case]
    messages.write_as_reporter(case.reference, by=cast.teacher, body="Are you there?")
    assert list(keeping.to_dispose_of(cast.school, cast.dsl)) == []
    looking.look(case.reference, by=cast.dsl)
    row = keeping.propose_disposal(case, by=cast.dsl)
    with pytest.raises(RuleBroken, match="Another person"):
        keeping.dispose(row, by=cast.dsl)
    keeping.dispose(row, by=cast.head)

    assert who(cast, case) == set()
    tomb = Case.objects.get(pk=case.pk)
    assert (tomb.status, tomb.kind, tomb.reporter) == (Status.DISPOSED, "cyberbullying", None)
    assert not tomb.people.exists()
    with pytest.raises(KeyDestroyed):
        tomb.chronology.last().text("body")
    assert bytes(CaseKey.objects.get(case=case).wrapped) == b""
    assert problems(tomb) == []
    for change in (
        lambda: CaseKey.objects.filter(case=case).update(destroyed_at=None),
        lambda: Case.objects.filter(pk=case.pk).update(status="open"),
        lambda: Disposal.objects.update(proposed_by=cast.head),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
