"""What somebody who reads the portal against the grain tried on cases; once, each of it worked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from incidents.models import Case
from incidents.services import access, alerts, closing, evidence, keeping, messages, people, work
from incidents.services.evidence import Facts
from incidents.visibility import kept_out_of, who_sees
from notices.models import Notice
from people.models import Membership, User
from tests.incidents.factories import (
    Cast,
    afresh,
    assess,
    begin,
    make_case,
    sees,
    subject,
    who,
)  # fmt: skip
from tests.incidents.test_handling_pages import browser
from web.errors import RuleBroken

F1 = pytest.mark.demand("F1")


def the(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def page(case: Case, name: str = "case", *more: Any) -> str:
    return reverse(f"incidents:{name}", args=[case.reference, *more])


# A report of the same thing


@F1
def test_whoever_is_out_of_one_report_is_out_of_all_reports_of_the_same_thing(cast: Cast) -> None:
    first, again = begin(make_case(cast), by=cast.dsl), make_case(cast)
    third = assess(make_case(cast), by=cast.dsl)
    closing.duplicate(assess(again, by=cast.dsl), by=cast.deputy, of=first)
    closing.duplicate(third, by=cast.deputy, of=first)
    people.add(the(first), subject(cast.head), by=cast.dsl)
    people.add(the(again), subject(cast.deputy), by=cast.dsl)
    for case in (first, again, third):
        assert who(cast, case) & {"head", "deputy"} == set()
        assert not sees(cast.head, case)
        assert not sees(cast.deputy, case)
        assert sees(cast.dsl, case)
        assert kept_out_of(the(case)) == {cast.head.pk, cast.deputy.pk}
    # Found to be about something else after all.
    closing.reconsider(the(again), by=cast.dsl)
    assert sees(cast.head, again)
    assert not sees(cast.deputy, again)
    assert sees(cast.deputy, first)


@F1
def test_a_report_that_turns_out_to_repeat_another_takes_its_news_back(cast: Cast) -> None:
    first, again = make_case(cast), make_case(cast)
    people.add(again, subject(cast.deputy), by=cast.dsl)
    told = Notice.objects.filter(recipient=cast.deputy)
    assert told.filter(url=page(first)).exists()
    closing.duplicate(assess(the(again), by=cast.dsl), by=cast.head, of=first)
    assert not told.exists()
    assert not sees(cast.deputy, first)


def test_what_repeats_a_report_follows_it_when_that_repeats_another(cast: Cast) -> None:
    cases = [assess(make_case(cast), by=cast.dsl) for _ in range(3)]
    closing.duplicate(cases[0], by=cast.deputy, of=cases[1])
    closing.duplicate(the(cases[1]), by=cast.deputy, of=cases[2])
    assert {the(case).duplicate_of for case in cases[:2]} == {the(cases[2])}


# Cases that nobody would have seen


def test_a_case_limited_to_somebody_who_has_left_is_found_again(cast: Cast) -> None:
    case = begin(make_case(cast), by=cast.dsl)
    access.restrict(case, by=cast.dsl)
    assert who(cast, case) == {"dsl"}
    assert alerts.look_for_handlers() == 0
    post = Membership.objects.get(person=cast.dsl)
    Membership.objects.filter(pk=post.pk).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert who_sees(the(case)) == set()
    assert alerts.look_for_handlers() == 1
    assert who(cast, case) == {"deputy", "head"}
    assert alerts.look_for_handlers() == 0


# A reporter who asked to stay unknown


@F1
@pytest.mark.once
def test_nothing_on_the_pages_of_a_case_names_a_reporter_who_stays_unknown(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    settings.FILES_DIR = tmp_path
    case = make_case(cast, hide_reporter=True, behalf="The pupils of my own form, Seven-Quince")
    file = evidence.add_as_reporter(
        case.reference, evidence.prepare(b"What they wrote.", "chat.txt"), by=cast.teacher,
        gate="no", facts=Facts(captured_by="Captured by the form tutor of Seven-Quince"),
    )  # fmt: skip
    case = begin(case, by=cast.dsl)
    work.ask_consent(case.people.get(role="reporter"), by=cast.dsl)
    consent = page(case, "consent_move", 1, "give")
    owner, other = browser(cast.dsl), browser(cast.deputy)
    assertContains(owner.get(consent), cast.teacher.name)
    assertContains(owner.get(page(case)), "Seven-Quince")
    assertContains(owner.get(page(case, "file", file.public_id)), "Seven-Quince")
    assert other.get(consent).status_code == 404
    assert other.post(consent, {"note": "x"}).status_code == 404
    assertNotContains(other.get(page(case)), "Seven-Quince")
    assertNotContains(other.get(page(case, "file", file.public_id)), "Seven-Quince")


# A reporter who is kept out


@F1
@pytest.mark.once
def test_a_reporter_who_is_kept_out_cannot_tell_by_sending_a_file(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    """Taken as from anybody whose report has only been received, and nothing moves."""
    settings.FILES_DIR = tmp_path
    from tests.incidents.test_report_pages import _a_file

    case, client = make_case(cast), browser(cast.teacher)
    people.add(begin(case, by=cast.dsl), subject(cast.teacher), by=cast.dsl)
    for number in range(2):
        passed = client.post(page(case, "own_file"), {"image_gate": "no"})["Location"]
        sent = client.post(passed, {"file": _a_file()}, follow=True)
        assertContains(sent, "It is sent.")
        assert case.evidence.count() == number + 1
        case = the(case)
        if not number:
            closing.wait(case, by=cast.dsl)
    # Nobody is left who may look at it: that is not theirs to know either.
    Case.objects.filter(pk=case.pk).update(without_handler=True)
    assertNotContains(client.get(page(case, "report_sent")), "nobody")


# What is pressed twice, and what was never asked


def test_what_somebody_settled_meanwhile_is_a_sentence_and_no_fault(cast: Cast) -> None:
    User.objects.filter(pk=cast.slt.pk).update(name="Rowan Penhaligon")
    case = make_case(cast, people=(subject(name="Mr Penhaligon", relation="staff"),))
    row = case.conflicts.get(person=cast.slt)
    people.confirm_named(row, by=cast.head, why="They said so")
    with pytest.raises(RuleBroken, match="settled"):
        people.confirm_named(row, by=cast.head, why="They said so")
    found = case.people.subjects().get(user=cast.slt)
    people.remove(found, by=cast.head, why="A mistake")
    with pytest.raises(RuleBroken, match="out of the case already"):
        people.remove(found, by=cast.head, why="A mistake")


@pytest.mark.once
def test_an_address_or_a_choice_that_nobody_could_have_made_is_no_fault(cast: Cast) -> None:
    case, client = begin(make_case(cast), by=cast.dsl), browser(cast.dsl)
    for path in (
        "/cases/%00/files/",
        f"{page(case, 'files')}%00/",
        f"{page(case, 'file_gate')}?for=%00",
    ):
        assert client.get(path).status_code == 404, path
    person = {"role": "subject", "user": "²"}
    assert client.post(page(case, "person_add"), person).status_code == 200
    assert client.post(page(case, "ask_elsewhere", "review"), {"policy": "²"}).status_code in (
        403,
        404,
    )


@F1
def test_news_of_an_answer_is_taken_back_from_a_reporter_who_is_kept_out(cast: Cast) -> None:
    case = begin(make_case(cast), by=cast.dsl)
    messages.answer(case, by=cast.dsl, body="Who else was there?")
    assert Notice.objects.filter(recipient=cast.teacher).count() == 1
    people.add(the(case), subject(cast.teacher), by=cast.dsl)
    assert not Notice.objects.filter(recipient=cast.teacher).exists()


def test_nobody_agrees_to_what_nobody_asked_for_or_what_is_agreed(cast: Cast) -> None:
    case = make_case(cast)
    added = access.let_in(case, person=cast.slt, by=cast.dsl, why="To help")
    asked = access.ask_to_break_glass(case.reference, by=cast.it, why="The account")
    assert asked is not None
    access.agree_to_break_glass(asked, by=cast.dsl)
    for row in (added, asked):
        with pytest.raises(RuleBroken, match="decided this meanwhile"):
            access.agree_to_break_glass(row, by=cast.head)
    asked.refresh_from_db()
    assert asked.agreed_by == cast.dsl


@F1
def test_whoever_no_longer_sees_a_limited_case_is_not_told_of_it(cast: Cast) -> None:
    case = begin(make_case(cast), by=cast.dsl)
    told = Notice.objects.filter(url=page(case))
    assert told.filter(recipient=cast.head).exists()
    access.restrict(case, by=cast.dsl)
    assert set(told.values_list("recipient", flat=True)) <= {cast.dsl.pk}
    row = access.let_in(the(case), person=cast.slt, by=cast.dsl, why="To help")
    assert told.filter(recipient=cast.slt).exists()
    access.end(row, by=cast.dsl)
    assert not told.filter(recipient=cast.slt).exists()


def test_somebody_who_only_reads_one_case_may_link_it_to_one_they_work_on(cast: Cast) -> None:
    older, newer = make_case(cast, kind="staff_abuse"), make_case(cast, kind="compromised")
    for mine, theirs in ((older, newer), (newer, older)):
        access.let_in(mine, person=cast.teacher, by=cast.slt, why="Help", may_work=True)
        access.let_in(theirs, person=cast.teacher, by=cast.slt, why="Help")
        row = keeping.link(mine, theirs, by=afresh(cast.teacher))
        keeping.unlink(row, by=afresh(cast.teacher))
        for case in (mine, theirs):
            for row in case.accesses.filter(person=cast.teacher, ended_at=None):
                access.end(row, by=cast.slt)
