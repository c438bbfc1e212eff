"""Rotating the portal's keys: the keys of cases are wrapped anew, their texts stay as they are."""

from __future__ import annotations

from django.db import transaction

from incidents.models import CaseKey, Draft, SubjectRequest
from incidents.sealing import unwrap, wrap
from incidents.services import drafts
from web.crypto import CannotDecrypt, current_key_id, decrypt, encrypt, is_current


def rotate(*, batch: int = 500) -> int:
    """Everything that an older key wraps, a batch in each transaction. Says how many were done.

    What cannot be opened stays as it is, and is counted by `left`.
    """
    done, after = 0, 0
    while True:
        count, after = _batch(after, batch)
        if not after:
            break
        done += count
    return done + _drafts() + _requests()


def left() -> int:
    """How many keys of cases, and of requests for somebody's data, an older key still wraps."""
    cases = CaseKey.objects.filter(destroyed_at=None).exclude(wrapped_with=current_key_id())
    requests = SubjectRequest.objects.exclude(wrapped_with=current_key_id())
    return cases.count() + requests.count()


@transaction.atomic
def _batch(after: int, size: int) -> tuple[int, int]:
    """Keys behind this id: how many were wrapped anew, and the last id (0: there were none)."""
    rows = list(
        CaseKey.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__gt=after, destroyed_at=None)
        .exclude(wrapped_with=current_key_id())
        .select_related("case")
        .order_by("pk")[:size]
    )
    done = []
    for row in rows:
        try:
            key = unwrap(row.wrapped, row.case.reference)
        except CannotDecrypt:
            continue
        row.wrapped, row.wrapped_with = wrap(key, row.case.reference), current_key_id()
        done.append(row)
    CaseKey.objects.bulk_update(done, ["wrapped", "wrapped_with"])
    return len(done), rows[-1].pk if rows else 0


@transaction.atomic
def _requests() -> int:
    rows = SubjectRequest.objects.select_for_update(of=("self",), no_key=True)
    done = 0
    for row in rows.exclude(wrapped_with=current_key_id()).order_by("pk"):
        try:
            key = unwrap(row.wrapped, row.reference)
        except CannotDecrypt:
            continue
        row.wrapped, row.wrapped_with = wrap(key, row.reference), current_key_id()
        row.save(update_fields=["wrapped", "wrapped_with"])
        done += 1
    return done


@transaction.atomic
def _drafts() -> int:
    done = 0
    for draft in Draft.objects.select_for_update(no_key=True).order_by("pk").iterator():
        if is_current(bytes(draft.sealed)):
            continue
        context = draft.reference.encode()
        try:
            data = decrypt(bytes(draft.sealed), purpose=drafts.PURPOSE, context=context)
        except CannotDecrypt:
            continue
        draft.sealed = encrypt(data, purpose=drafts.PURPOSE, context=context)
        draft.save(update_fields=["sealed"])
        done += 1
    return done
