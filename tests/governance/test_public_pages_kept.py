"""Public pages are the same for everybody, kept by browsers and proxies, and cheap (D17)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains

from governance.models import Policy
from governance.services import publishing
from people.models import Organisation, User
from tests import crowds
from tests.factories import make_school, make_trust
from tests.governance.factories import make_head, publish_next
from tests.governance.test_public_pages import at, make_appendix, make_public

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust() -> Organisation:
    return make_trust("Elm Tree Trust")


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Elm Park School", trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


def every_page(school: Organisation, head: User) -> list[str]:
    policy = make_public(school, by=head)
    earlier = policy.current_id or 0
    publish_next(policy, by=head)
    gone = make_public(school, by=head)
    publishing.withdraw(gone, by=head, reason="Not needed.")
    return [
        at("school", school), at("policy", school, policy.pk),
        at("version", school, policy.pk, earlier), at("policy", school, gone.pk),
    ]  # fmt: skip


@pytest.mark.demand("D17")
def test_public_pages_read_and_set_no_cookie_and_may_be_kept(
    client: Client, school: Organisation, head: User
) -> None:
    for path in every_page(school, head):
        page = client.get(path)
        assert page.status_code == 200
        assert page.cookies == {}
        assert "Cookie" not in page.headers.get("Vary", "")
        assert page.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=600"


def test_they_are_the_same_for_somebody_who_is_signed_in(
    client: Client, school: Organisation, head: User
) -> None:
    """No name and no menu; and they stay signed in."""
    signed_in = Client()
    signed_in.force_login(head)
    for path in every_page(school, head):
        page, other = client.get(path), signed_in.get(path)
        assert page.content == other.content
        assert other.cookies == {}
        assert "Cookie" not in other.headers.get("Vary", "")
        assert "private" not in other.headers["Cache-Control"]
    assert signed_in.get("/").status_code == 200


def test_a_broken_cookie_is_not_answered_with_one(
    client: Client, school: Organisation, head: User
) -> None:
    make_public(school, by=head)
    client.cookies["csrftoken"] = "not a token"
    client.cookies["sessionid"] = "nor a session"
    page = client.get(at("school", school))
    assert "Set-Cookie" not in page.headers
    assert page.cookies == {}
    assert "Cookie" not in page.headers.get("Vary", "")


def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_public(school, by=head)
    for path in (at("school", school), at("policy", school, policy.pk)):
        tag = client.get(path).headers["ETag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"].startswith("public, max-age=300")
        assert again.cookies == {}
    listed = client.get(at("school", school)).headers["ETag"]
    publish_next(policy, by=head, change="minor")
    assert client.get(at("school", school), headers={"If-None-Match": listed}).status_code == 200
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_compressed_page_is_recognised_by_its_tag(
    client: Client, school: Organisation, head: User
) -> None:
    make_public(school, by=head)
    gzip = {"Accept-Encoding": "gzip"}
    page = client.get(at("school", school), headers=gzip)
    assert page.headers["Content-Encoding"] == "gzip"
    assert page.headers["Vary"] == "Accept-Encoding"
    again = client.get(at("school", school), headers=gzip | {"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_sent_to_a_public_page(
    client: Client, school: Organisation, head: User, method: str
) -> None:
    make_public(school, by=head)
    assert getattr(client, method)(at("school", school)).status_code == 405
    assert client.head(at("school", school)).status_code == 200


# As many queries for a thousand as for ten


def counted(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    assert len(queries) <= 6, "\n".join(query["sql"] for query in queries)
    return len(queries)


def many_public(school: Organisation, head: User, number: int) -> None:
    policies = crowds.many_policies(school, head, number)
    Policy.objects.filter(pk__in=[one.pk for one in policies]).update(is_public=True)


def test_the_list_asks_no_more_with_a_thousand_policies(
    client: Client, school: Organisation, head: User
) -> None:
    many_public(school, head, 10)
    few = counted(client, at("school", school))
    many_public(school, head, 990)
    assert counted(client, at("school", school)) == few
    page = client.get(at("school", school), {"page": "10"})
    assertContains(page, "901 to 1000 of 1000")


def test_a_policy_asks_no_more_with_a_thousand_versions_and_relations(
    client: Client, trust: Organisation, school: Organisation, head: User
) -> None:
    policy = make_public(trust)
    make_appendix(policy, school, is_public=True)
    path = at("policy", school, policy.pk)

    def grow(number: int) -> None:
        crowds.many_published_versions(policy, head, number)
        policies = crowds.many_policies(school, head, number // 10)
        Policy.objects.filter(pk__in=[one.pk for one in policies]).update(is_public=True)
        policy.related.add(*policies)

    grow(10)
    few = counted(client, path)
    grow(990)
    assert counted(client, path) == few
    assert len(client.get(path).content) < 60_000
