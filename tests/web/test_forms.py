"""How forms look and what they say."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import engines

from tests.web.gallery import SignForm, gallery
from web.errors import RuleBroken
from web.forms import DateField, needed_sometimes, page_form, refuse

CRISPY = "{% load crispy_forms_tags %}{% crispy form %}"


def drawn(form: forms.Form, source: str = CRISPY) -> str:
    return engines["django"].from_string(source).render({"form": form})


def part(page: str, field: str) -> str:
    """The markup of one field."""
    return page.split(f'<div id="div_id_{field}"')[1].split('<div id="div_id_')[0]


def test_label_hint_error_and_field_stand_in_this_order_and_are_tied() -> None:
    field = part(drawn(SignForm({"kind": "minor"})), "name")
    places = [
        field.index(words)
        for words in ("<label", 'id="id_name_helptext"', 'id="id_name_error"', "<input")
    ]
    assert places == sorted(places)
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert 'aria-invalid="true"' in field


def test_a_group_of_choices_is_a_fieldset_with_hint_and_error_above() -> None:
    field = part(drawn(SignForm({"name": "Zoë"})), "kind")
    assert '<fieldset aria-describedby="id_kind_helptext id_kind_error">' in field
    assert field.index("<legend>") < field.index('id="id_kind_error"') < field.index("<input")


def test_optional_fields_say_so_and_needed_ones_have_no_star() -> None:
    page = drawn(SignForm())
    assert '<span class="optional">(optional)</span>' in part(page, "email")
    assert "optional" not in part(page, "name")
    assert "*" not in page.replace("*/*", "")


def test_what_another_answer_asks_for_is_not_called_optional() -> None:
    form = SignForm()
    form.fields["name"].required = False
    assert "(optional)" in part(drawn(form), "name")
    needed_sometimes(form, "name", "a field that this school does not have")
    assert "(optional)" not in part(drawn(form), "name")


def test_each_line_of_the_summary_leads_to_a_field_that_exists() -> None:
    page = gallery(errors=True)
    summary = page.split('class="error-summary"')[1].split("</ul>")[0]
    targets = [piece.split('"')[0] for piece in summary.split('href="#')[1:]]
    assert "id_name" in targets
    assert len(targets) == 6
    for target in targets:
        assert f'id="{target}"' in page, target


def test_the_summary_leads_to_the_first_of_a_group() -> None:
    page = drawn(SignForm({"name": "Zoë"}))
    assert 'href="#id_kind_0"' in page
    assert 'id="id_kind_0"' in page


def test_a_missing_answer_is_named_in_the_summary() -> None:
    page = gallery(errors=True)
    assert "Fill in: Your name" in page
    assert "This field is required" not in page


class Slips(forms.Form):
    asked = forms.IntegerField(label="How many were asked", min_value=1, max_value=5_000)
    group = forms.CharField(label="Group", max_length=6)
    who = forms.ChoiceField(label="Who", choices=[("parents", "Parents")])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"asked": "0"}, "Give a number of 1 or more: How many were asked"),
        ({"asked": "5001"}, "Give a number of 5000 or less: How many were asked"),
        ({"group": "Year 44"}, "Use 6 characters at most: Group"),
        ({"who": "<b>nobody"}, "What was chosen is not offered here. Choose again: Who"),
    ],
)
def test_what_a_field_refuses_is_said_in_plain_words(sent: dict[str, str], said: str) -> None:
    page = drawn(Slips({"asked": "3", "group": "Year 4", "who": "parents"} | sent))
    assert f"</span>{said}</p>" in page
    assert "Ensure this value" not in page
    assert "nobody" not in page


def test_a_page_has_one_summary_however_often_it_is_asked_for() -> None:
    twice = '{% include "_components/error_summary.html" with form=form only %}' + CRISPY
    assert drawn(SignForm({}), twice).count('class="error-summary"') == 1
    assert gallery(errors=True).count('class="error-summary"') == 1


def test_a_form_without_errors_has_no_summary() -> None:
    assert "error-summary" not in gallery()


def test_a_form_ends_in_one_button_that_says_what_it_does_and_a_way_out() -> None:
    page = drawn(SignForm())
    assert page.count("<button") == 1
    assert ">Sign this policy</button>" in page
    assert '<a class="cancel" href="/policies/">Cancel</a>' in page
    assert "novalidate" in page


def test_what_cannot_be_undone_has_a_red_button() -> None:
    class Withdraw(forms.Form):
        helper = page_form(submit="Withdraw this policy", tone="danger")

    assert "btn-danger" in drawn(Withdraw())


@pytest.mark.parametrize(
    "typed", ["2026-09-01", "01/09/2026", "1/9/2026", "1.9.2026", "1 September 2026", "1 Sep 2026"]
)
def test_a_date_may_be_chosen_or_typed(typed: str) -> None:
    assert DateField().clean(typed) == date(2026, 9, 1)


@pytest.mark.parametrize("typed", ["31/02/2026", "tomorrow", "29/02/2027", "9/31/2026"])
def test_a_date_that_is_none_gets_a_plain_sentence(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="Give a real date"):
        DateField().clean(typed)


def test_a_known_date_is_shown_in_the_form_the_calendar_reads() -> None:
    form = SignForm(initial={"day": date(2026, 9, 1)})
    assert 'type="date"' in part(drawn(form), "day")
    assert 'value="2026-09-01"' in part(drawn(form), "day")


def test_a_broken_rule_is_told_whole_and_keeps_what_was_typed() -> None:
    form = SignForm({"name": "Zoë <3"})
    refuse(form, RuleBroken("The first reason.", "The second reason."))
    page = drawn(form)
    assert "The first reason." in page
    assert "The second reason." in page
    assert 'value="Zoë &lt;3"' in page


def test_a_list_to_choose_from_is_the_one_that_django_draws() -> None:
    choices = [("", "All"), ('"x', "<X>"), ("Group", [("1", "One"), ("2", "Two")])]
    look = {"class": "form-select", "data-on": True, "data-off": False}

    class Chosen(forms.Form):
        one = forms.ChoiceField(choices=choices, initial="2", widget=forms.Select(look))
        more = forms.MultipleChoiceField(choices=choices, initial=["1", "2"])
        known = forms.NullBooleanField()

    for ours, theirs in zip(Chosen(), Chosen(renderer=DjangoTemplates()), strict=True):
        assert str(ours).split() == str(theirs).split()
