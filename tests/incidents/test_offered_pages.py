"""What the pages of a case offer: nothing that leads nowhere, and whatever is next."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from incidents.models import Case
from incidents.services import closing, drafts, referrals, work
from incidents.services.people import Named
from incidents.workflow_parts import REFERRAL
from notices.duties import duties_of
from tests.incidents.factories import Cast, afresh, assess, begin, make_case
from tests.incidents.test_handling_pages import address, browser
from web.errors import RuleBroken

pytestmark = pytest.mark.once


def page(who, path: str) -> str:
    return browser(who).get(path).content.decode()


def test_whoever_looks_for_what_is_red_finds_what_nobody_has_assessed_yet(cast: Cast) -> None:
    waiting = make_case(cast, kind="harm")
    lowered = assess(make_case(cast, kind="grooming"), by=cast.dsl)
    inbox = reverse("incidents:inbox", args=[cast.school.slug])
    red, green = page(cast.dsl, inbox + "?level=red"), page(cast.dsl, inbox + "?level=green")
    assert (waiting.reference in red, lowered.reference in red) == (True, False)
    assert (waiting.reference in green, lowered.reference in green) == (False, True)


def test_what_has_ended_is_found_from_an_empty_list(cast: Cast) -> None:
    inbox = page(cast.dsl, reverse("incidents:inbox", args=[cast.school.slug]))
    assert "Nothing waits for you" in inbox
    assert "?state=ended" in inbox


def test_a_way_out_is_offered_only_to_a_case_that_may_take_it(cast: Cast) -> None:
    def offered(case: Case, by) -> set[str]:
        text = page(by, address("begin", case)) + page(by, case.get_absolute_url())
        moves = ("low_level", "no_action", "duplicate")
        return {move for move in moves if address("move", case, move=move) in text}

    plain = assess(make_case(cast, child_concerned=True), by=cast.dsl)
    assert offered(plain, cast.dsl) == {"no_action", "duplicate"}
    red = assess(make_case(cast, kind="harm"), by=cast.dsl, severity="red")
    assert offered(red, cast.dsl) == {"duplicate"}
    staff = assess(make_case(cast, kind="staff_conduct", about="other_staff"), by=cast.head)
    assert offered(staff, cast.head) == {"low_level", "no_action", "duplicate"}


def test_whoever_begins_a_case_is_offered_it_first_but_names_an_investigator_of_staff(
    cast: Cast,
) -> None:
    chosen = f'<option value="{cast.dsl.pk}" selected>'
    assert chosen in page(cast.dsl, address("begin", assess(make_case(cast), by=cast.dsl)))
    staff = assess(make_case(cast, kind="staff_conduct", about="other_staff"), by=cast.head)
    assert f'<option value="{cast.head.pk}" selected>' not in page(
        cast.head, address("begin", staff)
    )


def test_once_everything_is_done_the_next_thing_is_to_propose_its_end(cast: Cast) -> None:
    case = begin(make_case(cast, kind="other"), by=cast.dsl)
    assert "Propose to close it" not in page(cast.dsl, case.get_absolute_url())
    for action in case.actions.all():
        work.finish_action(action, by=cast.dsl)
    assert "Propose to close it" in page(cast.dsl, case.get_absolute_url())


def test_whoever_proposed_to_close_is_told_to_wait_and_a_reopened_case_has_not_ended(
    cast: Cast,
) -> None:
    case = begin(make_case(cast, kind="media"), by=cast.head, severity="red")
    for action in case.actions.all():
        work.finish_action(action, by=cast.head)
    case = closing.propose(case, by=cast.head, outcome="none", why="Nothing was printed.")
    close = address("move", case, move="close")
    mine, theirs = page(cast.head, close), page(cast.trust_lead, close)
    assert "Another person has to close it" in mine
    assert "Close it</button>" not in mine
    assert "Close it</button>" in theirs
    case = closing.close(case, by=cast.trust_lead)
    assert "How it ended" in page(cast.head, case.get_absolute_url())
    closing.reopen(case, by=cast.head, why="They printed it after all.")
    again = page(cast.head, case.get_absolute_url())
    assert "How it ended" not in again
    assert "What was decided before" in again
    assert "Nothing was printed." in again


def test_the_consent_of_somebody_else_does_not_stand_for_whoever_refused(cast: Cast) -> None:
    people = (Named("target", user=cast.teacher), Named("witness", user=cast.office))
    case = begin(make_case(cast, kind="staff_abuse", people=people), by=cast.head)
    police = case.referrals.get(body="police")
    answers = {"target": "refuse", "witness": "give"}
    consents = {
        role: work.ask_consent(case.people.get(role=role), by=cast.head) for role in answers
    }
    work.move_consent(consents["witness"], "give", by=cast.head)
    assert "Ask for their consent first" in REFERRAL.problems("make", police, cast.head)[0]
    work.move_consent(consents["target"], "refuse", by=cast.head)
    (said,) = REFERRAL.problems("make", police, cast.head)
    assert "refused" in said
    with pytest.raises(RuleBroken):
        referrals.made(police, by=cast.head)
    work.move_consent(consents["target"], "override", by=cast.head, basis="To prevent harm.")
    assert referrals.made(police, by=cast.head).made_at


def test_every_key_that_does_something_stands_on_the_page_of_keys(cast: Cast) -> None:
    folder = Path(str(settings.BASE_DIR)) / "templates/incidents"
    used = {
        key
        for template in folder.glob("*.html")
        for key in re.findall(r'data-key="(\w)"', template.read_text(encoding="utf-8"))
    }
    keys = page(cast.dsl, reverse("incidents:shortcuts"))
    assert {key for key in used if f"<kbd>{key.upper()}</kbd>" not in keys} == set()
    assert 'data-key="i"' in keys  # "everywhere" is there, too
    assert "data-hide-screen" in keys


def test_where_consent_is_missing_the_page_leads_to_where_it_is_asked(cast: Cast) -> None:
    case = begin(make_case(cast, kind="staff_abuse"), by=cast.head)
    stuck = page(cast.head, address("referral_move", case, number=1, move="make"))
    assert stuck.count(address("people", case)) == 1


def test_where_nobody_else_has_to_agree_nothing_says_so_and_closing_is_the_next_page(
    cast: Cast,
) -> None:
    case = begin(make_case(cast, kind="other"), by=cast.dsl)
    for action in case.actions.all():
        work.finish_action(action, by=cast.dsl)
    close = address("move", case, move="close")
    sent = browser(cast.dsl).post(
        address("move", case, move="propose"), {"outcome": "none", "why": "It was nothing."}
    )
    assert sent["Location"] == close
    inbox = reverse("incidents:inbox", args=[cast.school.slug])
    assert "Close it</button>" in page(cast.dsl, close)
    for path in (case.get_absolute_url(), inbox):
        assert "To be closed" in page(cast.dsl, path)
        assert "second person" not in page(cast.dsl, path)


def test_what_is_decided_of_a_breach_is_decided_of_the_referral(cast: Cast) -> None:
    told, quiet = (begin(make_case(cast, kind="data_breach"), by=cast.head) for _ in range(2))
    referrals.report_breach(told.breaches.get(), by=cast.head, number="IC-12")
    row = told.referrals.get(body="ico")
    assert (row.status, row.text("number")) == ("made", "IC-12")
    breach = referrals.assess_breach(quiet.breaches.get(), by=cast.head, risk="One address.")
    referrals.decline_breach(breach, by=cast.head, why="No risk to anybody.")
    row = quiet.referrals.get(body="ico")
    assert (row.status, row.text("why")) == ("not_needed", "No risk to anybody.")


def test_what_is_to_be_done_is_one_task_for_each_case_due_when_the_first_of_it_is(
    cast: Cast,
) -> None:
    case, other = (begin(make_case(cast), by=cast.dsl) for _ in range(2))
    tasks = [
        one for one in duties_of(afresh(cast.dsl), cast.school.today()) if one.kind == "concern.act"
    ]
    assert {one.url for one in tasks} == {case.get_absolute_url(), other.get_absolute_url()}
    assert len(tasks) == 2
    first = min(action.due_at for action in case.actions.all())
    assert tasks[0].due_on == first.astimezone(cast.school.zone).date()
    assert "Actions: " in page(cast.dsl, case.get_absolute_url())


def test_whoever_comes_back_to_a_draft_finds_it_first_and_goes_on_where_they_stopped(
    cast: Cast,
) -> None:
    draft = drafts.save(
        cast.school, {"kind": "harm", "about": "none", "what": "Words."}, by=cast.teacher
    )
    start = page(cast.teacher, reverse("incidents:report"))
    assert start.index("Begun and not sent") < start.index("Begin</button>")
    check = page(cast.teacher, reverse("incidents:report_check", args=[draft.reference]))
    first = reverse("incidents:report_question", args=[draft.reference, "where"])
    assert f'href="{first}">Go on</a>' in check


def test_a_case_in_which_something_is_overdue_does_not_look_calm_in_the_list(cast: Cast) -> None:
    calm = begin(make_case(cast), by=cast.dsl)
    late = begin(make_case(cast), by=cast.dsl)
    action = late.actions.last()
    work.change_action(
        action, by=cast.dsl, owner=cast.dsl, due_at=timezone.now() - timedelta(days=2)
    )
    inbox = page(cast.dsl, reverse("incidents:inbox", args=[cast.school.slug]))
    assert "2 days overdue" in inbox
    assert "Action to be done by" in inbox
    assert "No clock runs" not in inbox
    assert inbox.index(late.reference) < inbox.index(calm.reference)
    for case in (calm, late):
        for one in case.actions.still_open():
            work.finish_action(one, by=cast.dsl)
    assert "No clock runs" in page(
        cast.dsl, reverse("incidents:inbox", args=[cast.school.slug]) + "?q=" + late.reference
    )
