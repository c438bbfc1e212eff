"""How long questions, checks and evidence of reading are kept, and why."""

from web.retention import Rules

RULES: Rules = {}
