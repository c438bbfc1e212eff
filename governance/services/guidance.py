"""Writing a school's guidance for pupils and parents, showing it and taking it down (P13)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.guidance import shown_by
from governance.models import GuidanceEdition, GuidanceShowing
from governance.text.limits import check_length
from governance.text.render import is_empty
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken


class EditedMeanwhile(RuleBroken):
    """Somebody else saved an edition first. `edition` is theirs."""

    def __init__(self, edition: GuidanceEdition) -> None:
        self.edition = edition
        super().__init__(
            "Somebody else changed this page while you were writing. "
            "Your text is still below; compare the two before you save again."
        )


def save(organisation: Organisation, *, by: User, body: str, after: int) -> GuidanceEdition:
    """Keep these words as the next edition. Nobody sees it before it is shown.

    `after` is the number of the edition the editor started from; 0 where there was none. Saving
    the same words again makes no new edition. Raises EditedMeanwhile, or RuleBroken for a text
    without words or that is too long.
    """
    try:
        with transaction.atomic():
            return _save(organisation, by, body.strip(), after)
    except IntegrityError:
        # Of two saved at the same moment, the unique number lets one in.
        latest = GuidanceEdition.objects.filter(organisation=organisation).first()
        assert latest is not None
        raise EditedMeanwhile(latest) from None


def _save(organisation: Organisation, by: User, body: str, after: int) -> GuidanceEdition:
    _expect_author(organisation, by)
    check_length(body)
    if is_empty(body):
        raise RuleBroken("There are no words in this text.")
    latest = GuidanceEdition.objects.filter(organisation=organisation).first()
    if latest is not None and latest.body == body:
        return latest
    number = latest.number if latest else 0
    if latest is not None and number != after:
        raise EditedMeanwhile(latest)
    edition = GuidanceEdition.objects.create(
        organisation=organisation,
        number=number + 1,
        body=body,
        saved_by=by,
        saved_at=timezone.now(),
    )
    audit.record("guidance.save", edition, by=by, number=str(edition.number))
    return edition


@transaction.atomic
def show(edition: GuidanceEdition, *, by: User) -> GuidanceShowing | None:
    """Everybody sees this edition from now on. None: they do already."""
    _expect_author(edition.organisation, by)
    if shown_by(edition.organisation) == edition:
        return None
    showing = GuidanceShowing.objects.create(
        organisation=edition.organisation, edition=edition, by=by, at=timezone.now()
    )
    audit.record("guidance.show", edition, by=by, number=str(edition.number))
    return showing


@transaction.atomic
def take_down(organisation: Organisation, *, by: User) -> GuidanceShowing:
    """Nobody sees this school's guidance any more. Raises RuleBroken when nobody does."""
    _expect_author(organisation, by)
    shown = shown_by(organisation)
    if shown is None:
        raise RuleBroken("This page is not shown at the moment.")
    showing = GuidanceShowing.objects.create(
        organisation=organisation, edition=None, by=by, at=timezone.now()
    )
    audit.record("guidance.take_down", shown, by=by, number=str(shown.number))
    return showing


def _expect_author(organisation: Organisation, by: User) -> None:
    if not by.can(Permission.MANAGE_EDUCATION, at=organisation):
        raise PermissionDenied
