"""What the database keeps from changing about training: the facts of a record, for good.

A record's state moves forward only, its certificate may only be erased. A note may be deleted, so
that words about a person can be erased, and never reworded.
"""

from trail.immutable import Refusal

_RECORD = "governance_trainingrecord"
_SAME = ("person_id", "course_id", "organisation_id", "completed_on", "provider", "how")
_SAME_WHO_AND_WHEN = ("recorded_by_id", "recorded_at")
# Compared with a value that no row has, because nothing equals NULL.
_SAME_OR_EMPTY = {"expires_on": "'0001-01-01'", "session_id": "0", "supersedes_id": "0"}
_DECIDED = ("decided_by_id", "decided_at")
_MOVES = {"awaiting": ("confirmed", "declined"), "confirmed": ("corrected",)}


def _changed() -> str:
    parts = [f"NEW.{name} <> OLD.{name}" for name in _SAME + _SAME_WHO_AND_WHEN]
    parts += [
        f"COALESCE(NEW.{name}, {none}) <> COALESCE(OLD.{name}, {none})"
        for name, none in _SAME_OR_EMPTY.items()
    ]
    parts += [
        f"(OLD.{name} IS NOT NULL AND (NEW.{name} IS NULL OR NEW.{name} <> OLD.{name}))"
        for name in _DECIDED
    ]
    parts.append(
        "(NEW.certificate_id IS NOT NULL "
        "AND (OLD.certificate_id IS NULL OR NEW.certificate_id <> OLD.certificate_id))"
    )
    moves = [
        f"(OLD.state = '{before}' AND NEW.state = '{after}')"
        for before, afters in _MOVES.items()
        for after in afters
    ]
    parts.append(f"NOT (NEW.state = OLD.state OR {' OR '.join(moves)})")
    return " OR ".join(parts)


TABLES = [
    Refusal(_RECORD, "DELETE", "A training record cannot be deleted."),
    Refusal(_RECORD, "UPDATE", "A training record cannot be changed, only corrected.", _changed()),
    Refusal("governance_trainingnote", "UPDATE", "What was said about a record cannot be changed."),
]
