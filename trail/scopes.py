"""Who may read which part of the record. Apps to the right answer for their own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.module_loading import import_string

from trail.permissions import VIEW_TRAIL

if TYPE_CHECKING:
    from people.models import Organisation, User


def organisation_for(user: User, slug: str) -> Organisation:
    """The trust or school, if it exists for this person; else 404."""
    organisations = apps.get_model("people", "Organisation")._default_manager
    found: Organisation | None = organisations.visible_to(user).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def require_record(user: User, organisation: Organisation) -> None:
    """Raises PermissionDenied for whoever may not read the whole record there."""
    if not user.can(VIEW_TRAIL, at=organisation):
        raise PermissionDenied


def require_object(
    user: User, organisation: Organisation, target_type: str, target_id: int
) -> None:
    """Raises what stands between this person and the record of one row.

    An app may open a row to people who cannot read the whole record, and close one to people who
    can: that row does not exist for them. Whoever has neither hears the same for every id.
    """
    answers = [import_string(path)(user, target_type, target_id) for path in settings.TRAIL_SCOPES]
    if False not in answers and True in answers:
        return
    require_record(user, organisation)
    if False in answers:
        raise Http404
