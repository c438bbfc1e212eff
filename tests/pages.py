"""A scene for every page: two schools of one trust, one of nobody's, and something of everything.

`KWARGS` says, for each route that needs more than a school, which row of a place it is about. The
access tests, the row counts and the browser all go through it, so a new page is asked for in one
place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from files.models import StoredFile
from files.services import store
from governance.importing import read_policy
from governance.models import Exemption, Policy, PolicyVersion, Signature
from governance.services import drafts, exemptions, importing, publishing, sign_off
from notices import services as notices
from notices.models import Mail, Notice
from people.models import (
    Closure,
    Invitation,
    Organisation,
    SecondFactorReset,
    StaffImport,
    Term,
    User,
)
from people.roles import TRUST_ROLES, Role
from people.services import calendar, invitations, membership, sign_in
from people.services import importing as staff_importing
from tests import rows
from tests.access_roles import LINE_MANAGER
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_policy, publish_next, sign

STAFF_LIST = b"Name,E-mail\nAnna Example,anna%d@example.org\nBen Example,ben%d@example.org\n"
POLICY_TEXT = b"Online safety policy\n\nVersion 2.0\n\n1. Purpose\n\nWe post with care.\n"


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever happens inside leaves nothing behind, as in a test case of Django's own."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


@dataclass
class Place:
    """A school with one row of every kind."""

    school: Organisation
    people: dict[str, User]
    policy: Policy = field(init=False)  # in force, with an earlier version
    draft: PolicyVersion = field(init=False)
    waiting: PolicyVersion = field(init=False)  # for head and chair to sign off
    withdrawn: Policy = field(init=False)
    signature: Signature = field(init=False)
    exemption: Exemption = field(init=False)
    term: Term = field(init=False)
    closure: Closure = field(init=False)
    invitation: Invitation = field(init=False)
    reset: SecondFactorReset = field(init=False)
    mail: Mail = field(init=False)
    notice: Notice = field(init=False)
    source: StoredFile = field(init=False)
    # What the files of tests/rows/ made, by the name they gave it.
    rows: dict[str, Any] = field(default_factory=dict)
    # A staff list belongs to whoever uploaded it.
    imports: dict[int, StaffImport] = field(default_factory=dict)
    imports_done: dict[int, StaffImport] = field(default_factory=dict)
    # And so does the file of a policy that waits to be kept.
    sources: dict[int, StoredFile] = field(default_factory=dict)

    @property
    def teacher(self) -> User:
        return self.people["teacher"]

    def import_of(self, user: User, *, done: bool = False) -> StaffImport:
        """This person's own upload, or else the head's."""
        rows = self.imports_done if done else self.imports
        return rows.get(user.pk) or rows[self.people[Role.HEAD].pk]

    def source_of(self, user: User) -> StoredFile:
        """The policy this person uploaded, or else the head's."""
        return self.sources.get(user.pk) or self.source


@dataclass
class Scene:
    """`home` and `sister` belong to the trust; `elsewhere` to nobody we know."""

    trust: Organisation
    home: Place
    sister: Place
    elsewhere: Place
    people: dict[str, User]  # by role, and: line_manager, leaver, superuser


def build_scene() -> Scene:
    trust = make_trust("Elm Tree Trust")
    home = make_place(trust, "Elm Park School")
    people = {
        **{role: make_user(role, at=trust, name=f"Terry {role.value}") for role in TRUST_ROLES},
        **home.people,
    }
    _upload(home, people[Role.TRUST_LEAD])
    _keep_file(home, people[Role.TRUST_LEAD])
    leaver = make_user(Role.HEAD, at=home.school, name="Lee Former")
    membership.leave(
        leaver.memberships.get(), last_day=timezone.localdate() - timedelta(days=1), by=None
    )
    people["leaver"] = User.objects.get(pk=leaver.pk)
    people["superuser"] = User.objects.create_superuser("root@example.org", "Sam Operator", "x")
    return Scene(
        trust, home, make_place(trust, "Elm Hill School"), make_place(None, "Far School"), people
    )


