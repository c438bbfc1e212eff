"""Who may sign on a shared tablet, as its pages ask."""

from __future__ import annotations

from governance.models import Policy
from governance.obligations import owed
from governance.text.names import normalise
from people.models import Organisation, User

# Enough for a family name that several share; a pupil who holds the tablet gets no list of staff.
MOST_NAMES = 6


def owing(policy: Policy, place: Organisation, witness: User) -> dict[int, str]:
    """Names by id of those of the place who owe the document, but for the witness. One query."""
    rows = (
        owed(place.today())
        .filter(organisation=place, document_ref=policy.pk)
        .exclude(person=witness)
        .order_by("person__sort_name", "person__name", "person")
    )
    return dict(rows.values_list("person", "person__name"))


def matching(
    policy: Policy, place: Organisation, witness: User, words: str
) -> list[tuple[int, str]]:
    """Those of them whose name, or a later part of it, begins with these words.

    Case, accents and spaces are forgiven, as when signing.
    """
    wanted = _parts(words)
    found = owing(policy, place, witness).items()
    return [(pk, name) for pk, name in found if wanted in _parts(name)]


def _parts(name: str) -> str:
    """With a space before each part of a name."""
    return f" {normalise(name).replace('-', ' ')}"


def person(policy: Policy, place: Organisation, witness: User, pk: int | None) -> User | None:
    """Whoever has the tablet in hand, if they still owe the document."""
    if pk is None or pk not in owing(policy, place, witness):
        return None
    found: User = User.objects.get(pk=pk)
    return found
