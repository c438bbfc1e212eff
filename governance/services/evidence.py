"""Asking for evidence packs, making them, handing them out, and erasing them in time (D18)."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from files.models import StoredFile
from files.purposes import Purpose
from files.services import forget, open_file, store
from governance.evidence import confirming, manifest, packing
from governance.models import EvidencePack, Policy
from governance.services.signing import new_reference
from notices.services import notify
from people.models import Membership, Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

log = structlog.get_logger(__name__)
Kind, State = EvidencePack.Kind, EvidencePack.State

KEPT_FOR = timedelta(days=30)
CLAIM_LASTS = timedelta(minutes=20)  # longer than a worker may run
MOST_ATTEMPTS = 3
MOST_WAITING = 5  # of one person
# So many posts times policies take a second or two: the head has such a pack at once.
SMALL = 4_000
PARTS = {"summary.pdf": "application/pdf", "figures.csv": "text/csv"}


def may_ask(kind: str, organisation: Organisation, user: User) -> bool:
    """Names for those who may see who has signed; figures for those who see the dashboard."""
    if user.can(Permission.VIEW_SIGNATURES, at=organisation):
        return True
    return kind == Kind.GOVERNORS and user.can(Permission.VIEW_DASHBOARD, at=organisation)


def ask(
    organisation: Organisation,
    *,
    by: User,
    kind: str,
    as_at: datetime | None = None,
    policy: Policy | None = None,
    person: User | None = None,
    form_key: uuid.UUID | None = None,
) -> EvidencePack:
    """Ask for a pack about a moment (None: now). A second click gets the pack of the first.

    Raises RuleBroken for a moment to come, a policy or person of another place, or too many at
    once.
    """
    if not may_ask(kind, organisation, by):
        raise PermissionDenied
    now = timezone.now()
    asked = EvidencePack(
        reference=new_reference().replace("S-", "E-", 1),
        organisation=organisation,
        kind=kind,
        policy=policy,
        person=person,
        as_at=as_at or now,
        requested_by=by,
        requested_at=now,
        form_key=form_key,
    )
    before = _asked_before(by, form_key)
    if before is not None:
        return before
    RuleBroken.if_any(_problems(asked, now))
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            audit.record("evidence.ask", asked, by=by, kind=kind)
    except IntegrityError:
        if (before := _asked_before(by, form_key)) is None:
            raise
        return before
    return asked


def _asked_before(by: User, form_key: uuid.UUID | None) -> EvidencePack | None:
    if form_key is None:
        return None
    return EvidencePack.objects.filter(requested_by=by, form_key=form_key).first()


def _problems(asked: EvidencePack, now: datetime) -> Iterator[str]:
    place = asked.organisation
    if asked.as_at > now:
        yield "Choose a moment that has passed."
    if asked.kind == Kind.POLICY and asked.policy is None:
        yield "Choose the policy."
    if asked.kind == Kind.PERSON and asked.person is None:
        yield "Choose the person."
    if asked.policy and not policies_at(place).filter(pk=asked.policy.pk).exists():
        yield "This policy does not reach this school."
    here = Membership.objects.filter(organisation__reached_from__above=place)
    if asked.person and not here.filter(person=asked.person).exists():
        yield "This person has never been at this school."
    waiting = EvidencePack.objects.waiting().filter(requested_by=asked.requested_by)
    if waiting.count() >= MOST_WAITING:
        yield "You have asked for several packs that are still being made. Wait for those first."


def policies_at(place: Organisation) -> QuerySet[Policy]:
    """What a pack of this place can be about: published at some time, and no appendix."""
    reaching = Q(owner__reaches__below=place) | Q(owner__reached_from__above=place)
    found = Policy.objects.documents().filter(reaching, versions__status="published")
    return Policy.objects.filter(pk__in=found.values("pk"))


def is_small(pack: EvidencePack) -> bool:
    """Whether it is made while the person waits. Three queries."""
    question = packing.question_of(pack)
    return question.posts.count() * max(len(question.versions), 1) <= SMALL


def make(pack_id: int, *, tell: bool = True) -> EvidencePack | None:
    """Make a pack that waits; None when somebody else is at it. Safe to run twice.

    Nothing is locked while it is written. What goes wrong is tried again, three times in all.
    """
    pack = _claim(pack_id)
    if pack is None:
        return None
    try:
        made = packing.make(pack, timezone.now())
        return _finish(pack, made, tell=tell)
    except RuleBroken as problem:  # too large a file, for one: it will not shrink
        log.warning("evidence_refused", pack=pack.pk, why=str(problem))
        return _fail(pack)
    except Exception:
        log.exception("evidence_failed", pack=pack.pk)
        return _fail(pack) if pack.attempts >= MOST_ATTEMPTS else None


@transaction.atomic
def _claim(pack_id: int) -> EvidencePack | None:
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LASTS)
    pack = (
        EvidencePack.objects.waiting()
        .filter(free, pk=pack_id)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("organisation__parent", "policy", "person", "requested_by")
        .first()
    )
    if pack is not None:
        pack.claimed_at, pack.attempts = now, pack.attempts + 1
        pack.save(update_fields=["claimed_at", "attempts"])
    return pack


@transaction.atomic
def _finish(claimed: EvidencePack, made: packing.Made, *, tell: bool) -> EvidencePack | None:
    pack = _ours(claimed)
    if pack is None:
        return None
    pack.file = store(
        made.content,
        organisation=pack.organisation,
        by=pack.requested_by,
        purpose=Purpose.EVIDENCE_PACK,
        name=f"{pack.reference}.zip",
    )
    pack.state, pack.made_at = State.READY, timezone.now()
    pack.expires_at = pack.made_at + KEPT_FOR
    pack.size, pack.manifest_hash = len(made.content), made.manifest_hash
    pack.save(update_fields=["file", "state", "made_at", "expires_at", "size", "manifest_hash"])
    if tell:
        _tell(pack, f"Evidence pack {pack.reference} is ready")
    audit.record("evidence.make", pack, by=pack.requested_by, content=made.manifest_hash)
    return pack


@transaction.atomic
def _fail(claimed: EvidencePack) -> EvidencePack | None:
    pack = _ours(claimed)
    if pack is None:
        return None
    pack.state = State.FAILED
    pack.save(update_fields=["state"])
    _tell(pack, f"Evidence pack {pack.reference} could not be made")
    audit.record("evidence.fail", pack, by=None)
    return pack


def _ours(claimed: EvidencePack) -> EvidencePack | None:
    """The row, locked, unless another worker has taken it up since."""
    return (
        EvidencePack.objects.waiting()
        .filter(pk=claimed.pk, claimed_at=claimed.claimed_at)
        .select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "requested_by")
        .first()
    )


def _tell(pack: EvidencePack, title: str) -> None:
    """Whoever asked, as long as they may still have it."""
    person = pack.requested_by
    if EvidencePack.objects.visible_to(person).filter(pk=pack.pk).exists():
        notify(
            person,
            organisation=pack.organisation,
            kind="evidence.pack",
            occasion=f"evidence.pack:{pack.pk}",
            title=title,
            url=pack.get_absolute_url(),
        )


def make_waiting() -> int:
    """Make what waits, the oldest first; says how many were made."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - CLAIM_LASTS)
    waiting = EvidencePack.objects.waiting().filter(free).order_by("requested_at", "pk")
    return sum(make(pk) is not None for pk in list(waiting.values_list("pk", flat=True)))


