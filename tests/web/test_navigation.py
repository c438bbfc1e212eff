"""Which links a person finds on a page."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from people import context
from people.models import Organisation, User
from people.roles import TRUST_ROLES, Role
from tests.factories import make_member, make_school, make_trust, make_user


def labels(links: list[context.Link]) -> list[str]:
    return [link.label for link in links]


def exists(name: str, *args: str) -> bool:
    try:
        reverse(name, args=args)
    except NoReverseMatch:
        return False
    return True


def test_staff_find_their_own_pages_and_nothing_of_the_school(school: Organisation) -> None:
    nav = context.navigation(make_user(Role.STAFF, at=school), school, "/")
    assert labels(nav.own)[0] == "Your tasks"
    assert nav.school == []


def test_a_head_finds_the_pages_of_the_school(school: Organisation) -> None:
    nav = context.navigation(make_user(Role.HEAD, at=school), school, "/")
    expected = [label for label, name, _ in context.AT_SCHOOL if exists(name, school.slug)]
    assert labels(nav.school) == expected


@pytest.mark.parametrize("role", Role)
def test_every_role_finds_what_it_may_open_and_no_more(school: Organisation, role: Role) -> None:
    at = make_trust() if role in TRUST_ROLES else school
    user = make_user(role, at=at)
    found = set(labels(context.navigation(user, at, "/").school))
    for label, name, any_of in context.AT_SCHOOL:
        allowed = any(user.can(permission, at=at) for permission in any_of)
        assert (label in found) == (allowed and exists(name, at.slug)), label


def test_links_lead_to_the_school_of_the_page_and_not_to_the_first_post(db: None) -> None:
    trust = make_trust()
    one, other = make_school(trust=trust), make_school(trust=trust)
    head = make_user(Role.HEAD, at=one)
    make_member(head, other, Role.HEAD)
    nav = context.navigation(head, other, "/")
    assert nav.school
    assert all(f"/{other.slug}/" in link.url for link in nav.school)
    assert [(place.label, place.current) for place in nav.places] == [
        (one.name, ""),
        (other.name, "true"),
    ]


def test_a_person_at_one_school_is_offered_no_other(school: Organisation) -> None:
    assert context.navigation(make_user(Role.HEAD, at=school), school, "/").places == []


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "page /"),
        ("/schools/elm/", "page /schools/elm/"),
        ("/schools/elm/people/", "page /schools/elm/people/"),
        ("/schools/elm/people/3/", "true /schools/elm/people/"),
        ("/schools/elm/elsewhere/", ""),
        ("/me/", ""),
    ],
)
def test_the_link_one_is_on_or_below_is_marked(path: str, here: str) -> None:
    urls = ["/", "/schools/elm/", "/schools/elm/people/", "/policies/"]
    nearest = context._nearest(urls, path)
    marked = [context._marked(context.Link("x", url), nearest, path) for url in urls]
    assert [f"{link.current} {link.url}" for link in marked if link.current] == [here][: bool(here)]


@pytest.mark.parametrize(
    "path", ["business-cases/", "business-cases/3/risks/", "private-contacts/"]
)
def test_pages_about_accounts_are_marked_as_such(school: Organisation, path: str) -> None:
    head = make_user(Role.HEAD, at=school)
    nav = context.navigation(head, school, f"/schools/{school.slug}/{path}")
    assert [link.label for link in nav.school if link.current == "true"] == ["Accounts"]


def test_the_frame_of_a_page_asks_nothing_but_the_posts(
    school: Organisation, django_assert_num_queries: object
) -> None:
    person = User.objects.get(pk=make_user(Role.HEAD, at=school).pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert person.posts
        context.navigation(person, person.posts[0].organisation, "/")
