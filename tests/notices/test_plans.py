"""A school's own reminders: as steps, in words, inherited, and on their pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.asserts import assertContains

from notices.ladders import FIXED, LADDERS, ladder_for, rungs
from notices.models import Notice
from notices.own_ladders import set_plan
from notices.plans import Plan
from notices.services import sweep
from people.duty import Duty
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.notices.conftest import TUESDAY, at, owe
from web.errors import RuleBroken

DAY = timedelta(days=1)
TIGHT = Plan(before=(10, 3), on_day=True, overdue_every=5, head=20, trust=30)


@pytest.mark.once
@pytest.mark.parametrize("kind", sorted(LADDERS.keys() - FIXED))
def test_every_usual_ladder_can_be_shown_and_saved_unchanged(kind: str) -> None:
    plan = Plan.of(LADDERS[kind].steps)
    assert list(plan.problems()) == []
    assert Plan.from_json(plan.as_json()) == plan
    due = date(2026, 12, 1)
    duty = Duty(kind, "x", 1, 1, due, "Title", "/", since=due - 20 * DAY)
    for number in range(-60, 60):
        on = due + number * DAY
        mine = {(one.to, one.on) for one in rungs(LADDERS[kind], duty, on)}
        made = {
            (one.to, one.on) for one in rungs(replace(LADDERS[kind], steps=plan.steps()), duty, on)
        }
        assert mine == made


@pytest.mark.once
@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (
            TIGHT,
            "Reminded 10 and 3 days before it is due, on the day it is due and every 5 days while "
            "it is overdue. The head hears of it 20 days after it was due and the trust’s lead 30 "
            "days after.",
        ),
        (Plan(before=(1,)), "Reminded 1 day before it is due."),
        (
            Plan(at_start=True, start_every=1),
            "Reminded on the day it comes to them and every day from then on.",
        ),
    ],
)  # fmt: skip
def test_a_plan_in_words(plan: Plan, words: str) -> None:
    assert plan.words() == words


@pytest.mark.once
@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(before=(91,)), "from 1 to 90"),
        (Plan(on_day=True, overdue_every=0, head=0), "from 1 to 90"),
        (Plan(overdue_every=7), "at least once before it is overdue"),
        (Plan(before=(7, 7)), "there twice"),
        (Plan(on_day=True, line_manager=14, head=7), "first, then the head"),
        (Plan(before=(1, 2, 3, 4, 5, 6, 7, 8), on_day=True), "more than 8 steps"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(plan: Plan, words: str) -> None:
    assert any(words in problem for problem in plan.problems())


@pytest.fixture
def trust(db: None) -> Organisation:
    return make_trust()


def test_a_school_has_its_own_else_the_trusts_else_the_usual(trust: Organisation) -> None:
    lead, school = make_user(Role.TRUST_LEAD, at=trust), make_school(trust=trust)

    def days(at: Organisation) -> set[int]:
        ladder = ladder_for(
            "policy.sign", Organisation.objects.select_related("parent").get(pk=at.pk)
        )
        assert ladder is not None
        return {step.days for step in ladder.steps if step.to == "owner"}

    assert days(school) == {-14, -7, -1, 0, 7}
    set_plan(trust, "policy.sign", TIGHT, by=lead)
    assert days(school) == {-10, -3, 0, 5}
    set_plan(school, "policy.sign", Plan(on_day=True), by=lead)
    assert (days(school), days(trust)) == ({0}, {-10, -3, 0, 5})
    set_plan(school, "policy.sign", None, by=lead)
    assert days(school) == {-10, -3, 0, 5}
    school.refresh_from_db()
    assert school.settings == {}


def test_a_school_without_a_trust_cannot_have_the_trust_told(school: Organisation) -> None:
    with pytest.raises(RuleBroken, match="no trust"):
        set_plan(school, "policy.sign", TIGHT, by=make_user(Role.HEAD, at=school))


def test_the_sweep_goes_by_the_schools_own_and_tells_the_trust(
    trust: Organisation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust)
    schools = [make_school(trust=trust) for _ in range(5)]
    set_plan(schools[0], "policy.sign", TIGHT, by=lead)
    people = [make_user(at=school) for school in schools]
    for person, school in zip(people, schools, strict=True):
        owe(person, school, -31, what=str(person.pk))

    with django_assert_max_num_queries(24):
        sweep(at(TUESDAY))

    def stages(person: User) -> set[str]:
        return set(Notice.objects.filter(about=person).values_list("stage", flat=True))

    assert stages(people[0]) == {"owner+5/5", "trust+30"}
    assert stages(people[1]) == {"owner+7/7"}
    assert Notice.objects.get(recipient=lead).why.startswith("You lead the trust.")


def url(school: Organisation, *args: str, reset: bool = False) -> str:
    name = "ladder_reset" if reset else "ladder" if args else "ladders"
    return reverse(f"notices:{name}", args=[school.slug, *args])


def test_the_page_shows_saves_refuses_and_gives_back(
    school: Organisation, client: Client, settings: Settings
) -> None:
    client.force_login(make_user(Role.HEAD, at=school))
    assertContains(client.get(url(school)), "Reminded 14, 7 and 1 days before it is due")
    typed = {"before": "10; 3", "on_day": "on", "head": "20"}

    shown = client.post(url(school, "policy.sign"), typed | {"preview": "yes"})
    assertContains(shown, "Reminded 10 and 3 days before it is due")
    school.refresh_from_db()
    assert school.settings == {}

    refused = client.post(url(school, "policy.sign"), typed | {"line_manager": "30"})
    assertContains(refused, "first, then the head")
    assertContains(refused, 'value="30"')
    assertContains(
        client.post(url(school, "policy.sign"), {"before": "ten"}), "Write numbers of days"
    )

    saved = client.post(url(school, "policy.sign"), typed, follow=True)
    assertContains(saved, "Set here")
    client.post(url(school, "policy.sign", reset=True))
    assertContains(client.get(url(school)), "14, 7 and 1 days before")
    assert client.get(url(school, "invitation.accept")).status_code == 404
