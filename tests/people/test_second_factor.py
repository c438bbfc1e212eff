"""Two-step sign-in: who needs it, from when, how it is set up, and how it is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Membership, Organisation, SecondFactorReset, User
from people.roles import OTHERS_RECORDS, PERMISSIONS, TRUST_ROLES, Role
from people.services import membership as membership_services
from people.services import organisations, sign_in
from tests.factories import make_member, make_school, make_trust, make_user
from web.errors import RuleBroken

PASSWORD = "seven tall pines"
SENSITIVE = sorted(role for role in Role if PERMISSIONS[role] & OTHERS_RECORDS)
OTHERS = sorted(set(Role) - set(SENSITIVE))


@pytest.fixture(autouse=True)
def _quiet(db: None, settings: Any) -> None:
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def place_for(role: Role) -> Organisation:
    return make_trust() if role in TRUST_ROLES else make_school()


def give_factor(person: User) -> str:
    from allauth.mfa.adapter import get_adapter

    secret = totp.generate_totp_secret()
    Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.TOTP,
        data={"secret": get_adapter().encrypt(secret)},
    )
    return secret


def code_now(secret: str) -> str:
    import time

    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    return person


def weeks_later(weeks: int) -> Any:
    return time_machine.travel(timezone.now() + timedelta(weeks=weeks), tick=True)


def visit(client: Client, person: User, path: str = "/you/") -> HttpResponse:
    client.force_login(person)
    return client.get(path)


@pytest.mark.parametrize("role", SENSITIVE)
def test_who_sees_other_peoples_records_has_two_weeks(client: Client, role: Role) -> None:
    person = make_user(role, at=place_for(role))
    page = visit(client, person, "/welcome/")
    assert page.status_code == 200
    assert b"You have 14 days left" in page.content
    assert b"days left" not in client.get("/you/").content
    with weeks_later(1):
        assert b"You have 7 days left" in visit(client, person).content
    with weeks_later(2):
        walled = visit(client, person)
        assert (walled.status_code, walled["Location"]) == (302, "/you/two-step/")
        assert client.get("/")["Location"] == "/you/two-step/"
        assert b"Before you go on" in client.get("/you/two-step/").content


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_is_asked(client: Client, role: Role) -> None:
    person = make_user(role, at=place_for(role))
    with weeks_later(60):
        page = visit(client, person)
    assert page.status_code == 200
    assert b"Set up two-step sign-in" not in page.content


def test_the_wall_leaves_open_what_is_needed_to_get_through(
    client: Client, school: Organisation
) -> None:
    head = make_user(Role.HEAD, at=school)
    with weeks_later(3):
        client.force_login(head)
        for path in ("/you/two-step/app/", "/you/two-step/passkeys/add/", "/sign-out/"):
            response = client.get(path)
            assert response.status_code == 200 or "again" in response["Location"], path
        assert client.post("/you/theme/", {"theme": "dark"})["Location"] == "/you/two-step/"


def test_with_a_factor_there_is_no_wall(client: Client, school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    give_factor(head)
    with weeks_later(3):
        assert visit(client, head).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client: Client, school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    Authenticator.objects.create(user=head, type=Authenticator.Type.RECOVERY_CODES, data={})
    with weeks_later(3):
        assert visit(client, head).status_code == 302


def test_the_days_run_from_the_promotion(client: Client, school: Organisation) -> None:
    teacher = make_user(Role.STAFF, at=school)
    with weeks_later(10):
        post = Membership.objects.get(person=teacher)
        membership_services.set_roles(post, [Role.STAFF, Role.SLT], by=None)
        assert b"You have 14 days left" in visit(client, teacher, "/welcome/").content


def test_the_strictest_school_counts(client: Client, school: Organisation) -> None:
    strict = make_school()
    head = make_user(Role.HEAD, at=school)
    make_member(head, strict, Role.SLT)
    organisations.change_settings(strict, {"people.second_factor_grace_days": 3}, by=head)
    assert b"You have 3 days left" in visit(client, head).content


def test_a_school_may_ask_for_it_at_once(client: Client, school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    organisations.change_settings(school, {"people.second_factor_grace_days": 0}, by=head)
    assert visit(client, head).status_code == 302


def test_the_admin_pages_need_it_too(client: Client, school: Organisation) -> None:
    operator = make_user(Role.STAFF, at=school)
    User.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    with weeks_later(3):
        assert visit(client, operator, "/admin/")["Location"] == "/you/two-step/"


@pytest.mark.parametrize("counts", [True, False])
def test_a_providers_sign_in_counts_where_the_operator_says_so(
    client: Client, school: Organisation, settings: Any, counts: bool
) -> None:
    settings.SSO_COUNTS_AS_SECOND_FACTOR = counts
    head = make_user(Role.HEAD, at=school)
    with weeks_later(3):
        client.force_login(head)
        session = client.session
        session["account_authentication_methods"] = [{"method": "socialaccount", "at": 0}]
        session["account_authentication_methods_user"] = str(head.pk)
        session.save()
        assert client.get("/you/").status_code == (200 if counts else 302)


def test_asking_costs_no_query_of_its_own(client: Client, school: Organisation) -> None:
    def queries(person: User) -> int:
        client.force_login(person)
        client.get("/welcome/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/welcome/").status_code == 200
        return len(found)

    head, teacher = make_user(Role.HEAD, at=school), make_user(Role.STAFF, at=school)
    assert queries(head) == queries(teacher) == 3  # session, person, posts


# Setting up and using it


def signed_in(person: User) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    return client


def set_up_app(client: Client) -> str:
    page = client.get("/you/two-step/app/")
    secret = page.context["form"].secret
    assert b'src="data:image/svg+xml' in page.content
    done = client.post("/you/two-step/app/", {"code": code_now(secret)})
    assert done["Location"] == "/you/two-step/codes/"
    return str(secret)


@pytest.mark.django_db(transaction=True)  # the library tells us of a new app after the commit
def test_an_app_is_set_up_and_asked_for_from_then_on(school: Organisation) -> None:
    head = with_password(make_user(Role.HEAD, at=school))
    client, elsewhere = signed_in(head), signed_in(head)
    secret = set_up_app(client)
    assert "app was added" in mail.outbox[-1].subject
    assert b"10 of 10 codes left" in client.get("/you/two-step/codes/").content
    assert elsewhere.get("/you/").status_code == 302  # older sessions without it are over

    again = Client()
    first = again.post("/sign-in/", {"login": head.email, "password": PASSWORD})
    assert first["Location"] == "/sign-in/second-step/"
    assert again.get("/you/")["Location"].startswith("/sign-in/")
    assert b"not right" in again.post("/sign-in/second-step/", {"code": "000000"}).content
    cache.clear()  # the library takes each code once, also the one it was set up with
    assert again.post("/sign-in/second-step/", {"code": code_now(secret)})["Location"] == "/"
    assert again.get("/you/").status_code == 200


def test_a_recovery_code_opens_once(school: Organisation) -> None:
    head = with_password(make_user(Role.HEAD, at=school))
    client = signed_in(head)
    set_up_app(client)
    lines = client.get("/you/two-step/codes/download/").content.decode().split()
    code = next(line for line in lines if line.isdigit())
    for works in (True, False):
        again = Client()
        again.post("/sign-in/", {"login": head.email, "password": PASSWORD})
        answer = again.post("/sign-in/second-step/", {"code": code})
        assert (answer.status_code == 302) is works


def test_codes_are_guessed_in_vain(school: Organisation) -> None:
    head = with_password(make_user(Role.HEAD, at=school))
    secret = give_factor(head)
    client = signed_in(head)
    for _ in range(6):
        client.post("/sign-in/second-step/", {"code": "000000"})
    answer = client.post("/sign-in/second-step/", {"code": code_now(secret)})
    assert b"too many tries" in answer.content


def test_the_database_never_holds_the_secret_in_clear(school: Organisation) -> None:
    head = with_password(make_user(Role.HEAD, at=school))
    client = signed_in(head)
    secret = set_up_app(client)
    kept = " ".join(str(one.data) for one in Authenticator.objects.filter(user=head))
    assert secret not in kept
    assert Authenticator.objects.filter(user=head).count() == 2


def test_removing_the_app_asks_for_the_password_after_a_while(school: Organisation) -> None:
    head = with_password(make_user(Role.HEAD, at=school))
    client = signed_in(head)
    set_up_app(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        asked = client.post("/you/two-step/app/remove/")
        assert "/sign-in/again/" in asked["Location"]
        assert Authenticator.objects.filter(user=head).exists()
    client.post("/you/two-step/app/remove/")
    assert not Authenticator.objects.filter(user=head).exists()
    assert "removed" in mail.outbox[-1].subject


# Losing it


@pytest.fixture
def it(school: Organisation) -> User:
    return make_user(Role.IT, at=school)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def locked_out(school: Organisation) -> User:
    person = with_password(make_user(Role.SLT, at=school))
    give_factor(person)
    return person


def test_two_people_let_somebody_start_again(
    school: Organisation, it: User, head: User, locked_out: User
) -> None:
    inside = Client()
    inside.force_login(locked_out)
    asker, confirmer = Client(), Client()
    asker.force_login(it)
    confirmer.force_login(head)

    path = f"/schools/{school.slug}/people/{locked_out.pk}/new-two-step/"
    assert asker.get(path).status_code == 200
    address = asker.post(path)["Location"]
    reset = SecondFactorReset.objects.get()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        [locked_out.email, head.email]
    )
    asker.post(address, {"action": "confirm"})
    assert Authenticator.objects.filter(user=locked_out).exists()

    assert b"Confirm and remove" in confirmer.get(address).content
    confirmer.post(address, {"action": "confirm"})
    reset.refresh_from_db()
    assert reset.confirmed_by == head
    assert not Authenticator.objects.filter(user=locked_out).exists()
    assert inside.get("/you/").status_code == 302
    assert mail.outbox[-1].to == [locked_out.email]
    assert signed_in(locked_out).get("/you/").status_code == 200


def test_nobody_confirms_their_own_request_or_about_themselves(
    school: Organisation, it: User, head: User, locked_out: User
) -> None:
    reset = sign_in.ask_reset(locked_out, school, by=it)
    for person in (it, locked_out):
        with pytest.raises(RuleBroken, match="Somebody else"):
            sign_in.confirm_reset(reset, by=person)
    give_factor(it)
    with pytest.raises(RuleBroken, match="nobody resets their own"):
        sign_in.ask_reset(it, school, by=it)


def test_the_database_refuses_one_person_in_both_parts(
    school: Organisation, it: User, locked_out: User
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondFactorReset.objects.create(
            organisation=school,
            person=locked_out,
            asked_by=it,
            confirmed_by=it,
            confirmed_at=timezone.now(),
        )


def test_a_cancelled_or_old_request_cannot_be_confirmed(
    school: Organisation, it: User, head: User, locked_out: User
) -> None:
    reset = sign_in.ask_reset(locked_out, school, by=it)
    with weeks_later(2), pytest.raises(RuleBroken, match="no longer open"):
        sign_in.confirm_reset(reset, by=head)
    sign_in.cancel_reset(reset, by=head)
    with pytest.raises(RuleBroken, match="no longer open"):
        sign_in.confirm_reset(reset, by=head)
    assert Authenticator.objects.filter(user=locked_out).exists()


@pytest.mark.parametrize("role", [Role.STAFF, Role.SLT, Role.DSL, Role.GOVERNOR])
def test_who_may_not_help_gets_no_further(
    client: Client, school: Organisation, it: User, locked_out: User, role: Role
) -> None:
    reset = sign_in.ask_reset(locked_out, school, by=it)
    client.force_login(make_user(role, at=school))
    base = f"/schools/{school.slug}"
    assert client.post(f"{base}/people/{locked_out.pk}/new-two-step/").status_code == 403
    assert client.post(f"{base}/two-step/{reset.pk}/", {"action": "confirm"}).status_code == 403
    assert client.get(f"{base}/two-step/").status_code == 403


def test_another_schools_it_sees_nothing_of_it(
    client: Client, school: Organisation, it: User, locked_out: User
) -> None:
    reset = sign_in.ask_reset(locked_out, school, by=it)
    other = make_school()
    client.force_login(make_user(Role.IT, at=other))
    for slug, status in ((school.slug, 404), (other.slug, 404)):
        base = f"/schools/{slug}"
        assert client.post(f"{base}/two-step/{reset.pk}/", {"action": "confirm"}).status_code == 404
        assert client.post(f"{base}/people/{locked_out.pk}/new-two-step/").status_code == status


def test_only_what_is_there_can_be_reset(school: Organisation, it: User) -> None:
    with pytest.raises(RuleBroken, match="has not set up"):
        sign_in.ask_reset(make_user(Role.STAFF, at=school), school, by=it)
    with pytest.raises(RuleBroken, match="no post at"):
        sign_in.ask_reset(make_user(Role.STAFF, at=make_school()), school, by=it)