@transaction.atomic
def download(pack: EvidencePack, *, by: User, part: str = "") -> bytes:
    """The pack's bytes, or one of its PARTS, with a line in the record.

    Raises RuleBroken when there is no file (any more), FileDamaged when it cannot be read.
    """
    if not may_ask(pack.kind, pack.organisation, by):
        raise PermissionDenied
    if pack.file is None:
        raise RuleBroken("This pack has been erased. Make it again: it will say the same.")
    content = open_file(pack.file)
    if part:
        try:
            content = zipfile.ZipFile(io.BytesIO(content)).read(part)
        except KeyError:
            raise RuleBroken("This pack has no such file.") from None
    audit.record("evidence.download", pack, by=by, part=part or "all")
    return content


def erase_old() -> int:
    """Erase the files whose thirty days are over; their rows stay. Says how many went."""
    gone = 0
    for pk in list(EvidencePack.objects.run_out(timezone.now()).values_list("pk", flat=True)):
        gone += _erase(pk)
    return gone


@transaction.atomic
def _erase(pk: int) -> int:
    pack = (
        EvidencePack.objects.run_out(timezone.now())
        .select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .filter(pk=pk)
        .first()
    )
    if pack is None:
        return 0
    file_id, pack.file = pack.file_id, None
    pack.save(update_fields=["file"])
    forget(StoredFile.objects.filter(pk__in=[file_id]), by=None)
    audit.record("evidence.expire", pack, by=None)
    return 1


@dataclass(frozen=True)
class Confirmed:
    """What the portal says of a pack that somebody holds."""

    fingerprint: str
    pack: EvidencePack | None  # None: no pack with this fingerprint was made here
    sealed: bool = False  # its manifest carries our seal, whatever became of the row
    problems: list[str] | None = None  # None: the files were not looked at


def confirm(fingerprint: str) -> Confirmed:
    """Whether this portal made the pack with that fingerprint. Changes nothing."""
    found = EvidencePack.objects.filter(manifest_hash=fingerprint).exclude(manifest_hash="")
    return Confirmed(fingerprint, found.select_related("organisation__parent").first())


def confirm_file(file: IO[bytes]) -> Confirmed:
    """The same of a pack, or of its manifest: its files are compared when the manifest is ours.

    Raises RuleBroken for what is no pack at all.
    """
    content = confirming.manifest_in(file)
    found = confirm(manifest.fingerprint(content))
    if found.pack is None:
        return replace(found, sealed=manifest.is_ours(content))
    return replace(found, sealed=True, problems=confirming.problems_in(file))
