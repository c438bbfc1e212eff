"""The register: entering an account, its details, and who was told where it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import no_passwords
from accounts.models import HouseRules, SocialAccount
from accounts.platforms import Address, read_address
from accounts.services.locking import expect_past, expect_tending, locked_account
from accounts.workflow import Status
from notices.services import notify
from people.models import Membership, Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

DETAILS = (
    "name", "department", "aim", "audience", "access", "faces_pupils", "shows_pupils", "comments",
    "email", "review_on",
)  # fmt: skip


@transaction.atomic
def add(
    organisation: Organisation, *, by: User, platform: str, address: str = "", **details: Any
) -> SocialAccount:
    """Enter an account that is to be set up. Raises RuleBroken for what cannot be entered."""
    _need(Permission.MANAGE_ACCOUNTS, organisation, by)
    account = SocialAccount(organisation=organisation, platform=platform, added_by=by)
    if address:
        _take(account, read_address(address, platform))
    return _enter(account, "account.add", by, details)


@transaction.atomic
def record_found(
    organisation: Organisation, *, by: User, address: str, found_on: date, name: str
) -> SocialAccount:
    """Somebody found an account in the school's name that nobody agreed to."""
    _need(Permission.MANAGE_ACCOUNTS, organisation, by)
    where = read_address(address)
    account = SocialAccount(
        organisation=organisation,
        platform=where.platform,
        status=Status.UNAUTHORISED,
        found_on=found_on,
        added_by=by,
    )
    expect_past(found_on, organisation)
    _take(account, where)
    return _enter(account, "account.found", by, {"name": name})


@transaction.atomic
def enter_existing(
    organisation: Organisation,
    *,
    by: User,
    platform: str,
    address: str,
    agreed_on: date,
    agreed_note: str,
    **details: Any,
) -> SocialAccount:
    """An account that was agreed to and in use before the portal came: live from that day.

    Only the leadership team says so, because it takes the place of a business case.
    """
    _need(Permission.DECIDE_ACCOUNTS, organisation, by)
    expect_past(agreed_on, organisation)
    if not agreed_note.strip():
        raise RuleBroken("Say who agreed to this account, such as “the governors, in autumn”.")
    account = SocialAccount(
        organisation=organisation,
        platform=platform,
        status=Status.LIVE,
        live_on=agreed_on,
        agreed_before_on=agreed_on,
        agreed_before_note=agreed_note,
        added_by=by,
    )
    _take(account, read_address(address, platform))
    return _enter(account, "account.enter_existing", by, details)


@transaction.atomic
def change(account: SocialAccount, *, by: User, **details: Any) -> SocialAccount:
    """Change what the register says of it. Raises RuleBroken once it is closed."""
    account = _locked(account, by)
    changed = sorted(name for name in details if details[name] != getattr(account, name))
    _set(account, details)
    _check(account)
    account.save(update_fields=sorted(details) or None)
    if changed:
        audit.record("account.change", account, by=by, fields=" ".join(changed))
    return account


@transaction.atomic
def set_address(account: SocialAccount, *, by: User, address: str) -> SocialAccount:
    """Where it is on its platform. Whoever was told the old address has to be told again (A7)."""
    account = _locked(account, by)
    where = read_address(address, account.platform)
    moved = where.key != account.key
    _take(account, where)
    if moved:
        account.notified_on = account.notified_to = account.notice_confirmed_at = None
        account.open_to_pupils = False
    _save_once(account)
    audit.record("account.address", account, by=by, key=audit_key(where))
    return account


@transaction.atomic
def confirm_sign_in(
    account: SocialAccount, *, by: User, two_factor_on: date | None, recovery_on: date | None
) -> SocialAccount:
    """Two-factor sign-in is on, and the recovery contacts are the school's: seen on that day."""
    account = _locked(account, by)
    for day in (two_factor_on, recovery_on):
        if day is not None:
            expect_past(day, account.organisation)
    account.two_factor_on, account.recovery_on = two_factor_on, recovery_on
    account.save(update_fields=["two_factor_on", "recovery_on"])
    audit.record("account.sign_in_confirmed", account, by=by)
    return account


@transaction.atomic
def tell_address(account: SocialAccount, *, to: User, by: User) -> SocialAccount:
    """Tell the head of faculty, or the leadership team, where it is, before pupils come (A7)."""
    account = _locked(account, by)
    at = account.organisation
    if not account.key:
        raise RuleBroken("The account’s address is missing. Enter it first.")
    if not Membership.objects.active(at.today()).filter(person=to, organisation=at).exists():
        raise RuleBroken(f"{to} does not belong to {at}.")
    if to == by:
        raise RuleBroken("Tell somebody else: they confirm that they know the address.")
    account.notified_on, account.notified_to = at.today(), to
    account.notice_confirmed_at, account.open_to_pupils = None, False
    account.save()
    notify(
        to,
        organisation=at,
        kind="account.address",
        occasion=f"account.address:{account.pk}:{account.key}",
        title=f"Confirm the address of the account “{account.name}”",
        url=reverse("accounts:confirm_address", args=[at.slug, account.pk]),
    )
    audit.record("account.tell_address", account, by=by)
    return account


