"""What every page needs to know about the person, and which links it offers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch

from people.roles import Permission
from web.addresses import fixed
from web.listed import Listed

if TYPE_CHECKING:
    from people.models import Organisation, User

P = Permission
OWN = (
    ("Your tasks", "overview:home"),
    ("Policies", "governance:my_policies"),
    ("Your training", "governance:my_training"),
    ("Notices", "notices:mine"),
)
AT_SCHOOL = (
    ("Dashboard", "overview:dashboard", {P.VIEW_DASHBOARD}),
    ("People", "people:list", {P.VIEW_PEOPLE}),
    ("Manage policies", "governance:manage", {P.VIEW_DRAFTS, P.MANAGE_POLICIES}),
    ("Training", "governance:training", {P.VIEW_TRAINING}),
    ("Accounts", "accounts:register", {P.VIEW_ACCOUNTS}),
    ("Concerns", "incidents:inbox", {P.HANDLE_CASES}),
    ("Settings", "people:settings", {P.MANAGE_SCHOOL}),
    ("Record", "trail:school", {P.VIEW_TRAIL}),
    ("Reminders", "notices:owed", {P.VIEW_SIGNATURES, P.VIEW_DELIVERY}),
)


@dataclass(frozen=True, slots=True)
class Link(Listed):
    """`current` is the value of aria-current: "page", "true" on a page below it, or "".

    `count` stands behind the label: what is new there.
    """

    label: str
    url: str
    current: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Navigation(Listed):
    """The links of a page: the person's own, the school's, and their other schools."""

    own: list[Link] = field(default_factory=list)
    school: list[Link] = field(default_factory=list)
    places: list[Link] = field(default_factory=list)


def person_and_school(request: HttpRequest) -> dict[str, Any]:
    """`posts`: the person's posts today. `school`: their first post's, unless the view sets one.

    Costs no query of its own: `user.posts` was read by PersonMiddleware.
    """
    user = getattr(request, "user", None)
    posts = user.posts if user is not None and user.is_authenticated else []
    return {
        "portal_name": settings.PORTAL_NAME,
        "posts": posts,
        "school": posts[0].organisation if posts else None,
        "second_factor_days_left": getattr(request, "second_factor_days_left", None),
    }


# Pages that stand in the menu under another address than their own.
UNDER = {"business-cases": "accounts", "private-contacts": "accounts"}


def navigation(user: User, school: Organisation | None, path: str) -> Navigation:
    """The links this person may follow from the pages of this school. Asks no query."""
    own = list(_resolved((label, name, []) for label, name in OWN))
    if unread := getattr(user, "unread_notices", None):
        at = fixed("notices:mine")
        own = [replace(link, count=unread) if link.url == at else link for link in own]
    at_school = list(_school_links(user, school)) if school else []
    here = _nearest([link.url for link in own + at_school], _in_the_menu(path))
    return Navigation(
        own=[_marked(link, here, path) for link in own],
        school=[_marked(link, here, path) for link in at_school],
        places=_places(user, school),
    )


def _resolved(links: Iterable[tuple[str, str, list[str]]]) -> Iterator[Link]:
    """Those whose page exists in this portal."""
    for label, name, args in links:
        try:
            yield Link(label, fixed(name, *args))
        except NoReverseMatch:
            continue


def _school_links(user: User, school: Organisation) -> Iterator[Link]:
    return _resolved(
        (label, name, [school.slug])
        for label, name, any_of in AT_SCHOOL
        if any(user.can(permission, at=school) for permission in any_of)
    )


def _in_the_menu(path: str) -> str:
    """The path as if each page lay below its link."""
    match path.split("/", 4):
        case ["", "schools", slug, room, *rest] if room in UNDER:
            return "/".join(["", "schools", slug, UNDER[room], *rest])
    return path


def _nearest(urls: list[str], path: str) -> str:
    """The link this page lies below; home and a school's first page have only themselves."""
    fronts = {"/", *(url for url in urls if sum(other.startswith(url) for other in urls) > 1)}
    fits = [url for url in urls if url == path or (url not in fronts and path.startswith(url))]
    return max(fits, key=len, default="")


def _marked(link: Link, here: str, path: str) -> Link:
    if link.url != here:
        return link
    return replace(link, current="page" if link.url == path else "true")


def _places(user: User, school: Organisation | None) -> list[Link]:
    """The first page of each of their schools, when there is more than one."""
    organisations = {post.organisation.pk: post.organisation for post in user.posts}
    found = []
    for organisation in organisations.values():
        if first := next(_school_links(user, organisation), None):
            is_here = school is not None and organisation.pk == school.pk
            found.append(Link(organisation.name, first.url, "true" if is_here else ""))
    return found if len(found) > 1 else []
