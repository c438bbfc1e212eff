"""How a report comes in, whom it reaches, and what its reporter may know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.utils import timezone

from incidents.kinds import KINDS, Kind, Step
from incidents.models import Access, Case, Conflict, Draft
from incidents.office import concerns_of
from incidents.own_record import CaseRefused
from incidents.routing import shows_lado
from incidents.services import alerts, drafts, messages, people, reporting, routes
from incidents.services.people import Named
from incidents.visibility import Hidden
from notices.models import Notice
from people.models import Membership, Organisation, User
from tests.factories import make_school, make_user
from tests.incidents.factories import (
    Cast,
    a_report,
    begin,
    make_case,
    sees,
    subject,
    target,
    who,
)  # fmt: skip
from trail.models import AuditEvent
from web.errors import RuleBroken


def public(cast: Cast, name: str = "", **details):
    return reporting.submit_public(cast.school, a_report(**details), relation="pupil", name=name)


@pytest.mark.once
def test_each_of_the_fifteen_kinds_has_words_a_way_a_clock_and_steps() -> None:
    assert set(KINDS) == set(Kind)
    assert len(KINDS) == 15
    for kind, about in KINDS.items():
        assert len(about.guidance) > 40, kind
        assert about.first, kind
        codes = [step.code for step in about.playbook]
        assert codes, kind
        assert len(codes) == len(set(codes)), kind


def test_what_is_missing_is_said_all_at_once_and_a_stranger_reports_elsewhere(cast: Cast) -> None:
    with pytest.raises(RuleBroken) as broken:
        make_case(cast, kind="?", about="", what=" ", image_gate="")
    assert len(broken.value.reasons) == 4
    with pytest.raises(RuleBroken, match="from the list"):
        make_case(cast, people=(subject(make_user()),))
    with pytest.raises(PermissionDenied):
        reporting.submit(make_school(), a_report(), by=cast.teacher)
    assert not Case.objects.exists()


def test_a_draft_is_its_writers_alone_and_goes_when_it_is_sent(cast: Cast) -> None:
    draft = drafts.save(cast.school, {"what": "Begun"}, by=cast.teacher)
    assert b"Begun" not in bytes(draft.sealed)
    assert not Draft.objects.visible_to(cast.head).exists()
    draft = drafts.save(cast.school, {"what": "Begun, and more"}, by=cast.teacher, draft=draft)
    assert drafts.answers_of(draft) == {"what": "Begun, and more"}
    reporting.submit(cast.school, a_report(), by=cast.teacher, draft=draft)
    old = drafts.save(cast.school, {}, by=cast.teacher)
    Draft.objects.filter(pk=old.pk).update(saved_at=timezone.now() - timedelta(days=31))
    assert drafts.forget_old() == 1
    assert not Draft.objects.exists()


def test_line_managers_and_runners_are_told_only_where_it_is_about_nobody_here(cast: Cast) -> None:
    Membership.objects.filter(person=cast.teacher).update(line_manager=cast.slt)
    told = make_case(cast, kind="personal_contact")
    assert sees(cast.slt, told)
    assert Access.objects.get(case=told).may_work is False
    assert not sees(cast.slt, make_case(cast, kind="personal_contact", about="other_staff"))
    accused = make_case(cast, kind="personal_contact", people=(subject(cast.it),))
    assert not sees(cast.slt, accused)


@pytest.mark.demand("F1")
def test_a_name_that_an_anonymous_reporter_gives_keeps_its_bearers_out_of_this_case(
    cast: Cast,
) -> None:
    named = make_user(*[], at=cast.school, name="Rosalind Penhaligon")
    cast.dsl.name = "Maud Penhaligon"
    cast.dsl.save()
    case, _ = public(cast, people=(subject(name="Mrs Penhaligon", relation="staff"),))
    assert who(cast, case) == {"head", "deputy"}
    assert set(case.conflicts.values_list("cause", flat=True)) == {"named"}
    assert sees(cast.dsl, public(cast)[0])
    # The handler finds out who is meant: the one comes back in, the other stays out for good.
    meant = Conflict.objects.get(case=case, person=named)
    people.confirm_named(meant, by=cast.head, why="The child said so")
    people.lift_conflict(
        Conflict.objects.get(case=case, person=cast.dsl), by=cast.head, why="Another person"
    )
    assert who(cast, case) == {"head", "deputy", "dsl"}
    assert case.people.subjects().get().user == named


@pytest.mark.once
@pytest.mark.parametrize(
    ("given", "name", "may"),
    [
        ("Mr Smith", "Alex Smith", True),
        ("alex smith", "Alex Smith", True),
        ("A. Smith", "Alex Smith", True),
        ("Smith, Alex", "Alex Smith", True),
        ("Ben Smith", "Alex Smith", False),
        ("Mrs Jones", "Alex Smith", False),
        ("Zoë", "Zoe Hart", True),
        ("the head", "Alex Smith", False),
        ("", "Alex Smith", False),
    ],
)
def test_whose_a_name_may_be(given: str, name: str, may: bool) -> None:
    from incidents.names import may_be

    assert may_be(given, name) is may


def no_handler_at(school: Organisation, user: User) -> bool:
    return school in concerns_of(user)["without_handler"]


@pytest.mark.demand("F1")
def test_where_nobody_is_left_the_office_hears_so_and_nothing_else(cast: Cast) -> None:
    # The head and the chair are one person, and it is about them; there is no trust.
    school = make_school()
    from people.roles import Role

    both = make_user(Role.HEAD, Role.CHAIR, at=school)
    office, teacher = make_user(Role.OFFICE, at=school), make_user(Role.STAFF, at=school)
    case = reporting.submit(
        school, a_report(kind="staff_conduct", about="head", people=(subject(both),)), by=teacher
    )
    assert case.without_handler
    assert shows_lado(case)
    assert no_handler_at(school, office)
    assert not no_handler_at(school, both)
    assert not no_handler_at(cast.school, office)
    assert not Notice.objects.filter(kind="case.attention").exists()
    # The day somebody comes, the portal finds them by itself, once.
    chair = make_user(Role.CHAIR, at=school)
    assert alerts.look_for_handlers() == 1
    assert alerts.look_for_handlers() == 0
    assert sees(chair, case)
    assert Notice.objects.get(kind="case.attention").recipient == chair
    assert not no_handler_at(school, office)


def test_whoever_has_the_receipt_and_the_handler_write_to_each_other(cast: Cast) -> None:
    case, receipt = public(cast, name="A parent")
    assert len(receipt.replace("-", "")) == 16
    assert receipt not in str(case.public_report.__dict__)
    assert messages.by_receipt(f" {receipt.lower().replace('-', ' ')} ") == case
    assert messages.by_receipt(receipt[:-1]) is None
    messages.write_by_receipt(receipt, body="It happened again.")
    messages.answer(case, by=cast.dsl, body="Thank you.")
    box = messages.box_of(messages.by_receipt(receipt))
    assert [(one.from_reporter, one.text("body")) for one in box] == [
        (True, "It happened again."), (False, "Thank you."),
    ]  # fmt: skip
    with pytest.raises(Hidden):
        messages.write_by_receipt("AAAA-AAAA-AAAA-AAAA", body="Let me in")
    own = make_case(cast)
    messages.write_as_reporter(own.reference, by=cast.teacher, body="One more thing.")
    with pytest.raises(Hidden):
        messages.write_as_reporter(own.reference, by=cast.office, body="Not mine")


def test_a_child_who_appears_again_is_recognised_among_the_cases_one_may_see(cast: Cast) -> None:
    from incidents.names import same_children

    first = make_case(cast, people=(target("Robin  ASH", year_group=7),))
    hidden = make_case(
        cast, kind="staff_conduct", about="other_staff", child_concerned=False,
        people=(target("Robin Ash", year_group=7),),
    )  # fmt: skip
    now = make_case(
        cast, people=(target("Ash Robin", year_group=7), target("Ida Elm", year_group=7))
    )
    other = make_case(cast, people=(target("Robin Ash", year_group=8),))
    assert same_children(now, cast.dsl) == [first]
    assert set(same_children(now, cast.head)) == {first, hidden}
    assert same_children(other, cast.head) == []
    assert b"Ash" not in bytes(first.people.targets().get().sealed_name)
    # Named by mistake: no longer in the case, here or there.
    people.remove(now.people.targets().first(), by=cast.dsl, why="Another Ash.")
    assert same_children(now, cast.dsl) == []
    assert now not in same_children(first, cast.dsl)


def test_a_child_who_reported_and_stays_unknown_leads_nobody_to_their_other_cases(
    cast: Cast,
) -> None:
    from incidents.names import same_children

    first = make_case(cast, people=(target("Robin Ash", year_group=7),))
    told = begin(make_case(cast, hide_reporter=True), by=cast.dsl)
    child = Named("reporter", name="Robin Ash", relation="pupil", year_group=7)
    people.add(told, child, by=cast.dsl)
    assert same_children(told, cast.dsl) == [first]
    assert same_children(told, cast.head) == []
    assert same_children(first, cast.head) == []


def test_a_school_sets_its_own_way_and_its_own_steps(cast: Cast) -> None:
    routes.set_route(
        cast.school, by=cast.head, kind="offensive_comments", first=["slt"],
        also=["line_manager"], clock="green",
    )  # fmt: skip
    case = make_case(cast, kind="offensive_comments")
    assert who(cast, case) == {"slt"}
    assert case.clock == "green"
    for problem in (
        {"kind": "grooming", "first": ["head"], "clock": "red"},
        {"kind": "media", "first": [], "clock": "red"},
        {"kind": "media", "first": ["pupils"], "clock": "red"},
    ):
        with pytest.raises(RuleBroken):
            routes.set_route(cast.school, by=cast.head, **problem)
    with pytest.raises(PermissionDenied):
        routes.set_route(cast.school, by=cast.dsl, kind="media", first=["head"], clock="red")
    routes.set_playbook(
        cast.school, by=cast.head, kind="offensive_comments", steps=[Step("tea", "Drink tea", 2)]
    )
    assert [step.text for step in routes.playbook_of(case)] == ["Drink tea"]


def test_nobody_who_is_in_a_case_can_be_deleted_and_no_case_is(cast: Cast) -> None:
    case = make_case(cast, people=(Named("witness", user=cast.office),))
    with pytest.raises(ProtectedError):
        cast.office.delete()
    with pytest.raises(ProtectedError):
        case.delete()


@pytest.mark.demand("F1")
def test_nothing_of_a_case_stands_in_the_schools_own_record(cast: Cast) -> None:
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    case = make_case(cast, people=(subject(cast.head),))
    with pytest.raises(CaseRefused) as refused:
        messages.answer(case, by=_reader(cast, case), body="May I?")
    refused.value.settle()  # as the middleware does after the rollback
    assert case.lines.filter(verb="message.refused").exists()
    assert set(AuditEvent.objects.values_list("pk", flat=True)) == before


def _reader(cast: Cast, case: Case):
    from incidents.services import access

    access.let_in(case, person=cast.office, by=cast.dsl, why="To read")
    return cast.office


def test_a_reporter_who_asks_to_stay_unknown_is_known_to_the_owner_only(cast: Cast) -> None:
    Membership.objects.filter(person=cast.teacher).update(line_manager=cast.slt)
    case = make_case(cast, kind="personal_contact", hide_reporter=True)
    messages.write_as_reporter(case.reference, by=cast.teacher, body="One more thing.")
    assert not sees(cast.slt, case)  # the line manager would be a hint
    case = begin(case, by=cast.dsl)
    for user, knows in ((cast.dsl, True), (cast.head, False)):
        assert case.shows_reporter_to(user) is knows
        shown = case.people.shown_to(user).filter(user=cast.teacher)
        assert shown.exists() is knows
    assert not case.lines.filter(actor=cast.teacher).exists()
    assert not case.messages.filter(sent_by=cast.teacher).exists()
