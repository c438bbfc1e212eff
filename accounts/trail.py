"""Who may read the record of an account, and in which words."""

from __future__ import annotations

from accounts.models import AccessReview, Device, SocialAccount
from people.models import Organisation, User
from people.roles import Permission

WORDS = {
    "account.add": "entered an account that is to be set up",
    "account.found": "recorded an account that nobody agreed to",
    "account.enter_existing": "entered an account that was in use before",
    "account_import.confirm": "imported a list of accounts",
    "account.change": "changed what the register says of an account",
    "account.address": "changed the address of an account",
    "account.sign_in_confirmed": "confirmed two-factor sign-in and recovery of an account",
    "account.tell_address": "told somebody the address of an account",
    "account.confirm_address": "confirmed the address of an account",
    "account.pupils": "opened an account to pupils, or closed it to them",
    "account.house_rules": "changed the house rules of an account",
    "account.prepare": "finished setting up an account",
    "account.pilot": "began the trial of an account",
    "account.extend": "extended the trial of an account",
    "account.go_live": "took an account live",
    "account.restrict": "restricted an account",
    "account.suspend": "suspended an account",
    "account.resume": "reinstated an account",
    "account.resume_pilot": "went on with the trial of an account",
    "account.adopt": "made an account one of the school's",
    "account.begin_closing": "began to close an account",
    "account.closing_step": "did a step of closing an account",
    "account.close": "closed an account",
    "runner.add": "made somebody a runner of an account",
    "runner.end": "ended somebody's running of an account",
    "runner.access_removed": "confirmed that somebody's access to an account is gone",
    "rotation.ask": "asked for the password of an account to be changed",
    "rotation.attest": "changed the password of an account",
    "rotation.verify": "confirmed the new password of an account",
    "rotation.incident": "asked for a new password because something went wrong",
    "device.add": "entered a school device",
    "device.pin": "confirmed that a school device is locked with a PIN",
    "device.allow": "allowed an account to be run from a device",
    "device.take_off": "took a device off an account",
    "device.retire": "retired a school device",
    "device.lost": "reported a school device as lost",
    "trip.allow": "lent an account for a trip",
    "trip.end": "ended a trip before its last day",
    "trip.cancel": "cancelled a trip for which an account was lent",
    "trip.leaver": "ended or cancelled the trip of somebody who leaves",
    "trip.photos": "confirmed that the photos of a trip are deleted",
    "emergency.ask": "asked to open an account in an emergency",
    "emergency.agree": "agreed to open an account in an emergency",
    "emergency.refuse": "refused to open an account in an emergency",
    "emergency.withdraw": "withdrew the wish to open an account in an emergency",
    "emergency.lapse": "let a request to open an account go that nobody answered",
    "emergency.end": "ended the opening of an account in an emergency",
    "access_review.open": "opened a review of who has access to accounts",
    "access_review.keep": "decided that somebody goes on running an account",
    "access_review.end": "decided that somebody stops running an account",
    "access_review.ask": "asked somebody whether they still need an account",
    "access_review.answer": "said whether they still need an account",
    "access_review.close": "closed a review of who has access to accounts",
    "rotation.waive": "let a change of the password go for a while",
    "account_log.add": "wrote an entry on the log of an account",
    "account_log.correct": "put an entry on the log of an account right",
    "account_log.erase": "erased what entries on the log of an account say",
    "account_check.do": "looked an account through",
    "account_check.settle": "dealt with what a check of an account found",
    "contact_exception.ask": "asked to use a telephone or address of their own",
    "contact_exception.agree": "agreed to the use of a private telephone or address",
    "contact_exception.refuse": "refused the use of a private telephone or address",
    "contact_exception.end": "ended the use of a private telephone or address",
}


def scope(user: User, target_type: str, target_id: int) -> bool | None:
    """Whoever reads the register reads the record of its accounts, devices and reviews."""
    if target_type == "accounts.socialaccount":
        account = (
            SocialAccount.objects.visible_to(user)
            .select_related("organisation")
            .filter(pk=target_id)
            .first()
        )
        seen = account is not None and user.can(Permission.VIEW_ACCOUNTS, at=account.organisation)
        return seen or None
    if target_type == "accounts.device":
        schools = Organisation.objects.where(user, Permission.VIEW_ACCOUNTS)
        return Device.objects.filter(pk=target_id, organisation__in=schools).exists() or None
    if target_type == "accounts.accessreview":
        return AccessReview.objects.visible_to(user).filter(pk=target_id).exists() or None
    return None
