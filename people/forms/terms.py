"""Forms of the school's year."""

from __future__ import annotations

from copy import copy
from typing import Any, cast

from django import forms
from django.urls import reverse

from people.calendar.year import in_short, label_of, year_of
from people.models import Closure, Organisation, Term
from people.year_import import words
from people.year_import.plan import Planned, in_words
from people.year_import.reading import MAX_BYTES, read, text_of
from people.year_import.rows import Listed
from web.errors import RuleBroken
from web.forms import DateField, expect_order, page_form, refuse

CHANGE = "change"
KINDS = [
    (kind, words.LABELS[kind]) for kind in (words.TERM, words.HALF_TERM, words.INSET, words.CLOSED)
]


class _SpanForm(forms.Form):
    """A first and a last day."""

    starts_on = DateField(label="First day")
    ends_on = DateField(label="Last day")

    def clean(self) -> dict[str, Any]:
        expect_order(self)
        return self.cleaned_data


class TermForm(_SpanForm):
    name = forms.CharField(label="Name", max_length=60, help_text="Such as: Autumn term 2026.")
    field_order = ["name", "starts_on", "ends_on"]

    def __init__(self, *args: Any, cancel: str, submit: str = "Save term", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("name", "starts_on", "ends_on", submit=submit, cancel=cancel)


class ClosureForm(_SpanForm):
    kind = forms.ChoiceField(
        label="What kind of days",
        choices=[
            (Closure.Kind.HALF_TERM, "Half-term"),
            (Closure.Kind.INSET, "INSET day: staff are in, pupils are not"),
            (Closure.Kind.CLOSED, "School closed: nobody is in"),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label="Name", max_length=60, required=False)
    ends_on = DateField(label="Last day", required=False, help_text="Left empty: the same day.")
    field_order = ["kind", "name", "starts_on", "ends_on"]

    def __init__(self, *args: Any, cancel: str, submit: str = "Save days", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "kind", "name", "starts_on", "ends_on", submit=submit, cancel=cancel
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("starts_on") and not data.get("ends_on") and "ends_on" not in self.errors:
            data["ends_on"] = data["starts_on"]
        return data


class ConfirmForm(forms.Form):
    """A question with one answer."""

    tone = "primary"

    def __init__(self, *args: Any, cancel: str, submit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(submit=submit, cancel=cancel, tone=self.tone)


class DeleteForm(ConfirmForm):
    """One that somebody should be warned of."""

    tone = "danger"


class OneOfTwo:
    """A field that may be empty where the other is not, so neither is called optional."""

    def validate(self, value: Any) -> None:
        """The form says what is missing."""


class EitherText(OneOfTwo, forms.CharField):
    pass


class EitherFile(OneOfTwo, forms.FileField):
    pass


class YearListForm(forms.Form):
    """Term dates as a school publishes them, pasted or as a file. `listed` is what was read."""

    use_required_attribute = False
    text = EitherText(
        label="Paste the dates",
        strip=False,
        help_text="From your website, a letter or a spreadsheet, with headings and all.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )
    file = EitherFile(
        label="Or choose a file",
        help_text="A calendar file (.ics) or a CSV file.",
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.csv,.tsv,.txt"}),
    )
    year = forms.TypedChoiceField(
        label="School year",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="For lists that do not name the year.",
    )

    def __init__(self, *args: Any, at: Organisation, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at
        self.listed: Listed | None = None
        self.source = ""
        this = year_of(at, at.today())
        self.years.choices = [("", "As the list says")] + [
            (year, label_of(year)) for year in range(this - 1, this + 3)
        ]
        self.helper = page_form("text", "file", "year", submit="Read the list", cancel=cancel)
        self.helper.form_action = reverse("people:terms_import", args=[at.slug])

    @property
    def years(self) -> forms.TypedChoiceField:
        return cast(forms.TypedChoiceField, self.fields["year"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        text, file = data.get("text") or "", data.get("file")
        if self.errors:
            return data
        if file and text.strip():
            self.add_error("file", "Paste the dates or choose a file, not both.")
        elif not file and not text.strip():
            self.add_error("text", "Paste the dates, or choose a file.")
        else:
            self._read("file" if file else "text", text, file)
        return data

    def _read(self, name: str, text: str, file: Any) -> None:
        try:
            if file:
                text = text_of(file.read(MAX_BYTES + 1))
            self.listed = read(
                text,
                today=self._at.today(),
                zone=self._at.zone,
                starts=self.cleaned_data["year"],
            )
        except RuleBroken as broken:
            refuse(self, broken, name)
        self.source = "" if file else text


class YearRowsForm(forms.Form):
    """What becomes of each row that was read: its kind, and its days where they are in doubt."""

    def __init__(self, *args: Any, at: Organisation, planned: list[Planned], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at
        self._open = [one for one in planned if one.open]
        for one in self._open:
            days = in_words(*one.days)
            self.fields[f"kind_{one.number}"] = forms.ChoiceField(
                label=f"What this is: {days}",
                choices=[("", "Leave it out"), *_change(one), *KINDS],
                required=False,
                initial=one.kind,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            if one.row.doubts:
                self.fields[f"days_{one.number}"] = forms.TypedChoiceField(
                    label=f"Which days are meant: {one.row.text}",
                    choices=[("", "Choose the days")]
                    + [(n, in_short(*days)) for n, days in enumerate(one.row.readings)],
                    required=False,
                    coerce=int,
                    empty_value=None,
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for one in self._open:
            in_doubt = one.row.doubts and data.get(f"days_{one.number}") is None
            if data.get(f"kind_{one.number}") and in_doubt:
                self.add_error(
                    f"days_{one.number}",
                    f"{one.row.doubts[0]} Choose which days are meant, or leave it out.",
                )
        if not self.errors and not any(data.get(f"kind_{one.number}") for one in self._open):
            self.add_error(None, "Everything is left out. Choose what is to be added.")
        return data

    @property
    def entries(self) -> list[Term | Closure]:
        """The terms and closures that were chosen, not saved."""
        return [
            self._entry(one, kind)
            for one in self._open
            if (kind := self.cleaned_data.get(f"kind_{one.number}"))
        ]

    def _entry(self, one: Planned, kind: str) -> Term | Closure:
        days = one.row.readings[self.cleaned_data.get(f"days_{one.number}") or 0]
        if kind == CHANGE and one.replaces:
            entry = copy(one.replaces)
            entry.starts_on, entry.ends_on = days
            return entry
        return one.row.entry(self._at, kind, days)

    def fields_of(self, one: Planned) -> list[forms.BoundField]:
        """The fields of one row."""
        names = (f"kind_{one.number}", f"days_{one.number}")
        return [self[name] for name in names if name in self.fields]


def _change(one: Planned) -> list[tuple[str, str]]:
    """The choice to give what is there the days of the list."""
    return [(CHANGE, f"Change “{one.replaces}” to these days")] if one.replaces else []
