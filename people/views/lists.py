"""What the pages of every kind of uploaded list do: keep the file, and find one's own list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from people.http import Request
from people.models import Organisation
from people.models.uploaded_list import UploadedList
from people.roles import Permission
from people.views.scope import school_where
from web.errors import RuleBroken
from web.forms import refuse

L = TypeVar("L", bound=UploadedList)


def kept(form: forms.BaseForm, keep: Callable[..., L]) -> L | None:
    """The list in the file that was sent, with whatever else the form asked for.

    None where the page is shown (again); what is wrong with the file stands beside it.
    """
    if not form.is_valid():
        return None
    said = dict(form.cleaned_data)
    try:
        return keep(said.pop("file").read(), **said)
    except RuleBroken as problem:
        refuse(form, problem, "file")
        return None


def own_list(
    request: Request, slug: str, pk: int, lists: QuerySet[L], permission: Permission
) -> tuple[Organisation, L]:
    """The school and this person's own upload there. Anybody else's does not exist.

    `lists` are those this person sees.
    """
    at = school_where(request, slug, permission)
    there = lists.filter(organisation=at).select_related("organisation__parent", "uploaded_by")
    return at, get_object_or_404(there, pk=pk)
