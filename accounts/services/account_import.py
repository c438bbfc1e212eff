"""Lists of accounts: keeping one while it is looked at, and writing what its plan says (E12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts import no_passwords
from accounts.importing import columns
from accounts.importing import plan as plans
from accounts.importing.plan import Outcome, Plan, PlannedRow
from accounts.importing.rows import without_secrets
from accounts.models import AccountImport, HouseRules, Runner, SocialAccount
from accounts.models.account_import import AccountImportQuerySet
from accounts.services.locking import expect_past
from accounts.workflow import Status
from people.importing import reading
from people.importing.plan_changed import PlanChanged
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

MOST_ROWS = 2_000  # no school has more; what is more is another list
KIND = reading.Kind(columns.recognise, "accounts")
ListStatus = AccountImport.Status


@transaction.atomic
def upload(
    organisation: Organisation, data: bytes, *, by: User, agreed_on: date, agreed_note: str
) -> AccountImport:
    """Read a file and keep its rows for the preview. Raises RuleBroken when it cannot be read.

    Columns of passwords, and cells that look like one, are taken out before anything is kept.
    """
    _expect_deciding(organisation, by)
    expect_past(agreed_on, organisation)
    RuleBroken.if_any(filter(None, [no_passwords.problem(agreed_note)]))
    sheet = reading.read(data, KIND)
    if len(sheet.rows) > MOST_ROWS:
        raise RuleBroken(f"This file has more than {MOST_ROWS:,} rows. Split it into smaller ones.")
    mapping = columns.recognise(sheet.headings)
    rows, taken_out = without_secrets(sheet.rows, sheet.headings, mapping)
    notes = list(sheet.notes)
    if taken_out:
        notes.append("What looks like a password was taken out: the portal never keeps one.")
    _waiting_of(organisation, by).forget()
    return AccountImport.objects.create(
        organisation=organisation,
        uploaded_by=by,
        headings=sheet.headings,
        rows=[[number, cells] for number, cells in rows],
        mapping=mapping,
        notes=notes,
        agreed_on=agreed_on,
        agreed_note=agreed_note.strip(),
    )


def _waiting_of(organisation: Organisation, by: User) -> AccountImportQuerySet:
    return AccountImport.objects.filter(organisation=organisation, uploaded_by=by).waiting()


@transaction.atomic
def choose_columns(found: AccountImport, mapping: Mapping[str, int], *, by: User) -> AccountImport:
    """Say which column is what. Raises RuleBroken for a choice without addresses."""
    found = _locked(found, by)
    RuleBroken.if_any(columns.problems(mapping, found.headings))
    found.mapping = dict(mapping)
    found.save(update_fields=["mapping"])
    return found


def plan_of(found: AccountImport) -> Plan:
    """What confirming would write now. Reads only."""
    return plans.make(
        found.organisation,
        [(number, cells) for number, cells in found.rows],
        found.mapping,
        agreed_on=found.agreed_on,
        agreed_note=found.agreed_note,
    )


@transaction.atomic
def confirm(
    found: AccountImport, *, by: User, digest: str, leave_out: Collection[int] = ()
) -> AccountImport:
    """Write what the preview showed, but for the rows left out: all of it or nothing.

    `digest` is that of the plan they looked at. Raises PlanChanged when it is another by now.
    Rows that cannot be taken never are.
    """
    found = _locked(found, by)
    plan = plan_of(found)
    if plan.digest != digest:
        raise PlanChanged
    wanted = [row for row in plan.of(Outcome.ADDED) if row.number not in leave_out]
    if not wanted:
        raise RuleBroken("Every row is left out: there is nothing to import.")
    _write(found.organisation, wanted, by)
    counts = {
        "added": len(wanted),
        "unchanged": len(plan.of(Outcome.UNCHANGED)),
        "left_out": len(plan.rows) - len(wanted) - len(plan.of(Outcome.UNCHANGED)),
    }
    found.status, found.rows, found.headings, found.counts = ListStatus.DONE, [], [], counts
    found.save()
    numbers = {name: str(number) for name, number in counts.items()}
    audit.record("account_import.confirm", found, by=by, at=found.organisation, **numbers)
    return found


@transaction.atomic
def abandon(found: AccountImport, *, by: User) -> AccountImport:
    """Forget an uploaded list."""
    found = _locked(found, by)
    found.status, found.rows, found.headings = ListStatus.ABANDONED, [], []
    found.save(update_fields=["status", "rows", "headings"])
    return found


def erase_old() -> int:
    """Empty the lists that nobody confirmed within a week. Returns how many."""
    return AccountImport.objects.too_old().forget()


def _write(at: Organisation, rows: list[PlannedRow], by: User) -> None:
    """The accounts, their house rules, their runners and their lines of the record, in bulk."""
    made = [_account(at, row, by) for row in rows]
    for account, row in zip(made, rows, strict=True):
        _expect_clean(account, row)
    try:
        with transaction.atomic():
            accounts = SocialAccount.objects.bulk_create(made)
    except IntegrityError:
        raise PlanChanged from None
    today = at.today()
    HouseRules.objects.bulk_create(HouseRules(account=one, changed_by=by) for one in accounts)
    runners = Runner.objects.bulk_create(
        Runner(account=account, person_id=person, starts_on=today, added_by=by)
        for account, row in zip(accounts, rows, strict=True)
        for person in row.runners
    )
    lines = [
        audit.Entry(
            "account.enter_existing", one, by, {"platform": one.platform, "status": one.status}
        )
        for one in accounts
    ]
    lines += [
        audit.Entry("runner.add", one.account, by, {"person": str(one.person_id)})
        for one in runners
    ]
    audit.record_many(lines)


def _account(at: Organisation, row: PlannedRow, by: User) -> SocialAccount:
    return SocialAccount(
        organisation=at,
        platform=row.platform,
        handle=row.handle,
        url=row.url,
        key=row.key,
        status=Status.LIVE,
        live_on=row.agreed_on,
        agreed_before_on=row.agreed_on,
        agreed_before_note=row.agreed_note,
        added_by=by,
        **row.details,
    )


def _expect_clean(account: SocialAccount, row: PlannedRow) -> None:
    """What a form would have refused. The unique address is the database's own to refuse."""
    try:
        account.clean_fields(exclude=["organisation", "added_by"])
    except ValidationError as problem:
        raise RuleBroken(f"Row {row.number}: {' '.join(problem.messages)}") from None


def _expect_deciding(organisation: Organisation, by: User) -> None:
    if not by.can(Permission.DECIDE_ACCOUNTS, at=organisation):
        raise PermissionDenied


def _locked(found: AccountImport, by: User) -> AccountImport:
    """The list, if it still waits and is theirs."""
    _expect_deciding(found.organisation, by)
    waits = AccountImport.objects.filter(uploaded_by=by).locked(found.pk)
    if waits is None:
        raise RuleBroken("This list has been imported or abandoned already.")
    return waits
