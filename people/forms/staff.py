"""Forms about the people of a school."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms

from people.listing import STATUSES
from people.models import Membership, Organisation, User
from people.roles import OTHERS_RECORDS, PERMISSIONS, TRUST_ROLES, Role
from web.forms import DateField, offer_only, page_form


def roles_at(school: Organisation) -> list[Role]:
    """The roles that exist there: those of a trust at trusts only."""
    at_trust = school.kind == Organisation.Kind.TRUST
    return [role for role in Role if at_trust or role not in TRUST_ROLES]


def _any(label: str, choices: Any) -> list[tuple[str, str]]:
    return [("", label), *choices]


class PeopleFilterForm(forms.Form):
    """What the list shows. Everything is optional."""

    q = forms.CharField(label="Name, e-mail or staff number", required=False, max_length=100)
    status = forms.ChoiceField(label="Status", choices=list(STATUSES.items()), required=False)
    role = forms.ChoiceField(label="Role", required=False)
    department = forms.ChoiceField(label="Department", required=False)
    employment = forms.ChoiceField(
        label="Employment", choices=_any("Any", Membership.Employment.choices), required=False
    )
    only = forms.ChoiceField(
        label="Sign-in",
        choices=_any(
            "All",
            [("no_address", "No e-mail address"), ("not_signed_in", "Not yet signed in")],
        ),
        required=False,
    )

    def __init__(self, *args: Any, school: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = (
            Membership.objects.filter(organisation=school)
            .exclude(department="")
            .order_by("department")
            .values_list("department", flat=True)
            .distinct()
        )
        self._choose("role", _any("Any", [(role.value, role.label) for role in roles_at(school)]))
        self._choose("department", _any("Any", [(name, name) for name in departments]))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def managers_at(school: Organisation, *, but: User | None = None) -> Any:
    """Who can be a line manager: whoever has an open post at the school or its trust."""
    places = [pk for pk in (school.pk, school.parent_id) if pk]
    posts = Membership.objects.active(school.today()).filter(organisation__in=places, ends_on=None)
    found = User.objects.filter(pk__in=posts.values("person"))
    return found.exclude(pk=but.pk) if but else found


class PersonForm(forms.ModelForm):
    """A person and their post. Name and address are left out where they are not ours to change."""

    name = forms.CharField(label="Name", max_length=150, help_text="As they write it themselves.")
    sort_name = forms.CharField(
        label="Sorted under",
        max_length=150,
        required=False,
        help_text="Such as the family name. Left empty: the last word of the name.",
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        required=False,
        help_text="Without one they cannot sign in or get mail.",
    )
    starts_on = DateField(label="First day")

    class Meta:
        model = Membership
        fields = (
            "job_title",
            "department",
            "line_manager",
            "employment",
            "payroll_id",
            "starts_on",
            "term_time_only",
        )

    def __init__(
        self,
        *args: Any,
        school: Organisation,
        cancel: str,
        submit: str,
        with_person: bool = True,
        with_roles: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        person = self.instance.person if self.instance.pk else None
        offer_only(self, line_manager=managers_at(school, but=person))
        self.fields["line_manager"].empty_label = "Nobody"  # type: ignore[attr-defined]
        self.fields["term_time_only"].label = "Works in term time only"
        about = ["name", "sort_name", "email"] if with_person else []
        for name in ("name", "sort_name", "email"):
            if not with_person:
                del self.fields[name]
            elif person is not None:
                self.fields[name].initial = getattr(person, name)
        if person is not None and person.email and with_person:
            self.fields[
                "email"
            ].help_text = "A new address ends their sessions: they sign in with it from then on."
            self.fields["email"].required = True
        if with_roles:
            self.fields["roles"] = _roles_field(school)
            self.initial.setdefault("roles", [Role.STAFF.value])
            self.initial.setdefault("starts_on", school.today())
        self.helper = page_form(
            *([Fieldset("The person", *about)] if about else []),
            Fieldset(
                "Their work here",
                *self.Meta.fields,
            ),
            *([Fieldset("What they may do", "roles")] if with_roles else []),
            submit=submit,
            cancel=cancel,
        )

    def clean_email(self) -> str | None:
        return self.cleaned_data["email"].strip().lower() or None

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def validate_unique(self) -> None:
        """The service says it in words that fit."""

    def validate_constraints(self) -> None:
        """The same."""

    @property
    def person_values(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("name", "sort_name", "email")
            if name in self.cleaned_data
        }

    @property
    def post_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _roles_field(school: Organisation) -> forms.MultipleChoiceField:
    def label(role: Role) -> str:
        sensitive = PERMISSIONS[role] & OTHERS_RECORDS
        return f"{role.label} – sees other people’s records" if sensitive else str(role.label)

    return forms.MultipleChoiceField(
        label="Roles",
        required=False,
        choices=[(role.value, label(role)) for role in roles_at(school)],
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever sees other people’s records signs in with a second step.",
    )


class RolesForm(forms.Form):
    """The roles somebody holds from today."""

    def __init__(self, *args: Any, school: Organisation, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = _roles_field(school)
        self.helper = page_form("roles", submit="Save roles", cancel=cancel)


class LeaveForm(forms.Form):
    """The last day of somebody's post."""

    last_day = DateField(
        label="Last day", help_text="The last day still counts: they can sign in until its end."
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, cancel: str, checking: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if checking:
            self.fields["last_day"].widget = forms.HiddenInput()
            self.helper = page_form(
                "last_day",
                "confirmed",
                submit="Record that they leave",
                cancel=cancel,
                tone="danger",
            )
        else:
            del self.fields["confirmed"]
            self.helper = page_form("last_day", submit="Continue", cancel=cancel)
