"""Listing risks, asking two people, and their signatures (A5, E4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from approvals import risks as words
from approvals.content import risk_content, risk_hash
from approvals.models import BusinessCase, Risk, Side
from approvals.risks import level, missing_signatures, residual
from approvals.services import cases, checklist, risks
from approvals.suggested_risks import SUGGESTIONS, suggested
from approvals.workflow import Status
from people.models import Organisation, User
from people.roles import Role
from tests.approvals.considering import RISK, a_case, ask, list_risk, sign, sign_both
from tests.approvals.factories import add_risk, fresh, give, make_case, set_rule
from tests.factories import make_school, make_trust, make_user
from trail.audit import Refused
from web.errors import RuleBroken

EDU, TECH = Side.EDUCATIONAL, Side.TECHNICAL


@pytest.fixture
def case(db: None) -> BusinessCase:
    return a_case(make_school())


@given(points=some.integers(1, 25), high=some.integers(4, 25))
@settings(max_examples=60)
def test_more_points_never_sound_less_grave(points: int, high: int) -> None:
    order = ["Low", "Medium", "High", "Very high"]
    grave = [order.index(level(number, high).word) for number in range(1, 26)]
    assert grave == sorted(grave)
    assert (grave[points - 1] >= 2) == (points >= high)


def test_suggestions_are_sound_and_follow_from_the_account() -> None:
    for one in SUGGESTIONS:
        assert one.after[0] * one.after[1] < one.before[0] * one.before[1], one.key
        assert len(one.what) <= 300
    quiet = BusinessCase(platform="facebook", access="closed", shows_pupils=False)
    loud = BusinessCase(platform="tiktok", access="open", shows_pupils=True, faces_pupils=True)
    assert {"let-in-by-mistake"} < {one.key for one in suggested(quiet, set())}
    found = {one.key for one in suggested(loud, set())}
    assert {"hurtful-comments", "strangers-write", "password-known"} < found
    assert "let-in-by-mistake" not in found
    assert "password-known" not in {one.key for one in suggested(quiet, set())}


def test_suggested_risks_are_taken_over_once(case: BusinessCase) -> None:
    first = SUGGESTIONS[0]
    assert len(risks.adopt(case, by=case.author, keys=[first.key, "taken-over"])) == 2
    assert risks.adopt(case, by=case.author, keys=[first.key]) == []
    assert first not in suggested(case, set(case.risks.values_list("what", flat=True)))
    with pytest.raises(RuleBroken, match="Choose one of the suggestions"):
        risks.adopt(case, by=case.author, keys=["invented"])


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"mitigation": " "}, "Say what is done about it."),
        ({"likelihood_after": 5, "impact_after": 5}, "cannot make it worse"),
        ({"mitigation": "password: hunter22!"}, "looks like a password"),
        ({"what": f" {RISK['what']} "}, "on the list already"),
    ],
)
def test_what_is_no_risk_is_refused(
    case: BusinessCase, details: dict[str, object], sentence: str
) -> None:
    if "what" in details:
        list_risk(case)
    with pytest.raises(RuleBroken, match=sentence):
        list_risk(case, **details)


def test_what_remains_is_the_highest_risk_when_everything_is_done(case: BusinessCase) -> None:
    assert residual(case) == 0
    list_risk(case)
    list_risk(case, what="Somebody takes it over", likelihood_after=3, impact_after=3)
    assert residual(case) == 9


@pytest.mark.demand("E4")
def test_two_different_people_sign_the_risks(case: BusinessCase) -> None:
    assert list(missing_signatures(case)) == ["No risk is listed yet: say what could go wrong."]
    list_risk(case)
    assert list(missing_signatures(case)) == [
        "The risks are not signed for teaching and pupils: nobody has been asked.",
        "The risks are not signed for the technical side: nobody has been asked.",
    ]
    expert = ask(case, TECH, Role.IT)
    with pytest.raises(RuleBroken, match="Two different people"):
        risks.set_assessor(case, by=case.author, side=EDU, person=expert)
    sign(case, TECH, expert)
    # Even if somebody else was asked for it since: one person never signs for both sides.
    risks.set_assessor(
        case, by=case.author, side=EDU, person=make_user(Role.STAFF, at=case.organisation)
    )
    with pytest.raises(Refused):
        sign(case, EDU, expert)
    assert list(missing_signatures(case)) == [
        f"The risks are not signed for teaching and pupils: {case.assessors.get(side=EDU).person} "
        "has been asked."
    ]
    sign(case, EDU, case.assessors.get(side=EDU).person)
    assert list(missing_signatures(case)) == []


def test_nobody_signs_for_the_side_of_somebody_else_after_changing_sides(
    case: BusinessCase,
) -> None:
    list_risk(case)
    expert = ask(case, TECH, Role.IT)
    sign(case, TECH, expert)
    case.assessors.get(side=TECH).delete()
    case.assessors.create(side=EDU, person=expert)
    with pytest.raises(RuleBroken, match="You signed for the other side"):
        sign(case, EDU, expert)


def test_other_risks_take_other_signatures_and_say_what_changed(case: BusinessCase) -> None:
    teacher, _ = sign_both(case)
    signed = case.risk_signatures.get(side=EDU)
    risk = case.risks.get()
    risks.change(risk, by=case.author, **RISK)  # saved as it was
    assert list(missing_signatures(case)) == []
    risks.change(risk, by=case.author, impact=5, mitigation="Comments are switched off.")
    list_risk(case, what="Somebody takes it over")
    assert len(list(missing_signatures(case))) == 2
    assert sorted(words.changes(signed.risks, risk_content(case))) == [
        "New: “Somebody takes it over”",
        "“Hurtful comments below a post”: what is done about it has changed and as it is, "
        "it counts 20 in place of 12",
    ]
    side = words.sides(case, teacher)[0]
    assert (side.signed, side.stale, side.is_mine) == (None, signed, True)
    sign(case, EDU, teacher)
    case = cases.change(case, by=case.author, access="closed")
    latest = case.risk_signatures.order_by("pk").last()
    assert latest is not None
    assert list(words.changes(latest.risks, risk_content(case))) == [
        "The account itself: “Who can see it” has changed."
    ]


def test_what_is_signed_is_what_was_on_the_page(case: BusinessCase) -> None:
    list_risk(case)
    teacher = ask(case, EDU, Role.STAFF)
    seen = risk_hash(case)
    list_risk(case, what="Somebody takes it over")
    with pytest.raises(RuleBroken, match="changed since you opened this page"):
        risks.sign(case, by=teacher, side=EDU, note="", risk_hash=seen)
    sign(case, EDU, teacher)
    with pytest.raises(RuleBroken, match="signed already"):
        sign(case, EDU, teacher)


def test_nothing_is_signed_where_nothing_is_listed(case: BusinessCase) -> None:
    teacher = ask(case, EDU, Role.STAFF)
    with pytest.raises(RuleBroken, match="No risk is listed yet"):
        sign(case, EDU, teacher)


def test_whoever_is_asked_sees_the_case_and_keeps_their_vote(case: BusinessCase) -> None:
    leader = ask(case, EDU, Role.SLT)
    assert BusinessCase.objects.visible_to(leader).filter(pk=case.pk).exists()
    list_risk(case)
    sign(case, EDU, leader)
    assert not case.parts.get(person=leader).has_edited


def test_who_has_signed_is_not_replaced(case: BusinessCase) -> None:
    teacher, _ = sign_both(case)
    other = make_user(Role.STAFF, at=case.organisation)
    with pytest.raises(RuleBroken, match=f"{teacher} has signed"):
        risks.set_assessor(case, by=case.author, side=EDU, person=other)
    list_risk(case, what="Somebody takes it over")
    assert risks.set_assessor(case, by=case.author, side=EDU, person=other).person == other


def _technical(case: BusinessCase) -> list[User]:
    return list(risks.may_assess(TECH, case.organisation))


@pytest.mark.django_db
def test_the_technical_side_is_it_of_school_or_trust_else_who_keeps_the_register() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    case = a_case(school)
    office = make_user(Role.OFFICE, at=school)
    assert _technical(case) == [office]
    trust_it = make_user(Role.TRUST_IT, at=trust)
    assert _technical(case) == [trust_it]
    it = make_user(Role.IT, at=school)
    assert set(_technical(case)) == {it, trust_it}
    with pytest.raises(RuleBroken, match="cannot assess the risks for the technical side"):
        risks.set_assessor(case, by=case.author, side=TECH, person=office)


def test_strangers_neither_list_nor_ask(case: BusinessCase) -> None:
    head = make_user(Role.HEAD, at=case.organisation)
    with pytest.raises(Refused):
        risks.add(case, by=head, **RISK)
    with pytest.raises(Refused):
        risks.set_assessor(case, by=head, side=EDU, person=head)
    with pytest.raises(RuleBroken, match="cannot assess"):
        risks.set_assessor(
            case, by=case.author, side=EDU, person=make_user(Role.STAFF, at=make_school())
        )


def test_a_risk_that_is_gone_is_neither_changed_nor_removed_again(case: BusinessCase) -> None:
    risk = list_risk(case)
    risks.remove(risk, by=case.author)
    with pytest.raises(RuleBroken, match="meanwhile"):
        risks.change(risk, by=case.author, impact=5)
    with pytest.raises(RuleBroken, match="meanwhile"):
        risks.remove(risk, by=case.author)


def test_the_last_signature_under_changed_risks_approves_what_was_voted_for(
    school: Organisation,
) -> None:
    head = make_user(Role.HEAD, at=school)
    case = make_case(school, status=Status.SUBMITTED, is_considered=True)
    add_risk(case)
    give(case, by=head)
    assert fresh(case).status == Status.SUBMITTED  # nobody has signed the new risk
    for side in (EDU, TECH):
        assert fresh(case).status == Status.SUBMITTED
        sign(fresh(case), side, case.assessors.get(side=side).person)
    assert fresh(case).status == Status.APPROVED


def test_a_school_that_wants_it_later_finishes_it_after_the_vote(school: Organisation) -> None:
    case = make_case(school, status=Status.APPROVED)
    text = case.content_hash
    checklist.answer(case, by=case.author, question="terms", verdict="yes")
    sign_both(case)
    assert list(missing_signatures(case)) == []
    assert fresh(case).status == Status.APPROVED
    assert fresh(case).content_hash == text  # what was voted on
    set_rule(school, checklist_before="submit")
    with pytest.raises(RuleBroken, match="has been decided"):
        checklist.answer(fresh(case), by=case.author, question="terms", verdict="yes")


def _as_it_is(case: BusinessCase, risk: Risk, by: User) -> None:
    risks.change(risk, by=by, **RISK)


def _in_other_words(case: BusinessCase, risk: Risk, by: User) -> None:
    risks.change(risk, by=by, what="Rude comments")


def _off(case: BusinessCase, risk: Risk, by: User) -> None:
    risks.remove(risk, by=by)


def _suggested(case: BusinessCase, risk: Risk, by: User) -> None:
    risks.adopt(case, by=by, keys=["taken-over"])


def _one_more(case: BusinessCase, risk: Risk, by: User) -> None:
    risks.add(case, by=by, **{**RISK, "what": "Somebody takes it over"})


@pytest.mark.parametrize(
    ("deed", "edits"),
    [(_as_it_is, False), (_in_other_words, True), (_off, True), (_suggested, True),
     (_one_more, True)],
)  # fmt: skip
def test_whoever_changes_the_risks_has_no_vote_and_whoever_saves_them_as_they_were_has(
    case: BusinessCase, deed: Callable[[BusinessCase, Risk, User], None], edits: bool
) -> None:
    leader = make_user(Role.SLT, at=case.organisation)
    cases.ask_to_help(case, by=case.author, person=leader)
    deed(case, list_risk(case), leader)
    assert case.parts.get(person=leader).has_edited == edits
