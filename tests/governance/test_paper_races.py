"""Paper, tablets and groups at the same moment, with real threads and transactions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from governance import sheets
from governance.models import Acknowledgement, GroupRecord, PaperSheet, Policy, Signature
from governance.services import corrections, groups, paper, publishing, recording, signing, tablet
from people.models import User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.governance.factories import make_head, make_policy, sign
from tests.governance.paper import begin, on_record
from tests.governance.test_races import next_draft
from tests.races import together, while_held
from trail.verify import check
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


def fresh(sheet: PaperSheet) -> PaperSheet:
    related = "version__policy", "appendix__policy", "organisation"
    return PaperSheet.objects.select_related(*related).get(pk=sheet.pk)


def test_two_offices_record_the_same_people_and_each_is_recorded_once() -> None:
    school = make_school()
    policy = make_policy(school)
    offices = [make_user(Role.OFFICE, at=school) for _ in range(2)]
    people = [make_user(Role.STAFF, at=school) for _ in range(5)]
    prepared = [(office, begin(policy, *people, by=office, witness=office)) for office in offices]

    results = together(*(lambda by=by, one=one: on_record(one, by=by) for by, one in prepared))

    done = [one for one in results if isinstance(one, recording.OnRecord)]
    refused = [one for one in results if isinstance(one, RuleBroken)]
    assert (len(done), len(refused)) == (1, 1), results
    assert "signed meanwhile" in str(refused[0])
    assert Signature.objects.count() == Acknowledgement.objects.count() == 5
    assert check(school.pk).found is None


def test_two_sheets_that_share_some_people_skip_those_who_came_first() -> None:
    school = make_school()
    policy = make_policy(school)
    offices = [make_user(Role.OFFICE, at=school) for _ in range(2)]
    people = [make_user(Role.STAFF, at=school) for _ in range(6)]
    prepared = [
        (offices[0], begin(policy, *people[:4], by=offices[0], witness=offices[0])),
        (offices[1], begin(policy, *people[2:], by=offices[1], witness=offices[1])),
    ]

    results = together(*(lambda by=by, one=one: on_record(one, by=by) for by, one in prepared))

    assert all(isinstance(one, recording.OnRecord) for one in results), results
    assert sorted(len(one.skipped) for one in results) == [0, 2]
    assert Signature.objects.count() == 6


def test_a_double_click_records_a_sheet_once() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    sheet = begin(policy, make_user(Role.STAFF, at=school), by=office, witness=office)
    digest = sheets.digest_of(fresh(sheet))

    results = together(
        *(lambda: recording.record(fresh(sheet), by=office, displayed=digest) for _ in range(4))
    )

    assert all(isinstance(one, recording.OnRecord) for one in results), results
    assert Signature.objects.count() == 1


def test_somebody_who_signs_online_while_they_are_recorded_signs_once() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    teacher, cook = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    sheet = begin(policy, teacher, cook, by=office, witness=office)

    result = while_held(
        lambda: sign(policy, teacher), lambda: on_record(sheet, by=office), lambda: None
    )

    assert isinstance(result, recording.OnRecord), repr(result)
    assert result.skipped == [teacher]
    assert Acknowledgement.objects.filter(person=teacher).count() == 1


def test_and_the_other_way_round_they_get_the_signature_from_paper() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    teacher = make_user(Role.STAFF, at=school)
    sheet = begin(policy, teacher, by=office, witness=office)

    result = while_held(
        lambda: on_record(sheet, by=office),
        lambda: sign(policy, User.objects.get(pk=teacher.pk)),
        lambda: None,
    )

    assert isinstance(result, Signature), repr(result)
    assert result.method == Signature.Method.PAPER
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("deed", ["publish", "withdraw"])
def test_a_policy_that_changes_while_a_sheet_is_recorded_is_looked_at_again(deed: str) -> None:
    school = make_school()
    head = make_head(school)
    policy = make_policy(school, by=head)
    sheet = begin(policy, make_user(Role.STAFF, at=school), by=head, witness=head)
    digest = sheets.digest_of(fresh(sheet))
    draft = next_draft(policy, head)
    changes = {
        "publish": lambda: publishing.publish(draft, by=head, change="material", summary="New."),
        "withdraw": lambda: publishing.withdraw(policy, by=head, reason="Merged."),
    }

    result = while_held(
        changes[deed],
        lambda: recording.record(fresh(sheet), by=head, displayed=digest),
        lambda: None,
    )

    assert isinstance(result, recording.ChangedMeanwhile), repr(result)
    assert not Signature.objects.exists()


def test_ticks_that_change_while_a_sheet_is_recorded_are_too_late() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    cook, other = make_user(Role.STAFF, at=school), make_user(Role.STAFF, at=school)
    sheet = begin(policy, cook, by=office, witness=office)

    result = while_held(
        lambda: on_record(sheet, by=office),
        lambda: paper.choose(sheet, by=office, shown=[other.pk], chosen=[other.pk]),
        lambda: None,
    )

    assert isinstance(result, paper.OnRecordAlready), repr(result)
    assert Signature.objects.get().person == cook


def test_a_sheet_thrown_away_while_it_is_recorded_is_one_or_the_other() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    sheet = begin(policy, make_user(Role.STAFF, at=school), by=office, witness=office)

    result = while_held(
        lambda: paper.throw_away(sheet, by=office),
        lambda: recording.record(sheet, by=office, displayed="x"),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)
    assert not Signature.objects.exists()


def test_annulled_twice_at_once_is_annulled_once_and_signing_meanwhile_is_no_trouble() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    cook, deputy = make_user(Role.STAFF, at=school), make_user(Role.SLT, at=school)
    (wrong,) = on_record(begin(policy, cook, by=office, witness=office), by=office).signatures

    results = together(
        *(
            lambda by=by: corrections.annul(wrong, by=by, reason="wrong_day")
            for by in (office, deputy)
        )
    )
    assert sum(isinstance(one, RuleBroken) for one in results) == 1, results

    signed = together(*(lambda: sign(policy, User.objects.get(pk=cook.pk)) for _ in range(4)))
    assert len({one.pk for one in signed}) == 1, signed
    assert Acknowledgement.objects.counting().filter(person=cook).count() == 1


def test_a_double_click_on_a_tablet_signs_once() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    cook = make_user(Role.STAFF, at=school)
    current = Policy.objects.select_related("current").get(pk=policy.pk).current
    assert current is not None

    results = together(
        *(
            lambda: tablet.sign(
                policy.pk, school, person=User.objects.get(pk=cook.pk), witness=office,
                displayed=current.content_hash, typed_name=cook.name,
            )
            for _ in range(4)
        )
    )  # fmt: skip

    assert len({one.pk for one in results}) == 1, results
    assert Signature.objects.count() == 1


def test_a_version_published_while_somebody_signs_on_a_tablet_is_not_signed_unseen() -> None:
    school = make_school()
    head, cook = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head)
    draft, shown = next_draft(policy, head), policy.current
    assert shown is not None

    result = while_held(
        lambda: publishing.publish(draft, by=head, change="material", summary="New."),
        lambda: tablet.sign(
            policy.pk, school, person=cook, witness=head, displayed=shown.content_hash,
            typed_name=cook.name,
        ),
        lambda: None,
    )  # fmt: skip

    assert isinstance(result, signing.Superseded), repr(result)
    assert not Signature.objects.exists()


def test_two_colleagues_count_the_same_group_at_once() -> None:
    school = make_school()
    policy, office = make_policy(school), make_user(Role.OFFICE, at=school)
    assert policy.current is not None
    version = policy.current
    said = {
        "audience": "parents", "group": "Year 4", "asked": 30, "signed": 20,
        "counted_on": school.today(), "how": "slips",
    }  # fmt: skip

    counted = together(*(lambda: groups.record(school, version, by=office, **said) for _ in "ab"))
    assert sum(isinstance(one, groups.RecordedAlready) for one in counted) == 1, counted
    (record,) = [one for one in counted if isinstance(one, GroupRecord)]

    said = {"asked": 30, "signed": 25, "counted_on": school.today(), "how": "slips"}
    corrected = together(*(lambda: groups.correct(record, by=office, **said) for _ in "ab"))
    assert sum(isinstance(one, RuleBroken) for one in corrected) == 1, corrected
    assert GroupRecord.objects.last_word().count() == 1


def test_sheets_of_different_days_do_not_wait_for_each_other_forever() -> None:
    """Two offices, two policies, each in the other's order: nobody is caught in a deadlock."""
    school = make_school()
    policies = [make_policy(school) for _ in range(2)]
    office = make_user(Role.OFFICE, at=school)
    people = [make_user(Role.STAFF, at=school) for _ in range(3)]
    prepared = [
        begin(policy, *people, by=office, witness=office, signed_on=school.today() - timedelta(0))
        for policy in policies
    ]

    results = together(
        *(lambda one=one: on_record(one, by=office) for one in prepared),
        *(lambda one=one: on_record(one, by=office) for one in reversed(prepared)),
    )

    assert all(isinstance(one, recording.OnRecord) for one in results), results
    assert Signature.objects.count() == 6
