from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from django import forms

from trail import words
from trail.models import AuditEventQuerySet
from web.forms import DateField

if TYPE_CHECKING:
    from people.models import Organisation


class RecordFilter(forms.Form):
    """Narrows a record. What is typed wrongly narrows nothing and says so."""

    about = forms.ChoiceField(label="About", required=False)
    person = forms.CharField(label="Done by (name)", required=False, max_length=150)
    since = DateField(label="From", required=False)
    until = DateField(label="To", required=False)

    def __init__(self, *args: object, school: Organisation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.school = school
        self.fields["about"].choices = [("", "Everything"), *words.groups()]  # type: ignore[attr-defined]

    def narrow(self, events: AuditEventQuerySet) -> AuditEventQuerySet:
        """Days are days at the school, first and last included."""
        if not self.is_bound or not self.is_valid():
            return events
        asked = self.cleaned_data
        if asked["about"]:
            events = events.in_group(asked["about"])
        if asked["person"]:
            events = events.filter(actor__name__icontains=asked["person"].strip())
        zone = self.school.zone
        if asked["since"]:
            events = events.filter(at__gte=datetime.combine(asked["since"], time.min, zone))
        if asked["until"]:
            events = events.filter(at__lte=datetime.combine(asked["until"], time.max, zone))
        return events
