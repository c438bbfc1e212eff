"""The code of a version and where it is checked, for pages that may be printed."""

from __future__ import annotations

from django import template

from governance.codes import code_of
from governance.copies import check_page
from governance.models import PolicyVersion

register = template.Library()


@register.filter
def check_code(version: PolicyVersion) -> str:
    """Such as 2A7K-M9QX-D4TR; nothing for a draft."""
    return code_of(version)


register.simple_tag(check_page, name="check_page")
