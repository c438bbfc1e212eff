"""How long training records are kept, and why."""

from web.retention import Rules

RULES: Rules = {}
