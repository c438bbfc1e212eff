"""How long each thing is kept: the shape of the rules. Each app lists its own in `retention.py`.

A list is `RULES: dict[str, Rule | NotPersonal]` with a key `app.Model.field` for every field that
could hold personal data; a test fails for one that is not listed. The rules say what is owed:
where no task of the app carries one out yet, a person does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Rule:
    """For a field that says something about a person.

    keep: how long, in words. why: what it is needed for. then: what happens at the end.
    """

    keep: str
    why: str
    then: str


NotPersonal = Literal["not personal"]
NOT_PERSONAL: Final[NotPersonal] = "not personal"
Rules = dict[str, Rule | NotPersonal]
