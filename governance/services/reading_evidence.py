"""Evidence that somebody read what they sign (D16). Nothing here ever stands in anybody's way."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.models import Acknowledgement, Policy, PolicyVersion, ReadingEvidence
from governance.models.evidence_of_reading import MOST_SECONDS
from governance.services.signing import is_for
from people.models import User

# What one message may claim: a page that was open longer than this was not being read.
MOST_AT_ONCE = 60 * 60
# A page says the last of it while it is being left, often just after the signature.
LAST_WORDS = timedelta(minutes=1)


@transaction.atomic
def tell(
    version: PolicyVersion, *, by: User, seconds: int, reached_end: bool
) -> ReadingEvidence | None:
    """Add what a reader's page says: seconds it was visible since it last said so, and the end.

    No message counts for more time than has passed since the one before it, so that two windows
    or a made-up number come to nothing. Kept is only what can become evidence: None for a text
    that is not in force or not for this person, and after the signature.
    """
    now = timezone.now()
    policy = Policy.objects.filter(current=version).first()
    if policy is None or not is_for(policy, by):
        return None
    signed = Acknowledgement.objects.counting().filter(person=by, version=version)
    if signed.filter(at__lt=now - LAST_WORDS).exists():
        return None
    seconds = max(0, min(seconds, MOST_AT_ONCE))
    row = _locked(version, by) or _first(version, by, seconds) or _locked(version, by)
    assert row is not None
    passed = int((now - row.last_told_at).total_seconds())
    added = max(0, min(seconds, passed, MOST_SECONDS - row.seconds))
    ends_now = reached_end and row.reached_end_at is None
    if added or ends_now:  # a page that keeps on talking writes nothing
        row.seconds, row.last_told_at = row.seconds + added, now
        row.reached_end_at = now if ends_now else row.reached_end_at
        row.save(update_fields=["seconds", "last_told_at", "reached_end_at"])
    return row


def _locked(version: PolicyVersion, by: User) -> ReadingEvidence | None:
    rows = ReadingEvidence.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(person=by, version=version).first()


def _first(version: PolicyVersion, by: User, seconds: int) -> ReadingEvidence | None:
    """The row, opened as long ago as the page says. None when another window was quicker."""
    opened_at = timezone.now() - timedelta(seconds=seconds)
    try:
        with transaction.atomic():
            return ReadingEvidence.objects.create(
                person=by, version=version, first_opened_at=opened_at, last_told_at=opened_at
            )
    except IntegrityError:
        return None
