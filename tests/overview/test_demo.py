"""The demo trust: whole, safe to repeat, and never on top of real data."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import SocialAccount
from approvals.models import BusinessCase
from governance.models import Policy, PolicyVersion, Signature
from incidents.models import Case
from notices.models import EVENT, Notice
from overview.demo.cast import CAST, PASSWORD
from people.models import MembershipRole, Organisation, User
from people.roles import Role
from tests.factories import make_person, make_school

pytestmark = pytest.mark.django_db


def demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def people_came_and_went(number: int) -> None:
    for _ in range(number):
        make_person()
    User.objects.all().delete()


def test_the_demo_is_whole_can_be_repeated_and_its_logins_work() -> None:
    people_came_and_went(18)  # the story is the same whatever the ids are
    demo()

    assert Organisation.objects.schools().count() == 2
    assert User.objects.count() == len(CAST) >= 59
    assert set(MembershipRole.objects.values_list("role", flat=True)) == set(Role.values)
    states = set(PolicyVersion.objects.values_list("status", flat=True))
    assert states == {"published", "in_sign_off", "returned"}
    assert Policy.objects.count() == 5
    accounts = SocialAccount.objects.values_list("status", flat=True)
    assert sorted(accounts) == ["live", "live", "live", "pilot", "restricted", "unauthorised"]
    concern = Case.objects.standing().get()
    assert (concern.status, concern.messages.count()) == ("open", 1)
    cases = BusinessCase.objects.values_list("status", flat=True)
    assert sorted(cases) == ["approved", "changes_requested", "draft", "submitted"]
    assert (signatures := Signature.objects.count()) > 50
    call_command("verify_trail", stdout=StringIO())
    passed_on = Notice.objects.exclude(standing_in_for=None).values_list("stage", flat=True)
    assert any(stage != EVENT for stage in passed_on)
    assert any(stage == EVENT for stage in passed_on)
    assert User.objects.exclude(digest_day=None).exists()

    assert "nothing was changed" in demo()
    assert (User.objects.count(), Signature.objects.count()) == (len(CAST), signatures)

    told = json.loads(demo("--json"))
    assert told["password"] == PASSWORD
    for row in told["logins"]:
        person = User.objects.get(email=row["email"])
        assert person.check_password(PASSWORD)
        assert person.posts


def test_the_demo_keeps_away_from_real_data() -> None:
    make_school()

    with pytest.raises(CommandError, match="real data"):
        demo()


def test_the_demo_is_never_made_in_production(settings: pytest.FixtureRequest) -> None:
    settings.EMBEDDED = False  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="never made in production"):
        demo()
