"""The school's year: adding, changing and deleting terms and closures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from people.models import Closure, Organisation, Term, User
from trail import audit
from web.errors import RuleBroken

# A longer one is a slip of the year.
LONGEST_TERM_DAYS = 200
LONGEST_CLOSURE_DAYS = 120


@transaction.atomic
def add_term(organisation: Organisation, *, by: User | None, **details: Any) -> Term:
    """Add a term. Raises RuleBroken when it overlaps another."""
    _lock(organisation)
    return _save_term(Term(organisation=organisation, **details), "calendar.term_add", by)


@transaction.atomic
def change_term(term: Term, *, by: User | None, **details: Any) -> Term:
    """Change a term's name or days."""
    _lock(term.organisation)
    term = Term.objects.select_related("organisation").get(pk=term.pk)
    for name, value in details.items():
        setattr(term, name, value)
    return _save_term(term, "calendar.term_change", by)


@transaction.atomic
def add_closure(organisation: Organisation, *, by: User | None, **details: Any) -> Closure:
    """Add a half-term, an INSET day or a closure."""
    _lock(organisation)
    return _save_closure(Closure(organisation=organisation, **details), "calendar.closure_add", by)


@transaction.atomic
def change_closure(closure: Closure, *, by: User | None, **details: Any) -> Closure:
    """Change a closure's kind, name or days."""
    _lock(closure.organisation)
    closure = Closure.objects.select_related("organisation").get(pk=closure.pk)
    for name, value in details.items():
        setattr(closure, name, value)
    return _save_closure(closure, "calendar.closure_change", by)


@transaction.atomic
def delete(entry: Term | Closure, *, by: User | None) -> None:
    """Take a term or a closure out of the year."""
    noun = "term" if isinstance(entry, Term) else "closure"
    organisation, days = entry.organisation, _span(entry)
    entry.delete()
    audit.record(f"calendar.{noun}_delete", organisation, by=by, at=organisation, **days)


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


def _save_term(term: Term, verb: str, by: User | None) -> Term:
    _check_days(term.starts_on, term.ends_on, longest=LONGEST_TERM_DAYS, noun="term")
    RuleBroken.if_any(_overlaps(term))
    term.full_clean()
    term.save()
    at = term.organisation
    audit.record(verb, at, by=by, at=at, **_span(term))
    return term


def _save_closure(closure: Closure, verb: str, by: User | None) -> Closure:
    _check_days(closure.starts_on, closure.ends_on, longest=LONGEST_CLOSURE_DAYS, noun="closure")
    twin = Closure.objects.filter(
        organisation=closure.organisation, kind=closure.kind, starts_on=closure.starts_on
    ).exclude(pk=closure.pk)
    if twin.exists():
        raise RuleBroken("This is in the list already: the same kind starts on the same day.")
    closure.full_clean()
    closure.save()
    at = closure.organisation
    audit.record(verb, at, by=by, at=at, kind=closure.kind, **_span(closure))
    return closure


def _check_days(first: date, last: date, *, longest: int, noun: str) -> None:
    if last < first:
        raise RuleBroken("The last day cannot be before the first.")
    if (last - first).days >= longest:
        raise RuleBroken(f"A {noun} of more than {longest} days is too long. Check the years.")


def _overlaps(term: Term) -> Iterator[str]:
    others = Term.objects.filter(
        organisation=term.organisation, starts_on__lte=term.ends_on, ends_on__gte=term.starts_on
    ).exclude(pk=term.pk)
    for other in others:
        yield (
            f"These days overlap with {other.name}, "
            f"{_day(other.starts_on)} to {_day(other.ends_on)}."
        )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _span(entry: Term | Closure) -> dict[str, str]:
    return {"starts_on": entry.starts_on.isoformat(), "ends_on": entry.ends_on.isoformat()}


def _lock(organisation: Organisation) -> None:
    """Two people adding terms at once must see each other's."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
