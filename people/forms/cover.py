"""Forms of cover: who is away, from when to when, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from people.models import Absence, Membership, Organisation, User
from people.models.user import Post
from web.forms import DateField, expect_order, offer_only, page_form


class PostField(forms.ModelChoiceField):
    """A person by their post; the school is named where there are several."""

    def __init__(self, *, label: str, **kwargs: Any) -> None:
        super().__init__(Membership.objects.none(), label=label, **kwargs)
        self.with_school = False

    def label_from_instance(self, post: Any) -> str:
        words = [post.person.name]
        if post.job_title:
            words.append(post.job_title)
        if self.with_school:
            words.append(post.organisation.name)
        return ", ".join(words)


def colleagues(organisations: Sequence[Organisation], *, but: User | None) -> QuerySet[Membership]:
    """Whoever has a post today at one of these places."""
    found = Membership.objects.none()
    if organisations:
        found = Membership.objects.active(organisations[0].today()).filter(
            organisation__in=organisations
        )
    if but is not None:
        found = found.exclude(person=but)
    return found.select_related("person", "organisation").order_by(
        "person__sort_name", "person__name", "pk"
    )


class _CoverForm(forms.Form):
    starts_on = DateField(label="First day away")
    ends_on = DateField(label="Last day away", help_text="The day before being back.")
    deputy = PostField(
        label="Who stands in",
        empty_label="Choose a colleague",
        help_text="They are told what would be told to the person who is away. "
        "They may do no more than before.",
    )

    def clean(self) -> dict[str, Any]:
        expect_order(self)
        return self.cleaned_data


class OwnCoverForm(_CoverForm):
    """I am away. Whoever works at several places says from which."""

    membership = PostField(label="Away from", empty_label=None)
    field_order = ["membership", "starts_on", "ends_on", "deputy"]

    def __init__(self, *args: Any, person: User, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts: list[Post] = person.posts
        places = {post.organisation.pk: post.organisation for post in posts}
        offer_only(self, deputy=colleagues(list(places.values()), but=person))
        names = ["membership", "starts_on", "ends_on", "deputy"]
        if len(places) > 1:
            mine = Membership.objects.filter(pk__in=[post.membership_id for post in posts])
            offer_only(self, membership=mine.select_related("person", "organisation"))
            self.fields["membership"].with_school = True  # type: ignore[attr-defined]
            self.fields["deputy"].with_school = True  # type: ignore[attr-defined]
        else:
            del self.fields["membership"]
            names.remove("membership")
        self.helper = page_form(*names, submit="Save", cancel=cancel)


class StaffCoverForm(_CoverForm):
    """Somebody at the school is away."""

    membership = PostField(label="Who is away", empty_label="Choose a person")
    field_order = ["membership", "starts_on", "ends_on", "deputy"]

    def __init__(self, *args: Any, school: Organisation, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleagues([school], but=None)
        offer_only(self, membership=people, deputy=people)
        self.helper = page_form(*self.field_order, submit="Save", cancel=cancel)


class ChangeCoverForm(forms.Form):
    """Another deputy, or another last day."""

    ends_on = _CoverForm.base_fields["ends_on"]
    deputy = _CoverForm.base_fields["deputy"]

    def __init__(self, *args: Any, absence: Absence, cancel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        membership = absence.membership
        choices = colleagues([membership.organisation], but=membership.person)
        offer_only(self, deputy=choices)
        self.initial = {"ends_on": absence.ends_on, "deputy": absence.deputy_id}
        self.helper = page_form("ends_on", "deputy", submit="Save", cancel=cancel)
