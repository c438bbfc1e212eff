"""How long rows are kept: signatures on paper and on a shared tablet, and bulk records."""

from web.retention import Rules

RULES: Rules = {}
