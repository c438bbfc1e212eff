"""How long rows are kept: the self-check of personal accounts, and what a leaver promises."""

from web.retention import Rules

RULES: Rules = {}
