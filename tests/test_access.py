"""Who gets in where: every role on every page, with GET and POST, at home and at other schools.

The pages come from the URL resolver. A new page fails here until MATRIX says who may open it and,
where its address holds more than a school, tests/pages.py (or a file of tests/rows/)
says which row it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from unittest import mock
from zlib import crc32

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people.models import User
from people.roles import TRUST_ROLES, Role
from tests.access_roles import ALL, Rule
from tests.access_rules import MATRIX, PUBLIC
from tests.factories import make_member, make_user
from tests.pages import Place, Scene, address, build_scene, rolled_back, routes

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ROUTES = dict(routes())
LISTED = {name: needs for name, needs in ROUTES.items() if name in MATRIX}
LET_IN = {200, 204, 302, 400, 409, 422}
# Writing these is no change that anybody made by looking.
MAY_CHANGE = {
    "django_session": "that somebody is signed in",
    "portal_cache": "how often a form was tried",
    "incidents_caseview": "that somebody looked at a case: no row, no page",
    "incidents_custody": "that somebody looked at a file: no row, no file",
}
WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """Built once. Each request on it is rolled back."""
    with django_db_blocker.unblock(), rolled_back():
        yield build_scene()


@contextmanager
def uncopied() -> Iterator[None]:
    """Django's test client keeps a copy of every context of every template; nobody reads these."""
    with mock.patch.object(Template, "_render", lambda it, context: it.nodelist.render(context)):
        yield