def make_place(trust: Organisation | None, name: str) -> Place:
    """A school, its people and something of everything, through the services."""
    school = make_school(name, trust=trust)
    people: dict[str, User] = {
        role: make_user(role, at=school, name=f"Robin {role.value} of {name}"[:60])
        for role in Role
        if role not in TRUST_ROLES
    }
    people[LINE_MANAGER] = make_user(Role.STAFF, at=school, name="Mika Manager")
    people["teacher"] = make_user(
        Role.STAFF, at=school, name="Toni Teacher", line_manager=people[LINE_MANAGER],
        department="Science",
    )  # fmt: skip
    place = Place(school, people)
    _policies(place)
    _year(place)
    _people(place)
    _messages(place)
    rows.make(place)
    return place


def _policies(place: Place) -> None:
    school, head = place.school, place.people[Role.HEAD]
    place.policy = make_policy(school, by=head, title=f"Online safety at {school}")
    publish_next(place.policy, by=head)
    place.policy.refresh_from_db()
    place.signature = sign(place.policy, place.teacher)
    place.draft = make_draft(school, by=head, title="Trips with a camera")
    to_withdraw = make_policy(school, by=head, title="Old rules")
    publishing.withdraw(to_withdraw, by=head, reason="Replaced by another policy.")
    place.withdrawn = Policy.objects.get(pk=to_withdraw.pk)
    waiting = make_draft(school, by=place.people[Role.SLT], title="Phones")
    drafts.set_signatories(waiting.policy, [Role.HEAD, Role.CHAIR], by=head)
    place.waiting = sign_off.send(waiting, by=head)
    place.exemption = exemptions.allow(
        place.people[Role.STAFF], school, by=head, reason="long_leave", starts_on=school.today()
    )
    imported = read_policy(POLICY_TEXT, "policy.txt")
    kept = importing.start_from_import(
        school, imported, by=head, source=POLICY_TEXT, filename="policy.txt"
    )
    assert kept.source_file is not None
    place.source = kept.source_file
    _keep_file(place, place.people[Role.SLT])


def _keep_file(place: Place, by: User) -> None:
    place.sources[by.pk] = store(
        POLICY_TEXT, organisation=place.school, by=by, purpose=importing.PURPOSE, name="policy.txt"
    )


def _year(place: Place) -> None:
    today = place.school.today()
    place.term = calendar.add_term(
        place.school, by=None, name="This term",
        starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=30),
    )  # fmt: skip
    place.closure = calendar.add_closure(
        place.school, by=None, kind="inset", starts_on=today + timedelta(days=3),
        ends_on=today + timedelta(days=3),
    )  # fmt: skip


def _people(place: Place) -> None:
    head, teacher = place.people[Role.HEAD], place.teacher
    place.people["invited"] = make_user(Role.STAFF, at=place.school, name="Ira Invited")
    place.invitation = invitations.invite(place.people["invited"], place.school, by=head)
    Authenticator.objects.create(user=teacher, type=Authenticator.Type.TOTP, data={})
    place.reset = sign_in.ask_reset(teacher, place.school, by=place.people[Role.IT])
    for role in (Role.HEAD, Role.OFFICE):
        _upload(place, place.people[role])


def _upload(place: Place, by: User) -> None:
    """One staff list that has been confirmed, and one that waits."""
    first, second = STAFF_LIST % (by.pk, by.pk), STAFF_LIST % (-by.pk, -by.pk)
    done = staff_importing.upload(place.school, first, by=by)
    digest = staff_importing.plan_of(done).digest
    staff_importing.confirm(done, by=by, digest=digest)
    place.imports_done[by.pk] = StaffImport.objects.get(pk=done.pk)
    place.imports[by.pk] = staff_importing.upload(
        place.school, second.replace(b"-", b"minus"), by=by
    )


def _messages(place: Place) -> None:
    teacher = place.teacher
    outbox = get_connection("notices.backend.OutboxBackend")
    EmailMessage("A reminder", "Please sign.", to=[teacher.email or ""], connection=outbox).send()
    place.mail = Mail.objects.filter(recipient=teacher).latest("pk")
    Mail.objects.filter(pk=place.mail.pk).update(
        status=Mail.Status.FAILED, organisation=place.school, last_error="550"
    )
    place.notice = notices.notify(
        teacher, organisation=place.school, kind="policy.sign", occasion=f"x:{place.school.pk}",
        title="Online safety was published", url="/policies/",
    )  # fmt: skip


