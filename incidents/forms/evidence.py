"""What is asked when a file comes in, and when something leaves the portal."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.file_kinds import EMPTY
from incidents.forms.plain import CaseForm, line, moment, one_of, sentence
from incidents.models import Case, CaseExport

GATE = "Could this be a nude or sexual image of somebody under 18?"
P = CaseExport.Profile


class GateForm(CaseForm):
    """Asked before anything can be chosen, each time."""

    gate = one_of(GATE, Case.Gate.choices, "Say whether it could be such an image.")


class FileForm(CaseForm):
    """A file, and where it came from."""

    file = forms.FileField(
        label="File",
        help_text="A screenshot (PNG, JPEG, WebP), a PDF, a text, a sound or an e-mail, up to "
        "20 MB.",
        error_messages={
            "required": "Choose a file.",
            "empty": EMPTY,
            "invalid": "Choose a file.",
            "missing": "Choose a file.",
        },
        widget=forms.FileInput(),
    )
    source = line("Address of the page", help_text="It is kept as text. Nothing opens it.")
    platform = line("Platform")
    handle = line("Name of the account there")
    captured_at = moment("When it was captured")
    captured_by = line("Who captured it", help_text="If it was not you.")
    note = sentence("What it shows", rows=3)


class DestroyForm(CaseForm):
    """Why a file that is locked away is to go."""

    why = sentence(
        "Why it can go",
        "Say who agreed, such as the police and their reference.",
        help_text="Such as that the police have what they need, with their reference.",
    )


class ExportForm(CaseForm):
    """What leaves, for whom, and why."""

    profile = one_of(
        "How much of it",
        [choice for choice in P.choices if choice[0] != P.SUBJECT_ACCESS],
        "Choose how much of it leaves.",
    )
    recipient = line(
        "For whom", "Say for whom it is.", help_text="It stands on every page of the export."
    )
    why = sentence("Why", "Say why it leaves the portal.", rows=3)
    along = forms.MultipleChoiceField(
        label="Files that go along",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The originals, as they came. Look at each first: a file may show more than the "
        "export tells.",
        error_messages={"invalid_choice": "Choose from the list."},
    )

    def __init__(self, *args: Any, files: list[tuple[str, str]], **kwargs: Any) -> None:
        self.offered = files
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        if self.offered:
            self.fields["along"].choices = self.offered  # type: ignore[attr-defined]
        else:
            del self.fields["along"]
