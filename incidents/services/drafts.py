"""Drafts of reports: kept sealed, for their writer alone, until they are sent or grow old."""

from __future__ import annotations

import json
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from incidents.models import Draft
from people.models import Organisation, User
from web.crypto import decrypt, encrypt
from web.errors import RuleBroken

PURPOSE = "incidents.draft"
MOST_BYTES = 200_000
KEPT = timedelta(days=30)
Answers = dict[str, str]


@transaction.atomic
def save(
    organisation: Organisation, answers: Answers, *, by: User, draft: Draft | None = None
) -> Draft:
    """Keep what was typed so far. Nothing goes on any record: nothing has been reported."""
    if not Organisation.objects.visible_to(by).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    data = json.dumps(answers).encode()
    if len(data) > MOST_BYTES:
        raise RuleBroken("This is too long to be kept.")
    if draft is None:
        draft = Draft(organisation=organisation, person=by)
    else:
        draft = Draft.objects.visible_to(by).select_for_update(no_key=True).get(pk=draft.pk)
    draft.sealed = encrypt(data, purpose=PURPOSE, context=draft.reference.encode())
    draft.saved_at = timezone.now()
    draft.save()
    return draft


def answers_of(draft: Draft) -> Answers:
    """What was typed."""
    data = decrypt(bytes(draft.sealed), purpose=PURPOSE, context=draft.reference.encode())
    found: Answers = json.loads(data)
    return found


@transaction.atomic
def discard(draft: Draft, *, by: User) -> None:
    Draft.objects.visible_to(by).filter(pk=draft.pk).delete()


@transaction.atomic
def forget_old() -> int:
    """Erase drafts that nobody has touched for a month. Says how many went."""
    return Draft.objects.filter(saved_at__lt=timezone.now() - KEPT).delete()[0]
