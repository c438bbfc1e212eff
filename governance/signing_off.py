"""What the pages of a sign-off show: whose turn it is, what changed, who signed what (P2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from governance.comparing import Changes, compare
from governance.models import Comment, PolicyVersion, SentEdition, SignOff
from governance.workflow import Status, asked_now, in_a_sentence, removals, required_roles, roles_at
from people.models import MembershipRole, Organisation, User
from people.models.membership import on_day
from people.roles import Role


@dataclass(frozen=True)
class Turn:
    """One signatory: the signature that stands, or how far off theirs is."""

    role: Role
    signed: SignOff | None
    state: str
    people: tuple[str, ...] | None  # who holds the role today, while their signature is missing

    @property
    def label(self) -> str:
        return self.role.label

    @property
    def is_vacant(self) -> bool:
        return self.people == ()

    @property
    def status(self) -> str:
        return {"signed": "signed", "asked": "waiting", "later": "upcoming"}.get(
            self.state, "draft"
        )

    @property
    def words(self) -> str:
        said = {"signed": "Signed", "asked": "Asked to sign now", "later": "Signs later"}
        return said.get(self.state, "Not yet")


def turns(version: PolicyVersion) -> list[Turn]:
    """Those who sign it off, in their order."""
    standing = {row.role: row for row in version.sign_offs.all() if row.is_for(version)}
    asked = asked_now(version) if version.status == Status.IN_SIGN_OFF else []

    def state(role: Role) -> str:
        if role in standing:
            return "signed"
        if version.status != Status.IN_SIGN_OFF:
            return "not_sent"
        return "asked" if role in asked else "later"

    required = required_roles(version)
    missing = [] if version.is_published else [one for one in required if one not in standing]
    held = _held(version.policy.owner, missing)
    return [Turn(one, standing.get(one), state(one), held.get(one)) for one in required]


def _held(owner: Organisation, roles: list[Role]) -> dict[Role, tuple[str, ...]]:
    """Who holds each of these roles today, at the very place that owns the policy."""
    if not roles:
        return {}
    found: dict[Role, list[str]] = {role: [] for role in roles}
    on = owner.today()
    rows = MembershipRole.objects.filter(
        on_day(on), on_day(on, "membership__"), membership__organisation=owner, role__in=roles
    ).order_by("membership__person__sort_name", "membership__person__name")
    for role, name in rows.values_list("role", "membership__person__name"):
        found[Role(role)].append(name)
    return {role: tuple(names) for role, names in found.items()}


@dataclass(frozen=True)
class Since:
    """What is new in a text that was sent before."""

    words: str
    changes: Changes
    earlier: SentEdition
    for_others: bool


def new_since(version: PolicyVersion, user: User) -> Since | None:
    """Since the text this person signed or, if they signed none, since it was last sent.

    None for a text that was not sent before, or was sent as it is.
    """
    sent = [one for one in version.sent_editions.all() if _differs(one, version)]
    if not sent:
        return None
    mine = roles_at(user, version)
    signed = {
        row.content_hash
        for row in version.sign_offs.all()
        if row.person_id == user.pk or row.role in mine
    }
    theirs = [one for one in sent if one.content_hash in signed]
    earlier = theirs[-1] if theirs else sent[-1]
    day = f"{earlier.sent_at.astimezone(version.organisation.zone):%-d %B %Y}"
    words = f"the text of {day} that was signed" if theirs else f"it was last sent, on {day}"
    return Since(
        words=words,
        changes=compare(earlier.body, version.body),
        earlier=earlier,
        for_others=earlier.audience_hash != version.audience_hash,
    )


def _differs(sent: SentEdition, version: PolicyVersion) -> bool:
    return sent.content_hash != version.content_hash or sent.audience_hash != version.audience_hash


def comments_on(version: PolicyVersion) -> list[Comment]:
    """Everything said about the draft, what waits for an answer first."""
    rows = version.comments.select_related("by", "resolution__by")
    return sorted(rows, key=lambda one: hasattr(one, "resolution"))


def agreed(version: PolicyVersion) -> list[SignOff]:
    """The signatures that stand on a version, for anybody who may read it."""
    return list(SignOff.objects.standing().filter(version=version).select_related("person"))


# The trail of one version


@dataclass(frozen=True)
class Event:
    """One thing that happened to a version on its way, for those who see drafts."""

    at: datetime
    what: str
    who: str = ""
    detail: str = ""
    on: date | None = None  # where it happened on another day than it was entered
    fingerprint: str = ""
    void: bool = False


def trail_of(version: PolicyVersion) -> list[Event]:
    """From the first draft to its publication, in the order of time."""
    return sorted(_events(version), key=lambda event: event.at)


def _events(version: PolicyVersion) -> Iterator[Event]:
    yield Event(version.created_at, "The draft was begun", _name(version.created_by))
    for sent in version.sent_editions.select_related("by"):
        yield Event(
            sent.sent_at, "Sent for sign-off", _name(sent.by), fingerprint=sent.content_hash
        )
    for row in version.sign_offs.select_related("person", "recorded_by"):
        yield _signature(version, row)
    for said in version.comments.select_related("by", "resolution__by"):
        yield from _said(said)
    for gone in removals(version):
        what = f"{gone.get_role_display()} no longer signs this policy off"
        yield Event(gone.at, what, _name(gone.by), gone.reason)
    if version.published_at is not None:
        yield Event(
            version.published_at,
            "Published",
            _name(version.published_by),
            fingerprint=version.content_hash,
        )


def _signature(version: PolicyVersion, row: SignOff) -> Event:
    elsewhere = row.method == SignOff.Method.ELSEWHERE
    return Event(
        at=row.recorded_at,
        what=f"Signed off as {in_a_sentence(Role(row.role))}",
        who=row.name if elsewhere else _name(row.person),
        detail=f"Signed elsewhere, entered by {row.recorded_by}" if elsewhere else "",
        on=row.signed_on if elsewhere else None,
        fingerprint=row.content_hash,
        void=not row.is_for(version),
    )


def _said(said: Comment) -> Iterator[Event]:
    what = "Sent back" if said.sends_back else "Comment"
    if said.heading:
        what += f" on “{said.heading}”"
    yield Event(said.at, what, _name(said.by), said.text)
    done = getattr(said, "resolution", None)
    if done is not None:
        yield Event(done.at, "Comment ticked off", _name(done.by), done.answer or said.text)


def _name(person: User | None) -> str:
    return str(person) if person else "the portal"
