"""Signing a version off before it is published (P2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from governance.models import PolicyVersion, SentEdition, SignOff
from governance.services import commenting
from governance.workflow import (
    VERSION,
    WHERE,
    Action,
    Status,
    asked_now,
    in_a_sentence,
    roles_to_sign,
    waiting_for,
)
from notices.services import notify
from people.models import Membership, User
from people.roles import Role
from trail.workflow import InvalidTransition
from web.errors import RuleBroken

if TYPE_CHECKING:
    from files.models import StoredFile


def send(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Ask the signatories for their consent to this text, for the first time or again."""
    with VERSION.step(version, Action.SEND, by=by) as version:
        version.sent_at = timezone.now()
        SentEdition.objects.create(
            version=version,
            edition=version.edition,
            number=version.number,
            title=version.title,
            body=version.body,
            content_hash=version.content_hash,
            audience_hash=version.audience_hash,
            by=by,
            sent_at=version.sent_at,
        )
    return version


def take_back(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Take a text back from sign-off, to work on it again."""
    with VERSION.step(version, Action.REOPEN, by=by) as version:
        pass
    return version


def send_back(version: PolicyVersion, *, by: User, note: str) -> PolicyVersion:
    """A signatory asks for changes, and says which. It becomes a task of whoever wrote the text."""
    if not note.strip():
        raise RuleBroken("Say what should change, so that the author knows.")
    with VERSION.step(version, Action.RETURN, by=by) as version:
        version.return_note, version.returned_by = note.strip(), by
        version.returned_at = timezone.now()
        commenting.write(version, by=by, text=note, sends_back=True)
        _tell_writers(version, by=by, title=f"Sent back with a comment: {version.title}")
    return version


def sign(
    version: PolicyVersion, *, by: User, displayed: str, audience: str | None = None
) -> list[SignOff]:
    """Consent to exactly the text that was displayed, in each capacity this person is asked in.

    `displayed` is the hash of the text, `audience` that of the people it is for; without it, what
    `version` says counts. Raises PermissionDenied for someone who is no signatory, RuleBroken when
    text or audience have changed, it is not waiting, not their turn, or signed by them already.
    """
    if audience is None:
        audience = version.audience_hash
    details = {"method": str(SignOff.Method.PORTAL)}
    with _while_waiting(version, Action.SIGN_OFF, by=by, details=details) as version:
        if version.content_hash != displayed:
            raise RuleBroken("The text was changed while you were reading. Please read it again.")
        if version.audience_hash != audience:
            raise RuleBroken(
                "Whom it is for was changed while you were reading. Please look at it again."
            )
        roles = roles_to_sign(version, by)
        details["role"] = ",".join(roles)
        return _record(version, roles, by, method=SignOff.Method.PORTAL, person=by)


def record_elsewhere(
    version: PolicyVersion,
    *,
    by: User,
    role: Role,
    name: str,
    signed_on: date,
    scan: StoredFile | None = None,
) -> SignOff:
    """Enter a sign-off that took place on paper, such as in a governors' meeting."""
    details = {"method": str(SignOff.Method.ELSEWHERE), "role": str(role)}
    with _while_waiting(version, Action.RECORD, by=by, details=details) as version:
        RuleBroken.if_any(_elsewhere_problems(version, role, name, signed_on))
        (row,) = _record(
            version,
            [role],
            by,
            method=SignOff.Method.ELSEWHERE,
            name=name.strip(),
            signed_on=signed_on,
            scan=scan,
        )
    return row


def _elsewhere_problems(
    version: PolicyVersion, role: Role, name: str, signed_on: date
) -> Iterator[str]:
    label = Role(role).label
    if role not in waiting_for(version):
        yield f"{label} is not asked to sign, or has signed already."
    elif role not in asked_now(version):
        first = in_a_sentence(asked_now(version)[0])
        yield f"{label} signs later: record the signature of {first} first."
    if not name.strip():
        yield "Give the name of the person who signed."
    if signed_on > version.organisation.today():
        yield "The day of signing cannot be in the future."


@contextmanager
def _while_waiting(
    version: PolicyVersion, action: Action, *, by: User, details: dict[str, str]
) -> Iterator[PolicyVersion]:
    """A step that leaves the version waiting, and says so where it is not."""
    try:
        with VERSION.step(version, action, by=by, details=details) as locked:
            yield locked
    except InvalidTransition:
        found = PolicyVersion.objects.filter(pk=version.pk).first()
        if found is None:
            raise
        where = WHERE[Status(found.status)]
        raise RuleBroken(f"This text is not waiting for sign-off now: {where}.") from None


def _record(
    version: PolicyVersion, roles: Iterable[Role], by: User, **details: object
) -> list[SignOff]:
    details.setdefault("signed_on", version.organisation.today())
    try:
        with transaction.atomic():
            rows = [
                SignOff.objects.create(
                    version=version,
                    role=role,
                    recorded_by=by,
                    content_hash=version.content_hash,
                    audience_hash=version.audience_hash,
                    **details,
                )
                for role in roles
            ]
    except IntegrityError:
        raise RuleBroken("Somebody has already signed in this capacity.") from None
    if not waiting_for(version):
        _tell_writers(version, by=by, title=f"Signed off, ready to publish: {version.title}")
    return rows


def _tell_writers(version: PolicyVersion, *, by: User, title: str) -> None:
    """The author, and whoever wrote this text, hear what became of it while they are here."""
    policy = version.policy
    here = Membership.objects.active(policy.owner.today()).filter(person=OuterRef("pk"))
    writers = User.objects.filter(Exists(here), pk__in=[policy.author_id, version.edited_by_id])
    for person in writers.exclude(pk=by.pk):
        notify(
            person,
            organisation=policy.owner,
            kind="policy.draft",
            occasion=f"policy.draft:{version.pk}:{timezone.now().isoformat()}",
            title=title,
            url=reverse("governance:policy", args=[policy.pk]),
        )
