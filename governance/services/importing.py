"""Keeping what was read from a file as a draft."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from files.models import StoredFile
from files.purposes import Purpose
from files.services import forget, store
from governance.importing.result import Guess, ImportedPolicy
from governance.models import Policy, PolicyVersion
from governance.services import drafts
from people.models import Organisation, User

PURPOSE = Purpose.POLICY_SOURCE
# How long an upload waits for its import to be confirmed.
WAITS = timedelta(days=1)


def recognised(imported: ImportedPolicy) -> dict[str, Any]:
    """What the file says about itself, by the names of the draft's fields."""
    found = imported.metadata
    return {
        "title": imported.title.value[:200] if imported.title else "",
        "number": found.version.value[:20] if found.version else "1.0",
        "agreed_on": _day(found.agreed_on or found.adopted_on),
        "review_due_on": _day(found.review_on),
        "committee": found.committee.value[:150] if found.committee else "",
        "related_documents": "\n".join(guess.value for guess in found.related),
        "legislation": "\n".join(guess.value for guess in found.legislation),
    }


def found_where(imported: ImportedPolicy) -> list[tuple[str, Guess]]:
    """Each recognised detail with the line that says it, for the person who confirms it."""
    found = imported.metadata
    single = [
        ("Title", imported.title),
        ("Version", found.version),
        ("Agreed", found.agreed_on or found.adopted_on),
        ("Review", found.review_on),
        ("Author", found.author),
        ("Committee", found.committee),
    ]
    several = [("Related document", guess) for guess in found.related]
    several += [("Legislation", guess) for guess in found.legislation]
    return [(label, guess) for label, guess in single if guess] + several


@transaction.atomic
def start_from_import(
    owner: Organisation,
    imported: ImportedPolicy,
    *,
    by: User | None,
    source: bytes,
    filename: str,
) -> PolicyVersion:
    """A draft with everything that was recognised, and the file it came from kept beside it."""
    stored = store(source, organisation=owner, by=by, purpose=PURPOSE, name=filename)
    details = recognised(imported)
    details["title"] = details["title"] or filename
    return keep(owner, by=by, source=stored, body=imported.markdown, **details)


@transaction.atomic
def keep(
    owner: Organisation, *, by: User | None, source: StoredFile, **confirmed: Any
) -> PolicyVersion:
    """The draft as a person confirmed it; a second click gets the same one."""
    StoredFile.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    kept = PolicyVersion.objects.filter(source_file=source).first()
    if kept is not None:
        return kept
    return drafts.start_policy(
        owner, by=by, source_file=source, kind=Policy.Kind.POLICY, **confirmed
    )


def forget_unconfirmed() -> int:
    """Erase files that were uploaded for an import which nobody confirmed. Returns how many."""
    made_of_it = PolicyVersion.objects.filter(source_file=OuterRef("pk"))
    waited = StoredFile.objects.filter(purpose=PURPOSE, uploaded_at__lt=timezone.now() - WAITS)
    return forget(waited.filter(~Exists(made_of_it)), by=None)


def _day(guess: Guess | None) -> date | None:
    try:
        return date.fromisoformat(guess.value) if guess else None
    except ValueError:
        return None
