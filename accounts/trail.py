"""Who may read the record of an account, and in which words."""

from __future__ import annotations

from accounts.models import SocialAccount
from people.models import User
from people.roles import Permission

WORDS = {
    "account.add": "entered an account that is to be set up",
    "account.found": "recorded an account that nobody agreed to",
    "account.enter_existing": "entered an account that was in use before",
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
    """Whoever keeps the register reads the record of its accounts."""
    if target_type == "accounts.socialaccount":
        account = (
            SocialAccount.objects.visible_to(user)
            .select_related("organisation")
            .filter(pk=target_id)
            .first()
        )
        seen = account is not None and user.can(Permission.VIEW_ACCOUNTS, at=account.organisation)
        return seen or None
    return None