@transaction.atomic
def confirm_address(account: SocialAccount, *, by: User) -> SocialAccount:
    """Whoever was told the address has seen the account. Raises PermissionDenied for others."""
    account = locked_account(account)
    if account.notified_to_id != by.pk:
        raise PermissionDenied
    if account.notice_confirmed_at is None:
        account.notice_confirmed_at = timezone.now()
        account.save(update_fields=["notice_confirmed_at"])
        audit.record("account.confirm_address", account, by=by)
    return account


@transaction.atomic
def open_to_pupils(account: SocialAccount, *, by: User, is_open: bool) -> SocialAccount:
    """Let pupils in, or no longer. Raises RuleBroken while its address is not confirmed (A7)."""
    account = _locked(account, by)
    if is_open and account.notice_confirmed_at is None:
        who = account.notified_to or "The head of faculty"
        raise RuleBroken(f"{who} has to confirm the account’s address first.")
    account.open_to_pupils = is_open
    account.save(update_fields=["open_to_pupils"])
    audit.record("account.pupils", account, by=by, open="yes" if is_open else "no")
    return account


@transaction.atomic
def set_house_rules(account: SocialAccount, *, by: User, **rules: Any) -> HouseRules:
    """What its runners keep to, and its audience may expect.

    Public ones that somebody else changes are for the runners only, until the leadership team
    shows them again.
    """
    account = locked_account(account)
    expect_tending(account, by)
    decides = by.can(Permission.DECIDE_ACCOUNTS, at=account.organisation)
    if rules.get("is_public") and not decides:
        raise RuleBroken("The leadership team decides what is shown on the public page.")
    house, _ = HouseRules.objects.get_or_create(account=account)
    if not decides and any(getattr(house, name) != value for name, value in rules.items()):
        house.is_public = False
    for name, value in rules.items():
        setattr(house, name, value)
    house.changed_by, house.changed_at = by, timezone.now()
    house.full_clean()
    house.save()
    audit.record("account.house_rules", account, by=by, public="yes" if house.is_public else "no")
    return house


def audit_key(where: Address) -> str:
    """What the record says of an address: the platform. The address itself may name a person."""
    return where.platform


def _need(permission: Permission, organisation: Organisation, by: User) -> None:
    if not by.can(permission, at=organisation):
        raise PermissionDenied


def _locked(account: SocialAccount, by: User) -> SocialAccount:
    account = locked_account(account)
    _need(Permission.MANAGE_ACCOUNTS, account.organisation, by)
    if account.status == Status.CLOSED:
        raise RuleBroken("This account is closed: its entry stays as it is.")
    return account


def _enter(account: SocialAccount, verb: str, by: User, details: dict[str, Any]) -> SocialAccount:
    account.added_at = timezone.now()
    _set(account, details)
    _check(account)
    _save_once(account)
    HouseRules.objects.create(account=account, changed_by=by)
    audit.record(verb, account, by=by, platform=account.platform, status=account.status)
    return account


def _save_once(account: SocialAccount) -> None:
    """Raises RuleBroken where another school has entered this address meanwhile."""
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise RuleBroken("This account was entered on a register a moment ago.") from None


def _set(account: SocialAccount, details: dict[str, Any]) -> None:
    for name, value in details.items():
        if name not in DETAILS:
            raise TypeError(f"{name} is not a detail of an account")
        setattr(account, name, value)


def _check(account: SocialAccount) -> None:
    """Raises RuleBroken, or ValidationError for a field."""
    if account.email and (sentence := account.wrong_email()):
        raise RuleBroken(sentence)
    for text in (account.aim, account.audience, account.agreed_before_note):
        if sentence := no_passwords.problem(text):
            raise RuleBroken(sentence)
    account.full_clean(validate_constraints=False)


def _take(account: SocialAccount, where: Address) -> None:
    """Raises RuleBroken when the account is open on a register already, here or elsewhere."""
    twins = SocialAccount.objects.open().filter(key=where.key).exclude(pk=account.pk)
    if twins.exists():
        here = twins.filter(organisation=account.organisation).first()
        raise RuleBroken(
            f"This account is on your register already: {here.name}."
            if here
            else "This account is on another school’s register. Ask us if that is not right."
        )
    account.handle, account.key, account.url = where.handle, where.key, where.url
