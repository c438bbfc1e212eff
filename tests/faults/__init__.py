"""`make faults`: what may go wrong with mail, made to happen to real processes (G1, G2, G3, G5)."""

from datetime import UTC, datetime, timedelta

# A Tuesday in term, nine o'clock: schools are at work.
BEGIN = datetime(2026, 11, 24, 9, tzinfo=UTC)
DUE = BEGIN.date() + timedelta(days=7)
SLUG = "faults"
