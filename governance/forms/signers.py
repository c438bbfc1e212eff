"""Narrowing down the list of who has signed, and exempting a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from governance.models import Exemption, Policy
from governance.progress import STATES
from people.models import Membership, Organisation, User
from web.forms import DateField, expect_order, offer_only, page_form


class SignersFilter(forms.Form):
    q = forms.CharField(label="Name", required=False, max_length=100)
    state = forms.ChoiceField(label="Show", choices=list(STATES.items()), required=False)
    department = forms.ChoiceField(label="Department", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name) for name in departments if name]
        self.fields["department"] = forms.ChoiceField(
            label="Department", choices=[("", "All"), *named], required=False
        )


class ExemptionForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label="Who", empty_label="Choose a person")
    policy = forms.ModelChoiceField(
        Policy.objects.none(), label="Which policy", required=False, empty_label="All policies"
    )
    reason = forms.ChoiceField(choices=Exemption.Reason, widget=forms.RadioSelect)
    starts_on = DateField(label="From")
    ends_on = DateField(
        label="Until",
        required=False,
        help_text="The last day. Leave it empty if you do not know yet.",
    )

    def __init__(self, *args: Any, organisation: Organisation, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(
            pk__in=Membership.objects.active().filter(organisation=organisation).values("person")
        ).exclude(pk=user.pk)
        offer_only(
            self,
            person=people.order_by("sort_name", "name"),
            policy=Policy.objects.in_force().reaching(organisation),
        )
        self.helper = page_form(
            *self.fields,
            submit="Exempt this person",
            cancel=reverse("governance:exemptions", args=[organisation.slug]),
        )

    def clean(self) -> dict[str, Any]:
        expect_order(self)
        return self.cleaned_data