class Visitor:
    """A person with a browser; what a visit changes is undone when it ends."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output()
        self.writes: set[str] = set()

    def visit(self, method: str, url: str, data: dict[str, str] | None = None) -> HttpResponse:
        saved = {name: morsel.value for name, morsel in self.client.cookies.items()}
        with rolled_back(), uncopied(), CaptureQueriesContext(connection) as queries:
            response = getattr(self.client, method)(url, data or {})
            if response.streaming:
                b"".join(response.streaming_content)
        self.client.cookies = SimpleCookie(saved)
        tables = [found[1] for query in queries if (found := WRITE.match(query["sql"]))]
        self.writes = {table for table in tables if table not in MAY_CHANGE}
        return response


def turned_away(response: HttpResponse) -> bool:
    """Sent to the sign-in, or to the page for those who have left."""
    wanted = tuple(map(reverse, ("account_login", "account_inactive", "admin:login")))
    return response.status_code == 302 and response["Location"].startswith(wanted)


def test_every_page_is_listed() -> None:
    listed = MATRIX.keys() | PUBLIC.keys()
    new = sorted(name for name in ROUTES if name not in listed and not name.startswith("admin:"))
    assert new == [], (
        "Say who may open these pages: one line each in MATRIX (or in PUBLIC, with a reason), "
        "and in tests/pages.py which row their address is about."
    )
    assert sorted(listed - ROUTES.keys()) == [], "These pages are gone: take their lines out."


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_without_signing_in(scene: Scene, method: str) -> None:
    stranger, wrong = Visitor(None), []
    for name, needs in ROUTES.items():
        url = address(name, needs, scene.home, scene.people[Role.HEAD])
        response = stranger.visit(method, url)
        if name not in PUBLIC and not turned_away(response):
            wrong.append(f"{name} {response.status_code}")
        if name in PUBLIC and response.status_code >= 500 and name != "web:readyz":
            wrong.append(f"{name} {response.status_code}")
    assert wrong == []


def expected(rule: Rule, method: str, role: str, *, at_home: bool) -> set[int]:
    allowed = rule.get if method == "get" else rule.post
    if allowed is None:
        return {405}
    if not at_home or role not in rule.seen:
        return {404}
    if role not in allowed:
        return {403}
    return {200, 302} if method == "get" else LET_IN


def about(rule: Rule, place: Place, user: User) -> dict[str, str]:
    source = place.source_of(user).pk
    return {key: value.format(source=source) for key, value in rule.data.items()}


def surprises(
    visitor: Visitor, role: str, place: Place, *, at_home: bool, names: dict[str, set[str]]
) -> Iterator[str]:
    assert visitor.user is not None
    for name, needs in names.items():
        rule, url = MATRIX[name], address(name, needs, place, visitor.user)
        for method in ("get", "post"):
            if role != Role.HEAD and (rule.get if method == "get" else rule.post) is None:
                continue  # a wrong method is wrong for everybody: asked once is enough
            if at_home and let_in_elsewhere(rule, method, role, name):
                continue
            data = about(rule, place, visitor.user) if method == "post" else None
            response = visitor.visit(method, url, data)
            wanted = expected(rule, method, role, at_home=at_home)
            if rule.own:
                wanted = {200, 302, 401, 403, 404, 405}
            if response.status_code not in wanted or (turned_away(response) and not rule.own):
                if name == "people:sign_out_everywhere" and turned_away(response):
                    continue
                yield f"{role} {method.upper()} {name}: {response.status_code}, not {wanted}"
            if method == "get" and visitor.writes:
                yield f"{role} GET {name} wrote {sorted(visitor.writes)}"


# Each page is drawn for these. For others who may open it, one in three, and never the same for
# all; whoever may not is always turned away for real.
DRAWN_FOR = {Role.HEAD, Role.OFFICE, Role.STAFF}


def let_in_elsewhere(rule: Rule, method: str, role: str, name: str) -> bool:
    allowed = (rule.get if method == "get" else rule.post) or frozenset()
    if role in DRAWN_FOR or role not in allowed or DRAWN_FOR.isdisjoint(allowed):
        return False
    return crc32(f"{name} {role}".encode()) % 3 != 0


def persons(scene: Scene) -> Iterator[tuple[str, User]]:
    for role in sorted(ALL):
        yield role, scene.people[role]


@pytest.mark.parametrize("role", sorted(ALL))
def test_at_home_everybody_gets_what_their_role_allows(scene: Scene, role: str) -> None:
    full = role in {Role.STAFF, Role.HEAD}
    names = {name: needs for name, needs in LISTED.items() if full or not MATRIX[name].own}
    visitor = Visitor(scene.people[role])
    assert list(surprises(visitor, role, scene.home, at_home=True, names=names)) == []


def of_a_place(scene: Scene) -> dict[str, set[str]]:
    """The pages whose address says which school, or a row of one."""
    head = scene.people[Role.HEAD]
    return {
        name: needs
        for name, needs in LISTED.items()
        if address(name, needs, scene.home, head) != address(name, needs, scene.elsewhere, head)
    }


def some(names: dict[str, set[str]], role: str, *, one_in: int) -> dict[str, set[str]]:
    """Every page falls to several roles, and every role gets the same pages each time."""
    turn = sorted(ALL).index(role) % one_in
    return {name: needs for name, needs in names.items() if crc32(name.encode()) % one_in == turn}


def with_every_role(scene: Scene, *, of_the_trust: bool) -> User:
    """Roles only ever add: what is closed to this person is closed to whoever holds fewer."""
    person = make_user(*(set(Role) - TRUST_ROLES), at=scene.home.school, name="Evan Everything")
    if of_the_trust:
        make_member(person, scene.trust, *TRUST_ROLES)
    return person


def test_another_school_does_not_exist(scene: Scene) -> None:
    names = of_a_place(scene)
    assert len(names) > 50
    with rolled_back():
        visitor = Visitor(with_every_role(scene, of_the_trust=True))
        wrong = surprises(visitor, Role.HEAD, scene.elsewhere, at_home=False, names=names)
        assert list(wrong) == []


@pytest.mark.parametrize("role", sorted(ALL))
def test_another_school_does_not_exist_for_any_role(scene: Scene, role: str) -> None:
    visitor, names = Visitor(scene.people[role]), some(of_a_place(scene), role, one_in=5)
    assert list(surprises(visitor, role, scene.elsewhere, at_home=False, names=names)) == []


def of_a_school(scene: Scene) -> dict[str, set[str]]:
    """Without the rows of a trust, which its schools share."""
    return {
        name: needs
        for name, needs in of_a_place(scene).items()
        if "school" in needs or not MATRIX[name].trusts
    }


def test_nor_does_another_school_of_the_same_trust(scene: Scene) -> None:
    with rolled_back():
        visitor = Visitor(with_every_role(scene, of_the_trust=False))
        names = of_a_school(scene)
        wrong = surprises(visitor, Role.HEAD, scene.sister, at_home=False, names=names)
        assert list(wrong) == []


@pytest.mark.parametrize("role", [Role.HEAD, Role.OFFICE, Role.IT, Role.CHAIR, Role.STAFF])
def test_nor_does_another_school_of_the_same_trust_for_any_role(scene: Scene, role: Role) -> None:
    visitor, names = Visitor(scene.people[role]), some(of_a_school(scene), role, one_in=3)
    assert list(surprises(visitor, role, scene.sister, at_home=False, names=names)) == []


# Their second part is a word that every school has, and not a row of one.
WORDS = {"notices:ladder", "notices:ladder_reset", "incidents:route", "incidents:playbook"}


@pytest.mark.parametrize(("role", "whose"), [(Role.HEAD, "elsewhere"), (Role.TRUST_LEAD, "sister")])
def test_a_row_of_another_school_is_not_found_under_ones_own_address(
    scene: Scene, role: Role, whose: str
) -> None:
    """Such as /schools/<mine>/people/<theirs>/, even for somebody who leads both schools."""
    user, place, wrong = scene.people[role], getattr(scene, whose), []
    visitor = Visitor(user)
    for name, needs in of_a_place(scene).items():
        if "school" not in needs or len(needs) == 1 or name in WORDS:
            continue
        if MATRIX[name].trusts and whose == "sister":
            continue  # the same row
        url = address(name, needs, place, user)
        url = url.replace(f"/{place.school.slug}/", f"/{scene.home.school.slug}/")
        for method in ("get", "post"):
            rule = MATRIX[name]
            status = visitor.visit(method, url, about(rule, place, user)).status_code
            if status not in expected(rule, method, role, at_home=False):
                wrong.append(f"{method.upper()} {url}: {status}")
    assert wrong == []


@pytest.mark.parametrize("who", ["leaver", "superuser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_post_nobody_gets_anything(scene: Scene, who: str, method: str) -> None:
    """Not even a superuser, and not even the admin pages."""
    visitor, wrong = Visitor(scene.people[who]), []
    for name, needs in ROUTES.items():
        if name in PUBLIC:
            continue
        url = address(name, needs, scene.home, scene.people[Role.HEAD])
        if not turned_away(visitor.visit(method, url)):
            wrong.append(name)
    assert wrong == []


def test_being_a_superuser_opens_nothing_more_in_the_portal(scene: Scene) -> None:
    with rolled_back():
        person = User.objects.create_superuser("both@example.org", "Bo Both", "x")
        make_member(person, scene.home.school, Role.STAFF)
        visitor = Visitor(person)
        names = {name: needs for name, needs in LISTED.items() if not MATRIX[name].own}
        # Whoever may open the admin pages must have a second factor, but not on the first day.
        at_home = list(surprises(visitor, Role.STAFF, scene.home, at_home=True, names=names))
        away = surprises(
            visitor, Role.STAFF, scene.elsewhere, at_home=False,
            names=some(of_a_place(scene), Role.STAFF, one_in=2),
        )  # fmt: skip
        assert at_home + list(away) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_pages_open_to_no_role(scene: Scene, method: str) -> None:
    wrong = []
    for role, user in persons(scene):
        visitor = Visitor(user)
        for name, needs in ROUTES.items():
            if not name.startswith("admin:") or name in PUBLIC | {"admin:logout": ""}:
                continue
            response = visitor.visit(method, address(name, needs, scene.home, user))
            if response.status_code not in {302, 403, 404, 405}:
                wrong.append(f"{role} {name} {response.status_code}")
    assert wrong == []
