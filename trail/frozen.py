"""What the database refuses to change in this app's tables."""

from trail.immutable import Refusal, insert_only

TABLES = [
    *insert_only("trail_auditevent", "A line of the record cannot be changed."),
    Refusal("trail_chainhead", "DELETE", "The end of a record cannot be deleted."),
    Refusal(
        "trail_chainhead",
        "UPDATE",
        "A record only grows.",
        when="NEW.organisation_id <> OLD.organisation_id OR NEW.number <= OLD.number",
    ),
]
