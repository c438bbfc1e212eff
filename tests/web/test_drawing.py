"""What is drawn without a template says the same as the template does."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from web.drawing import DRAWN, Renderer, filter_field
from web.forms import DateField

pytestmark = pytest.mark.once
AWKWARD = "<b>\"Años\" & 'more'</b>"
CHOICES = [
    ("", "All"),
    ("a", AWKWARD),
    (7, 2026),
    ("More", [("b&c", "B"), (True, mark_safe("<i>C</i>"))]),
]


class Narrowing(forms.Form):
    q = forms.CharField(label=AWKWARD, required=False, max_length=100, help_text=AWKWARD)
    kind = forms.ChoiceField(choices=CHOICES, required=False)
    many = forms.MultipleChoiceField(choices=CHOICES, widget=forms.SelectMultiple)
    on = DateField(label="Day", help_text=mark_safe("<em>Any</em>"))
    number = forms.IntegerField(min_value=2, widget=forms.NumberInput(attrs={"class": "short"}))
    tick = forms.BooleanField(required=False)
    one_of = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)

    required_css_class = "is-needed"


def plain(markup: str) -> str:
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", markup)


GIVEN: list[dict[str, Any] | None] = [
    None,
    {"q": AWKWARD, "kind": "a", "many": ["b&c"], "on": "2026-09-01", "number": "3", "tick": "on"},
    {"q": "x" * 101, "kind": "nothing of it", "many": ["?"], "on": "31/2/2026", "number": "1"},
]


@pytest.mark.parametrize("given", GIVEN)
def test_a_field_that_narrows_a_list_looks_as_any_other(given: dict[str, Any] | None) -> None:
    one, other = Narrowing(given), Narrowing(given)
    for name in one.fields:
        assert plain(filter_field(one[name])) == plain(as_crispy_field(other[name])), name


class Widgets(forms.Form):
    text = forms.CharField(initial=AWKWARD, widget=forms.TextInput(attrs={"data-x": AWKWARD}))
    number = forms.FloatField(initial=1234.5)
    day = forms.DateField(initial=date(2026, 9, 1))
    moment = forms.DateTimeField(initial=datetime(2026, 9, 1, 8, 30))
    tick = forms.BooleanField(initial=True, widget=forms.CheckboxInput(attrs={"disabled": False}))
    kind = forms.ChoiceField(
        choices=CHOICES, initial=7, widget=forms.Select(attrs={"hidden": True})
    )
    kinds = forms.MultipleChoiceField(choices=CHOICES, initial=["a", "b&c"])
    word = forms.CharField(widget=forms.PasswordInput)


@pytest.mark.parametrize("name", list(Widgets.base_fields))
def test_an_input_is_drawn_as_its_template_draws_it(name: str) -> None:
    field = Widgets()[name]
    widget = field.field.widget
    assert widget.template_name in DRAWN
    context = widget.get_context(name, field.value(), widget.build_attrs(widget.attrs, {"id": "x"}))
    ours = Renderer().render(widget.template_name, context)
    assert plain(ours) == plain(TemplatesSetting().render(widget.template_name, context))
