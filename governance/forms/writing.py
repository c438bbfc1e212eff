"""Writing, sending, publishing: the forms of those who manage policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from typing import Any
from uuid import uuid4

from crispy_forms.layout import Fieldset
from django import forms
from django.db.models import Q
from django.urls import reverse

from governance.models import Comment, Policy, PolicyVersion, Review
from governance.text.keeping import refusal
from governance.text.render import is_empty
from people.models import Membership, Organisation, User
from people.roles import TRUST_ROLES, Role
from web.forms import DateField, DateInput, offer_only, page_form

BODY_HELP = (
    "Start a line with # for a heading, ## for a smaller one, and - for a list. "
    "Leave an empty line between paragraphs."
)


YEARS_AHEAD = 10  # a slip of the finger, such as 2207


def to_come(today: date, day: date) -> date:
    """What the service says too, here beside the box."""
    if day <= today:
        raise forms.ValidationError("The next review must lie in the future.")
    if day.year > today.year + YEARS_AHEAD:
        raise forms.ValidationError("The next review lies very far ahead. Check the year.")
    return day


def not_after(today: date, day: date | None, what: str) -> date | None:
    if day is not None and day > today:
        raise forms.ValidationError(f"{what} cannot be in the future.")
    return day


def _can_be_kept(body: str) -> None:
    if sentence := refusal(body):
        raise forms.ValidationError(sentence)


def body_field(**more: Any) -> forms.CharField:
    return forms.CharField(
        label="Text of the policy",
        help_text=BODY_HELP,
        # No max_length: a browser would cut off without a word what is pasted beyond it.
        validators=[_can_be_kept],
        widget=forms.Textarea(attrs={"rows": 24, "class": "policy-editor"}),
        **more,
    )


class PolicyDetailsForm(forms.ModelForm):
    """What stands around the text."""

    class Meta:
        model = Policy
        fields = (
            "kind",
            "committee",
            "author",
            "review_months",
            "review_due_on",
            "is_public",
            "related",
            "related_documents",
            "legislation",
        )
        field_classes = {"review_due_on": DateField}
        widgets = {
            "review_due_on": DateInput,
            "related": forms.CheckboxSelectMultiple,
            "related_documents": forms.Textarea(attrs={"rows": 4}),
            "legislation": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {"related": "Related policies in the portal"}
        help_texts = {
            "is_public": "On the school's public page, with its earlier versions. "
            "Otherwise by staff only."
        }

    def __init__(self, *args: Any, owner: Organisation, submit: str = "Save", **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Of the trust's, those in force: its drafts are not for a school's eyes.
        others = Policy.objects.reaching(owner).filter(Q(owner=owner) | Q(current__isnull=False))
        if self.instance.pk:
            others = others.exclude(pk=self.instance.pk)
        people = User.objects.filter(
            memberships__organisation__reached_from__above=owner, memberships__ends_on=None
        ).distinct()
        offer_only(self, author=people.order_by("sort_name", "name"), related=others)
        if not others.exists():
            del self.fields["related"]
        self.fields[
            "review_months"
        ].help_text = "Months between two reviews. Most schools choose 12."
        cancel = reverse("governance:policy", args=[self.instance.pk]) if self.instance.pk else None
        self.helper = page_form(*self.fields, submit=submit, cancel=cancel)


class NewPolicyForm(forms.Form):
    title = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=Policy.Kind, widget=forms.RadioSelect, initial="policy")
    number = forms.CharField(label="Version", max_length=20, initial="1.0")
    body = body_field(required=False)
    # Makes of a second click on the button the same draft.
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def __init__(self, *args: Any, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(
            "form_key", "title", "kind", "number", "body", submit="Save as a draft", cancel=cancel
        )


class TextForm(forms.Form):
    """The words of a draft, and the edition the editor started from."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(max_length=200)
    number = forms.CharField(label="Version", max_length=20)
    body = body_field(error_messages={"required": "The policy has no text yet."})
    # Drawn beside the text, with each comment that waits for an answer.
    done = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(
        self,
        *args: Any,
        version: PolicyVersion,
        comments: Iterable[Comment] = (),
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {
            "edition": version.edition,
            "title": version.title,
            "number": version.number,
            "body": version.body,
        }
        super().__init__(*args, **kwargs)
        cancel = reverse("governance:policy", args=[version.policy_id])
        self.helper = page_form(
            "edition", "title", "number", "body", submit="Save the text", cancel=cancel
        )
        self.helper.form_id = "text-form"
        # Another may have ticked one off meanwhile; that is no mistake of whoever saves.
        self.fields["done"].choices = [(one.pk, str(one)) for one in comments]  # type: ignore[attr-defined]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if is_empty(body):
            raise forms.ValidationError("There are no words in this text, only pictures or blanks.")
        return body


class AudienceForm(forms.Form):
    """Three questions; a person is asked to sign when they match one tick in each.

    Nothing ticked under a question means that it does not narrow the audience down.
    """

    nobody = forms.BooleanField(
        label="Nobody has to sign this. It is there to be read.", required=False
    )
    employment = forms.MultipleChoiceField(
        label="How they work here",
        help_text="Leave empty for everyone.",
        choices=Membership.Employment,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    roles = forms.MultipleChoiceField(
        label="Their role",
        help_text="Leave empty for everyone.",
        choices=Role,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    schools = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="Schools",
        help_text="Leave empty for all of them.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, version: PolicyVersion, **kwargs: Any) -> None:
        owner = version.policy.owner
        kwargs["initial"] = self.from_rules(version)
        super().__init__(*args, **kwargs)
        if owner.kind == Organisation.Kind.TRUST:
            offer_only(self, schools=Organisation.objects.filter(reached_from__above=owner))
        else:
            del self.fields["schools"]
            self.fields["roles"].choices = [  # type: ignore[attr-defined]
                (role.value, role.label) for role in Role if role not in TRUST_ROLES
            ]
        self.helper = page_form(
            *self.fields,
            submit="Save who it is for",
            cancel=reverse("governance:policy", args=[version.policy_id]),
        )

    @staticmethod
    def from_rules(version: PolicyVersion) -> dict[str, Any]:
        rules = list(version.audience.all())
        return {
            "nobody": not rules,
            "employment": sorted({rule.employment for rule in rules if rule.employment}),
            "roles": sorted({rule.role for rule in rules if rule.role}),
            "schools": sorted({rule.organisation_id for rule in rules if rule.organisation_id}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("nobody") and any(data.get(name) for name in set(self.fields) - {"nobody"}):
            self.add_error("nobody", "Tick this, or the groups below, and not both.")
        return data

    def rules(self) -> Iterable[Mapping[str, Any]]:
        """One rule for each combination of the ticks."""
        data = self.cleaned_data
        if data["nobody"]:
            return []
        return [
            {"employment": employment, "role": role, "organisation": school}
            for employment, role, school in product(
                data["employment"] or [""], data["roles"] or [""], data.get("schools") or [None]
            )
        ]


class PublishForm(forms.Form):
    change = forms.ChoiceField(
        label="Is this a material change?",
        choices=PolicyVersion.Change,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the change is material or minor."},
    )
    summary = forms.CharField(
        label="What changed",
        help_text="A sentence or two in plain words. Readers see it first.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a sentence or two what changed."},
    )
    answers_review = forms.BooleanField(
        help_text="Leave it empty to put something small right while the review goes on.",
        required=False,
        initial=True,
    )
    agreed_on = DateField(label="Date agreed", required=False)
    review_due_on = DateField(label="Next review")

    def __init__(
        self,
        *args: Any,
        version: PolicyVersion,
        first: bool,
        review: Review | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = version.organisation.today()
        if first:
            del self.fields["change"], self.fields["summary"]
        if review is None:
            del self.fields["answers_review"]
        else:
            opened = f"{review.opened_on:%-d %B %Y}"
            label = f"This version closes the review that was opened on {opened}"
            self.fields["answers_review"].label = label
        cancel = reverse("governance:policy", args=[version.policy_id])
        self.helper = page_form(Fieldset("", *self.fields), submit="Publish now", cancel=cancel)

    def clean_agreed_on(self) -> date | None:
        return not_after(self.today, self.cleaned_data["agreed_on"], "The date agreed")

    def clean_review_due_on(self) -> date:
        return to_come(self.today, self.cleaned_data["review_due_on"])


class ReasonForm(forms.Form):
    """One box for a reason, for whoever has to be told."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self,
        *args: Any,
        label: str,
        submit: str,
        cancel: str,
        missing: str = "Give a reason.",
        tone: str = "primary",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages["required"] = missing
        self.helper = page_form("reason", submit=submit, cancel=cancel, tone=tone)


class ReviewedForm(forms.Form):
    next_due_on = DateField(label="Next review")
    note = forms.CharField(
        required=False,
        max_length=500,
        help_text="For example who took part. Not shown to staff.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = policy.owner.today()
        self.helper = page_form(
            "next_due_on",
            "note",
            submit="Record the review",
            cancel=reverse("governance:policy", args=[policy.pk]),
        )

    def clean_next_due_on(self) -> date:
        return to_come(self.today, self.cleaned_data["next_due_on"])
