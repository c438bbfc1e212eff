"""Forms of the register: finding an account on it, and entering one."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.listing import FLAGS
from accounts.models import HouseRules, SocialAccount
from accounts.platforms import CHOICES
from accounts.workflow import Status
from people.models import Organisation
from web.forms import DateField, offer_only, page_form

# What a school wrote for itself would surprise it on the page for parents.
MAY_BE_PUBLIC = "Parents may read this on the school’s public page: name nobody."


class RegisterFilterForm(forms.Form):
    """What narrows the register."""

    q = forms.CharField(label="Name or handle", required=False, max_length=100)
    school = forms.ModelChoiceField(
        Organisation.objects.none(), label="School", required=False, empty_label="All"
    )
    platform = forms.ChoiceField(choices=[("", "All"), *CHOICES], required=False)
    status = forms.ChoiceField(
        label="State", choices=[("", "Not closed"), *Status.choices], required=False
    )
    flag = forms.ChoiceField(label="Only", choices=list(FLAGS.items()), required=False)

    def __init__(self, *args: Any, place: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if place.kind == Organisation.Kind.TRUST:
            offer_only(self, school=Organisation.objects.filter(parent=place))
        else:
            del self.fields["school"]


class DetailsForm(forms.Form):
    """What the register says of an account, its address apart."""

    name = forms.CharField(
        max_length=100, help_text="What people at the school call it, such as “Drama department”."
    )
    department = forms.CharField(label="Department or faculty", max_length=100, required=False)
    aim = forms.CharField(
        label="What it is for",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=MAY_BE_PUBLIC,
    )
    audience = forms.CharField(
        label="Whom it is for",
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=MAY_BE_PUBLIC,
    )
    access = forms.ChoiceField(
        label="Who can see it", choices=SocialAccount.Access.choices, widget=forms.RadioSelect
    )
    faces_pupils = forms.BooleanField(label="Pupils are among its audience", required=False)
    shows_pupils = forms.BooleanField(label="Pictures of pupils are shown there", required=False)
    comments = forms.ChoiceField(
        label="Comments by others", choices=SocialAccount.Moderation.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail address it was opened with",
        required=False,
        help_text="One of the school’s own addresses.",
    )

    def __init__(self, *args: Any, cancel: str, submit: str = "Save", **kwargs: Any) -> None:
        kwargs["initial"] = {
            "access": SocialAccount.Access.OPEN,
            "comments": SocialAccount.Moderation.AFTER,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.helper = page_form(*self.fields, submit=submit, cancel=cancel)


class EnterForm(DetailsForm):
    """An account that is in use and was agreed to before."""

    platform = forms.ChoiceField(choices=[("", "Choose…"), *CHOICES])
    address = forms.CharField(
        label="Address or handle",
        max_length=500,
        help_text="As in the browser, such as https://www.instagram.com/hill_drama/",
    )
    agreed_on = DateField(label="In use since")
    agreed_note = forms.CharField(
        label="Who agreed to it", max_length=300, help_text="Such as “The governors, in 2024”."
    )
    field_order = ("platform", "address", "name", "department")


class FoundForm(forms.Form):
    """An account in the name of the school that nobody agreed to."""

    address = forms.CharField(
        label="Address",
        max_length=500,
        help_text="As in the browser, such as https://x.com/hill_school_fun",
    )
    name = forms.CharField(label="What it calls itself", max_length=100)
    found_on = DateField(label="Found on")

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(*self.fields, submit="Put it on record", cancel=cancel)


class AddressForm(forms.Form):
    """Where an account is."""

    address = forms.CharField(label="Address or handle", max_length=500)

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("address", submit="Save the address", cancel=cancel)


class HouseRulesForm(forms.ModelForm):
    """What the runners of an account keep to."""

    class Meta:
        model = HouseRules
        fields = (
            "hour_from", "hour_until", "weekdays_only", "exceptions", "follows", "naming",
            "pictures", "replies", "devices", "more", "is_public",
        )  # fmt: skip
        labels = {"hour_from": "Posts from (hour)", "hour_until": "Posts until (hour)"}
        widgets = {
            name: forms.Textarea({"rows": 2})
            for name in ("exceptions", "follows", "pictures", "replies", "devices", "more")
        }

    def __init__(self, *args: Any, cancel: str, may_publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["is_public"]
        self.helper = page_form(*self.fields, submit="Save the house rules", cancel=cancel)
