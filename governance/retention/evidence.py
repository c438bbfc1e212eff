"""How long rows are kept: evidence packs and as-at questions."""

from web.retention import Rules

RULES: Rules = {}
