"""Who may read the record of a person's post, of a school, and of what hangs on either."""

from __future__ import annotations

from people.models import Invitation, Membership, Organisation, SecondFactorReset, StaffImport, User
from people.roles import Permission

WORDS = {
    "membership.person": "corrected a person's name or address",
    "membership.stay": "recorded that a person stays after all",
    "absence.set": "entered that somebody is away, and who stands in",
    "absence.change": "changed who stands in, or until when",
    "absence.end": "recorded that somebody is back early",
    "absence.withdraw": "took back that somebody would be away",
    "organisation.change": "changed the name, colour or domains",
    "calendar_feed.create": "made an address for a calendar of their tasks",
    "calendar_feed.revoke": "took back the address of their calendar",
    "organisation.ladder": "changed when people are reminded",
    "calendar.term_add": "added a term",
    "calendar.term_change": "changed a term",
    "calendar.term_delete": "deleted a term",
    "calendar.closure_add": "added days without pupils",
    "calendar.closure_change": "changed days without pupils",
    "calendar.closure_delete": "deleted days without pupils",
    "organisation.import_staff": "imported a staff list",
    "staff_import.confirm": "imported a staff list",
    "invitation.send": "sent an invitation",
    "invitation.cancel": "withdrew an invitation",
    "invitation.accept": "accepted an invitation",
    "sign_in.password": "chose a password",
    "sign_in.end_sessions": "signed out everywhere",
    "sign_in.flags": "opened or closed an account or its admin rights",
    "second_factor.add": "added a second step to their sign-in",
    "second_factor.remove": "removed a second step from their sign-in",
    "second_factor.ask_reset": "asked for a new start of somebody's two-step sign-in",
    "second_factor.confirm_reset": "confirmed a new start of somebody's two-step sign-in",
    "second_factor.cancel_reset": "cancelled a new start of somebody's two-step sign-in",
}
# What each kind of target hangs on: the path from it to its organisation.
MODELS = {
    "people.membership": Membership,
    "people.invitation": Invitation,
    "people.staffimport": StaffImport,
    "people.secondfactorreset": SecondFactorReset,
}


def scope(user: User, target_type: str, target_id: int) -> bool | None:
    """Whether this person may read this object's record; None for what is not ours.

    A post's record: whoever reads the trail or the staff list there. A school's own: who reads
    the trail.
    """
    if target_type == "people.organisation":
        at = Organisation.objects.filter(pk=target_id).first()
        return at is not None and user.can(Permission.VIEW_TRAIL, at=at)
    model = MODELS.get(target_type)
    if model is None:
        return None
    row = model.objects.select_related("organisation").filter(pk=target_id).first()  # type: ignore[attr-defined]
    return row is not None and any(
        user.can(permission, at=row.organisation)
        for permission in (Permission.VIEW_TRAIL, Permission.VIEW_PEOPLE)
    )
