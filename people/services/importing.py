"""Staff lists: keeping one while it is looked at, and writing what its plan says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from people.importing import columns, reading
from people.importing import plan as plans
from people.importing.plan import Outcome, Plan, PlannedRow
from people.importing.plan_changed import PlanChanged
from people.models import Membership, Organisation, StaffImport, User
from people.roles import Permission, Role
from people.services import membership as memberships
from people.services import staff
from trail import audit
from web.errors import RuleBroken

Status = StaffImport.Status
# A list that lacks more people than this is a part of a list, not news of leavers.
MOST_LEAVERS = 200


@dataclass
class Applied:
    """What an import wrote."""

    added: list[int] = field(default_factory=list)
    changed: int = 0
    left: int = 0
    left_out: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {
            "added": len(self.added),
            "changed": self.changed,
            "left": self.left,
            "left_out": self.left_out,
        }


@transaction.atomic
def upload(organisation: Organisation, data: bytes, *, by: User) -> StaffImport:
    """Read a file and keep its rows for the preview. Raises RuleBroken when it cannot be read."""
    sheet = reading.read(data)
    StaffImport.objects.filter(organisation=organisation, uploaded_by=by).waiting().forget()
    return StaffImport.objects.create(
        organisation=organisation,
        uploaded_by=by,
        headings=sheet.headings,
        rows=[[number, cells] for number, cells in sheet.rows],
        mapping=columns.recognise(sheet.headings),
        notes=sheet.notes,
    )


@transaction.atomic
def choose_columns(
    staff_import: StaffImport, mapping: Mapping[str, int], *, by: User
) -> StaffImport:
    """Say which column is what. Raises RuleBroken for a choice without names."""
    staff_import = _locked(staff_import)
    RuleBroken.if_any(columns.problems(mapping, len(staff_import.headings)))
    staff_import.mapping = dict(mapping)
    staff_import.save(update_fields=["mapping"])
    return staff_import


def plan_of(staff_import: StaffImport) -> Plan:
    """What confirming would do now. Reads only."""
    plan = plans.make(
        staff_import.organisation,
        [(number, cells) for number, cells in staff_import.rows],
        staff_import.mapping,
        by=staff_import.uploaded_by,
    )
    plan.notes = list(staff_import.notes)
    return plan


@transaction.atomic
def confirm(
    staff_import: StaffImport,
    *,
    by: User,
    digest: str,
    leavers: Mapping[int, date] | None = None,
    leave_out_errors: bool = False,
) -> Applied:
    """Write what the preview showed, in one transaction.

    `digest` is that of the plan they looked at; `leavers` maps memberships to their last day.
    Raises PlanChanged when the plan is another by now.
    """
    staff_import = _locked(staff_import)
    plan = plan_of(staff_import)
    if plan.digest != digest:
        raise PlanChanged("The staff list")
    if plan.of(Outcome.ERROR) and not leave_out_errors:
        raise RuleBroken(
            "Some rows have errors. Correct the file and upload it again, or leave those rows out."
        )
    applied = apply(staff_import.organisation, plan, by=by, leavers=leavers)
    staff_import.status = Status.DONE
    staff_import.rows, staff_import.headings = [], []
    staff_import.added, staff_import.counts = applied.added, applied.counts
    staff_import.save()
    audit.record(
        "staff_import.confirm",
        staff_import,
        by=by,
        at=staff_import.organisation,
        **{name: str(number) for name, number in applied.counts.items()},
    )
    return applied


@transaction.atomic
def abandon(staff_import: StaffImport, *, by: User) -> StaffImport:
    """Forget an uploaded list."""
    staff_import = _locked(staff_import)
    staff_import.status = Status.ABANDONED
    staff_import.rows, staff_import.headings = [], []
    staff_import.save(update_fields=["status", "rows", "headings"])
    return staff_import


def erase_old() -> int:
    """Empty the lists that nobody confirmed within a week. Returns how many."""
    return StaffImport.objects.too_old().forget()


@transaction.atomic
def apply(
    organisation: Organisation,
    plan: Plan,
    *,
    by: User | None,
    leavers: Mapping[int, date] | None = None,
) -> Applied:
    """Write a plan: who is new, what changed, who leaves. Rows with errors never.

    Raises PermissionDenied unless `by` manages people there; None is the portal itself.
    """
    if by is not None and not by.can(Permission.MANAGE_PEOPLE, at=organisation):
        raise PermissionDenied
    applied = Applied(left_out=len(plan.of(Outcome.ERROR)))
    people = _people_of(plan)
    _add(organisation, plan.of(Outcome.ADDED), people, by)
    applied.added = [people[row.number].pk for row in plan.of(Outcome.ADDED)]
    _change(organisation, plan.of(Outcome.CHANGED), people, by)
    applied.changed = len(plan.of(Outcome.CHANGED))
    applied.left = _leave(plan, leavers or {}, by)
    return applied


@transaction.atomic
def apply_file(organisation: Organisation, plan: Plan) -> Applied:
    """What the command does: the portal itself writes a plan, and says so in the record."""
    applied = apply(organisation, plan, by=None)
    if applied.added or applied.changed:
        counts = {name: str(number) for name, number in applied.counts.items()}
        audit.record("organisation.import_staff", organisation, by=None, at=organisation, **counts)
    return applied


def _people_of(plan: Plan) -> dict[int, User]:
    """The person of every row that has one, by its number; who is new is created."""
    rows = [row for row in plan.rows if row.outcome != Outcome.ERROR]
    known = User.objects.in_bulk([row.person_id for row in rows if row.person_id is not None])
    new = {
        row.number: User.objects.new_user(
            row.person["email"],
            row.person["name"] or "",
            sort_name=row.person.get("sort_name") or "",
        )
        for row in plan.of(Outcome.ADDED)
        if row.person_id is None
    }
    User.objects.bulk_create(new.values())
    return new | {row.number: known[row.person_id] for row in rows if row.person_id is not None}


def _details(row: PlannedRow, people: Mapping[int, User]) -> dict[str, Any]:
    # The manager's own row may be of somebody who left long ago, and is nobody here.
    manager = people.get(row.manager_row or 0)
    return row.details if manager is None else {**row.details, "line_manager_id": manager.pk}


def _add(
    organisation: Organisation, rows: list[PlannedRow], people: Mapping[int, User], by: User | None
) -> None:
    memberships.join_many(
        (memberships.Joiner(people[row.number], row.roles, _details(row, people)) for row in rows),
        organisation,
        by=by,
    )


def _change(
    organisation: Organisation, rows: list[PlannedRow], people: Mapping[int, User], by: User | None
) -> None:
    """Names, posts, roles, last days."""
    here = Membership.objects.filter(organisation=organisation)
    posts = here.select_related("person", "organisation__parent").in_bulk(
        [row.membership_id for row in rows if row.membership_id is not None]
    )
    pairs = [(row, posts[row.membership_id]) for row in rows if row.membership_id is not None]
    for row, post in pairs:
        if row.person:
            staff.change_person(post, by=by, **row.person)
    memberships.change_many({post.pk: _details(row, people) for row, post in pairs}, by=by)
    for row, post in pairs:
        if row.roles:
            held = post.roles.lasting().values_list("role", flat=True)
            memberships.set_roles(post, {Role(role) for role in held} | set(row.roles), by=by)
        if row.leaves_on is not None:
            memberships.leave(post, last_day=row.leaves_on, by=by)


def _leave(plan: Plan, leavers: Mapping[int, date], by: User | None) -> int:
    offered = {one.pk: one for one in plan.leavers}
    if leavers.keys() - offered.keys():
        raise PlanChanged("The staff list")
    RuleBroken.if_any(
        f"{offered[pk].person.name}: the last day cannot be before the first."
        for pk, last_day in leavers.items()
        if last_day < offered[pk].starts_on
    )
    for pk, last_day in leavers.items():
        memberships.leave(offered[pk], last_day=last_day, by=by)
    return len(leavers)


def _locked(staff_import: StaffImport) -> StaffImport:
    """The list, if it still waits. The school's people stand still while it is confirmed."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=staff_import.organisation_id
    )
    found = StaffImport.objects.locked(staff_import.pk)
    if found is None:
        raise RuleBroken("This staff list has been imported or abandoned already.")
    return found
