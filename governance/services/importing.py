"""Keeping what was read from a file as a draft."""

from __future__ import annotations

import re
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
LISTS = ("related_documents", "legislation")


def recognised(imported: ImportedPolicy) -> dict[str, Any]:
    """What the file says about itself, by the names of the draft's fields."""
    found = imported.metadata
    return {
        "title": imported.title.value[:200] if imported.title else "",
        "number": found.version.value[:20] if found.version else "1.0",
        "agreed_on": _day(found.agreed_on or found.adopted_on),
        "review_due_on": _day(found.review_on),
        "review_months": _months(found.review_months),
        "committee": found.committee.value[:150] if found.committee else "",
        "related_documents": "\n".join(guess.value for guess in found.related),
        "legislation": "\n".join(guess.value for guess in found.legislation),
    }


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
    kept = _kept(source)
    if kept is not None:
        return kept
    return drafts.start_policy(
        owner, by=by, source_file=source, kind=Policy.Kind.POLICY, **confirmed
    )


@transaction.atomic
def keep_as_version(
    policy: Policy,
    *,
    by: User,
    source: StoredFile,
    title: str,
    number: str,
    body: str,
    edition: int | None = None,
    agreed_on: date | None = None,
    **lists: str,
) -> PolicyVersion:
    """The file's words as the policy's next version, or in place of those of its open draft.

    `edition` is that of the open draft the person saw. What is named in `lists` (related
    documents, legislation) is added to the policy's own. Raises EditedMeanwhile when somebody
    else changed the draft, RuleBroken when the number is not higher than the last.
    """
    kept = _kept(source)
    if kept is not None:
        return kept
    draft = policy.versions.open().first()
    if draft is None:
        draft = drafts.start_version(policy, by=by)
        edition = draft.edition
    draft = drafts.edit_text(
        draft, edition=edition or 0, by=by, title=title, number=number, body=body
    )
    draft.source_file = source
    draft.agreed_on = agreed_on or draft.agreed_on
    draft.save(update_fields=["source_file", "agreed_on"])
    changed = {name: _added(getattr(policy, name), lists.get(name, "")) for name in LISTS}
    if any(changed[name] != getattr(policy, name) for name in LISTS):
        drafts.edit_details(policy, by=by, **changed)
    return draft


def expected_number(policy: Policy, said: str) -> tuple[str, str]:
    """The number for the next version, and what to warn of when the file says a lower one."""
    last = policy.versions.published().order_by("-ordinal").first()
    draft = policy.versions.open().first()
    suggested = draft.number if draft else drafts.next_number(last.number) if last else "1.0"
    if last is None or (said and _numbers(said) > _numbers(last.number)):
        return said or suggested, ""
    if not said:
        return suggested, ""
    return suggested, (
        f"The file says version {said}, and the last published version is {last.number}. "
        "Make sure that this is the newer text."
    )


def another_school(imported: ImportedPolicy, owner: Organisation) -> str:
    """What to say when the file names a school above its title that is not this one."""
    named = imported.organisation
    known = [owner.name, owner.parent.name if owner.parent else ""]
    if named is None or named.value.casefold() in [name.casefold() for name in known]:
        return ""
    return (
        f"The file is headed “{named.value}” ({named.where}). The name is not in the draft, as "
        f"every page shows {owner.name}. Make sure that this is your policy."
    )


def forget_unconfirmed() -> int:
    """Erase files that were uploaded for an import which nobody confirmed. Returns how many."""
    made_of_it = PolicyVersion.objects.filter(source_file=OuterRef("pk"))
    waited = StoredFile.objects.filter(purpose=PURPOSE, uploaded_at__lt=timezone.now() - WAITS)
    return forget(waited.filter(~Exists(made_of_it)), by=None)


def _kept(source: StoredFile) -> PolicyVersion | None:
    """The version that was made of this file already. Whoever asks first makes it."""
    StoredFile.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    return PolicyVersion.objects.filter(source_file=source).first()


def _added(own: str, more: str) -> str:
    """The lines of both, each once, whatever its capitals."""
    lines = {line.casefold(): line for line in [*more.splitlines(), *own.splitlines()] if line}
    order = dict.fromkeys(line.casefold() for line in [*own.splitlines(), *more.splitlines()])
    return "\n".join(lines[key] for key in order if key)


def _numbers(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", number))


def _months(guess: Guess | None) -> int:
    return min(max(int(guess.value), 1), 60) if guess and guess.value.isdecimal() else 12


def _day(guess: Guess | None) -> date | None:
    try:
        return date.fromisoformat(guess.value) if guess else None
    except ValueError:
        return None
