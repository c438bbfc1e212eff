"""The portal's one way to draw a form and to ask for a date."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from web.errors import RuleBroken


class Actions(LayoutObject):
    """The end of a form: one button that says what it does, and a way out."""

    def __init__(self, submit: str, *, cancel: str | None = None, tone: str = "primary") -> None:
        self.values = {"submit": submit, "cancel": cancel, "tone": tone}

    def render(self, form: Any, context: Any, *args: Any, **kwargs: Any) -> SafeString:
        return render_to_string("_components/form_actions.html", self.values)


def page_form(
    *layout: LayoutObject | str,
    submit: str,
    action: str = "",
    cancel: str | None = None,
    tone: str = "primary",
) -> FormHelper:
    """Fields in this order, then one button and, if `cancel` is an address, a way out.

    `tone="danger"` is for what cannot be undone. The browser's own bubbles are off: our sentences
    stand above the field, and in the summary on top of the page.
    """
    helper = FormHelper()
    helper.form_action = action
    helper.attrs = {"novalidate": True}
    helper.layout = Layout(*layout, Actions(submit, cancel=cancel, tone=tone))
    return helper


def offer_only(form: forms.BaseForm, **choices: QuerySet[Model]) -> None:
    """Limit the fields named to what this person may choose. The rest cannot be posted either."""
    for name, queryset in choices.items():
        cast(forms.ModelChoiceField, form.fields[name]).queryset = queryset


def needed_sometimes(form: forms.BaseForm, *names: str) -> None:
    """These are asked for by another answer: the label does not call them optional."""
    for name in names:
        if name in form.fields:
            form.fields[name].sometimes = True  # type: ignore[attr-defined]


def expect_order(form: forms.BaseForm, first: str = "starts_on", last: str = "ends_on") -> None:
    """In a form's `clean`: the last day of a span does not lie before its first."""
    begins, ends = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if begins and ends and ends < begins:
        form.add_error(last, "The last day cannot be before the first.")


def refuse(form: forms.BaseForm, broken: RuleBroken, field: str | None = None) -> None:
    """Show the sentences of a broken rule on the form, or by a field. What was typed is kept."""
    for reason in broken.reasons:
        form.add_error(field, reason)


class DateInput(forms.DateInput):
    """The device's own calendar; where it has none, a date typed as people write it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateField(forms.DateField):
    """A day. Takes 2026-09-01, 1/9/2026, 1.9.2026 and 1 September 2026."""

    widget = DateInput
    default_error_messages = {"invalid": "Give a real date, such as 21/11/2026."}
