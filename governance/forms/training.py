"""Courses, sessions, records and certificates: the forms of training."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from files.purposes import ALLOWED, Purpose
from files.sniff import sniff
from governance.models import TrainingCourse, TrainingRecord, TrainingSession
from governance.models.training import LONGEST_MONTHS
from governance.services.training import AT_ONCE
from governance.services.training_courses import EVERYBODY
from people.models import Organisation, User
from people.roles import TRUST_ROLES, Role
from web.forms import DateField, DateInput, offer_only, page_form

EVERYONE = "everybody"  # an empty value in a group of ticks would be no answer
MONTHS_WRONG = f"Choose from 1 to {LONGEST_MONTHS} months, or leave it empty."


def certificate_field(**more: Any) -> forms.FileField:
    return forms.FileField(
        label="Certificate",
        help_text="A PDF, or a photo as PNG or JPEG, up to 20 MB.",
        error_messages={"required": "Choose the certificate.", "empty": "This file is empty."},
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        **more,
    )


class CertificateMixin:
    """Says beside the field what is wrong with a certificate, before anything is stored."""

    cleaned_data: dict[str, Any]

    def clean_certificate(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data.get("certificate")
        if not file:
            return None
        if (file.size or 0) > settings.MAX_UPLOAD_BYTES:
            most = settings.MAX_UPLOAD_BYTES // 1024 // 1024
            raise forms.ValidationError(f"This file is too large. The limit is {most} MB.")
        allowed = ALLOWED[Purpose.TRAINING_CERTIFICATE]
        file.seek(0)
        if sniff(file.read(4096)) not in allowed.types:
            raise forms.ValidationError(
                f"This kind of file is not taken here. Choose {allowed.said}."
            )
        file.seek(0)
        return file


class DaysMixin:
    """Says beside the field which day cannot be. The service looks again."""

    cleaned_data: dict[str, Any]
    today: date

    def clean_completed_on(self) -> date:
        day: date = self.cleaned_data["completed_on"]
        if day > self.today:
            raise forms.ValidationError(
                "This day lies in the future. Record a training once it has taken place."
            )
        return day

    def clean_expires_on(self) -> date | None:
        ends: date | None = self.cleaned_data.get("expires_on")
        done: date | None = self.cleaned_data.get("completed_on")
        if ends and done and ends < done:
            raise forms.ValidationError("It cannot run out before it was completed.")
        return ends


class CourseForm(forms.ModelForm):
    """What a course is, and who must have it."""

    valid_months = forms.IntegerField(
        label="Valid for how many months",
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        help_text="Leave it empty if it never runs out.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), MONTHS_WRONG),
    )
    roles = forms.MultipleChoiceField(
        label="Who must have it",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Whoever holds one of these roles. Tick nothing if nobody must.",
    )

    class Meta:
        model = TrainingCourse
        fields = ("title", "provider", "covers", "valid_months", "for_runners", "in_use")
        widgets = {"covers": forms.Textarea(attrs={"rows": 4})}
        labels = {"in_use": "In use"}
        help_texts = {
            "in_use": "Untick it when the course is not offered any more. What people have stays.",
            "for_runners": "Whoever runs an account of the school needs it, whatever their role.",
        }

    def __init__(
        self, *args: Any, owner: Organisation, submit: str, cancel: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        at_trust = owner.kind == Organisation.Kind.TRUST
        roles = [role for role in Role if at_trust or role not in TRUST_ROLES]
        chosen = self.fields["roles"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [
            (EVERYONE, "Everybody who belongs to the school"),
            *((role.value, role.label) for role in roles),
        ]
        if self.instance.pk:
            held = self.instance.requirements.values_list("role", flat=True)
            self.initial["roles"] = [role or EVERYONE for role in held]
        else:
            del self.fields["in_use"]
        order = ("title", "provider", "covers", "valid_months", "roles", "for_runners", "in_use")
        shown = [name for name in order if name in self.fields]
        self.helper = page_form(*shown, submit=submit, cancel=cancel)

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        twins = TrainingCourse.objects.filter(owner=self.owner, title__iexact=title)
        if twins.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a course with this title already.")
        return title

    def clean_roles(self) -> list[str]:
        roles: list[str] = self.cleaned_data["roles"]
        return [EVERYBODY if role == EVERYONE else role for role in roles]


class CourseFilter(forms.Form):
    q = forms.CharField(label="Title", required=False, max_length=100)
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "Courses in use"),
            ("required", "Those that somebody must have"),
            ("runners", "Those for running an account"),
            ("retired", "No longer in use"),
        ],
    )


class SessionForm(forms.ModelForm):
    class Meta:
        model = TrainingSession
        fields = ("held_on", "starts_at", "ends_at", "place", "led_by", "capacity")
        field_classes = {"held_on": DateField}
        widgets = {
            "held_on": DateInput,
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, submit: str, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].error_messages["invalid"] = "Give a time, such as 15:30."
        self.fields["capacity"].error_messages["min_value"] = "Give 1 place or more."
        self.helper = page_form(Fieldset("", *self.fields), submit=submit, cancel=cancel)


class RegisterFilter(forms.Form):
    """Narrows a register down to those who are looked for."""

    q = forms.CharField(label="Name", required=False, max_length=100)
    department = forms.ChoiceField(label="Department", required=False)

    def __init__(self, *args: Any, departments: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "All"), *((name, name) for name in departments if name)]


class RegisterForm(forms.Form):
    """The people who were ticked."""

    person = forms.ModelMultipleChoiceField(
        User.objects.none(),
        error_messages={
            "required": "Tick at least one name.",
            "invalid_choice": "Somebody you ticked is not on this list any more. Look again.",
        },
    )

    def __init__(self, *args: Any, **choices: Any) -> None:
        super().__init__(*args)
        offer_only(self, **choices)

    def clean_person(self) -> list[User]:
        people = list(self.cleaned_data["person"])
        if len(people) > AT_ONCE:
            raise forms.ValidationError(f"Tick {AT_ONCE} people at a time at the most.")
        return people


class RecordForm(CertificateMixin, DaysMixin, forms.Form):
    """A colleague has done a course."""

    course = forms.ModelChoiceField(TrainingCourse.objects.none(), empty_label="Choose a course")
    completed_on = DateField(label="Completed on")
    provider = forms.CharField(
        label="Who provided it",
        required=False,
        max_length=150,
        help_text="Left empty: as the course says.",
    )
    expires_on = DateField(
        label="Valid until",
        required=False,
        help_text="The last day. Left empty: as long as the course says.",
    )
    expiry_reason = forms.CharField(
        label="If it is valid until another day than the course says, why",
        required=False,
        max_length=500,
    )
    certificate = certificate_field(required=False)

    def __init__(self, *args: Any, organisation: Organisation, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = organisation.today()
        offer_only(self, course=TrainingCourse.objects.in_use().reaching(organisation))
        self.helper = page_form(*self.fields, submit="Record this training", cancel=cancel)


class SendInForm(CertificateMixin, DaysMixin, forms.Form):
    """One's own certificate."""

    course = forms.ModelChoiceField(TrainingCourse.objects.none(), empty_label="Choose a course")
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Which school confirms it", empty_label=None
    )
    completed_on = DateField(label="Completed on")
    provider = forms.CharField(label="Who provided it", required=False, max_length=150)
    expires_on = DateField(
        label="Valid until",
        required=False,
        help_text="If the certificate says so. Otherwise as long as the course says.",
    )
    certificate = certificate_field()

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = max(post.organisation.today() for post in person.posts)
        places = [post.organisation.pk for post in person.posts]
        offer_only(
            self,
            course=TrainingCourse.objects.in_use().visible_to(person),
            organisation=Organisation.objects.filter(pk__in=places),
        )
        if len(places) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial["organisation"] = places[0]
        self.helper = page_form(
            *self.fields, submit="Send it in", cancel=reverse("governance:my_training")
        )


class CorrectForm(DaysMixin, forms.Form):
    """What a record should say, and why."""

    completed_on = DateField(label="Completed on")
    provider = forms.CharField(label="Who provided it", required=False, max_length=150)
    expires_on = DateField(
        label="Valid until",
        required=False,
        help_text="The last day. Left empty: as long as the course says.",
    )
    reason = forms.CharField(
        label="Why is it corrected",
        max_length=500,
        help_text="Kept with the record; the person can read it.",
        error_messages={"required": "Give a reason. It is kept with the record."},
    )

    def __init__(self, *args: Any, record: TrainingRecord, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = record.organisation.today()
        for name in ("completed_on", "provider", "expires_on"):
            self.initial[name] = getattr(record, name)
        self.helper = page_form(*self.fields, submit="Correct this record", cancel=cancel)
