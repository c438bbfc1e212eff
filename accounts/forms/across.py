"""What narrows the list of a trust's schools."""

from django import forms

from accounts.across import ONLY


class AcrossFilterForm(forms.Form):
    q = forms.CharField(label="School", required=False, max_length=100)
    only = forms.ChoiceField(label="Only schools with", choices=list(ONLY.items()), required=False)
