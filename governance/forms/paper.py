"""Signatures on paper: the sheet to print, what a signed sheet says, who is on it, its scan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.files.base import File
from django.db.models import Q, QuerySet
from django.urls import reverse

from governance import sheets
from governance.models import Annulment, PaperSheet
from governance.sheets import MOST_SCANS, Edition
from people.models import Membership, Organisation, User
from web.forms import DateField, needed_sometimes, offer_only, page_form

# Who has left may still have been the witness of an older sheet.
WITNESS_UNTIL = timedelta(days=400)
EMPTY_ROWS = [("10", "10 lines"), ("25", "25 lines"), ("50", "50 lines"), ("100", "100 lines")]


class PrintForm(forms.Form):
    """Whose names are on the sheet to print. Sent by GET."""

    WHO = [
        ("unsigned", "Everybody who has not signed yet"),
        ("no_mail", "Those of them without an e-mail address"),
        ("chosen", "Only those I tick below"),
        ("empty", "Nobody: an empty sheet"),
    ]
    who = forms.ChoiceField(
        label="Whose names are on it", choices=WHO, widget=forms.RadioSelect, initial="unsigned"
    )
    department = forms.ChoiceField(label="Department", required=False)
    lines = forms.ChoiceField(
        label="Lines on an empty sheet", choices=EMPTY_ROWS, required=False, initial="25"
    )
    people = forms.TypedMultipleChoiceField(
        label="People who have not signed yet",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, rows: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = sorted({row.department for row in rows if row.department})
        self.fields["department"] = forms.ChoiceField(
            label="Department",
            choices=[("", "All"), *((name, name) for name in departments)],
            required=False,
            help_text="Narrows the names down; not those you tick.",
        )
        people = cast(forms.TypedMultipleChoiceField, self.fields["people"])
        people.choices = [(row.person_id, _named(row)) for row in rows]
        if not rows:  # everybody has signed: an empty sheet is all there is to print
            del self.fields["people"], self.fields["department"]
            cast(forms.ChoiceField, self.fields["who"]).choices = self.WHO[-1:]
            self.fields["who"].initial = "empty"
        needed_sometimes(self, "people")
        self.helper = page_form(*self.fields, submit="Make the sheet")
        self.helper.form_method = "get"
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("who") == "chosen" and not data.get("people"):
            self.add_error("people", "Tick at least one name.")
        return data


def _named(row: Membership) -> str:
    return f"{row.person.name}, {row.department}" if row.department else row.person.name


class SheetForm(forms.Form):
    """What the signed paper says."""

    edition = forms.ChoiceField(
        label="Which version is on the paper",
        help_text="It is printed at the top, with the title.",
    )
    signed_on = DateField(
        label="The day they signed",
        help_text="As written on the paper. Use one sheet for each day.",
    )
    witness = forms.ModelChoiceField(
        User.objects.none(),
        label="Who saw them sign",
        empty_label="Choose the witness",
        help_text="Somebody of the school who is not on the sheet. It may be you.",
    )
    reason = forms.ChoiceField(
        label="Why on paper", choices=PaperSheet.Reason, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="In a few words",
        max_length=200,
        required=False,
        help_text="Needed for “another reason”. Nothing about anybody's health or family, please.",
    )

    def __init__(
        self,
        *args: Any,
        place: Organisation,
        editions: Sequence[Edition],
        cancel: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        # The same texts may have been in force twice; the newest time comes first.
        self.editions: dict[str, list[Edition]] = {}
        for edition in editions:
            self.editions.setdefault(edition.key, []).append(edition)
        choices = [(key, found[0].label(place)) for key, found in self.editions.items()]
        cast(forms.ChoiceField, self.fields["edition"]).choices = choices
        offer_only(self, witness=_witnesses(place))
        needed_sometimes(self, "note")
        self.helper = page_form(*self.fields, submit="Continue", cancel=cancel)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == PaperSheet.Reason.OTHER and not data.get("note", "").strip():
            self.add_error("note", "Say in a few words why they signed on paper.")
        day = data.get("signed_on")
        if day and data.get("edition"):
            self._check_day(day, data)
        if day and data.get("witness") and "signed_on" not in self.errors:
            self._check_witness(day, data["witness"])
        return data

    def _check_day(self, day: date, data: dict[str, Any]) -> None:
        found = self.editions[data["edition"]]
        data["edition"] = next((one for one in found if one.in_force_on(day, self.place)), found[0])
        if wrong := sheets.wrong_day(day, data["edition"], self.place):
            self.add_error("signed_on", wrong)

    def _check_witness(self, day: date, witness: User) -> None:
        if not sheets.may_witness(witness, self.place, day):
            self.add_error(
                "witness", f"{witness} was not at {self.place} that day. Choose another witness."
            )


def _witnesses(place: Organisation) -> QuerySet[Any]:
    """People of the school and of its trust, with those who left within the last year or so."""
    since = place.today() - WITNESS_UNTIL
    posts = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=since), organisation__in=[place.pk, place.parent_id]
    )
    found: QuerySet[Any] = User.objects.filter(pk__in=posts.values("person"), is_active=True)
    return found.order_by("sort_name", "name")


class PeopleFilter(forms.Form):
    """Narrows the list of people down. Part of the form with the ticks, so that none is lost."""

    q = forms.CharField(label="Name", required=False, max_length=100)
    department = forms.ChoiceField(label="Department", required=False)

    def __init__(self, *args: Any, departments: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name) for name in departments if name]
        self.fields["department"] = forms.ChoiceField(
            label="Department", choices=[("", "All"), *named], required=False
        )


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or more: a scan may have been made page by page."""

    widget = SeveralFiles
    default_error_messages = {"required": "Choose at least one file."}

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        given = data if isinstance(data, list | tuple) else [data]
        clean = super().clean
        return [file for one in given or [None] if (file := clean(one, initial)) is not None]


class ScanForm(forms.Form):
    pages = SeveralFilesField(
        label="The scan, or photographs of it",
        help_text=f"PDF, PNG or JPEG. Up to {MOST_SCANS} files, each of 20 MB at most.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pages"].widget.attrs["accept"] = ".pdf,.png,.jpg,.jpeg"
        self.helper = page_form("pages", submit="Add to the sheet")


class AnnulForm(forms.Form):
    """Why a signature that was recorded does not count."""

    reason = forms.ChoiceField(
        label="What is wrong", choices=Annulment.Reason, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="In a few words",
        max_length=200,
        required=False,
        help_text="Needed for “another reason”. Nothing about anybody's health or family, please.",
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed_sometimes(self, "note")
        self.helper = page_form(
            "reason", "note", submit="Annul this signature", cancel=cancel, tone="danger"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == Annulment.Reason.OTHER and not data.get("note", "").strip():
            self.add_error("note", "Say in a few words what was wrong.")
        return data


class DisputeForm(forms.Form):
    """What the person says is not right with a signature recorded for them."""

    note = forms.CharField(
        label="What is not right",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Such as: I was on a trip that day. You may leave this empty.",
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("note", submit="Tell the school", cancel=cancel)


def policy_page(place: Organisation, policy_id: int) -> str:
    """Where everything about paper and one policy begins."""
    return reverse("governance:paper", args=[place.slug, policy_id])
