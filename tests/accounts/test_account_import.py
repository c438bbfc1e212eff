"""A school brings its list of accounts: what is read, what is refused, what is written (E12)."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.importing.columns import is_secret, recognise
from accounts.importing.plan import Plan
from accounts.importing.rows import TAKEN_OUT
from accounts.models import AccountImport, HouseRules, Runner, SocialAccount
from accounts.platforms import read_address
from accounts.services import account_import, life
from people.importing.plan_changed import PlanChanged
from people.models import Membership, Organisation, OrganisationDomain, User
from people.roles import Role
from tests import crowds
from tests.accounts.factories import make_account
from tests.factories import make_school, make_user
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HEADINGS = "Name,Platform,Address,Run by,E-mail,Purpose"


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hazel Head")


def upload(school: Organisation, head: User, *lines: str, data: bytes = b"") -> AccountImport:
    text = "\n".join(lines).encode()
    return account_import.upload(
        school, data or text, by=head, agreed_on=date(2024, 9, 2), agreed_note="The governors"
    )


def plan(school: Organisation, head: User, *lines: str) -> Plan:
    return account_import.plan_of(upload(school, head, *lines))


def confirm(found: AccountImport, head: User, **more: Any) -> AccountImport:
    digest = account_import.plan_of(found).digest
    return account_import.confirm(found, by=head, digest=digest, **more)


REFUSED = [
    ("Choir,,https://instagrаm.com/hill_choir,,,", "letters of another alphabet"),
    ("Choir,Instagram,hill choir,,,", "has no spaces"),
    ("Choir,Instagram,hill_choir\U0001f3b5,,,", "not a handle at Instagram"),
    ("Choir,MySpace,https://myspace.com/hill,,,", "is not a platform the portal knows"),
    ("Choir,X,https://instagram.com/hill_choir,,,", "at Instagram, not at X"),
    ("Choir,,https://instagram.com/p/Cabc123/,,,", "the address of a post"),
    ("Choir,Instagram,,,,", "address is missing"),
    ("Choir,Instagram,hill_choir,,hill.choir@gmail.com,", "own addresses: they end in"),
    ("Choir,Instagram,hill_choir,,,The password is Sunflower99", "looks like a password"),
    ("Choir,Instagram,hill_choir,Uma Unknown,,", "nobody called “Uma Unknown”"),
    ("Choir,Instagram,hill_choir,Lee Leaver,,", "Lee Leaver left on"),
    ("Choir,Instagram,hill_choir,Ana Art; ana@hill.example,,", "Ana Art is named twice"),
    ("Choir,Instagram,hill_choir,Sam Same,,", "2 people are called “Sam Same”"),
    ("Choir,X,their_school,,,", "on another school’s register"),
]


@pytest.mark.demand("E12")
def test_a_row_that_cannot_be_taken_says_why(school: Organisation, head: User) -> None:
    OrganisationDomain.objects.create(organisation=school, domain="hill.example")
    ana = make_user(Role.STAFF, at=school, name="Ana Art")
    User.objects.filter(pk=ana.pk).update(email="ana@hill.example")
    for _ in range(2):
        make_user(Role.STAFF, at=school, name="Sam Same")
    leaver = make_user(Role.STAFF, at=school, name="Lee Leaver").memberships.get()
    Membership.objects.filter(pk=leaver.pk).update(
        starts_on=school.today() - timedelta(days=90), ends_on=school.today() - timedelta(days=1)
    )
    other = make_school()
    make_account(other, address="https://x.com/their_school")
    for line, words in REFUSED:
        (row,) = plan(school, head, HEADINGS, line).rows
        (sentence,) = row.errors
        assert words in sentence
        assert other.name not in sentence
        assert row.outcome == "error"


@pytest.mark.demand("E12")
def test_nothing_is_written_before_it_is_confirmed_and_then_what_was_chosen(
    client: Client, school: Organisation, head: User
) -> None:
    ana = make_user(Role.STAFF, at=school, name="Ana Art")
    ben = make_user(Role.STAFF, at=school, name="Ben Ball")
    make_account(school, head=head, name="Sports", platform="x", address="@hill_sports")
    before = SocialAccount.objects.count()
    client.force_login(head)
    text = "\n".join((
        "Our accounts,,,,", "Name,Link,Managed by,Password,Date opened,Approved by",
        "Choir,https://www.instagram.com/Hill_Choir/?igsh=abc&utm_source=qr,"
        "Ana Art; Ben Ball,Hunter22!,1/9/2023,The head",
        "Drama,twitter.com/hill_drama,\"Art, Ana\",,,", "Sports,x.com/HILL_SPORTS,,,,",
        "Fake,instagrаm.com/hill,,,,",
    ))  # fmt: skip
    url = reverse("accounts:import", args=[school.slug])
    file = io.BytesIO(text.encode())
    file.name = "list.csv"
    said = {"file": file, "agreed_note": "The governors", "agreed_on": "2024-09-02"}
    answer = client.post(url, said, follow=True)
    assert "Which column is what" in answer.content.decode()
    found = AccountImport.objects.get()
    assert "Hunter22!" not in str(found.rows)
    page = client.get(found.get_absolute_url()).content.decode()
    for words in (
        "https://www.instagram.com/hill_choir/", "Run by Ana Art and Ben Ball", "1 Sep 2023",
        "agreed to by The head", "letters of another alphabet", "On your register already",
        "One person runs it: it is restricted until 2 do.",
    ):  # fmt: skip
        assert words in page, words
    assert SocialAccount.objects.count() == before
    digest = account_import.plan_of(found).digest
    confirm_url = reverse("accounts:import_confirm", args=[school.slug, found.pk])
    answer = client.post(confirm_url, {"digest": digest, "leave_out": ["4"]}, follow=True)
    messages = [str(one) for one in answer.context["messages"]]
    assert messages == ["The list is imported: 1 entered, 1 on the register already, 2 left out."]
    choir = SocialAccount.objects.get(name="Choir")
    assert (choir.key, choir.status, choir.live_on) == (
        "instagram:hill_choir", "live", date(2023, 9, 1),
    )  # fmt: skip
    assert {one.person for one in choir.runners.all()} == {ana, ben}
    assert HouseRules.objects.filter(account=choir).exists()
    lines = AuditEvent.objects.filter(organisation=school).order_by("number")
    assert [one.verb for one in lines][-4:] == [
        "account.enter_existing", "runner.add", "runner.add", "account_import.confirm",
    ]  # fmt: skip
    found.refresh_from_db()
    assert found.rows == []


@pytest.mark.demand("E12")
def test_the_export_comes_back_and_changes_nothing(
    client: Client, school: Organisation, head: User
) -> None:
    make_account(school, head=head, name="=HYPERLINK(1)")
    closed = make_account(school, head=head, name="Old")
    life.begin_closing(closed, by=head, why="Gone.")
    SocialAccount.objects.filter(pk=closed.pk).update(status="closed", closed_on=school.today())
    make_account(school, head=head, name="Choir", platform="facebook", address="hill.choir")
    client.force_login(head)
    for status in ("", "closed"):
        answer = client.get(reverse("accounts:export", args=[school.slug]), {"status": status})
        data = b"".join(answer)
        found = upload(school, head, data=data)
        said = account_import.plan_of(found)
        assert said.counts == {"added": 0, "unchanged": len(said.rows), "error": 0}
        with pytest.raises(RuleBroken):
            confirm(found, head)


def test_an_export_brings_back_every_account_to_a_register_that_lost_them(
    client: Client, school: Organisation, head: User
) -> None:
    staff = [make_user(Role.STAFF, at=school, name=name) for name in ("Ana Art", "Ben Ball")]
    upload_text = [
        HEADINGS,
        '"=Choir",Instagram,hill_choir,Ana Art; Ben Ball,,Songs',
        "Drama,X,hill_drama,,,",
    ]
    confirm(upload(school, head, *upload_text), head)
    client.force_login(head)
    data = b"".join(client.get(reverse("accounts:export", args=[school.slug])))
    kept = [_facts(one) for one in SocialAccount.objects.order_by("key")]
    for model in (Runner, HouseRules, SocialAccount):
        model.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
    confirm(upload(school, head, data=data), head)
    assert [_facts(one) for one in SocialAccount.objects.order_by("key")] == kept
    assert {row.person for row in Runner.objects.all()} == set(staff)


def _facts(one: SocialAccount) -> tuple[Any, ...]:
    return (
        one.name, one.key, one.url, one.aim, one.department, one.email, one.access, one.comments,
        one.live_on, one.agreed_before_note, one.faces_pupils, one.status,
    )  # fmt: skip


def test_a_workbook_is_read_like_a_list_of_text(school: Organisation, head: User) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Account", "Network", "User name", "Opened"])
    sheet.append(["Choir", "Insta", "hill_choir", date(2023, 9, 1)])
    sheet.append(["Blog", "Blog", "https://blog.hill.example/news", None])
    data = io.BytesIO()
    book.save(data)
    rows = account_import.plan_of(upload(school, head, data=data.getvalue())).rows
    assert [(row.key, row.agreed_on, row.errors) for row in rows] == [
        ("instagram:hill_choir", date(2023, 9, 1), []),
        ("other:blog.hill.example/news", date(2024, 9, 2), []),
    ]


def test_two_rows_about_one_account_name_each_other(school: Organisation, head: User) -> None:
    rows = plan(school, head, HEADINGS, "A,,twitter.com/hill,,,", "B,,https://x.com/HILL/,,,").rows
    assert [row.errors for row in rows] == [
        ["Row 3 is about the same account."], ["Row 2 is about the same account."],
    ]  # fmt: skip


def test_a_preview_that_is_out_of_date_is_looked_at_again(school: Organisation, head: User) -> None:
    found = upload(school, head, HEADINGS, "Choir,Instagram,hill_choir,,,")
    digest = account_import.plan_of(found).digest
    make_account(school, head=head, name="Choir", platform="instagram", address="hill_choir")
    with pytest.raises(PlanChanged):
        account_import.confirm(found, by=head, digest=digest)
    assert account_import.abandon(found, by=head).rows == []


def test_passwords_are_taken_out_whatever_stands_above_them(
    school: Organisation, head: User
) -> None:
    found = upload(
        school, head, "Name,Address,Pass Word,PIN,Remarks,Pw:",
        "Choir,instagram.com/HillChoir2024,aaaa,1234,Kx9!vTq2#z,letmein", "Drama,x.com/d1,,,fine,",
    )  # fmt: skip
    (_, cells), _ = found.rows
    assert cells == ["Choir", "instagram.com/HillChoir2024", "", "", TAKEN_OUT, ""]
    assert "never keeps one" in found.notes[0]
    with pytest.raises(RuleBroken, match="column of passwords"):
        account_import.choose_columns(found, {"address": 1, "name": 2}, by=head)
    assert not is_secret("Passed on")
    assert is_secret("Pass-word")


def test_headings_are_known_in_many_spellings() -> None:
    assert recognise(["Account Name", "Social Network", "URL:", "Managed by", "E-Mail"]) == {
        "name": 0, "platform": 1, "address": 2, "runners": 3, "email": 4,
    }  # fmt: skip
    assert "address" not in recognise(["Password", "PIN"])


def test_every_spelling_of_an_address_in_a_list_is_one_account(
    school: Organisation, head: User
) -> None:
    chance = Random(8)
    make_account(school, head=head, name="Choir", platform="instagram", address="hill_choir")
    for _ in range(40):
        written = "".join(
            chance.choice(each)
            for each in (
                ("", "http://", "https://", "HTTPS://"), ("", "www.", "m."), ("instagram.com",),
                ("/",), ("hill_choir", "Hill_Choir", "HILL_CHOIR"), ("", "/"),
                ("", "?igsh=1", "?utm_source=x&hl=en", "#top"),
            )
        )  # fmt: skip
        assert read_address(written).key == "instagram:hill_choir"
        (row,) = plan(school, head, HEADINGS, f"Other,,{written},,,").rows
        assert row.outcome == "unchanged", written


@pytest.mark.demand("E12")
def test_a_thousand_rows_are_read_and_written_in_less_than_three_seconds(
    school: Organisation, head: User, django_assert_max_num_queries: Any
) -> None:
    people = crowds.many_people(school, 200)
    lines = [
        f"Account {n},Instagram,hill_{n},{people[n % 200].name}; {people[(n + 7) % 200].name},,"
        for n in range(1_000)
    ]
    start = time.process_time()
    with django_assert_max_num_queries(160):
        found = upload(school, head, HEADINGS, *lines)
        done = confirm(found, head)
    took = time.process_time() - start
    assert done.counts == {"added": 1_000, "unchanged": 0, "left_out": 0}
    assert Runner.objects.count() == 2_000
    assert took < 3, f"{took:.1f} s"
