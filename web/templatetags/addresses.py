"""Django's `{% url %}`, for every template: an address that was worked out before is known.

A page has twenty to a hundred of them, at 30 µs each. No address here depends on the language or
on which of several admin sites is asked, so name and arguments are all that matters.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parse
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from web.addresses import fixed

register = template.Library()
PLAIN = {int, str, SafeString}


class KnownURLNode(URLNode):
    def render(self, context: Context) -> str:
        args = [arg.resolve(context) for arg in self.args]
        if self.kwargs or any(type(arg) not in PLAIN for arg in args):
            return super().render(context)
        try:
            found = fixed(self.view_name.resolve(context), *args)
        except NoReverseMatch:
            if not self.asvar:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return _escaped(found) if context.autoescape else found


@lru_cache(maxsize=8192)
def _escaped(address: str) -> str:
    return conditional_escape(address)


@register.tag
def url(parser: Parser, token: Token) -> KnownURLNode:
    node: Any = parse(parser, token)
    return KnownURLNode(node.view_name, node.args, node.kwargs, node.asvar)
