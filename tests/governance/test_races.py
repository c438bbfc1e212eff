"""People acting at the same moment, with real threads and transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from files.services import store
from governance.models import Acknowledgement, Exemption, Policy, PolicyVersion
from governance.services import (
    drafts,
    exemptions,
    importing,
    locking,
    publishing,
    sign_off,
    signing,
)
from people.models import User
from people.roles import Role
from people.services import calendar
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import (
    make_draft,
    make_head,
    make_in_sign_off,
    make_policy,
    sign,
)
from tests.races import together, while_held
from trail.verify import check
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db(transaction=True)
POSTGRES = pytest.mark.only_on("postgresql")


def next_draft(policy: Policy, by: Any) -> PolicyVersion:
    version = drafts.start_version(policy, by=by)
    return drafts.edit_text(
        version, edition=1, by=by, title=version.title, number="9.0", body="Other words."
    )


@POSTGRES
def test_a_version_published_while_somebody_signs_is_not_signed_unseen() -> None:
    school = make_school()
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head)
    draft = next_draft(policy, head)
    assert policy.current is not None
    shown = policy.current.content_hash

    result = while_held(
        lambda: publishing.publish(draft, by=head, change="material", summary="New."),
        lambda: signing.sign(policy.pk, by=teacher, displayed=shown, typed_name=teacher.name),
        lambda: None,
    )

    assert isinstance(result, signing.Superseded), repr(result)
    assert not Acknowledgement.objects.exists()


@POSTGRES
def test_a_policy_withdrawn_while_somebody_signs_is_not_signed() -> None:
    school = make_school()
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head)

    result = while_held(
        lambda: publishing.withdraw(policy, by=head, reason="Replaced."),
        lambda: sign(policy, teacher),
        lambda: None,
    )

    assert isinstance(result, (Policy.DoesNotExist, RuleBroken)), repr(result)
    assert not Acknowledgement.objects.exists()


@POSTGRES
def test_changing_the_school_year_does_not_end_a_signature_that_is_being_made() -> None:
    school = make_school()
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head)
    day = date(2026, 9, 1)

    result = while_held(
        lambda: calendar._lock(school, head),
        lambda: sign(policy, teacher),
        lambda: calendar.add_term(
            school, by=head, name="Autumn", starts_on=day, ends_on=day + timedelta(days=90)
        ),
    )

    assert not isinstance(result, Exception), repr(result)


@POSTGRES
def test_an_exemption_and_a_withdrawal_of_the_same_policy_both_come_about() -> None:
    school = make_school()
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    policy = make_policy(school, by=head)

    result = while_held(
        lambda: locking.locked_policy(policy),
        lambda: exemptions.allow(
            teacher, school, by=head, reason="other", starts_on=school.today(), policy=policy
        ),
        lambda: publishing.withdraw(policy, by=head, reason="Replaced."),
    )

    assert isinstance(result, Exemption), repr(result)


@POSTGRES
def test_discarding_a_draft_waits_for_its_policy_before_it_writes_the_record() -> None:
    school = make_school()
    head = make_head(school)
    version = make_draft(school, by=head)

    result = while_held(
        lambda: locking.locked_policy(version.policy),
        lambda: drafts.discard(version, by=head),
        lambda: drafts.edit_details(version.policy, by=head, committee="Standards"),
    )

    assert result is None, repr(result)
    assert not Policy.objects.exists()


@POSTGRES
@pytest.mark.parametrize("deed", ["send", "edit_text", "discard", "publish", "set_audience"])
def test_a_draft_thrown_away_meanwhile_gets_a_sentence(deed: str) -> None:
    school = make_school()
    head = make_head(school)
    policy = make_policy(school, by=head)
    version = next_draft(policy, head)
    deeds: dict[str, Callable[[], Any]] = {
        "send": lambda: sign_off.send(version, by=head),
        "edit_text": lambda: drafts.edit_text(
            version, edition=2, by=head, title="A", number="9.0", body="Words."
        ),
        "discard": lambda: drafts.discard(version, by=head),
        "publish": lambda: publishing.publish(version, by=head, change="minor", summary="New."),
        "set_audience": lambda: drafts.set_audience(version, [{}], by=head),
    }

    result = while_held(lambda: drafts.discard(version, by=head), deeds[deed], lambda: None)

    assert isinstance(result, RuleBroken), repr(result)


@POSTGRES
def test_of_two_deeds_at_once_one_comes_about() -> None:
    school = make_school()
    head, deputy = make_head(school), make_user(Role.SLT, at=school)
    policy = make_policy(school, by=head)

    started = together(
        lambda: drafts.start_version(policy, by=head),
        lambda: drafts.start_version(policy, by=deputy),
    )
    (version,) = [one for one in started if isinstance(one, PolicyVersion)]
    assert sum(isinstance(one, RuleBroken) for one in started) == 1, started

    edited = together(
        *(
            lambda who=who: drafts.edit_text(
                version, edition=1, by=who, title="A", number="9.0", body=f"By {who.pk}."
            )
            for who in (head, deputy)
        )
    )
    assert sum(isinstance(one, drafts.EditedMeanwhile) for one in edited) == 1, edited

    published = together(
        *(
            lambda who=who: publishing.publish(version, by=who, change="minor", summary="New.")
            for who in (head, deputy)
        )
    )
    assert sum(isinstance(one, RuleBroken) for one in published) == 1, published
    withdrawn = together(
        *(
            lambda who=who: publishing.withdraw(policy, by=who, reason="Old.")
            for who in (head, deputy)
        )
    )
    assert sum(isinstance(one, RuleBroken) for one in withdrawn) == 1, withdrawn


@POSTGRES
def test_a_double_click_signs_once() -> None:
    school = make_school()
    teacher = make_user(Role.STAFF, at=school)
    policy = make_policy(school)

    signed = together(*(lambda: sign(policy, User.objects.get(pk=teacher.pk)) for _ in range(6)))

    assert len({one.pk for one in signed}) == 1, signed
    assert Acknowledgement.objects.count() == 1
    assert check(school.pk).found is None


@POSTGRES
@pytest.mark.demand("H2")
def test_people_of_two_schools_sign_the_policy_of_their_trust_without_waiting() -> None:
    trust = make_trust()
    policy = make_policy(trust)
    one, other = (make_user(Role.STAFF, at=make_school(trust=trust)) for _ in range(2))
    meanwhile: list[bool] = []

    result = while_held(
        lambda: sign(policy, one),
        lambda: sign(policy, other),
        lambda: meanwhile.append(Acknowledgement.objects.filter(person=other).exists()),
    )

    assert not isinstance(result, Exception), repr(result)
    assert meanwhile == [True]


@POSTGRES
def test_a_sitting_signs_the_rest_when_one_of_its_policies_is_signed_in_another_tab() -> None:
    school = make_school()
    head, teacher = make_head(school), make_user(Role.STAFF, at=school)
    phones, trips = (make_policy(school, by=head, title=title) for title in ("Phones", "Trips"))
    displayed = " ".join(one.current.content_hash for one in (phones, trips) if one.current)

    result = while_held(
        lambda: sign(trips, teacher),
        lambda: signing.sign_together(
            [phones.pk, trips.pk],
            by=User.objects.get(pk=teacher.pk),
            displayed=displayed,
            typed_name=teacher.name,
        ),
        lambda: None,
    )

    assert not isinstance(result, Exception), repr(result)
    assert sorted(Acknowledgement.objects.values_list("policy_id", flat=True)) == [
        phones.pk,
        trips.pk,
    ]
    assert check(school.pk).found is None


@POSTGRES
def test_signing_off_and_taking_back_at_once_leaves_one_of_the_two() -> None:
    school = make_school()
    head, chair = make_head(school), make_user(Role.CHAIR, at=school)
    version = make_in_sign_off(school, by=head)

    result = while_held(
        lambda: sign_off.take_back(version, by=head),
        lambda: sign_off.sign(version, by=chair, displayed=version.content_hash),
        lambda: None,
    )

    assert isinstance(result, RuleBroken), repr(result)


@POSTGRES
def test_keeping_an_imported_file_twice_makes_one_policy() -> None:
    school = make_school()
    head = make_head(school)
    source = store(b"# A policy", organisation=school, by=head, purpose=importing.PURPOSE)

    kept = together(
        *(
            lambda: importing.keep(school, by=head, source=source, title="A", body="Words.")
            for _ in range(3)
        )
    )

    assert len({one.pk for one in kept}) == 1, kept
    assert Policy.objects.count() == 1
