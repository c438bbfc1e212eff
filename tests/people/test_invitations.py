"""The office invites; the person chooses a password with the link, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from people.duties import INVITATIONS
from people.models import Invitation, Organisation, User
from people.roles import Role
from people.services import invitations
from tests.factories import make_member, make_person, make_school, make_user
from web.errors import RuleBroken

PASSWORD = {"password1": "seven tall pines", "password2": "seven tall pines"}


@pytest.fixture(autouse=True)
def _quiet(db: None, settings: Any) -> None:
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://portal.example"


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school)


@pytest.fixture
def zoe(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Zoë O'Brien")


def invite(person: User, school: Organisation, by: User | None = None) -> str:
    """The path of the link in the mail."""
    invitations.invite(person, school, by=by)
    link = re.search(r"https://portal\.example(/welcome/\S+)", str(mail.outbox[-1].body))
    assert link
    return link.group(1)


def test_an_invitation_leads_to_a_password_and_into_the_portal(
    client: Client, school: Organisation, office: User, zoe: User
) -> None:
    path = invite(zoe, school, office)
    assert mail.outbox[-1].to == [zoe.email]
    page = client.get(path)
    assert "Welcome, Zoë O&#x27;Brien" in page.content.decode()
    done = client.post(path, PASSWORD)
    assert (done.status_code, done["Location"]) == (302, "/welcome/")
    assert b"You are in" in client.get("/welcome/").content
    zoe.refresh_from_db()
    assert zoe.check_password("seven tall pines")
    assert EmailAddress.objects.get(user=zoe).verified
    assert Invitation.objects.get().accepted_at


def test_looking_at_the_link_changes_nothing(
    client: Client, school: Organisation, zoe: User
) -> None:
    path = invite(zoe, school)
    before = Invitation.objects.values().get(), User.objects.values().get(pk=zoe.pk)
    for _ in range(3):
        assert client.get(path).status_code == 200
        client.head(path)
    assert before == (Invitation.objects.values().get(), User.objects.values().get(pk=zoe.pk))


def closed(client: Client, path: str) -> bool:
    answers = [client.get(path), client.post(path, PASSWORD)]
    return all(a.status_code == 410 and b"ask your school office" in a.content for a in answers)


def test_a_link_works_once(client: Client, school: Organisation, zoe: User) -> None:
    path = invite(zoe, school)
    client.post(path, PASSWORD)
    assert closed(Client(), path)


def test_of_two_tabs_that_accept_one_sets_the_password(school: Organisation, zoe: User) -> None:
    invite(zoe, school)
    invitation = Invitation.objects.get()
    invitations.accept(invitation, "seven tall pines")
    with pytest.raises(invitations.NotOpen):
        invitations.accept(invitation, "eight tall pines")
    zoe.refresh_from_db()
    assert zoe.check_password("seven tall pines")


def test_sending_again_closes_the_older_link(
    client: Client, school: Organisation, zoe: User
) -> None:
    older, newer = invite(zoe, school), invite(zoe, school)
    assert closed(client, older)
    assert client.get(newer).status_code == 200


def test_a_link_runs_out(client: Client, school: Organisation, zoe: User) -> None:
    path = invite(zoe, school)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        assert closed(client, path)


def test_a_withdrawn_link_is_closed(
    client: Client, school: Organisation, office: User, zoe: User
) -> None:
    path = invite(zoe, school)
    invitations.cancel(Invitation.objects.get(), by=office)
    assert closed(client, path)


def test_a_changed_or_made_up_link_is_closed_in_the_same_words(
    client: Client, school: Organisation, zoe: User
) -> None:
    path = invite(zoe, school)
    pages = {
        client.get(wrong).content
        for wrong in ("/welcome/x/", f"{path[:-2]}/", path.replace("/welcome/", "/welcome/a"))
    }
    assert len(pages) == 1
    assert closed(client, "/welcome/x/")


def test_a_link_proves_only_the_address_it_was_sent_to(
    client: Client, school: Organisation, zoe: User
) -> None:
    path = invite(zoe, school)
    User.objects.filter(pk=zoe.pk).update(email="corrected@example.org")
    assert client.post(path, PASSWORD).status_code == 410
    zoe.refresh_from_db()
    assert not zoe.has_usable_password()


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 12"),
        ("seven tall pines", "seven tall pine", "same password twice"),
        ("password1234", "password1234", "too common"),
    ],
)
def test_a_weak_password_is_refused_in_a_sentence(
    client: Client, school: Organisation, zoe: User, password: str, again: str, words: str
) -> None:
    page = client.post(invite(zoe, school), {"password1": password, "password2": again})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Invitation.objects.get().accepted_at


def test_whoever_was_signed_in_is_signed_out_first(
    client: Client, school: Organisation, office: User, zoe: User
) -> None:
    client.force_login(office)
    client.post(invite(zoe, school), PASSWORD)
    assert client.get("/you/").context["person"] == zoe


def test_somebody_who_starts_next_month_accepts_now_and_signs_in_then(
    client: Client, school: Organisation
) -> None:
    person = make_person()
    first_day = timezone.localdate() + timedelta(days=30)
    make_member(person, school, Role.STAFF, since=first_day)
    answer = client.post(invite(person, school), PASSWORD, follow=True)
    assert b"have not started yet" in answer.content
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=True):
        login = {"login": person.email, "password": "seven tall pines"}
        assert client.post("/sign-in/", login)["Location"] == "/"


def test_who_cannot_be_invited_and_why(school: Organisation, zoe: User) -> None:
    nobody = make_person(email=None)
    make_member(nobody, school, Role.STAFF)
    with pytest.raises(RuleBroken, match="has no e-mail address"):
        invitations.invite(nobody, school, by=None)
    with pytest.raises(RuleBroken, match="no post at"):
        invitations.invite(make_user(Role.STAFF, at=make_school()), school, by=None)
    zoe.set_password("seven tall pines")
    zoe.save()
    with pytest.raises(RuleBroken, match="can sign in already"):
        invitations.invite(zoe, school, by=None)


def test_the_office_invites_everybody_who_is_waiting(
    client: Client, school: Organisation, office: User, zoe: User
) -> None:
    office.set_password("seven tall pines")
    office.save()
    second = make_user(Role.STAFF, at=school)
    client.force_login(office)
    client.post(f"/schools/{school.slug}/people/invite-all/")
    client.post(f"/schools/{school.slug}/people/invite-all/")
    assert sorted(m.to[0] for m in mail.outbox) == sorted([str(zoe.email), str(second.email)])


@pytest.mark.parametrize("role", [Role.STAFF, Role.SLT, Role.IT, Role.GOVERNOR])
def test_who_may_not_manage_people_invites_nobody(
    client: Client, school: Organisation, zoe: User, role: Role
) -> None:
    client.force_login(make_user(role, at=school))
    assert client.post(f"/schools/{school.slug}/people/{zoe.pk}/invite/").status_code == 403
    assert client.post(f"/schools/{school.slug}/people/invite-all/").status_code == 403
    assert not mail.outbox


def test_another_schools_office_invites_nobody_here(
    client: Client, school: Organisation, zoe: User
) -> None:
    other = make_school()
    client.force_login(make_user(Role.OFFICE, at=other))
    for slug in (school.slug, other.slug):
        assert client.post(f"/schools/{slug}/people/{zoe.pk}/invite/").status_code == 404
    assert not mail.outbox


def test_an_open_invitation_is_a_duty_until_it_is_accepted(
    client: Client, school: Organisation, zoe: User
) -> None:
    path = invite(zoe, school)
    today = timezone.localdate()
    (duty,) = INVITATIONS.owed(User.objects.all(), today)
    assert duty.person_id == zoe.pk
    assert duty.due_on == today + timedelta(days=7)
    assert duty.url == path
    assert duty.title == f"Accept your invitation to {school.name}"
    client.post(path, PASSWORD)
    assert not list(INVITATIONS.owed(User.objects.all(), today))


def test_duties_are_asked_for_in_one_query(
    school: Organisation, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        invite(make_user(Role.STAFF, at=school), school)
    with django_assert_num_queries(1):
        assert len(list(INVITATIONS.owed(User.objects.all(), timezone.localdate()))) == 5


def test_whoever_signs_in_another_way_has_accepted(
    client: Client, school: Organisation, zoe: User
) -> None:
    invite(zoe, school)
    client.post("/sign-in/forgotten/", {"email": zoe.email})
    link = re.search(r"portal\.example(/sign-in/forgotten/\S+)", str(mail.outbox[-1].body))
    form = client.get(link.group(1), follow=True)
    client.post(form.redirect_chain[-1][0], PASSWORD)
    client.post("/sign-in/", {"login": zoe.email, "password": "seven tall pines"})
    assert not Invitation.objects.open().exists()
