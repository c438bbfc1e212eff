"""The record in plain words. Each app tells its own verbs through `settings.TRAIL_WORDS`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from trail.models import AuditEvent

# What the line says after the name of who did it: "Alex Morgan | started a trust or school".
WORDS = {
    "organisation.found": "added a trust or school",
    "organisation.settings": "changed the settings",
    "membership.join": "added a person to the staff list",
    "membership.change": "changed a person's details at the school",
    "membership.roles": "changed a person's roles",
    "membership.leave": "recorded that a person leaves",
}


FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@cache
def known() -> dict[str, str]:
    """Every verb that an app has put into words; an app's own words win over ours."""
    return {
        verb: words for path in settings.TRAIL_WORDS for verb, words in import_string(path).items()
    }


def groups() -> list[tuple[str, str]]:
    """What lines can be about, for a filter: (noun, its words)."""
    nouns = sorted({verb.partition(".")[0] for verb in known()})
    return [(noun, plain(noun).capitalize()) for noun in nouns]


def verb_words(verb: str) -> str:
    """ "published a version"; a verb that nobody put into words is told as it is written."""
    if verb in known():
        return known()[verb]
    noun, _, action = verb.partition(".")
    if action == "refused":
        return f"tried what they may not: {plain(noun)}"
    return f"{plain(noun)}: {plain(action)}"


def details_words(event: AuditEvent) -> list[tuple[str, str]]:
    """The details of a line as pairs of words, without those that hold nothing."""
    return [(plain(name), _shown(value)) for name, value in event.details.items() if value]


def _shown(value: str) -> str:
    """A fingerprint by its beginning, which is enough to tell two apart; the rest in words."""
    if FINGERPRINT.fullmatch(value):
        return f"{value[:12]}…"
    return plain(value).replace(",", ", ")


def target_words(event: AuditEvent) -> str:
    """What the line is about: "membership 12"."""
    try:
        noun = str(apps.get_model(event.target_type)._meta.verbose_name)
    except (LookupError, ValueError):
        noun = plain(event.target_type.rpartition(".")[2])
    return f"{noun} {event.target_id}"


def plain(code: str) -> str:
    return code.replace("_", " ")
