"""A page that uses every component, for looking at and for axe. Not part of the portal."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from people.models import Organisation, User
from people.models.user import Post
from people.roles import Role
from web.forms import DateField, page_form

TEMPLATE = Path(__file__).with_name("gallery.html")


class SignForm(forms.Form):
    name = forms.CharField(label="Your name", help_text="As it stands above: Zoë O’Brien.")
    email = forms.EmailField(label="E-mail", required=False)
    school = forms.ChoiceField(label="School", choices=[("", "Choose a school"), ("a", "Elm Park")])
    day = DateField(label="First day", help_text="Such as 21/11/2026.")
    kind = forms.ChoiceField(
        label="What kind of change is it?",
        help_text="This decides who is asked to sign again.",
        choices=[("minor", "Minor: a name or a typing error"), ("material", "Material: the rules")],
        widget=forms.RadioSelect,
    )
    roles = forms.MultipleChoiceField(
        label="Who must sign?",
        choices=[("staff", "Staff"), ("governor", "Governors"), ("volunteer", "Volunteers")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label="What changed, in plain words", widget=forms.Textarea(attrs={"rows": 4})
    )
    scan = forms.FileField(label="Scan of the signed page", required=False)
    agree = forms.BooleanField(
        label="I have read this policy, I understand it and I will keep to it.",
        help_text="Your name, the time and the version are kept.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(*self.fields, submit="Sign this policy", cancel="/policies/")

    def clean(self) -> dict[str, Any]:
        self.add_error(None, "This version was replaced while you were reading.")
        return self.cleaned_data


class FilterForm(forms.Form):
    q = forms.CharField(label="Name", required=False)
    status = forms.ChoiceField(
        label="Status", choices=[("", "All"), ("signed", "Signed")], required=False
    )


def person(theme: str = "light", *, role: Role = Role.HEAD, colour: str = "#7a1f3d") -> User:
    """Somebody at two schools who is in no database."""
    user = User(name="Zoë O’Brien-Castellanos", email="zoe@elm.example", theme=theme)
    schools = [
        Organisation(pk=1, name="Elm Park Primary School", slug="elm-park", colour=colour),
        Organisation(pk=2, name="St Bride’s", slug="st-brides", colour=colour),
    ]
    user.__dict__["posts"] = [
        Post(at.pk, at, "permanent", date(2020, 9, 1), frozenset({role})) for at in schools
    ]
    return user


def duty(title: str, days: int | None, on: date) -> SimpleNamespace:
    return SimpleNamespace(
        title=title,
        url="/",
        due_on=on,
        days=days,
        school="Elm Park Primary School",
        kind_label="Read and sign",
    )


def context_of(user: User, form: forms.Form) -> dict[str, Any]:
    return {
        "user": user,
        "portal_name": "School Social Portal",
        "school": user.posts[0].organisation,
        "messages": [Message(messages.SUCCESS, "Your details are saved.")],
        "trail": [("Policies", "/"), ("Social media policy", "/")],
        "duties": [
            duty("Social media policy", -12, date(2026, 11, 9)),
            duty(
                "Acceptable use agreement for staff, governors and volunteers",
                2,
                date(2026, 11, 23),
            ),
            duty("Keeping children safe in education, part 1", 27, date(2026, 12, 18)),
        ],
        "page": Paginator(range(500), 25).page(7),
        "filter": FilterForm({"q": "o’b"}),
        "rows": [
            ("Name", "Zoë O’Brien", "/", "Change"),
            (
                "E-mail",
                "a.very.long.address.indeed.with.dots@elm-park-primary.school.example",
                "/",
                "Change",
            ),
            ("Line manager", ""),
        ],
        "form": form,
    }


def gallery(theme: str = "light", *, errors: bool = False, **of: Any) -> str:
    """The page as a string. Needs no database."""
    request = RequestFactory().get("/?q=o%27b")
    user = request.user = person(theme, **of)  # type: ignore[attr-defined]
    form = SignForm({"kind": "minor", "email": "no"}) if errors else SignForm()
    page = engines["django"].from_string(TEMPLATE.read_text(encoding="utf-8"))
    return page.render(context_of(user, form), request)
