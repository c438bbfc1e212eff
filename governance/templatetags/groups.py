"""The line about parents and pupils on pages of other parts of the portal."""

from __future__ import annotations

from typing import Any

from django import template

from governance.groups import figures_at
from governance.models import Policy
from people.models import Organisation

register = template.Library()


@register.inclusion_tag("governance/_group_figures.html")
def group_figures(school: Organisation, policy: Policy | None = None) -> dict[str, Any]:
    """Figures of the groups at a school; of one policy, where one is given. One query."""
    return {"school": school, "figures": figures_at(school, policy)}
