"""Who may see a case (F1): need to know, minus whoever is kept out. One rule, for every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Case, CaseLine, CaseView
from incidents.services import access, looking, messages, people, triage
from incidents.services.people import Named
from incidents.visibility import Hidden, who_sees
from people.models import Membership
from people.roles import Role
from people.services import absence
from tests.factories import make_member, make_user
from tests.incidents.factories import (
    Cast,
    afresh,
    assess,
    begin,
    make_case,
    make_cast,
    sees,
    subject,
    who,
)  # fmt: skip
from web.errors import RuleBroken

F1 = pytest.mark.demand("F1")


def away(person, deputy, at) -> None:
    """From today for a week."""
    posts = {post.person_id: post for post in Membership.objects.filter(organisation=at)}
    today = timezone.localdate()
    absence.set_cover(
        posts[person.pk], deputy=posts[deputy.pk], starts_on=today,
        ends_on=today + timedelta(days=7), by=person,
    )  # fmt: skip


@F1
@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({}, {"dsl", "deputy", "head"}),
        ({"kind": "staff_abuse"}, {"head", "slt"}),
        ({"kind": "compromised"}, {"it", "slt"}),
        ({"kind": "media"}, {"head", "trust_lead"}),
        ({"about": "other_staff"}, {"head", "dsl", "deputy"}),
        ({"about": "other_staff", "kind": "offensive_comments"}, {"head"}),
        # Nobody of the office that it is about, whoever is meant.
        ({"about": "safeguarding"}, {"head"}),
        ({"about": "head"}, {"chair", "dsl", "deputy"}),
        ({"about": "head", "kind": "staff_conduct"}, {"chair"}),
        # A kind that is about staff by itself goes as if the question had been answered so.
        ({"kind": "staff_conduct"}, {"head"}),
    ],
)
def test_a_report_goes_to_those_who_need_to_know(cast: Cast, details: dict, expected: set) -> None:
    assert who(cast, make_case(cast, **details)) == expected


@F1
@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("dsl", {"deputy", "head"}),
        ("deputy", {"dsl", "head"}),
        ("head", {"dsl", "deputy", "chair"}),
        ("chair", {"dsl", "deputy", "head", "trust_lead"}),
        ("teacher", {"dsl", "deputy", "head"}),
    ],
)
def test_whoever_is_named_as_subject_is_out_and_the_next_in_line_is_told(
    cast: Cast, named: str, expected: set
) -> None:
    case = make_case(cast, about="other_staff", people=(subject(getattr(cast, named)),), by=cast.it)
    assert who(cast, case) == expected


@F1
def test_naming_a_subject_later_removes_them_at_once_superusers_too(cast: Cast) -> None:
    cast.dsl.is_superuser = cast.dsl.is_staff = True
    cast.dsl.save()
    case = make_case(cast)
    assert sees(cast.dsl, case)
    people.add(case, subject(cast.dsl), by=cast.head)
    assert who(cast, case) == {"deputy", "head"}
    with pytest.raises(Hidden):
        looking.look(case.reference, by=afresh(cast.dsl))
    with pytest.raises(Hidden):
        triage.triage(case, by=afresh(cast.dsl), factors={}, reasons={}, severity="green")
    # The owner, and somebody who was let in, go the same way.
    case = begin(case, by=cast.head, owner=cast.head)
    access.let_in(case, person=cast.office, by=cast.head, why="Minutes")
    people.record_conflict(case, person=cast.office, by=cast.head, why="A relative")
    people.record_conflict(case, person=cast.head, by=cast.head, why="A relative")
    assert who(cast, case) == {"deputy", "chair"}


@F1
def test_whoever_acts_for_somebody_who_is_out_is_out_along_the_whole_chain(cast: Cast) -> None:
    case = make_case(cast, people=(subject(cast.teacher),), by=cast.it)
    assert sees(cast.deputy, case)
    away(cast.teacher, cast.slt, cast.school)
    away(cast.slt, cast.deputy, cast.school)
    assert not sees(cast.deputy, case)
    assert not who_sees(case) & {cast.deputy.pk, cast.slt.pk}
    with pytest.raises(RuleBroken, match="cannot be let in"):
        access.let_in(case, person=cast.slt, by=cast.head, why="To help")
    with pytest.raises(RuleBroken, match="cannot have the case"):
        triage.assign(case, by=cast.head, owner=cast.deputy)


@F1
def test_a_case_that_one_may_not_see_is_the_same_as_one_that_is_not_there(cast: Cast) -> None:
    case = make_case(cast, people=(subject(cast.dsl),))
    outcomes = []
    for reference in (case.reference, "NOSUCHCASE22"):
        user = afresh(cast.dsl)
        assert user.posts
        with CaptureQueriesContext(connection) as queries, pytest.raises(Hidden) as hidden:
            looking.look(reference, by=user)
        shapes = [
            query["sql"].replace(reference, "")
            for query in queries
            if "SAVEPOINT" not in query["sql"]
        ]
        assert len(shapes) == 2
        outcomes.append((str(hidden.value), shapes))
    assert outcomes[0] == outcomes[1]
    assert not CaseView.objects.exists()


@F1
def test_nothing_of_a_case_is_counted_for_whoever_is_out(cast: Cast) -> None:
    """Every table of a case starts from the cases that a person sees."""
    case = begin(make_case(cast, people=(subject(cast.teacher),), by=cast.it), by=cast.head)
    looking.look(case.reference, by=cast.dsl)
    for name in ("people", "lines", "views", "actions", "referrals", "alerts"):
        rows = type(getattr(case, name).first()).objects
        assert rows.visible_to(cast.dsl).exists(), name
        assert not rows.visible_to(cast.teacher).exists(), name
    assert not CaseLine.objects.visible_to(cast.slt).exists()


def test_who_is_out_finds_their_own_report_as_they_left_it(cast: Cast) -> None:
    from incidents.services.reporting import own_reports

    case = make_case(cast, by=cast.teacher)
    assess(case, by=cast.dsl)
    assert [report.state for report in own_reports(cast.teacher)] == ["Being looked at"]
    messages.write_as_reporter(case.reference, by=cast.teacher, body="And?")
    messages.answer(case, by=cast.dsl, body="We are on it.")
    assert len(messages.box_as_reporter(case.reference, by=cast.teacher)) == 2
    people.add(case, subject(cast.teacher), by=cast.dsl)
    (mine,) = messages.box_as_reporter(case.reference, by=cast.teacher)
    assert mine.text("body") == "And?"
    assert [report.state for report in own_reports(cast.teacher)] == ["Received"]


def test_an_office_at_another_school_opens_nothing(cast: Cast) -> None:
    case = make_case(cast)
    other = make_cast()
    assert who(other, case) == set()
    left = make_user(Role.DSL, at=cast.school)
    assert sees(left, case)
    Membership.objects.filter(person=left).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert not sees(left, case)
    # Nor does owning one, once the post is over.
    case = begin(case, by=cast.dsl, owner=cast.deputy)
    Membership.objects.filter(person=cast.deputy).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert not sees(cast.deputy, case)
    assert cast.deputy.pk not in who_sees(case)


def test_a_restricted_case_is_seen_by_its_owner_and_those_let_in(cast: Cast) -> None:
    case = begin(make_case(cast, about="other_staff"), by=cast.head, owner=cast.slt)
    access.let_in(case, person=cast.dsl, by=cast.head, why="A child", may_work=True)
    access.restrict(case, by=cast.head)
    assert who(cast, case) == {"slt", "dsl"}
    # Were nobody left to see it, the restriction would end.
    people.record_conflict(case, person=cast.slt, by=cast.slt, why="A friend")
    people.record_conflict(case, person=cast.dsl, by=cast.dsl, why="A friend")
    assert who(cast, case) == {"head", "deputy"}


@F1
def test_glass_is_broken_by_two_people_and_never_for_somebody_who_is_out(cast: Cast) -> None:
    case = make_case(cast, kind="media", people=(subject(cast.dsl),), by=cast.it)
    assert access.ask_to_break_glass(case.reference, by=cast.dsl, why="Let me see") is None
    assert access.ask_to_break_glass("NOSUCHCASE22", by=cast.slt, why="A call") is None
    asked = access.ask_to_break_glass(case.reference, by=cast.slt, why="A call at night")
    assert asked is not None
    assert not sees(cast.slt, case)
    waiting = {
        name: access.waiting_for_agreement(getattr(cast, name)).exists()
        for name in ("chair", "dsl", "slt", "office")
    }
    assert waiting == {"chair": True, "dsl": False, "slt": False, "office": False}
    with pytest.raises(PermissionDenied):
        access.agree_to_break_glass(asked, by=cast.slt)
    with pytest.raises(Hidden):
        access.agree_to_break_glass(asked, by=cast.dsl)
    access.agree_to_break_glass(asked, by=cast.chair)
    assert sees(cast.slt, case)


def test_a_list_costs_two_queries_and_its_texts_none_more(cast: Cast) -> None:
    for _ in range(3):
        make_case(cast)
    user = afresh(cast.dsl)
    assert user.posts
    with CaptureQueriesContext(connection) as queries:
        rows = list(Case.objects.visible_to(user).readable()[:50])
        assert {row.text("what") for row in rows} == {"They wrote something about a child."}
    assert len(rows) == 3
    assert len(queries) == 2, queries.captured_queries


def test_a_trusts_safeguarding_lead_does_not_see_every_case_of_every_school(cast: Cast) -> None:
    lead = make_user(Role.TRUST_SAFEGUARDING, at=cast.trust)
    case = make_case(cast)
    assert not sees(lead, case)
    access.let_in(case, person=lead, by=cast.dsl, why="For advice")
    assert sees(lead, case)


def test_two_offices_at_once_count_both(cast: Cast) -> None:
    """A head who is the safeguarding lead too is out of a report about either office."""
    both = make_user(Role.HEAD, Role.DSL, at=cast.school)
    assert sees(both, make_case(cast))
    assert not sees(both, make_case(cast, about="head"))
    assert not sees(both, make_case(cast, about="safeguarding"))


def test_a_witness_or_a_target_is_not_kept_out(cast: Cast) -> None:
    case = make_case(cast)
    people.add(case, Named("target", user=cast.deputy), by=cast.dsl)
    people.add(case, Named("witness", user=cast.head), by=cast.dsl)
    assert who(cast, case) == {"dsl", "deputy", "head"}
    make_member(cast.office, cast.trust)
