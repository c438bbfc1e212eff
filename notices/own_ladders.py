"""A trust's or school's own reminders: setting them, and giving them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from notices.duties import labels
from notices.ladders import FIXED, LADDERS, OWN, ladder_for, own_plan
from notices.plans import Plan
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

OWN_WORDS, TRUST_WORDS, USUAL_WORDS = "set here", "as the trust has it", "as usual"


@dataclass(frozen=True)
class Line:
    """One kind of duty, with what holds at this place and where that comes from."""

    kind: str
    label: str
    plan: Plan
    source: str

    @property
    def is_own(self) -> bool:
        return self.source == OWN_WORDS


def lines(organisation: Organisation) -> list[Line]:
    """Every kind of duty whose reminders may be set."""
    return [
        Line(kind, label, plan, _source(kind, organisation))
        for kind, label in labels().items()
        if (plan := plan_at(kind, organisation)) is not None
    ]


def plan_at(kind: str, organisation: Organisation) -> Plan | None:
    """What holds there; None for a kind whose reminders cannot be set."""
    ladder = ladder_for(kind, organisation) if kind not in FIXED else None
    try:
        return None if ladder is None else Plan.of(ladder.steps)
    except ValueError:
        return None


def inherited(kind: str, organisation: Organisation) -> Plan:
    """What would hold if this place set nothing."""
    above = organisation.parent and own_plan(kind, organisation.parent)
    return above or Plan.of(LADDERS[kind].steps)


@transaction.atomic
def set_plan(organisation: Organisation, kind: str, plan: Plan | None, *, by: User) -> Organisation:
    """Set the place's own reminders of that kind of duty. None: as the trust has it, or as usual.

    What has been told stays told; steps that are new are told from the next working day on.
    Raises RuleBroken with everything that makes no sense.
    """
    if not by.can(Permission.MANAGE_SCHOOL, at=organisation):
        raise PermissionDenied
    if plan is not None:
        RuleBroken.if_any(_problems(plan, organisation))
    organisation = (
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("parent")
        .get(pk=organisation.pk)
    )
    plans = dict(organisation.settings.get(OWN, {}))
    before = plans.pop(kind, None)
    if plan is not None:
        plans[kind] = plan.as_json()
    if before != plans.get(kind):
        organisation.settings[OWN] = plans
        if not plans:
            del organisation.settings[OWN]
        organisation.save(update_fields=["settings"])
        audit.record("organisation.ladder", organisation, by=by, changed=kind)
    return organisation


def _problems(plan: Plan, organisation: Organisation) -> Iterator[str]:
    yield from plan.problems()
    if plan.trust and organisation.kind == Organisation.Kind.SCHOOL and not organisation.parent_id:
        yield "This school belongs to no trust on the portal."


def _source(kind: str, organisation: Organisation) -> str:
    if own_plan(kind, organisation) is not None:
        return OWN_WORDS
    if organisation.parent is not None and own_plan(kind, organisation.parent) is not None:
        return TRUST_WORDS
    return USUAL_WORDS
