"""What the record says in words. Of cases themselves only their own record speaks.

`scope` closes every row of this app to readers of the school's record: there is nothing to find
there, and nobody learns that by asking.
"""

from __future__ import annotations

from people.models import User

WORDS = {
    "route.set": "set whom the school tells of a kind of report",
    "route.reset": "set whom the school tells of a kind of report back to the default",
    "playbook.set": "changed what the school does about a kind of report",
}
# Lines of a case's own record, for the pages that show it.
CASE_WORDS = {
    "case.report": "reported it",
    "case.picture": "said that there could be a picture that nobody may look at",
    "case.route": "brought it to those who have to know",
    "case.triage": "assessed it",
    "case.assign": "gave it to somebody",
    "case.open": "began work",
    "case.kind": "changed what kind of report it is",
    "case.wait": "began to wait for somebody outside",
    "case.resume": "went on with it",
    "case.propose": "proposed to close it",
    "case.send_back": "kept it open",
    "case.close": "closed it",
    "case.reopen": "opened it again",
    "case.low_level": "kept it as a low-level concern",
    "case.no_action": "decided that nothing is needed",
    "case.duplicate": "found that it was reported before",
    "case.reconsider": "looked at it again",
    "case.dispose": "disposed of it",
    "case.restrict": "limited it to those let in one by one",
    "case.unrestrict": "opened it to those it was routed to",
    "case.escalate": "told the next in line",
    "case.link": "tied it to another case",
    "case.unlink": "untied it from another case",
    "case.refused": "tried what they may not",
    "person.add": "wrote somebody into it",
    "person.remove": "took somebody out of it",
    "person.confirm": "confirmed whom it is about",
    "conflict.record": "recorded a conflict of interest",
    "conflict.lift": "lifted a conflict",
    "access.add": "let somebody in",
    "access.route": "let somebody in whom the route names",
    "access.end": "ended somebody’s access",
    "access.ask": "asked to see it without being let in",
    "access.break_glass": "agreed that somebody sees it",
    "access.decline": "did not agree that somebody sees it",
    "chronology.add": "added to the chronology",
    "chronology.correct": "corrected the chronology",
    "action.add": "added an action",
    "action.change": "changed an action",
    "action.finish": "finished an action",
    "takedown.need": "wants something removed",
    "referral.consider": "wants somebody outside considered",
    "takedown.request": "asked for it to be removed",
    "takedown.acknowledge": "noted that the platform has answered",
    "takedown.remove": "noted that it is gone",
    "takedown.refuse": "noted that the platform refused",
    "takedown.escalate": "took the removal further",
    "takedown.give_up": "noted that it was not removed",
    "referral.decide": "decided that somebody outside is told",
    "referral.decline": "decided that somebody outside need not be told",
    "referral.make": "told somebody outside",
    "referral.acknowledge": "noted that somebody outside acknowledged it",
    "referral.answer": "noted the answer of somebody outside",
    "consent.give": "noted that somebody consents",
    "consent.refuse": "noted that somebody refuses",
    "consent.withdraw": "noted that somebody withdrew their consent",
    "consent.override": "went without consent, on a legal basis",
    "breach.assess": "assessed the data breach",
    "breach.report": "noted that the breach was reported",
    "breach.decline": "decided that the breach need not be reported",
    "review.open": "opened the review of a policy",
    "account.password": "asked for a new password of an account",
    "account.suspend": "suspended an account",
    "consent.ask": "asks for somebody’s consent",
    "support.offer": "offered support",
    "support.answer": "noted the answer to an offer of support",
    "breach.begin": "began the clock of a data breach",
    "evidence.gate": "answered whether a picture could be of somebody under 18",
    "evidence.add": "added a file",
    "evidence.scan": "was told what the virus scanner found",
    "evidence.quarantine": "locked a file away",
    "evidence.ask_destroy": "asked for a file to be destroyed",
    "evidence.destroy": "destroyed a file",
    "export.make": "made an export",
    "letter.make": "made a letter that asks for something to be removed",
    "message.send": "sent a message",
    "inspection.ask": "asked somebody to show an account or a device",
    "inspection.give": "noted that somebody showed it, and what was looked at",
    "inspection.refuse": "noted that somebody refused to show it",
    "inspection.withdraw": "noted that it is no longer asked for, or no longer shown",
    "content.ask": "asked for content to be opened",
    "content.approve": "allowed content to be opened",
    "content.refuse": "did not allow content to be opened",
    "content.withdraw": "no longer needs content to be opened",
    "content.end": "ended the time in which content was open",
    "content.look": "noted a look at content",
    "content.shut": "noted that content is closed again",
    "content.refused": "tried to decide what is for others to decide",
    "hold.place": "placed a legal hold",
    "hold.lift": "lifted a legal hold",
    "disposal.propose": "proposed to dispose of it",
    "disposal.confirm": "agreed to dispose of it",
}


def scope(user: User, target_type: str, target_id: int) -> bool | None:
    """Never through the school's record; of other apps' rows it says nothing."""
    return False if target_type.startswith("incidents.") and target_type not in OPEN else None


# What a school sets is on the school's record like any other setting.
OPEN = {"incidents.route"}
