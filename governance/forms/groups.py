"""Figures of parents and pupils: what was counted, and narrowing the list down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.urls import reverse

from governance.forms.paper import SeveralFilesField
from governance.models import GroupRecord, PolicyVersion
from governance.models.groups import MOST_IN_A_GROUP
from governance.services import groups
from people.models import Organisation
from web.forms import DateField, page_form


class GroupFilter(forms.Form):
    """Sent by GET."""

    q = forms.CharField(label="Policy or group", required=False, max_length=100)
    audience = forms.ChoiceField(
        label="Who", choices=[("", "All"), *GroupRecord.Audience.choices], required=False
    )


class FiguresForm(forms.Form):
    """What a correction may change: the figures, not the group."""

    asked = forms.IntegerField(label="How many were asked", min_value=1, max_value=MOST_IN_A_GROUP)
    signed = forms.IntegerField(label="How many signed", min_value=0)
    counted_on = DateField(label="Counted on")
    how = forms.ChoiceField(
        label="How they signed", choices=GroupRecord.How, widget=forms.RadioSelect
    )
    pages = SeveralFilesField(
        label="Scan of the slips",
        required=False,
        help_text=f"If you keep one. PDF, PNG or JPEG, up to {groups.MOST_SCANS} files.",
    )
    note = forms.CharField(
        label="Note",
        max_length=200,
        required=False,
        help_text="No names of parents or pupils, please: they stand on the slips.",
    )
    # Whose figures; a form for a new group asks for the version.
    under: PolicyVersion | None = None
    place: Organisation

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked, signed = data.get("asked"), data.get("signed")
        if asked is not None and signed is not None and signed > asked:
            self.add_error("signed", "No more can have signed than were asked.")
        day, version = data.get("counted_on"), data.get("version") or self.under
        wrong = groups.wrong_day(day, version, self.place) if day and version else ""
        if wrong:
            self.add_error("counted_on", wrong)
        data["scans"] = data.pop("pages", None) or []
        return data


class GroupForm(FiguresForm):
    """A group that has no record yet."""

    version = forms.TypedChoiceField(label="Which version they were given")
    audience = forms.ChoiceField(
        label="Who", choices=GroupRecord.Audience, widget=forms.RadioSelect
    )
    group = forms.CharField(
        label="Group",
        max_length=60,
        help_text="Such as Year 4, or 7B. The whole school is a group, too.",
    )
    field_order = ["version", "audience", "group"]

    def __init__(
        self,
        *args: Any,
        place: Organisation,
        versions: Sequence[PolicyVersion],
        cancel: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.place, found = place, {str(one.pk): one for one in versions}
        field = cast(forms.TypedChoiceField, self.fields["version"])
        field.choices = [(pk, f"Version {one.number}") for pk, one in found.items()]
        field.coerce = lambda pk: found[pk]
        self.helper = page_form(*self.fields, submit="Put on record", cancel=cancel)


class CorrectionForm(FiguresForm):
    is_void = forms.BooleanField(
        label="This group should not have been recorded",
        required=False,
        help_text="Its figures no longer count. The record stays, marked as taken back.",
    )

    def __init__(self, *args: Any, record: GroupRecord, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place, self.under = record.organisation, record.version
        self.helper = page_form(
            *self.fields,
            submit="Correct it",
            cancel=reverse("governance:group", args=[record.organisation.slug, record.pk]),
        )