# Which row each page is about. Routes that need a school only, or nothing, are not listed.

Kwargs = Callable[[Place, User], dict[str, Any]]


def _of(name: str, attribute: str = "pk", as_: str = "pk") -> Kwargs:
    return lambda place, _user: {as_: getattr(getattr(place, name), attribute)}


def _teacher(place: Place, _user: User) -> dict[str, Any]:
    return {"pk": place.teacher.pk}


def _waiting_list(place: Place, user: User) -> dict[str, Any]:
    return {"pk": place.import_of(user).pk}


def _done_list(place: Place, user: User) -> dict[str, Any]:
    return {"pk": place.import_of(user, done=True).pk}


ABOUT_A_POLICY = [
    "read", "sign", "history", "policy", "details", "signatories", "new_version", "withdraw",
    "reviewed", "signers", "signers_csv",
]  # fmt: skip
ABOUT_A_DRAFT = ["edit", "audience", "send", "publish", "discard"]
ABOUT_SIGN_OFF = ["take_back", "sign_off", "send_back", "signed_elsewhere"]
GOVERNANCE: dict[str, Kwargs] = {
    **dict.fromkeys(ABOUT_A_POLICY, _of("policy")),
    **dict.fromkeys(ABOUT_A_DRAFT, _of("draft")),
    **dict.fromkeys(ABOUT_SIGN_OFF, _of("waiting")),
    "version": lambda place, _user: {"pk": place.policy.current_id},
    "receipt": _of("signature", "reference", "reference"),
    "exemption_end": _of("exemption"),
}
KWARGS: dict[str, Kwargs] = {
    **rows.KWARGS,
    **{f"governance:{name}": kwargs for name, kwargs in GOVERNANCE.items()},
    **{
        f"people:{name}": _teacher
        for name in ["detail", "change", "roles", "leave", "stay", "reset_ask"]
    },
    "people:invite": lambda place, _user: {"pk": place.people["invited"].pk},
    "people:reset": _of("reset"),
    **{
        f"people:import_{name}": _waiting_list
        for name in ["preview", "columns", "confirm", "abandon"]
    },
    "people:import_done": _done_list,
    "people:import_invite": _done_list,
    "people:term_change": _of("term"),
    "people:term_delete": _of("term"),
    "people:closure_change": _of("closure"),
    "people:closure_delete": _of("closure"),
    "people:welcome": lambda place, _user: {"token": invitations.token_for(place.invitation)},
    "notices:retry": _of("mail"),
    "files:download": _of("source"),
    "trail:object": lambda place, _user: {
        "target_type": "governance.policyversion",
        "target_id": place.policy.current_id,
    },
    "web:school_css": lambda _place, _user: {"colour": "1d4f91"},
    "account_reset_password_from_key": lambda _place, _user: {"uidb36": "1", "key": "set-password"},
    "mfa_edit_webauthn": lambda _place, _user: {"pk": 0},
    "mfa_remove_webauthn": lambda _place, _user: {"pk": 0},
    "admin:app_list": lambda _place, _user: {"app_label": "people"},
    "admin:view_on_site": lambda _place, _user: {"content_type_id": 1, "object_id": 1},
    **{
        f"admin:people_{model}_{verb}": lambda place, _user: {"object_id": place.school.pk}
        for model in ("organisation", "user")
        for verb in ("history", "delete", "change")
    },
}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every named route with the names of what its address holds."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{entry.namespace}:" if entry.namespace else ""
            yield from routes(entry, prefix + namespace)
        elif isinstance(entry, URLPattern) and entry.name:
            pattern = entry.pattern
            names = set(pattern.converters) or set(pattern.regex.groupindex)
            yield f"{prefix}{entry.name}", names


def address(name: str, needs: set[str], place: Place, user: User) -> str:
    """The address of this page for this row of this place."""
    kwargs = KWARGS[name](place, user) if name in KWARGS else {}
    if "school" in needs:
        kwargs["school"] = place.school.slug
    return reverse(name, kwargs=kwargs)
