"""Signing a version off before it is published (P2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from governance.models import PolicyVersion, SignOff
from governance.workflow import VERSION, Action, Status, required_roles, roles_at, waiting_for
from notices.services import notify
from people.models import Membership, User
from people.roles import Permission, Role
from trail import audit
from web.errors import RuleBroken

if TYPE_CHECKING:
    from files.models import StoredFile


def send(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Ask the signatories for their consent to this text."""
    with VERSION.step(version, Action.SEND, by=by) as version:
        version.sent_at = timezone.now()
    return version


def take_back(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Take a text back from sign-off, to work on it again."""
    with VERSION.step(version, Action.REOPEN, by=by) as version:
        pass
    return version


def send_back(version: PolicyVersion, *, by: User, note: str) -> PolicyVersion:
    """A signatory asks for changes, and says which."""
    if not note.strip():
        raise RuleBroken("Say what should change, so that the author knows.")
    with VERSION.step(version, Action.RETURN, by=by) as version:
        version.return_note, version.returned_by = note.strip(), by
        _tell_writers(version, by=by, title=f"Sent back with a comment: {version.title}")
    return version


@transaction.atomic
def sign(version: PolicyVersion, *, by: User, displayed: str) -> list[SignOff]:
    """Consent to exactly the text that was displayed, in each capacity this person holds.

    Raises PermissionDenied for someone who is no signatory, RuleBroken when the text has changed,
    is not waiting, or has been signed by them already.
    """
    version = _lock(version)
    mine = roles_at(by, version)
    if not mine & set(required_roles(version)):
        raise PermissionDenied
    _expect_waiting(version)
    if version.content_hash != displayed:
        raise RuleBroken("The text was changed while you were reading. Please read it again.")
    open_roles = [role for role in waiting_for(version) if role in mine]
    if not open_roles:
        raise RuleBroken("You have already signed this text off.")
    return [
        _record(version, role, by, method=SignOff.Method.PORTAL, person=by) for role in open_roles
    ]


@transaction.atomic
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
    version = _lock(version)
    if not by.can(Permission.MANAGE_POLICIES, at=version.policy.owner):
        raise PermissionDenied
    _expect_waiting(version)
    RuleBroken.if_any(_elsewhere_problems(version, role, name, signed_on))
    return _record(
        version,
        role,
        by,
        method=SignOff.Method.ELSEWHERE,
        name=name.strip(),
        signed_on=signed_on,
        scan=scan,
    )


def _elsewhere_problems(
    version: PolicyVersion, role: Role, name: str, signed_on: date
) -> Iterator[str]:
    if role not in waiting_for(version):
        yield f"{Role(role).label} is not asked to sign, or has signed already."
    if not name.strip():
        yield "Give the name of the person who signed."
    if signed_on > version.organisation.today():
        yield "The day of signing cannot be in the future."


def _record(version: PolicyVersion, role: Role, by: User, **details: object) -> SignOff:
    details.setdefault("signed_on", version.organisation.today())
    try:
        with transaction.atomic():
            row = SignOff.objects.create(
                version=version,
                role=role,
                recorded_by=by,
                content_hash=version.content_hash,
                **details,
            )
    except IntegrityError:
        raise RuleBroken("Somebody has already signed in this capacity.") from None
    if not waiting_for(version):
        _tell_writers(version, by=by, title=f"Signed off, ready to publish: {version.title}")
    audit.record("policy.sign_off", version, by=by, role=str(role), method=str(row.method))
    return row


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


def _lock(version: PolicyVersion) -> PolicyVersion:
    found = (
        PolicyVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("policy__owner")
        .filter(pk=version.pk)
        .first()
    )
    if found is None:
        raise RuleBroken("Somebody has thrown this draft away meanwhile.")
    return found


def _expect_waiting(version: PolicyVersion) -> None:
    if version.status != Status.IN_SIGN_OFF:
        state = version.get_status_display().lower()
        raise RuleBroken(f"This text is not waiting for sign-off: it is {state}.")
