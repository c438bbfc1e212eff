"""Lists of training: keeping one while it is looked at, and writing what its plan says (D19)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from governance import training_list
from governance.models import TrainingCourse, TrainingImport, TrainingNote, TrainingRecord
from governance.services.fitness_changed import fitness_changed
from governance.training_list import Outcome, Plan, Row
from people.importing import reading
from people.importing.plan_changed import PlanChanged
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

Status = TrainingImport.Status


@transaction.atomic
def upload(organisation: Organisation, data: bytes, *, by: User) -> TrainingImport:
    """Read a file and keep its rows for the preview. Raises RuleBroken when it cannot be read."""
    if not by.can(Permission.MANAGE_TRAINING, at=organisation):
        raise PermissionDenied
    sheet = reading.read(data)
    columns = training_list.recognise(sheet.headings)
    RuleBroken.if_any(training_list.problems(columns))
    TrainingImport.objects.filter(organisation=organisation, uploaded_by=by).waiting().forget()
    return TrainingImport.objects.create(
        organisation=organisation,
        uploaded_by=by,
        columns=columns,
        rows=[[number, cells] for number, cells in sheet.rows],
        notes=sheet.notes,
    )


def plan_of(found: TrainingImport) -> Plan:
    """What confirming would write now. Reads only."""
    rows = [(number, cells) for number, cells in found.rows]
    return training_list.make(found.organisation, rows, found.columns, by=found.uploaded_by)


@transaction.atomic
def confirm(
    found: TrainingImport, *, by: User, digest: str, leave_out_errors: bool = False
) -> TrainingImport:
    """Write what the preview showed, all of it or nothing.

    `digest` is that of the plan they looked at. Raises PlanChanged when it is another by now.
    """
    found = _locked(found)
    if by != found.uploaded_by or not by.can(Permission.MANAGE_TRAINING, at=found.organisation):
        raise PermissionDenied
    _lock_courses(plan_of(found))
    plan = plan_of(found)
    if plan.digest != digest:
        raise PlanChanged
    if plan.of(Outcome.ERROR) and not leave_out_errors:
        raise RuleBroken(
            "Some rows have errors. Correct the list and upload it again, or leave those rows out."
        )
    _write(plan.of(Outcome.NEW), found, by)
    found.status, found.rows, found.counts = Status.DONE, [], plan.counts
    found.save(update_fields=["status", "rows", "counts"])
    counts = {name: str(number) for name, number in plan.counts.items()}
    at = found.organisation
    audit.record("training_import.confirm", found, by=by, at=at, **counts)
    return found


@transaction.atomic
def abandon(found: TrainingImport, *, by: User) -> TrainingImport:
    """Forget an uploaded list."""
    found = _locked(found)
    if by != found.uploaded_by:
        raise PermissionDenied
    found.status, found.rows = Status.ABANDONED, []
    found.save(update_fields=["status", "rows"])
    return found


def erase_old() -> int:
    """Empty the lists that nobody confirmed within a week. Returns how many."""
    return TrainingImport.objects.too_old().forget()


def _write(rows: list[Row], found: TrainingImport, by: User) -> None:
    made = TrainingRecord.objects.bulk_create(_record(row, found, by) for row in rows)
    TrainingNote.objects.bulk_create(
        TrainingNote(
            record=record, about=TrainingNote.About.EXPIRY, text="As the imported list says."
        )
        for record, row in zip(made, rows, strict=True)
        if row.own_expiry
    )
    fitness_changed(User.objects.filter(pk__in=[record.person_id for record in made]))


def _record(row: Row, found: TrainingImport, by: User) -> TrainingRecord:
    assert row.person_id is not None
    assert row.course_id is not None
    assert row.completed_on is not None
    return TrainingRecord(
        person_id=row.person_id,
        course_id=row.course_id,
        organisation=found.organisation,
        completed_on=row.completed_on,
        expires_on=row.expires_on,
        provider=row.provider,
        how=TrainingRecord.How.IMPORTED,
        state=TrainingRecord.State.CONFIRMED,
        recorded_at=timezone.now(),
        recorded_by=by,
    )


def _lock_courses(plan: Plan) -> None:
    """In one order, so that two imports wait for each other."""
    wanted = {row.course_id for row in plan.rows if row.course_id}
    courses = TrainingCourse.objects.select_for_update(of=("self",), no_key=True)
    list(courses.filter(pk__in=wanted).order_by("pk"))


def _locked(found: TrainingImport) -> TrainingImport:
    """The list, if it still waits."""
    waits = TrainingImport.objects.locked(found.pk)
    if waits is None:
        raise RuleBroken("This list has been imported or abandoned already.")
    return waits
