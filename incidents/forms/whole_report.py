"""The whole report on one page: for parents and pupils, and for typing in what was on paper."""

from __future__ import annotations

from typing import Any

from django import forms

from incidents.forms.steps import GATE, KINDS, YES_NO, radios, text
from incidents.kinds import Kind
from incidents.models import Case, CasePerson, PublicReport
from incidents.services.people import Named
from incidents.services.reporting import Report
from web.forms import DateField, page_form

R, Relation = CasePerson.Role, CasePerson.Relation
# What a pupil of eleven understands. The others are for staff.
PLAIN_KINDS = [
    (Kind.CYBERBULLYING, "Somebody is being mean to me, or to somebody else"),
    (Kind.INAPPROPRIATE_CONTACT, "An adult is in touch with a child in a way that feels wrong"),
    (Kind.GROOMING, "Somebody is pressuring, tricking or following a child"),
    (Kind.IMAGES, "A picture or film was shared that should not have been"),
    (Kind.HARM, "Somebody wants others to hurt themselves, or to hurt people"),
    (Kind.EXTREMISM, "Somebody spreads hate, or wants others to join in it"),
    (Kind.STAFF_CONDUCT, "Something an adult at the school did"),
    (Kind.OFFENSIVE_COMMENTS, "Nasty comments on one of the school’s pages"),
    (Kind.IMPERSONATION, "An account pretends to be the school, or somebody else"),
    (Kind.DATA_BREACH, "Private things about somebody went to the wrong people"),
    (Kind.OTHER, "Something else, or I am not sure"),
]
PLAIN_ABOUT = [
    (Case.About.NONE, "No, or I do not know"),
    (Case.About.HEAD, "Yes: the head teacher"),
    (Case.About.SAFEGUARDING, "Yes: somebody whose job is to keep children safe (safeguarding)"),
    (Case.About.OTHER_STAFF, "Yes: another adult who works there"),
]


class WholeReport(forms.Form):
    """What both pages ask. Names are typed: nobody is offered a list of people."""

    about = radios(
        "Is it about an adult who works at the school?",
        PLAIN_ABOUT,
        "Say whether it is about an adult who works at the school.",
        help_text="We ask so that your report does not go to that person.",
    )
    adult = text(
        "Who is it, if you know?",
        help_text="Their name, or what they teach. People with that name cannot read your report "
        "until somebody else has looked at it.",
    )
    what = text(
        "What happened?",
        rows=6,
        needed="Write what happened.",
        help_text="In your own words. You do not have to be sure. Never write a password.",
    )
    where = text(
        "Where?", longest=2000, help_text="Which app, game or website, and the name of the account."
    )
    when = text("When?", help_text="Such as: last Tuesday, or every evening.")
    done_to = text("Who is it happening to?", help_text="A name, or “me”.")
    done_by = text("Who is doing it?", help_text="A name, or an account, if you know.")
    done_by_is = forms.ChoiceField(
        label="Who are they?",
        required=False,
        choices=[
            ("", "I do not know"), (Relation.PUPIL, "A pupil"),
            (Relation.STAFF, "An adult who works at the school"),
            (Relation.PARENT, "Somebody’s parent or family"), (Relation.OTHER, "Somebody else"),
        ],
    )  # fmt: skip
    done = text("Has anybody done something about it already?", rows=2)
    image_gate = radios(
        "Could there be a nude or sexual picture of somebody under 18?",
        GATE,
        "Say whether there could be such a picture.",
        help_text="Do not look to find out. Do not send it to us: this form takes no pictures.",
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        about = data.get("about")
        if about == Case.About.NONE and data.get("adult"):
            self.add_error("about", "You wrote who it is. Say which of these they are.")
        if about == Case.About.NONE and data.get("kind") == Kind.STAFF_CONDUCT:
            self.add_error("about", "You chose something an adult at the school did. Say who.")
        if about == Case.About.NONE and data.get("done_by_is") == Relation.STAFF:
            self.add_error("about", "You wrote below that an adult of the school did it. Say who.")
        return data

    def report(self, *, child: bool, may_contact: bool) -> Report:
        """What was typed, as the services take it."""
        data = self.cleaned_data
        return Report(
            kind=data["kind"],
            about=data["about"],
            what=data["what"],
            where=data["where"],
            when=data["when"],
            done=data["done"],
            child_concerned=child,
            image_gate=data["image_gate"],
            may_contact=may_contact,
            people=tuple(self._people()),
        )

    def _people(self) -> list[Named]:
        data, found = self.cleaned_data, []
        if data["adult"]:
            found.append(Named(R.SUBJECT, name=data["adult"], relation=Relation.STAFF))
        if data["done_by"]:
            who = data["done_by_is"] or Relation.OTHER
            found.append(Named(R.SUBJECT, name=data["done_by"], relation=who))
        if data["done_to"]:
            found.append(Named(R.TARGET, name=data["done_to"], relation=Relation.OTHER))
        return found


class PublicForm(WholeReport):
    """Parents and pupils, named or not."""

    kind = radios("What is it about?", PLAIN_KINDS, "Choose what it is about.")
    relation = radios(
        "Who are you?", PublicReport.Relation.choices, "Choose, or say that you would rather not."
    )
    name = text("Your name", help_text="Only if you like. We look at every report all the same.")
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    field_order = (
        "kind", "about", "adult", "what", "where", "when", "done_to", "done_by", "done_by_is",
        "done", "image_gate", "relation", "name", "token",
    )  # fmt: skip


class PaperForm(WholeReport):
    """What stands on a sheet of paper, typed in by the office."""

    written_on = DateField(
        label="The day on the sheet", error_messages={"required": "Give the day on the sheet."}
    )
    kind = radios(
        "What is it about?",
        [(group, [(kind, kind.label) for kind in kinds]) for group, kinds in KINDS],
        "Choose what it is about.",
    )
    child = forms.BooleanField(label="A child is harmed by it, or could be", required=False)
    name = text("Who wrote it", help_text="As on the sheet; leave it empty if nobody signed.")
    may_contact = radios("May we talk to them about it?", YES_NO, "Say whether they may be asked.")
    field_order = (
        "written_on", "kind", "about", "adult", "what", "where", "when", "done_to", "done_by",
        "done_by_is", "child", "done", "image_gate", "name", "may_contact",
    )  # fmt: skip

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(*self.fields, submit="Send the report", cancel=cancel)
        self.helper.attrs["autocomplete"] = "off"
