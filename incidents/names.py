"""Names that people write: whose they may be, and whether a child was here before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from django.utils import timezone

from incidents.models import Case, CasePerson
from people.models import Membership, Organisation, User
from web.crypto import keyed_hash

TITLES = frozenset(
    {"mr", "mrs", "miss", "ms", "mx", "dr", "sir", "madam", "prof", "professor", "the", "head",
     "rev", "father", "sister", "coach"}
)  # fmt: skip
FIRST_MONTH = 9  # of a school year
MOST_CASES = 20  # nobody looks through more for the same child
# What stands between two names. A comma may stand inside one: "Smith, Alex".
BETWEEN = re.compile(r"\s(?:and|or|with)\s|[&+;/\n]", re.IGNORECASE)
ALIKE = 0.8  # Smyth and Smith, Browne and Brown


def words_of(name: str) -> list[str]:
    """A name in small plain letters, without titles and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word for word in re.findall(r"[^\W\d_]+", plain) if word not in TITLES]


def may_be(given: str, name: str) -> bool:
    """Whether a name that somebody gave could be this person's.

    The family name has to be there; a first name, or its letter, only rules out where both have
    one. A name too many keeps a person out of one case for a while; one too few tells the accused.
    """
    said, full = words_of(given), words_of(name)
    if not said or not full:
        return False
    if len(said) == 1:
        return said[0] in full
    if full[-1] not in said and said[-1] not in full:
        return False
    others = [word for word in said if word not in full]
    return not others or (len(others) == 1 and any(word.startswith(others[0][:1]) for word in full))


def bearers(given: str, names: Iterable[str]) -> set[str]:
    """Those of these names that somebody may have meant by what they wrote.

    People write "Mr Smith and Miss Jones", "smyth the pe teacher" and "Ben Smith" for Alex. Each
    word that fits nobody as part of a name means whoever has a family name like it.
    """
    known, found = list(names), set()
    for piece in BETWEEN.split(given):
        fits = {name for name in known if may_be(piece, name)}
        explained = {word for name in fits for word in words_of(name)}
        left = [word for word in words_of(piece) if word not in explained]
        found |= fits | {name for name in known if _family_name_is_like(left, name)}
    return found


def _family_name_is_like(words: list[str], name: str) -> bool:
    full = words_of(name)
    return bool(full) and bool(get_close_matches(full[-1], words, n=1, cutoff=ALIKE))


def staff_called(names: Iterable[str], organisation: Organisation) -> list[User]:
    """People of the school or its trust whose name may be one of these. One query."""
    given = [name for name in names if name.strip()]
    if not given:
        return []
    places = [pk for pk in (organisation.pk, organisation.parent_id) if pk is not None]
    posts = Membership.objects.active().filter(organisation__in=places)
    people = list(User.objects.filter(pk__in=posts.order_by().values("person")))
    known = {person.name for person in people}
    meant = set().union(*(bearers(name, known) for name in given))
    return [person for person in people if person.name in meant]


def child_index(name: str, year_group: int | None, organisation: Organisation) -> str:
    """A keyed hash by which a child is recognised next year too; empty without a year group.

    Bound to the year in which they were in year 0, and to the trust (or the school without one).
    """
    words = words_of(name)
    if not words or year_group is None:
        return ""
    cohort = school_year(timezone.localdate()) - year_group
    place = organisation.parent_id or organisation.pk
    return keyed_hash(f"{place}\n{cohort}\n{' '.join(sorted(words))}", purpose="incidents.child")


def school_year(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def same_children(case: Case, user: User) -> list[Case]:
    """Other cases in which a child of this case appears: those that this person may see.

    A reporter who stays unknown to them leads neither here nor there.
    """
    children = CasePerson.objects.shown_to(user).exclude(index="")
    here = children.filter(case=case).values("index")
    elsewhere = children.filter(index__in=here).order_by().values("case")
    cases = Case.objects.visible_to(user).readable().filter(pk__in=elsewhere)
    return list(cases.exclude(pk=case.pk)[:MOST_CASES])
