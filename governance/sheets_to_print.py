"""The sheet that people sign by hand: whose names stand on it, and its PDF (P5, D7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from governance.codes import code_of
from governance.copies import check_address
from governance.documents import parts_at
from governance.models import Policy
from governance.obligations import owed
from governance.services.signing import statement_for
from people.models import Membership, Organisation
from web.pdf import pdf, qr


def unsigned(policy: Policy, place: Organisation) -> list[Membership]:
    """Whoever still has to sign the document there, once each, by name. One query."""
    rows = (
        owed(place.today())
        .filter(organisation=place, document_ref=policy.pk)
        .select_related("person")
        .order_by("person__sort_name", "person__name", "pk")
    )
    found: dict[int, Membership] = {}
    for row in rows:
        found.setdefault(row.person_id, row)
    return list(found.values())


def narrowed(
    rows: Iterable[Membership], who: str, department: str, chosen: Collection[int]
) -> list[Membership]:
    """Those of `unsigned` that the form asks for."""
    if who == "empty":
        return []
    if who == "chosen":
        return [row for row in rows if row.person_id in chosen]
    return [
        row
        for row in rows
        if (not department or row.department == department)
        and (who != "no_mail" or not row.person.email)
    ]


def sheet(
    policy: Policy, place: Organisation, rows: Collection[Membership], *, lines: int
) -> bytes:
    """The PDF: title, version, code, the words that are signed, a line for each name."""
    versions = [part.current for part in parts_at(policy, place) if part.current]
    address = check_address(versions[0])
    texts: list[dict[str, Any]] = [
        {"title": one.title, "number": one.number, "code": code_of(one)} for one in versions
    ]
    data = {
        "school": place.name,
        "title": versions[0].title,
        "texts": texts,
        "statement": statement_for(versions),
        "address": address,
        "qr": qr(address),
        "names": [{"name": row.person.name, "department": row.department} for row in rows],
        "lines": lines,
    }
    return pdf("signature_sheet", data)
