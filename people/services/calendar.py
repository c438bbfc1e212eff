"""The school's year: adding, changing and deleting terms and closures, one by one or as a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from people.models import Closure, Organisation, Term, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken
from web.words import day_in_words

# A longer one is a slip of the year.
LONGEST_TERM_DAYS = 200
LONGEST_CLOSURE_DAYS = 120

TermOrClosure = Term | Closure
Entry = TypeVar("Entry", Term, Closure)


@dataclass(frozen=True)
class Imported:
    """What an import has written, and how much of it was in the year before."""

    terms: int
    closures: int
    there: int
    changed: int = 0


@transaction.atomic
def add_term(organisation: Organisation, *, by: User | None, **details: Any) -> Term:
    """Add a term. Raises RuleBroken when it overlaps another."""
    _lock(organisation, by)
    return _save(Term(organisation=organisation, **details), "term_add", by)


@transaction.atomic
def change_term(term: Term, *, by: User | None, **details: Any) -> Term:
    """Change a term's name or days."""
    _lock(term.organisation, by)
    term = Term.objects.select_related("organisation").get(pk=term.pk)
    for name, value in details.items():
        setattr(term, name, value)
    return _save(term, "term_change", by)


@transaction.atomic
def add_closure(organisation: Organisation, *, by: User | None, **details: Any) -> Closure:
    """Add a half-term, an INSET day or a closure."""
    _lock(organisation, by)
    return _save(Closure(organisation=organisation, **details), "closure_add", by)


@transaction.atomic
def change_closure(closure: Closure, *, by: User | None, **details: Any) -> Closure:
    """Change a closure's kind, name or days."""
    _lock(closure.organisation, by)
    closure = Closure.objects.select_related("organisation").get(pk=closure.pk)
    for name, value in details.items():
        setattr(closure, name, value)
    return _save(closure, "closure_change", by)


@transaction.atomic
def delete(entry: TermOrClosure, *, by: User | None) -> None:
    """Take a term or a closure out of the year."""
    organisation, verb = entry.organisation, _deleted(entry)
    _check(organisation, by)
    entry.delete()
    audit.record(verb, organisation, by=by, at=organisation, **_span(entry))


@transaction.atomic
def import_year(
    organisation: Organisation, *, by: User | None, entries: Iterable[TermOrClosure]
) -> Imported:
    """Add the terms and closures of a list, all of them or none. What is there already stays.

    An entry that is saved already gets the days it has now. Raises RuleBroken with a sentence for
    each entry that does not fit.
    """
    _lock(organisation, by)
    listed = list(entries)
    changes = [(_kind(entry), entry.pk) for entry in listed if entry.pk]
    own = own_year(organisation)
    year = [one for one in own if (_kind(one), one.pk) not in changes]
    before = [one for one in own if (_kind(one), one.pk) in changes]
    added: list[TermOrClosure] = []
    changed: list[TermOrClosure] = []
    reasons, there = [], 0
    if len(changes) > len(set(changes)):
        reasons.append("Two lines of the list would change the same entry. Choose one of them.")
    for entry in sorted(listed, key=lambda one: one.pk is None):
        if not entry.pk:
            entry.organisation = organisation
        if is_there(entry, year):
            there += 1
            continue
        what = f"{entry}, {day_in_words(entry.starts_on)}"
        # What changes too still holds its first day while the list is written.
        reasons += [f"{what}: {why}" for why in (*problems(entry, year), *_held(entry, before))]
        year.append(entry)
        (changed if entry.pk else added).append(entry)
    RuleBroken.if_any(reasons)
    _rewrite(organisation, changed, by)
    terms, closures = _write(organisation, added, by)
    return Imported(terms, closures, there, len(changed))


@transaction.atomic
def take_over(organisation: Organisation, *, by: User | None) -> Imported:
    """Make the trust's terms and closures the school's own, so that it can change them.

    Raises RuleBroken where there is nothing to take over, or where the school has its own.
    """
    _lock(organisation, by)
    trust = organisation.parent
    own = own_year(organisation)
    if any(isinstance(entry, Term) for entry in own):
        raise RuleBroken("The school has terms of its own already.")
    followed = own_year(trust) if trust else []
    if not any(isinstance(entry, Term) for entry in followed):
        raise RuleBroken("There are no terms of a trust to take over.")
    copies: list[TermOrClosure] = []
    for entry in followed:
        entry.pk, entry.organisation = None, organisation
        entry._state.adding = True
        if not any(problems(entry, own)):
            copies.append(entry)
    terms, closures = _write(organisation, copies, by)
    return Imported(terms, closures, len(followed) - len(copies))


@transaction.atomic
def follow_trust(organisation: Organisation, *, by: User | None) -> None:
    """Delete the school's own terms and closures, so that its trust's year counts again.

    Raises RuleBroken where its trust has no terms.
    """
    _lock(organisation, by)
    if not may_follow(organisation):
        raise RuleBroken("There are no terms of a trust to follow.")
    own = own_year(organisation)
    organisation.terms.all().delete()
    organisation.closures.all().delete()
    audit.record_many(
        audit.Entry(_deleted(entry), organisation, by, _span(entry), organisation) for entry in own
    )


