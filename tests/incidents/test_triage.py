"""Assessing a report and giving it to somebody."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from incidents.kinds import FACTORS, suggested
from incidents.models import Case
from incidents.services import access, triage
from incidents.services.triage import DecidedAlready
from notices.models import Notice
from tests.incidents.factories import WHY, Cast, assess, begin, green, make_case, subject
from tests.races import together
from web.errors import RuleBroken

LEVELS = st.sampled_from(["green", "amber", "red"])


@pytest.mark.once
@given(st.fixed_dictionaries(dict.fromkeys(FACTORS, LEVELS)), st.sampled_from(list(FACTORS)))
def test_a_factor_that_is_worse_never_makes_a_case_less_serious(factors: dict, name: str) -> None:
    order = ["green", "amber", "red"]
    worse = factors | {name: order[min(2, order.index(factors[name]) + 1)]}
    assert order.index(suggested(worse)) >= order.index(suggested(factors))
    assert suggested(green()) == "green"
    assert suggested(green(impact="red")) == "red"


def test_the_four_answers_suggest_and_a_person_decides_with_a_reason(cast: Cast) -> None:
    case = make_case(cast)
    with pytest.raises(RuleBroken, match="Say why you decide otherwise"):
        triage.triage(case, by=cast.dsl, factors=green(), reasons=WHY, severity="red")
    with pytest.raises(RuleBroken) as broken:
        triage.triage(case, by=cast.dsl, factors={"nature": "green"}, reasons={}, severity="")
    assert len(broken.value.reasons) == 5
    access.let_in(case, person=cast.office, by=cast.dsl, why="To read")
    with pytest.raises(PermissionDenied):
        assess(case, by=cast.office)
    case = triage.triage(
        case, by=cast.dsl, factors=green(), reasons=WHY, severity="red", override="I know them."
    )
    assert (case.suggested, case.severity) == ("green", "red")
    assert Case.objects.readable().get(pk=case.pk).text("override") == "I know them."
    assert triage.reasons_of(case) == WHY


@pytest.mark.demand("F7")
def test_the_second_of_two_people_sees_who_decided(cast: Cast) -> None:
    case = make_case(cast)
    assess(case, by=cast.deputy, severity="amber")
    with pytest.raises(DecidedAlready) as told:
        assess(case, by=cast.dsl, severity="red")
    (sentence,) = told.value.reasons
    assert str(cast.deputy) in sentence
    assert sentence.endswith(": amber.")
    case.refresh_from_db()
    assert (case.severity, case.triaged_by) == ("amber", cast.deputy)


@pytest.mark.demand("F7")
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_the_same_moment_one_decides() -> None:
    from tests.incidents.factories import make_cast

    cast = make_cast()
    case = make_case(cast)
    results = together(
        lambda: assess(case, by=cast.dsl, severity="red"),
        lambda: assess(case, by=cast.deputy, severity="amber"),
    )
    refused = [one for one in results if isinstance(one, DecidedAlready)]
    decided = [one for one in results if isinstance(one, Case)]
    assert (len(refused), len(decided)) == (1, 1), results
    assert str(decided[0].triaged_by) in str(refused[0].reasons)


def test_a_staff_case_is_given_by_the_head_and_to_a_senior_leader(cast: Cast) -> None:
    case = assess(make_case(cast, about="other_staff"), by=cast.dsl)
    with pytest.raises(RuleBroken, match="The head names"):
        triage.assign(case, by=cast.dsl, owner=cast.slt)
    with pytest.raises(RuleBroken, match="senior leader"):
        triage.assign(case, by=cast.head, owner=cast.teacher)
    case = triage.begin(case, by=cast.head, owner=cast.slt)
    assert case.owner == cast.slt
    assert Notice.objects.filter(recipient=cast.slt, kind="case.attention").count() == 1
    # About the head it is the chair who names.
    about_head = assess(make_case(cast, about="head"), by=cast.dsl)
    triage.assign(about_head, by=cast.chair, owner=cast.trust_lead)


def test_a_childs_case_stays_with_the_safeguarding_team_or_the_head(cast: Cast) -> None:
    case = assess(make_case(cast), by=cast.dsl)
    with pytest.raises(RuleBroken, match="safeguarding team or the head"):
        triage.assign(case, by=cast.dsl, owner=cast.slt)
    assert {user.pk for user in triage.may_own(case)} == {
        cast.dsl.pk, cast.deputy.pk, cast.head.pk,
    }  # fmt: skip


def test_the_playbook_becomes_actions_with_an_owner_and_a_time(cast: Cast) -> None:
    case = begin(make_case(cast, kind="media"), by=cast.head)
    assert [action.code for action in case.actions.all()] == ["head", "naming", "staff"]
    texts = " ".join(action.text("text") for action in case.actions.all())
    assert "section 141F" in texts
    assert all(action.owner == cast.head for action in case.actions.all())


def test_a_case_that_turns_out_worse_reaches_the_safeguarding_team(cast: Cast) -> None:
    case = make_case(cast, kind="offensive_comments", people=(subject(cast.deputy),), by=cast.it)
    case = triage.change_kind(case, by=cast.head, kind="grooming", why="There is a child in it.")
    assert case.child_concerned
    assert case.seen_by_safeguarding
    assert set(case.referrals.values_list("body", flat=True)) == {"police", "social_care", "lado"}
    assert Case.objects.visible_to(cast.dsl).filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(cast.deputy).filter(pk=case.pk).exists()
