"""Who may read the record of a policy, and in which words."""

from __future__ import annotations

from governance.models import PolicyVersion, Signature
from people.models import User
from people.roles import Permission

WORDS = {
    "policy.start": "started a policy",
    "policy.new_version": "started a new version",
    "policy.edit": "changed the text of a draft",
    "policy.details": "changed the details of a policy",
    "policy.audience": "changed who a version is for",
    "policy.signatories": "changed who signs a policy off",
    "policy.discard": "threw a draft away",
    "policy.send": "sent a version for sign-off",
    "policy.return": "sent a version back",
    "policy.reopen": "took a version back to draft",
    "policy.sign_off": "signed a version off",
    "policy.record_elsewhere": "entered a sign-off made elsewhere",
    "policy.comment": "commented on a draft",
    "policy.comment_done": "ticked a comment off",
    "policy.publish": "published a version",
    "policy.withdraw": "withdrew a policy",
    "policy.adopt": "confirmed that the school adopts a policy of its trust",
    "policy.review": "reviewed a policy without a change",
    "review.open": "opened a review of a policy",
    "review.close": "closed a review of a policy",
    "signature.make": "signed a policy",
    "signature.paper": "recorded a signature from paper",
    "signature.tablet": "witnessed a signature on a shared tablet",
    "signature.annul": "annulled a signature recorded by mistake",
    "signature.dispute": "said that a signature is not theirs",
    "paper_sheet.record": "recorded signatures from paper",
    "tablet.start": "began signing on a shared tablet",
    "tablet.end": "ended signing on a shared tablet",
    "group.record": "recorded how many of a group signed",
    "group.correct": "corrected how many of a group signed",
    "exemption.allow": "exempted a person from signing",
    "exemption.end": "ended an exemption",
    "question.ask": "asked a question about a policy",
    "question.answer": "answered a question about a policy",
    "question.follow_up": "asked again about a policy",
    "question.close": "closed a question about a policy",
    "question.share": "showed an answer to every reader",
    "question.take_down": "took an answer down",
    "evidence.ask": "asked for an evidence pack",
    "evidence.make": "made an evidence pack",
    "evidence.fail": "could not make an evidence pack",
    "evidence.download": "downloaded an evidence pack",
    "evidence.expire": "erased the file of an evidence pack",
    "guidance.save": "saved guidance for pupils and parents",
    "guidance.show": "put guidance on the school's public page",
    "guidance.take_down": "took guidance off the school's public page",
    "leaving.give": "gave their leaving statement",
    "leaving.record": "recorded a leaving statement from paper",
    "leaving.without": "recorded that somebody left without a statement",
    "self_check.do": "went through the self-check of personal accounts",
    "check.write": "wrote a question of a policy's check",
    "check.remove": "removed a question from a policy's check",
    "check.take": "took a policy's check",
}


def scope(user: User, target_type: str, target_id: int) -> bool | None:
    """True: they may read this object's record. None: only whoever reads the whole record may."""
    if target_type == "governance.policyversion":
        version = (
            PolicyVersion.objects.visible_to(user)
            .select_related("policy__owner")
            .filter(pk=target_id)
            .first()
        )
        seen = version is not None and user.can(Permission.VIEW_DRAFTS, at=version.policy.owner)
        return seen or None
    if target_type == "governance.signature":
        return Signature.objects.visible_to(user).filter(pk=target_id).exists() or None
    return None
