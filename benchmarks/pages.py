"""The pages that are measured, and who asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.middleware.csrf import _get_new_csrf_string

from approvals.models import BusinessCase
from benchmarks.load import Request
from benchmarks.seeding import World
from people.models import User

SESSIONS = 40


@dataclass(frozen=True)
class Page:
    """One row of the table. `requests(n)` makes n of them; a POST is never repeated."""

    demand: str
    name: str
    ceiling: float | None
    requests: Callable[[int], list[Request]]
    share: float = 1.0  # of the requests of a round: slow pages are asked for less often
    most: int = 100_000  # requests in all: each person can sign only once


class Sessions:
    """Signed-in cookies, made in the database as the sign-in page would."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.made: dict[int, str] = {}

    def cookie(self, user: User) -> str:
        if user.pk not in self.made:
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = self.backend
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
            self.made[user.pk] = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
        return self.made[user.pk]


def yardstick(world: World, sessions: Sessions) -> Callable[[int], list[Request]]:
    people = list(User.objects.filter(pk__in=world.staff[:SESSIONS]))
    path = f"/?school={world.school.pk}"

    def requests(n: int) -> list[Request]:
        return [Request("GET", path, sessions.cookie(people[i % len(people)])) for i in range(n)]

    return requests


def pages(world: World, sessions: Sessions) -> Iterator[Page]:
    staff = list(User.objects.filter(pk__in=world.staff[:SESSIONS]))
    signers = iter(User.objects.filter(pk__in=world.staff[SESSIONS:]).order_by("pk"))
    can_sign = len(world.staff) - SESSIONS

    # A browser has it from its first page on, and no page makes a new one for it.
    kept = f"{settings.CSRF_COOKIE_NAME}={_get_new_csrf_string()}"

    def by(people: list[User], path: str) -> Callable[[int], list[Request]]:
        cookies = [f"{sessions.cookie(person)}; {kept}" for person in people]
        return lambda n: [Request("GET", path, cookies[i % len(cookies)]) for i in range(n)]

    def signing(n: int) -> list[Request]:
        return [
            _signature(world, sessions, user) for _, user in zip(range(n), signers, strict=False)
        ]

    slug, policy = world.school.slug, world.signed.pk
    head = [world.head]
    yield Page("H1", "my tasks", 3, by(staff, "/"))
    yield Page("H1", "my policies", 3, by(staff, "/policies/"))
    yield Page("H2", "acknowledge (POST)", 3, signing, most=can_sign)
    yield Page(
        "H3",
        "who has not signed",
        6,
        by(head, f"/schools/{slug}/policies/{policy}/signatures/?state=not_signed"),
        0.4,
    )
    yield Page(
        "H4",
        "the same as CSV",
        None,
        by(head, f"/schools/{slug}/policies/{policy}/signatures.csv"),
        0.1,
    )
    if world.account is not None:
        run = world.account.runners.select_related("person").order_by("pk")
        runners = [one.person for one in run]
        yield Page("H1", "a runner's tasks", 3, by(runners, "/"))
        yield Page("H8", "account register", 5, by(head, f"/schools/{slug}/accounts/"), 0.4)
        yield Page("H8", "account page", 5, by(head, world.account.get_absolute_url()), 0.4)
    if world.cases:
        waiting = iter(BusinessCase.objects.filter(pk__in=world.cases).order_by("pk"))
        queue = f"/schools/{slug}/business-cases/?mine=vote"

        def voting(n: int) -> list[Request]:
            return [
                _vote(world, sessions, case) for _, case in zip(range(n), waiting, strict=False)
            ]

        yield Page("H7", "approval queue", 5, by(head, queue), 0.4)
        yield Page("H7", "one vote (POST)", 5, voting, 0.4, most=len(world.cases))
    if world.concern:
        yield Page("H5", "case list", 8, by(head, f"/schools/{slug}/concerns/"), 0.4)
        trust = [User.objects.get(email="lead@bench.example")]
        path = f"/schools/{world.trust.slug}/concerns/"
        yield Page("H5", "a trust's case list", 8, by(trust, path), 0.4)
        yield Page("H6", "case page", 5, by(head, f"/cases/{world.concern}/"), 0.4)
    yield Page("H9", "school dashboard", None, by(head, f"/schools/{slug}/"), 0.2)
    lead = [User.objects.get(email="lead@bench.example")]
    yield Page("H9", "trust dashboard", None, by(lead, "/schools/bench/"), 0.1)
    if world.account is not None:
        path = "/schools/bench/accounts/schools/"
        yield Page("H9", "accounts by school", None, by(lead, path), 0.1)
    yield Page("P7", "a policy by school", None, by(lead, f"/policies/{policy}/schools/"), 0.1)


def _vote(world: World, sessions: Sessions, case: BusinessCase) -> Request:
    """The head approves; the school asks for a second vote."""
    token = _get_new_csrf_string()
    body = urlencode(
        {
            "csrfmiddlewaretoken": token,
            "choice": "approve",
            "content_hash": case.content_hash,
        }
    )
    cookie = f"{sessions.cookie(world.head)}; {settings.CSRF_COOKIE_NAME}={token}"
    path = f"/schools/{world.school.slug}/business-cases/{case.number}/vote/"
    return Request("POST", path, cookie, body)


def _signature(world: World, sessions: Sessions, user: User) -> Request:
    token = _get_new_csrf_string()
    version = world.policy.current
    assert version is not None
    body = urlencode(
        {
            "csrfmiddlewaretoken": token,
            "displayed": version.content_hash,
            "typed_name": user.name,
        }
    )
    cookie = f"{sessions.cookie(user)}; {settings.CSRF_COOKIE_NAME}={token}"
    return Request("POST", f"/policies/{world.policy.pk}/sign/", cookie, body)
