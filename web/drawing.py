"""Fields and inputs that stand on most pages, drawn without a template for each of them.

The words and the order are those of the templates: `bootstrap5/field.html` and Django's widgets.
`tests/web/test_drawing.py` compares them. A list's filters took a third of its page before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]
OPTIONAL = mark_safe(' <span class="optional">(optional)</span>')
ERROR = '<p><span class="visually-hidden">Error: </span>{}</p>'


class Renderer(TemplatesSetting):
    """Django's, but for the widgets that are drawn here."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)


def _input(widget: Widget) -> SafeString:
    """As `django/forms/widgets/input.html`."""
    value = widget["value"]
    return mark_safe(  # noqa: S308  # each part is escaped
        f'<input type="{_written(widget["type"])}" name="{_written(widget["name"])}"'
        + ("" if value is None else f' value="{_written(value)}"')
        + _attributes(widget["attrs"])
        + ">"
    )


def _select(widget: Widget) -> SafeString:
    """As `django/forms/widgets/select.html`."""
    parts = [f'<select name="{_written(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_shown(group)}">')
        parts += [
            f'\n  <option value="{_written(option["value"])}"{_attributes(option["attrs"])}>'
            f"{_shown(option['label'])}</option>"
            for option in options
        ]
        if group:
            parts.append("\n  </optgroup>")
    return mark_safe("".join((*parts, "\n</select>")))  # noqa: S308  # each part is escaped


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {_written(name)}" if value is True else f' {_written(name)}="{_written(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _written(value: object) -> str:
    """As it stands in an attribute: numbers as they are, and not as people write them."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _shown(value: object) -> str:
    return conditional_escape(value if isinstance(value, str) else str(localize(value)))


LIKE_INPUT = (
    "input", "text", "number", "email", "url", "date", "datetime", "time", "password", "hidden",
    "checkbox", "search", "tel", "color",
)  # fmt: skip
DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    "django/forms/widgets/select.html": _select,
    **{f"django/forms/widgets/{kind}.html": _input for kind in LIKE_INPUT},
}


def filter_field(field: BoundField) -> SafeString:
    """One field of a form that narrows a list: label, hint, error, field."""
    widget, form = field.field.widget, field.form
    if not _is_plain(widget) or getattr(form, "helper", None) is not None:
        drawn: SafeString = as_crispy_field(field)
        return drawn
    errors = _errors(field)
    shape = "form-select" if isinstance(widget, forms.Select) else "form-control"
    classes = [*widget.attrs.get("class", "").split(), type(widget).__name__.lower(), shape]
    around = ["form-field", "has-error" if errors else "", field.css_classes()]
    return format_html(
        '<div id="div_{}" class="{}"><label for="{}" class="form-label">{}{}</label>{}{}{}</div>',
        field.auto_id,
        " ".join(filter(None, around)),
        field.id_for_label,
        field.label,
        "" if field.field.required or getattr(field.field, "sometimes", False) else OPTIONAL,
        _hint(field),
        errors,
        field.as_widget(attrs={"class": " ".join([*classes, "is-invalid"] if errors else classes)}),
    )


def _is_plain(widget: forms.Widget) -> bool:
    """One input with a label before it."""
    many = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)
    single = isinstance(widget, forms.TextInput | forms.Select) and not isinstance(widget, many)
    return single and not widget.is_hidden and not widget.use_fieldset


def _hint(field: BoundField) -> str:
    if not field.help_text:
        return ""
    return format_html(
        '<div id="{}_helptext" class="form-text">{}</div>', field.auto_id, field.help_text
    )


def _errors(field: BoundField) -> str:
    from web.templatetags.portal import plain_errors

    if not field.errors:
        return ""
    lines = format_html_join("", ERROR, ((text,) for text in plain_errors(field)))
    return format_html('<div id="{}_error" class="field-error">{}</div>', field.auto_id, lines)