def may_follow(organisation: Organisation) -> bool:
    """Whether there is a trust with terms above."""
    above = organisation.parent_id
    return above is not None and Term.objects.filter(organisation=above).exists()


def own_year(organisation: Organisation) -> list[TermOrClosure]:
    """Every term and closure that is this organisation's own."""
    return [
        *Term.objects.filter(organisation=organisation),
        *Closure.objects.filter(organisation=organisation),
    ]


def is_there(entry: TermOrClosure, own: Iterable[TermOrClosure]) -> bool:
    """Whether the same days are in the year as the same already, whatever their name."""
    return any(
        _kind(entry) == _kind(other)
        and (entry.starts_on, entry.ends_on) == (other.starts_on, other.ends_on)
        for other in own
    )


def problems(entry: TermOrClosure, own: Iterable[TermOrClosure]) -> Iterator[str]:
    """Why this cannot stand in the year beside what is there, in sentences."""
    if entry.ends_on < entry.starts_on:
        yield "The last day cannot be before the first."
        return
    is_term = isinstance(entry, Term)
    noun, longest = ("term", LONGEST_TERM_DAYS) if is_term else ("closure", LONGEST_CLOSURE_DAYS)
    if (entry.ends_on - entry.starts_on).days >= longest:
        yield f"A {noun} of more than {longest} days is too long. Check the years."
    for other in own:
        if _kind(other) != _kind(entry) or (other.pk and other.pk == entry.pk):
            continue
        if not is_term and other.starts_on == entry.starts_on:
            yield "This is in the list already: the same kind starts on the same day."
        elif is_term and other.starts_on <= entry.ends_on and other.ends_on >= entry.starts_on:
            days = f"{day_in_words(other.starts_on)} to {day_in_words(other.ends_on)}"
            yield f"These days overlap with {other}, {days}."


def outside_every_term(closure: Closure) -> bool:
    """Whether no day of the closure lies in a term: worth a warning, not a refusal.

    Where no term is known there is nothing to compare with.
    """
    organisation = closure.organisation
    terms = Term.objects.filter(organisation=organisation)
    if organisation.parent_id and not terms.exists():
        terms = Term.objects.filter(organisation=organisation.parent_id)
    if not terms.exists():
        return False
    return not terms.filter(starts_on__lte=closure.ends_on, ends_on__gte=closure.starts_on).exists()


def _save(entry: Entry, verb: str, by: User | None) -> Entry:
    at = entry.organisation
    RuleBroken.if_any(problems(entry, own_year(at)))
    entry.full_clean()
    entry.save()
    audit.record(f"calendar.{verb}", at, by=by, at=at, **_told(entry))
    return entry


def _write(at: Organisation, entries: Iterable[TermOrClosure], by: User | None) -> tuple[int, int]:
    """Write new entries that were checked, and their lines of the record."""
    terms = [entry for entry in entries if isinstance(entry, Term)]
    closures = [entry for entry in entries if isinstance(entry, Closure)]
    for entry in (*terms, *closures):
        entry.clean_fields(exclude=["organisation"])
    Term.objects.bulk_create(terms)
    Closure.objects.bulk_create(closures)
    audit.record_many(
        audit.Entry(f"calendar.{verb}", at, by, _told(entry), at)
        for verb, added in (("term_add", terms), ("closure_add", closures))
        for entry in added
    )
    return len(terms), len(closures)


def _held(entry: TermOrClosure, before: Iterable[TermOrClosure]) -> Iterator[str]:
    for other in before:
        another = _kind(other) == _kind(entry) and other.pk != entry.pk
        if another and other.starts_on == entry.starts_on:
            yield f"{other} starts on this day and is changed too. Change one after the other."


def _rewrite(at: Organisation, entries: Iterable[TermOrClosure], by: User | None) -> None:
    """Give entries of this organisation the days that were checked."""
    for entry in entries:
        if entry.organisation_id != at.pk:
            raise PermissionDenied
        entry.save(update_fields=["starts_on", "ends_on"])
    audit.record_many(
        audit.Entry(f"calendar.{_noun(entry)}_change", at, by, _told(entry), at)
        for entry in entries
    )


def _noun(entry: TermOrClosure) -> str:
    return "term" if isinstance(entry, Term) else "closure"


def _kind(entry: TermOrClosure) -> str:
    return "term" if isinstance(entry, Term) else entry.kind


def _deleted(entry: TermOrClosure) -> str:
    return f"calendar.{_noun(entry)}_delete"


def _told(entry: TermOrClosure) -> dict[str, str]:
    """What the record says of it."""
    return _span(entry) if isinstance(entry, Term) else {"kind": entry.kind, **_span(entry)}


def _span(entry: TermOrClosure) -> dict[str, str]:
    return {"starts_on": entry.starts_on.isoformat(), "ends_on": entry.ends_on.isoformat()}


def _check(organisation: Organisation, by: User | None) -> None:
    if by is not None and not by.can(Permission.MANAGE_SCHOOL, at=organisation):
        raise PermissionDenied


def _lock(organisation: Organisation, by: User | None) -> None:
    """Two people adding terms at once must see each other's."""
    _check(organisation, by)
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
