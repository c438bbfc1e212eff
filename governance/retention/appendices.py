"""How long adoptions are kept, and why."""

from web.retention import Rules

RULES: Rules = {}
