"""Choosing a file, and confirming what was read in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html

from governance.forms.writing import body_field
from governance.importing import Guess, ImportedPolicy
from governance.text.render import is_empty
from people.models import Organisation, User
from web.forms import DateField, offer_only, page_form

MOST = settings.MAX_UPLOAD_BYTES // 1024 // 1024
# What the box for more is called where the file names none.
ALONE = {"related": "Related documents", "legislation": "Legislation"}
NOT_SAID = "The file does not say."


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label="The policy as a file",
        help_text=(
            "A Word document (.docx), a PDF with text, a web page (.html), Markdown (.md) or plain "
            f"text (.txt), up to {MOST} MB."
        ),
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf,.html,.htm,.md,.markdown,.txt,.text"}),
    )

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("file", submit="Read this file", cancel=cancel)

    def clean_file(self) -> UploadedFile:
        """Look at the size before anything reads the file."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(f"This file is too large. The limit is {MOST} MB.")
        return file


class _ConfirmForm(forms.Form):
    """What was read, for a person to confirm, correct or leave away (D8).

    Beside each detail stands the line that says it, with a way to it.
    """

    title = forms.CharField(max_length=200)
    number = forms.CharField(label="Version", max_length=20)
    agreed_on = DateField(label="Date agreed", required=False)
    related_found = forms.MultipleChoiceField(
        label="Related documents that the file names",
        help_text="Untick what does not belong there.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    related_more = forms.CharField(
        label="More related documents",
        help_text="One a line.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    legislation_found = forms.MultipleChoiceField(
        label="Legislation and guidance that the file names",
        help_text="Untick what does not belong there.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    legislation_more = forms.CharField(
        label="More legislation",
        help_text="One act or piece of guidance a line.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    body = body_field()

    def __init__(
        self, *args: Any, imported: ImportedPolicy, cancel: str, submit: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        found = imported.metadata
        for name, guess in {
            "title": imported.title,
            "number": found.version,
            "agreed_on": found.agreed_on or found.adopted_on,
            **self.more_found(imported),
        }.items():
            self.fields[name].help_text = where(guess)
        self._offer("related", found.related)
        self._offer("legislation", found.legislation)
        facts = [name for name in self.fields if name != "body"]
        self.helper = page_form(
            Fieldset("Details", *facts), Fieldset("Text", "body"), submit=submit, cancel=cancel
        )

    def more_found(self, imported: ImportedPolicy) -> dict[str, Guess | None]:
        """Further fields, and what the file says about each."""
        return {}

    def _offer(self, name: str, guesses: Iterable[Guess]) -> None:
        offered = [(one.value, f"{one.value} ({one.where})") for one in guesses]
        field = self.fields[f"{name}_found"]
        if not offered:
            del self.fields[f"{name}_found"]
            self.fields[f"{name}_more"].label = ALONE[name]
            return
        field.choices = offered  # type: ignore[attr-defined]
        field.initial = [value for value, _ in offered]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if is_empty(body):
            raise forms.ValidationError("There are no words in this text.")
        return body

    def confirmed(self) -> dict[str, Any]:
        """What the person left standing, by the names of the draft's fields."""
        data = dict(self.cleaned_data)
        for name, field in (("related", "related_documents"), ("legislation", "legislation")):
            ticked = data.pop(f"{name}_found", [])
            typed = data.pop(f"{name}_more").splitlines()
            lines = [" ".join(line.split()) for line in [*ticked, *typed]]
            once: dict[str, str] = {}
            for line in filter(None, lines):
                once.setdefault(line.casefold(), line)
            data[field] = "\n".join(once.values())
        return data


class NewPolicyConfirmForm(_ConfirmForm):
    """Everything a new policy needs."""

    review_due_on = DateField(label="Next review", required=False)
    review_months = forms.IntegerField(
        label="Months from one review to the next", min_value=1, max_value=60, initial=12
    )
    committee = forms.CharField(label="Responsible committee", max_length=150, required=False)
    author = forms.ModelChoiceField(
        User.objects.none(),
        label="Who keeps it up to date",
        required=False,
        empty_label="Nobody yet",
    )

    field_order = (
        "title", "number", "agreed_on", "review_due_on", "review_months", "committee", "author",
    )  # fmt: skip

    def __init__(self, *args: Any, owner: Organisation, by: User, **kwargs: Any) -> None:
        super().__init__(*args, submit="Keep as a draft", **kwargs)
        people = User.objects.filter(
            memberships__organisation__reached_from__above=owner, memberships__ends_on=None
        ).distinct()
        offer_only(self, author=people.order_by("sort_name", "name"))
        named = kwargs["imported"].metadata.author
        found = people.filter(name__iexact=named.value).first() if named else None
        self.fields["author"].initial = found or by

    def more_found(self, imported: ImportedPolicy) -> dict[str, Guess | None]:
        found = imported.metadata
        return {
            "review_due_on": found.review_on,
            "review_months": found.review_months,
            "committee": found.committee,
            "author": found.author,
        }


class NewVersionConfirmForm(_ConfirmForm):
    """The next words of a policy that exists. Its review is set when they are published."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, submit="Keep as a draft", **kwargs)


def where(guess: Guess | None) -> str:
    """The line that says it, as a link into the file's text on the same page."""
    if guess is None:
        return NOT_SAID
    return format_html(
        '<a href="#line-{}">{}</a>: “{}”', guess.number, f"Line{guess.where[4:]}", guess.line[:160]
    )
