"""Paper, tablets and groups ask as many questions for 200 people as for 10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import sheets
from governance.models import GroupRecord, PaperSheet, PaperSigner, Policy
from governance.services import recording
from notices.health import BEAT
from notices.services import beat
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy, sign
from tests.governance.paper import begin, on_record
from tests.queries import Visit, visit

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 200


@pytest.fixture(autouse=True)
def _worker_runs(db: None) -> None:
    beat(BEAT)


@pytest.fixture
def school() -> Organisation:
    return make_school(trust=make_trust())


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head)


def constant(user: User, url: str, grow: Callable[[int], Any], ceiling: int) -> Visit:
    grow(FEW)
    few = visit(user, url)
    assert few.response.status_code == 200
    grow(MANY - FEW)
    many = visit(user, url)
    assert many.response.status_code == 200
    assert len(many) == len(few), f"{len(few)} with {FEW}, {len(many)} with {MANY}:\n{many}"
    assert len(many) <= ceiling, f"{len(many)} queries:\n{many}"
    return many


def sheet_of(policy: Policy, head: User) -> PaperSheet:
    return begin(policy, by=head, witness=head)


def fill(sheet: PaperSheet, number: int) -> None:
    people = crowds.many_people(sheet.organisation, number)
    PaperSigner.objects.bulk_create(PaperSigner(sheet=sheet, person=one) for one in people)


def at(name: str, sheet: PaperSheet) -> str:
    return reverse(f"governance:{name}", args=[sheet.organisation.slug, sheet.pk])


def test_choosing_people(school: Organisation, head: User, policy: Policy) -> None:
    sheet = sheet_of(policy, head)
    constant(head, at("paper_people", sheet), lambda more: fill(sheet, more), ceiling=10)


def test_checking_a_sheet(school: Organisation, head: User, policy: Policy) -> None:
    sheet = sheet_of(policy, head)
    page = constant(head, at("paper_check", sheet), lambda more: fill(sheet, more), ceiling=20)
    assert page.body.count(b"Crowd Member") == MANY


def test_a_sheet_on_record(school: Organisation, head: User, policy: Policy) -> None:
    counts = []
    for number in (FEW, MANY - 1):
        sheet = sheet_of(policy, head)
        fill(sheet, number)
        on_record(sheet, by=head)
        counts.append(len(visit(head, at("paper_sheet", sheet))))
    assert counts[0] == counts[1] <= 10, counts


def test_the_print_page(school: Organisation, head: User, policy: Policy) -> None:
    url = reverse("governance:paper_print", args=[school.slug, policy.pk])
    constant(head, url, lambda more: crowds.many_people(school, more), ceiling=8)


def test_what_is_recorded_of_a_policy(school: Organisation, head: User, policy: Policy) -> None:
    def grow(more: int) -> None:
        for _ in range(more // FEW):
            sheet = sheet_of(policy, head)
            fill(sheet, 2)
            on_record(sheet, by=head)

    url = reverse("governance:paper", args=[school.slug, policy.pk])
    constant(head, url, grow, ceiling=8)


@pytest.mark.demand("D11")
def test_recording_reads_as_much_for_two_hundred_as_for_ten(
    school: Organisation, head: User, policy: Policy
) -> None:
    reads, writes = [], []
    for number in (FEW, MANY):
        sheet = sheet_of(policy, head)
        fill(sheet, number)
        fresh = PaperSheet.objects.select_related("version__policy", "organisation__parent").get(
            pk=sheet.pk
        )
        displayed = sheets.digest_of(fresh)
        with CaptureQueriesContext(connection) as captured:
            done = recording.record(fresh, by=head, displayed=displayed)
        assert len(done.signatures) == number
        statements = [query["sql"] for query in captured]
        reads.append(sum(sql.startswith("SELECT") for sql in statements))
        writes.append(sum(sql.startswith("INSERT") for sql in statements))
    assert reads[0] == reads[1] <= 25, reads
    # SQLite takes so many values at once, and then another statement.
    assert writes[1] <= (writes[0] if connection.vendor == "postgresql" else 40), writes


def test_the_list_of_who_has_signed_with_paper_and_tablet(
    school: Organisation, head: User, policy: Policy
) -> None:
    for place in range(2):
        sheet = sheet_of(policy, head)
        fill(sheet, FEW if not place else MANY - FEW)
        on_record(sheet, by=head)
        page = visit(head, reverse("governance:signers", args=[school.slug, policy.pk]))
        assert len(page) <= 10, page
    first = len(page)
    assert first == len(visit(head, reverse("governance:signers", args=[school.slug, policy.pk])))


@pytest.mark.parametrize("step", ["find", "read", "sign"])
def test_a_tablet(school: Organisation, head: User, policy: Policy, step: str) -> None:
    teacher = make_user(Role.STAFF, at=school, name="Tam Teacher")
    head.set_password("seven tall pines")
    head.save()
    counts = []
    for more in (FEW, MANY - FEW):
        crowds.many_people(school, more)
        client = Client()
        client.force_login(User.objects.get(pk=head.pk))
        client.post(reverse("governance:tablet_start", args=[school.slug, policy.pk]))
        ((token, _),) = client.post("/tablet/", {"q": "tam t"}, follow=True).context["names"]
        client.post("/tablet/", {"q": "tam"})
        if step != "find":
            client.post("/tablet/", {"name": token})
        if step == "sign":
            teacher = make_user(Role.STAFF, at=school, name=f"Tessa Number{more}")
            ((token, _),) = client.post("/tablet/", {"q": teacher.name}, follow=True).context[
                "names"
            ]
            client.post("/tablet/", {"name": token})
        assert policy.current is not None
        sent = {"displayed": policy.current.content_hash, "typed_name": teacher.name}
        with CaptureQueriesContext(connection) as captured:
            response = {
                "find": lambda client=client: client.get("/tablet/"),
                "read": lambda client=client: client.get("/tablet/read/"),
                "sign": lambda client=client, sent=sent: client.post("/tablet/sign/", sent),
            }[step]()
        assert response.status_code == (302 if step == "sign" else 200)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25, counts


def test_the_groups_of_a_school(school: Organisation, head: User, policy: Policy) -> None:
    def grow(more: int) -> None:
        there = GroupRecord.objects.count()
        GroupRecord.objects.bulk_create(
            GroupRecord(
                organisation=school, version=policy.current, audience="parents",
                group=f"Group {there + number}", asked=30, signed=20,
                counted_on=school.today(), how="slips", recorded_by=head,
            )
            for number in range(more)
        )  # fmt: skip

    constant(head, reverse("governance:groups", args=[school.slug]), grow, ceiling=8)


def test_my_policies_with_signatures_from_paper(
    school: Organisation, head: User, policy: Policy
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    sign(policy, teacher)
    few = visit(teacher, "/policies/")
    for _ in range(5):
        on_record(begin(make_policy(school, by=head), teacher, by=head, witness=head), by=head)
    assert len(visit(teacher, "/policies/")) == len(few)
