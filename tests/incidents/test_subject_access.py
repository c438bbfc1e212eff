"""Somebody asks what is held about them: each entry is decided upon, checked by another, given."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from incidents.access_entries import entries_of, named_in, others_of
from incidents.kinds import FACTORS
from incidents.models import (
    Case,
    CaseExport,
    EntryDecision,
    RequestBundle,
    RequestedCase,
    SubjectRequest,
)
from incidents.services import (
    access,
    chronology,
    closing,
    evidence,
    exports,
    keeping,
    keys,
    people,
    triage,
    work,
)
from incidents.services import subject_access as requests
from incidents.services import subject_access_bundle as bundles
from incidents.services import subject_access_cases as cases
from incidents.services.subject_access_cases import Decision
from tests.incidents.data_requests import (
    GIVE,
    THIRD,
    about_robin,
    asked,
    decide_rest,
    entry_of,
    everything,
    found_in,
    opened,
)
from tests.incidents.factories import Cast, afresh, assess, green
from tests.incidents.test_exports import verdict
from tests.web.pdfs import assert_accessible
from web.errors import RuleBroken


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def test_a_request_is_answered_entry_by_entry_checked_and_given(cast: Cast, tmp_path: Path) -> None:
    case, request = about_robin(cast), asked(cast)
    work.add_action(
        case, by=cast.dsl, text="Ring the mother of Kim Birch", owner=cast.dsl,
        due_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    shown = evidence.add(case, evidence.prepare(b"Robin, seen", "a.txt"), by=cast.dsl, gate="no")
    other = evidence.add(case, evidence.prepare(b"Of Kim", "kim.txt"), by=cast.dsl, gate="no")
    assert cases.find(request, by=cast.dsl) == 1
    (row,) = found_in(request, cast.dsl)
    assert row.found == "child"
    # Nothing is given that nobody decided upon.
    with pytest.raises(RuleBroken, match="is not decided upon"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    body = entry_of(row, cast.dsl, "kimbirch08")
    named = named_in(body, others_of(row.case, request))
    assert {"Kim Birch", "kimbirch08"} <= set(named)
    assert not any("Robin" in word for word in named)
    words = ("Kim Birch", "kimbirch08")
    cases.decide(row, [body.key], Decision("black_out", words=words), by=cast.dsl)
    for said in ("Ring the mother", "kim.txt"):
        cases.decide(row, [entry_of(row, cast.dsl, said).key], THIRD, by=cast.dsl)
    child = next(
        entry for entry in entries_of(row.case, cast.dsl)
        if entry.section == "people" and "Kim Birch" in entry.texts
    )  # fmt: skip
    note = Decision("withhold", ground="third_party", note="SECRET GROUND")
    cases.decide(row, [child.key], note, by=cast.dsl)
    with pytest.raises(RuleBroken, match="wait for a decision"):
        cases.ready(row, by=cast.dsl)
    assert decide_rest(row, GIVE, by=cast.dsl) == 0
    cases.ready(row, by=cast.dsl)
    with pytest.raises(RuleBroken, match="Another person has to check"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    with pytest.raises(RuleBroken, match="Another person has to check"):
        cases.check(row, by=cast.dsl)
    cases.check(row, by=cast.deputy)
    archive = opened(bundles.make(request, by=cast.dsl, recipient="Mo Ash"))
    said = everything(archive)
    for gone in ("irch", "Of Kim", "kim.txt", "Ring the mother", "SECRET GROUND"):
        assert gone.casefold() not in said.casefold(), gone
    assert "[blacked out] began; [blacked out] denied it to Robin." in said
    assert "somebody else’s personal data" in said
    assert archive.read("matter-1/files/001.txt") == b"Robin, seen"
    assert_accessible(archive.read("what-is-given.pdf"), title="What is held about Robin Ash")
    code, says = verdict(archive, tmp_path)
    assert code == 0, says
    bundle = RequestBundle.objects.get()
    assert archive.read("manifest.json") == bundle.manifest
    assert bundle.fingerprint in says
    kept = CaseExport.objects.get()
    assert (kept.profile, kept.files, kept.text("recipient")) == ("access", 1, "Mo Ash")
    assert [one.what for one in shown.custody.all()] == ["exported", "added"]
    assert [one.what for one in other.custody.all()] == ["added"]
    requests.end(request, by=cast.dsl, outcome="sent")
    with pytest.raises(RuleBroken, match="has ended"):
        cases.find(request, by=cast.dsl)


def test_what_is_changed_or_added_later_is_decided_upon_and_checked_anew(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, GIVE, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    chronology.add(case, by=cast.deputy, body="A new thing")
    with pytest.raises(RuleBroken, match="One entry waits for a decision"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    decide_rest(row, THIRD, by=cast.dsl)
    with pytest.raises(RuleBroken, match="is not decided upon"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    with pytest.raises(RuleBroken, match="has changed"):
        cases.decide(row, ["0" * 32], GIVE, by=cast.dsl)
    cases.ready(row, by=cast.dsl)
    cases.send_back(row, by=cast.head, why="The mother may know")
    (row,) = found_in(request, cast.dsl)
    assert (row.ready_at, row.text("sent_back")) == (None, "The mother may know")
    cases.leave_out(row, by=cast.dsl, why="Another Robin Ash")
    cases.check(row, by=cast.deputy)
    archive = opened(bundles.make(request, by=cast.dsl, recipient="Mo Ash"))
    assert "hold nothing about this person" in everything(archive)
    assert not CaseExport.objects.exists()


def test_a_school_may_let_one_person_alone_do_it(cast: Cast) -> None:
    about_robin(cast)
    request = asked(cast)
    cast.school.settings["incidents.requests_checked"] = False
    cast.school.save()
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, GIVE, by=cast.dsl)
    cases.ready(row, by=cast.dsl)
    assert bundles.make(request, by=cast.dsl, recipient="Mo Ash").size


def test_a_decision_holds_only_where_it_says_enough(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    locked = evidence.add(case, evidence.prepare(b"x", "a.txt"), by=cast.dsl, gate="no")
    evidence.quarantine(locked, by=cast.dsl)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    body, file = entry_of(row, cast.dsl, "kimbirch08"), entries_of(row.case, cast.dsl)[-1]
    assert file.locked
    for entry, decision, why in [
        (body, Decision("withhold"), "on what ground"),
        (body, Decision("withhold", ground="because"), "on what ground"),
        (body, Decision("black_out"), "Write down the words"),
        (body, Decision("black_out", words=("Kim Burch",)), "Kim Burch” does not stand"),
        (body, Decision("perhaps"), "Decide whether"),
        (file, GIVE, "locked away"),
        (file, Decision("black_out", words=("x",)), "locked away"),
    ]:
        with pytest.raises(RuleBroken, match=why):
            cases.decide(row, [entry.key], decision, by=cast.dsl)
    assert not EntryDecision.objects.exists()


def test_the_month_begins_when_it_is_known_who_asks_and_is_made_longer_once(cast: Cast) -> None:
    today = cast.school.today()
    request = asked(cast, waits_for_identity=True, received_on=today - timedelta(days=20))
    assert request.due_on is None
    with pytest.raises(RuleBroken, match="confirm first who asks"):
        requests.extend(request, by=cast.dsl, months=1, why="Complex")
    with pytest.raises(RuleBroken, match="not confirmed who asks"):
        bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    for wrong in (today + timedelta(days=1), today - timedelta(days=21)):
        with pytest.raises(RuleBroken, match="This day"):
            requests.confirm_identity(request, by=cast.dsl, on=wrong)
    request = requests.confirm_identity(request, by=cast.dsl, on=today)
    first = request.due_on
    assert first is not None
    assert first > today + timedelta(days=27)
    for months in (0, 3):
        with pytest.raises(RuleBroken, match="One or two months"):
            requests.extend(request, by=cast.dsl, months=months, why="Complex")
    request = requests.extend(request, by=cast.dsl, months=2, why="Complex")
    assert request.due_on is not None
    assert request.due_on > first + timedelta(days=57)
    with pytest.raises(RuleBroken, match="added already"):
        requests.extend(request, by=cast.dsl, months=1, why="More")
    old = asked(cast, received_on=today - timedelta(days=40))
    with pytest.raises(RuleBroken, match="too late"):
        requests.extend(old, by=cast.dsl, months=1, why="Complex")
    for outcome, why in [("sent", "Make the bundle"), ("refused", "Say why"), ("x", "Choose")]:
        with pytest.raises(RuleBroken, match=why):
            requests.end(old, by=cast.dsl, outcome=outcome)
    requests.end(old, by=cast.dsl, outcome="withdrawn", note="By telephone")


def test_a_request_is_erased_when_its_time_is_over_and_its_key_is_wrapped_anew(
    cast: Cast, settings: Any
) -> None:
    about_robin(cast)
    request = asked(cast)
    settings.FIELD_KEYS = ["another-key-of-the-portal-for-this-test", *settings.FIELD_KEYS]
    assert keys.left() == 2
    assert keys.rotate() >= 2
    assert keys.left() == 0
    request = SubjectRequest.objects.get()
    assert request.text("asked_by") == "Mo Ash"
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, THIRD, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    requests.end(request, by=cast.dsl, outcome="sent")
    ended = timezone.now() - timedelta(days=3 * 366 + 1)
    assert requests.forget_old() == 0
    SubjectRequest.objects.update(ended_at=ended)
    assert requests.forget_old() == 1
    assert not EntryDecision.objects.exists()
    assert CaseExport.objects.count() == 1


def test_dates(cast: Cast) -> None:
    request = asked(cast, received_on=date(2025, 1, 31))
    assert request.due_on == date(2025, 2, 28)


def test_what_was_decided_goes_with_the_case(cast: Cast) -> None:
    case, request = about_robin(cast), asked(cast)
    cases.find(request, by=cast.dsl)
    (row,) = found_in(request, cast.dsl)
    decide_rest(row, THIRD, by=cast.dsl)
    cases.check(cases.ready(row, by=cast.dsl), by=cast.head)
    bundles.make(request, by=cast.dsl, recipient="Mo Ash")
    assess(case, by=cast.dsl)
    case = closing.set_aside(case, "no_action", by=cast.head, why="Nothing in it")
    Case.objects.filter(pk=case.pk).update(ended_at=timezone.now() - timedelta(days=8 * 366))
    keeping.dispose(keeping.propose_disposal(case, by=cast.dsl), by=cast.head)
    assert not EntryDecision.objects.exists()
    assert not RequestedCase.objects.exists()
    assert RequestBundle.objects.visible_to(afresh(cast.dsl)).get().manifest
    assert not RequestBundle.objects.visible_to(afresh(cast.head)).exists()


def test_everything_that_is_written_about_a_case_is_an_entry(cast: Cast) -> None:
    """Each sealed column of a case has its entry; what is left aside is listed here, and why."""
    case = about_robin(cast)
    case = triage.triage(
        case, by=cast.dsl, factors=green(nature="red"), severity="red",
        reasons=dict.fromkeys(FACTORS, "ZX reason"),
    )  # fmt: skip
    child = case.people.targets().get()
    work.offer_support(child, by=cast.dsl, what="pastoral", note="ZX offer")
    consent = work.ask_consent(child, by=cast.dsl)
    work.move_consent(consent, "refuse", by=cast.dsl, note="ZX consent")
    access.let_in(case, by=cast.dsl, person=cast.office, why="ZX let in")
    people.record_conflict(case, person=cast.slt, by=cast.dsl, why="ZX conflict")
    keeping.hold(case, by=cast.dsl, why="ZX hold")
    made = {"profile": "full", "recipient": "ZX police", "why": "ZX export"}
    exports.make(case, by=cast.dsl, **made)  # type: ignore[arg-type]
    case = Case.objects.select_related("key", "organisation__parent").get()
    texts = [text for entry in entries_of(case, cast.dsl) for text in entry.texts]
    for said in ("reason", "offer", "consent", "let in", "conflict", "hold", "police", "export"):
        assert any(f"ZX {said}" in text for text in texts), said
    assert len({entry.key for entry in entries_of(case, cast.dsl)}) == len(
        entries_of(case, cast.head)
    )
    aside = {
        EntryDecision: "decided for whoever asks", RequestedCase: "decided for whoever asks",
    }  # fmt: skip
    known = {
        "Access", "AccountRequest", "Case", "CaseAction", "CaseExport", "CasePerson",
        "ChronologyEntry", "Conflict", "Consent", "ContentLook", "ContentRequest", "DataBreach",
        "Evidence", "LegalHold", "Message", "Referral", "SupportOffer", "Takedown",
    }  # fmt: skip
    sealed = {
        model.__name__ for model in apps.get_app_config("incidents").get_models()
        if getattr(model, "SEALED", None) and model not in (*aside, SubjectRequest)
    }  # fmt: skip
    assert sealed == known
