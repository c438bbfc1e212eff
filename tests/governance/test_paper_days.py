"""Which version was in force on the day on the paper, and who was there to sign it (D11)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine

from governance import sheets
from governance.models import Acknowledgement, PaperSheet, Policy, Signature
from governance.obligations import owed
from governance.services import paper, publishing
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.governance.factories import make_appendix, make_head, make_policy, publish_next, sign
from tests.governance.paper import begin, on_record
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 9, 1, 10).astimezone()


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school, name="Olu Office")


@pytest.fixture
def witness(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Wyn Witness")


@pytest.fixture
def cook(school: Organisation) -> User:
    """Somebody without an e-mail address."""
    person = make_person("Casey Cook", email=None)
    make_member(person, school, Role.STAFF, department="Kitchen")
    return person


@pytest.fixture
def policy(school: Organisation) -> Policy:
    with time_machine.travel(LONG_AGO, tick=False):
        return make_policy(school)


def owes(person: User, policy: Policy) -> bool:
    on = policy.owner.today()
    return owed(on).filter(person=person, policy_ref=policy.pk).exists()


# Days and versions


def test_an_older_version_is_recorded_for_a_day_on_which_it_was_in_force(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    publish_next(policy, by=make_head(policy.owner))
    new, old = sheets.editions_at(policy, policy.owner)
    assert (new.version.number, old.version.number) == ("2.0", "1.0")

    sheet = begin(policy, cook, by=office, witness=witness, edition=old, signed_on=date(2026, 9, 2))
    on_record(sheet, by=office)

    assert Acknowledgement.objects.get(person=cook).version == old.version
    assert owes(cook, policy)  # the newer one is still to be signed


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 8, 31), "was published on 1 September 2026"),
        (date(2026, 11, 1), "was in force until 1 October 2026"),
        (date(2029, 1, 1), "lies in the future"),
    ],
)
def test_a_day_on_which_a_version_was_not_in_force_is_refused(
    policy: Policy, office: User, witness: User, day: date, why: str
) -> None:
    with time_machine.travel(datetime(2026, 10, 1, 15).astimezone(), tick=False):
        publish_next(policy, by=make_head(policy.owner))
    old = sheets.editions_at(policy, policy.owner)[-1]

    with pytest.raises(RuleBroken, match=why):
        begin(policy, by=office, witness=witness, edition=old, signed_on=day, scan=False)
    assert not PaperSheet.objects.exists()


def test_on_the_day_of_a_change_either_version_may_have_been_signed(
    policy: Policy, office: User, witness: User, cook: User
) -> None:
    with time_machine.travel(datetime(2026, 10, 1, 15).astimezone(), tick=False):
        publish_next(policy, by=make_head(policy.owner))
    day = date(2026, 10, 1)
    assert [one.in_force_on(day, policy.owner) for one in sheets.editions_at(policy, policy.owner)]
    for edition in sheets.editions_at(policy, policy.owner):
        sheet = begin(policy, cook, by=office, witness=witness, edition=edition, signed_on=day)
        assert len(on_record(sheet, by=office).signatures) == 1


def test_a_version_withdrawn_and_published_again_has_its_own_days(policy: Policy) -> None:
    head = make_head(policy.owner)
    with time_machine.travel(datetime(2026, 10, 1, 12).astimezone(), tick=False):
        publishing.withdraw(policy, by=head, reason="For a while.")
    with time_machine.travel(datetime(2026, 10, 20, 12).astimezone(), tick=False):
        publish_next(policy, by=head)
    new, old = sheets.editions_at(policy, policy.owner)

    assert old.in_force_on(date(2026, 10, 1), policy.owner)
    assert not old.in_force_on(date(2026, 10, 10), policy.owner)
    assert not new.in_force_on(date(2026, 10, 10), policy.owner)
    assert new.in_force_on(date(2026, 10, 20), policy.owner)


def test_an_appendix_makes_editions_of_its_own() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    with time_machine.travel(LONG_AGO, tick=False):
        policy = make_policy(trust)
    make_appendix(policy, school, by=make_head(school))

    with_it, without = sheets.editions_at(policy, school)

    assert (len(with_it.versions), len(without.versions)) == (2, 1)
    assert without.until == with_it.since
    assert len(sheets.editions_at(policy, make_school(trust=trust))) == 1


# Who may stand on a sheet


def listed(sheet: PaperSheet, by: User) -> set[str]:
    return {row.person.name for row in sheets.people_for(sheet, by)}


def test_only_those_are_offered_who_were_there_that_day_and_have_not_signed(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    day = school.today() - timedelta(days=10)
    left_since = make_user(Role.STAFF, at=school, name="Lee Since")
    left_before = make_user(Role.STAFF, at=school, name="Lou Before")
    for person, last in ((left_since, day + timedelta(2)), (left_before, day - timedelta(2))):
        membership.leave(person.memberships.get(), last_day=last, by=None)
    make_user(Role.STAFF, at=school, name="Jo Joiner", since=day + timedelta(days=1))
    make_user(Role.STAFF, at=make_school(), name="Una Stranger")
    sign(policy, make_user(Role.STAFF, at=school, name="Sig Signed"))
    sheet = begin(policy, by=office, witness=witness, signed_on=day, scan=False)

    offered = listed(sheet, office)

    assert {"Casey Cook", "Lee Since"} <= offered
    assert not offered & {
        "Lou Before", "Jo Joiner", "Una Stranger", "Sig Signed", "Wyn Witness", "Olu Office",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "leaver", "joiner", "not_covered", "witness", "self"])
def test_an_id_of_somebody_who_cannot_have_signed_is_no_choice(
    school: Organisation, office: User, witness: User, who: str
) -> None:
    with time_machine.travel(LONG_AGO, tick=False):
        policy = make_policy(school, audience=[{"role": "staff"}])
    person = {
        "stranger": lambda: make_user(Role.STAFF, at=make_school()),
        "leaver": lambda: make_user(Role.STAFF, at=school),
        "joiner": lambda: make_user(Role.STAFF, at=school, since=school.today() + timedelta(5)),
        "not_covered": lambda: make_user(Role.GOVERNOR, at=school),
        "witness": lambda: witness,
        "self": lambda: office,
    }[who]()
    if who == "leaver":
        membership.leave(
            person.memberships.get(), last_day=school.today() - timedelta(days=9), by=None
        )

    sheet = begin(policy, person, by=office, witness=witness)

    assert not sheet.signers.exists()
    with pytest.raises(RuleBroken, match="Nobody is on this sheet"):
        on_record(sheet, by=office)


def test_a_day_corrected_afterwards_names_who_was_not_there_yet(
    school: Organisation, policy: Policy, office: User, witness: User
) -> None:
    joiner = make_user(Role.STAFF, at=school, name="Jo Joiner", since=school.today())
    sheet = begin(policy, joiner, by=office, witness=witness)
    edition = sheets.editions_at(policy, school)[0]
    day = school.today() - timedelta(days=5)
    paper.describe(
        sheet, edition, by=office, signed_on=day, witness=witness, reason="asked", note=""
    )

    with pytest.raises(RuleBroken, match="Jo Joiner: they were not at"):
        on_record(sheet, by=office)
    assert not Signature.objects.exists()


def test_whoever_becomes_the_witness_comes_off_the_sheet(
    school: Organisation, policy: Policy, office: User, witness: User, cook: User
) -> None:
    sheet = begin(policy, cook, by=office, witness=witness)
    edition = sheets.editions_at(policy, school)[0]

    paper.describe(
        sheet, edition, by=office, signed_on=school.today(), witness=cook, reason="asked"
    )

    assert not sheet.signers.exists()


def test_a_colleague_on_the_sheet_cannot_record_it_themselves(
    school: Organisation, policy: Policy, office: User, witness: User
) -> None:
    deputy = make_user(Role.SLT, at=school, name="Dee Deputy")
    sheet = begin(policy, deputy, by=office, witness=witness)

    with pytest.raises(RuleBroken, match="You are on the sheet yourself"):
        on_record(sheet, by=deputy)
    assert len(on_record(sheet, by=office).signatures) == 1


def test_the_witness_may_be_of_the_trust_and_never_of_another_school() -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    office, policy = make_user(Role.OFFICE, at=school), make_policy(school)
    begin(policy, by=office, witness=make_user(Role.TRUST_LEAD, at=trust), scan=False)
    with pytest.raises(RuleBroken, match="was not at"):
        begin(policy, by=office, witness=make_user(Role.STAFF, at=make_school()), scan=False)
