"""Policies and receipts as PDFs (P3, P4, D7): which data go into templates/pdf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import dateformat, timezone
from django.utils.text import slugify

from governance.codes import code_of
from governance.copies import Copy, State, check_address, check_page, copy_of
from governance.models import Acknowledgement, Policy, PolicyVersion, Signature, SignOff
from governance.text.blocks import blocks
from people.roles import Role
from web.pdf import pdf, qr

Pair = tuple[str, str]
MARKS = {
    State.DRAFT: "Draft, not in force",
    State.CURRENT: "",
    State.SUPERSEDED: "No longer in force",
    State.WITHDRAWN: "Withdrawn",
}


def policy_pdf(version: PolicyVersion) -> bytes:
    """One version with what a reader must know to trust the copy. No names of staff: the same
    PDF is good for the public page."""
    return _document([version])


def document_pdf(policies: Sequence[Policy]) -> bytes:
    """A trust's policy in force and local appendices to it, as one document with a code for each.

    `policies`: as from `documents.parts_at`, the policy itself first.
    """
    return _document([one.current for one in policies if one.current is not None])


def receipt_pdf(signature: Signature) -> bytes:
    """Proof of one signature, for the person to keep. The same bytes whenever it is asked for."""
    school = signature.organisation
    signed = signature.acknowledgements.select_related("version__policy__owner").order_by("pk")
    data = {
        "title": f"Receipt {signature.reference}",
        "school": school.name,
        "facts": list(_receipt_facts(signature)),
        "doubts": _doubts(signature),
        "annulled": hasattr(signature, "annulment"),
        "statement": signature.statement,
        "texts": [_receipt_text(one) for one in signed],
        "check_page": check_page(),
    }
    return pdf("receipt", data, made_at=timezone.localtime(signature.signed_at, school.zone))


def file_name(*words: str) -> str:
    """Such as online-safety-2-0.pdf."""
    return f"{slugify(' '.join(words).replace('.', '-'))[:100] or 'document'}.pdf"


def _document(versions: Sequence[PolicyVersion]) -> bytes:
    first = versions[0]
    owner = first.policy.owner
    agreed = _signed_off(versions)
    data = {
        "title": first.title,
        "language": first.language,
        "school": " and ".join(dict.fromkeys(one.policy.owner.name for one in versions)),
        "printed_on": day(owner.today()),
        "check_page": check_page(),
        "parts": [_part(copy_of(one), agreed.get(one.pk, [])) for one in versions],
    }
    return pdf("policy", data)


def _part(copy: Copy, signed_off: list[str]) -> dict[str, Any]:
    version = copy.version
    code = code_of(version)
    return {
        "title": version.title,
        "owner": copy.policy.owner.name,
        "appendix": copy.policy.is_appendix,
        "number": version.number,
        "state": str(copy.state),
        "mark": MARKS[copy.state],
        "notice": notice(copy),
        "facts": [*_facts(copy), ("Signed off by", "; ".join(signed_off))],
        "code": code,
        "qr": qr(check_address(version)) if code else [],
        "fingerprint": version.content_hash,
        "blocks": blocks(version.body, highest=3 if copy.policy.is_appendix else 2),
    }


def notice(copy: Copy) -> str:
    """Why this copy is not to be followed; nothing for a version in force."""
    match copy.state:
        case State.DRAFT:
            return "This is a draft. It is not in force."
        case State.SUPERSEDED:
            assert copy.next is not None
            replaced = f"It was replaced by version {copy.next.number}"
            return f"This version is no longer in force. {replaced}{_on(copy.replaced_on)}."
        case State.WITHDRAWN:
            return f"This policy was withdrawn{_on(copy.withdrawn_on)}. It is no longer in force."
    return ""


def _on(when: date | None) -> str:
    return f" on {day(when)}" if when else ""


def _facts(copy: Copy) -> list[Pair]:
    version, policy = copy.version, copy.policy
    due = policy.review_due_on if copy.state == State.CURRENT else None
    return [
        ("Version", version.number),
        ("Agreed", _day_or_nothing(version.agreed_on)),
        ("Published", _day_or_nothing(copy.published_on)),
        ("Next review", _day_or_nothing(due)),
        ("Owner", policy.owner.name),
        ("Responsible committee", policy.committee),
        ("Legislation and guidance", _in_one_line(policy.legislation)),
        ("Read together with", _in_one_line(policy.related_documents)),
    ]


def _signed_off(versions: Sequence[PolicyVersion]) -> dict[int, list[str]]:
    """In which capacity each of these exact texts was agreed, and when. Not by whom."""
    rows = (
        SignOff.objects.standing()
        .filter(version__in=versions)
        .order_by("signed_on", "pk")
        .values_list("version", "role", "signed_on")
    )
    found: dict[int, list[str]] = {}
    for version, role, on in rows:
        found.setdefault(version, []).append(f"{Role(role).label}, {day(on)}")
    return found


def _receipt_facts(signature: Signature) -> Iterable[Pair]:
    typed = getattr(signature, "typed", None)
    yield "Signed by", typed.name if typed else "The name has been erased"
    yield "At", signature.organisation.name
    yield "On", signed_at(signature)
    yield "How", signature.get_method_display()
    if (seen := getattr(signature, "witnessed", None)) is not None:
        yield "Witness", seen.witness.name
        on = timezone.localdate(seen.recorded_at, timezone=signature.organisation.zone)
        yield "Put on record", f"{day(on)}, by {seen.recorded_by.name}"
    yield "Reference", signature.reference


def signed_at(signature: Signature) -> str:
    """In the school's own time. Nobody knows the hour of a signature on paper."""
    at = timezone.localtime(signature.signed_at, signature.organisation.zone)
    if signature.method == Signature.Method.PAPER:
        return dateformat.format(at, "l j F Y")
    return dateformat.format(at, "l j F Y, H:i T")


def _doubts(signature: Signature) -> str:
    """What was said against a signature that somebody else recorded. Not in whose words."""
    zone = signature.organisation.zone
    if (annulment := getattr(signature, "annulment", None)) is not None:
        on = day(timezone.localdate(annulment.at, timezone=zone))
        return f"This signature was annulled on {on}. It no longer counts."
    if (dispute := getattr(signature, "dispute", None)) is not None:
        on = day(timezone.localdate(dispute.at, timezone=zone))
        return f"The person said on {on} that this signature is not right. The school looks at it."
    return ""


def _receipt_text(signed: Acknowledgement) -> dict[str, Any]:
    version = signed.version
    return {
        "title": version.title,
        "number": version.number,
        "owner": version.policy.owner.name,
        "published": _day_or_nothing(copy_of(version).published_on),
        "code": code_of(version),
        "qr": qr(check_address(version)),
        "fingerprint": signed.content_hash,
    }


def day(on: date) -> str:
    return dateformat.format(on, "j F Y")


def _day_or_nothing(on: date | None) -> str:
    return day(on) if on else ""


def _in_one_line(lines: str) -> str:
    return "; ".join(line.strip() for line in lines.splitlines() if line.strip())
