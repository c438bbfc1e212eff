"""How long rows are kept: the review calendar, reviews and their outcomes, comments at sign-off."""

from web.retention import Rules

RULES: Rules = {}
