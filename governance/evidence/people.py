"""What a pack says of people, as tables: one query each, streamed.

A row is a dict of text, whole numbers, True and False; nothing is None. Times are UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Q

from governance.as_at import Question, Standing, State
from governance.models import (
    Annulment,
    Exemption,
    Signature,
)
from governance.models.paper import PaperSheet
from people.models import Organisation
from people.models.membership import on_day
from web.words import utc

Row = dict[str, Any]
AT_ONCE = 2000


def day(on: date | None) -> str:
    return on.isoformat() if on else ""


def standings(question: Question) -> Iterator[Row]:
    """Each post and version that applied to it, with what was signed: the answer itself."""
    for one in question.standings():
        signed = one.signed
        yield {
            **_who(one),
            **_what(one),
            "state": one.state.value,
            "due_on": day(one.due_on),
            "overdue": one.overdue,
            "signed_at": utc(signed.at) if signed else "",
            "signed_version": signed.number if signed else "",
            "signed_hash": signed.content_hash if signed else "",
            "method": signed.method if signed else "",
            "receipt": signed.reference if signed else "",
        }


def _who(one: Standing) -> Row:
    return {
        "person_id": one.person_id,
        "person": one.person,
        "job_title": one.job_title,
        "department": one.department,
        "line_manager": one.line_manager,
        "school_id": one.organisation.pk,
        "school": one.organisation.name,
    }


def _what(one: Standing) -> Row:
    return {
        "policy_id": one.version.policy_id,
        "policy": one.version.title,
        "version": one.version.number,
        "content_hash": one.version.content_hash,
    }


NOT_SIGNED = (
    "person_id", "person", "job_title", "department", "line_manager", "school_id", "school",
    "policy_id", "policy", "version", "due_on", "overdue",
)  # fmt: skip


def not_signed(standing_rows: Iterable[Row]) -> Iterator[Row]:
    """Those of `standings` who owed a signature."""
    for row in standing_rows:
        if row["state"] == State.NOT_SIGNED:
            yield {column: row[column] for column in NOT_SIGNED}


class Tally:
    """Counts standings while they go by: by school and policy, and by school and department."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.policies: dict[tuple[int, int], Counter[str]] = {}
        self.departments: dict[tuple[int, str], Counter[str]] = {}
        self.applied: set[int] = set()  # policies

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            place, policy, department = row["school_id"], row["policy_id"], row["department"]
            states = [row["state"], row["method"]] + ["overdue"] * row["overdue"]
            self.policies.setdefault((place, policy), Counter()).update(states)
            self.departments.setdefault((place, department), Counter()).update(states)
            self.applied.add(policy)
            yield row

    def figures(self) -> Iterator[Row]:
        """A row for each school and version that was in force there, also where nobody had it."""
        for place in self._places():
            for version in self.question.versions.values():
                if version.policy.owner_id in (place.pk, place.parent_id):
                    counts = self.policies.get((place.pk, version.policy_id), Counter())
                    yield {
                        "school_id": place.pk,
                        "school": place.name,
                        "policy_id": version.policy_id,
                        "policy": version.title,
                        "version": version.number,
                        "content_hash": version.content_hash,
                        **_figures(counts),
                    }

    def by_department(self) -> Iterator[Row]:
        for place in self._places():
            there = {name: one for (pk, name), one in self.departments.items() if pk == place.pk}
            for name, counts in sorted(there.items()):
                yield {
                    "school_id": place.pk,
                    "school": place.name,
                    "department": name,
                    **_figures(counts),
                }

    def _places(self) -> list[Organisation]:
        return sorted(self.question.places.values(), key=lambda one: (one.name, one.pk))


def _figures(counts: Counter[str]) -> Row:
    """`people` counts posts and policies, as the dashboards do. Exempt people are left out of the
    percentage, which is rounded down."""
    signed, exempt = counts[State.SIGNED], counts[State.EXEMPT]
    owing = counts[State.NOT_SIGNED]
    expected = signed + owing
    return {
        "people": expected + exempt,
        "signed": signed,
        "signed_on_tablet": counts[Signature.Method.TABLET],
        "signed_on_paper": counts[Signature.Method.PAPER],
        "not_signed": owing,
        "overdue": counts["overdue"],
        "exempt": exempt,
        "percent": signed * 100 // expected if expected else "",
    }


_ACKNOWLEDGED = {
    "receipt": "signature__reference",
    "person_id": "person_id",
    "person": "person__name",
    "typed_name": "signature__typed__name",
    "school": "signature__organisation__name",
    "policy_id": "policy_id",
    "policy": "version__title",
    "version": "version__number",
    "content_hash": "content_hash",
    "at": "at",
    "method": "signature__method",
    "statement": "signature__statement",
    "witness": "signature__witnessed__witness__name",
    "recorded_by": "signature__witnessed__recorded_by__name",
    "recorded_at": "signature__witnessed__recorded_at",
    "paper_reason": "signature__witnessed__sheet__reason",
    "annulled_at": "signature__annulment__at",
    "annulled_reason": "signature__annulment__reason",
    "disputed_at": "signature__dispute__at",
}


def acknowledgements(question: Question) -> Iterator[Row]:
    """Every acknowledgement by then. `counted`: for the version that was in force."""
    asking = {one.policy_id: one.asking_ordinal for one in question.versions.values()}
    rows = question.acknowledged().order_by(
        "version__title", "policy_id", "person__sort_name", "person__name", "at", "pk"
    )
    for *values, ordinal in rows.values_list(*_ACKNOWLEDGED.values(), "ordinal").iterator(AT_ONCE):
        row: Row = dict(zip(_ACKNOWLEDGED, values, strict=True))
        asked = asking.get(row["policy_id"])
        counted = asked is not None and ordinal >= asked and row["annulled_at"] is None
        for name in ("at", "recorded_at", "annulled_at", "disputed_at"):
            row[name] = utc(row[name])
        row["paper_reason"] = _label(PaperSheet.Reason, row["paper_reason"])
        row["annulled_reason"] = _label(Annulment.Reason, row["annulled_reason"])
        yield {**{name: value or "" for name, value in row.items()}, "counted": counted}


def exemptions(question: Question) -> Iterator[Row]:
    """Those that held on that day."""
    held = Q(pk__in=())
    for on, places in question.days().items():
        held |= on_day(on) & Q(organisation__in=places)
    rows = Exemption.objects.filter(held).filter(
        Q(policy=None)
        | Q(policy__in=question.policies_there.values("pk"))
        # An exemption from a policy is one from its appendices.
        | Q(policy__appendices__in=question.policies_there.values("pk"))
    )
    if question.person_id is not None:
        rows = rows.filter(person=question.person_id)
    rows = rows.select_related("person", "organisation", "policy", "allowed_by").distinct()
    for one in rows.order_by("person__sort_name", "person__name", "pk").iterator(AT_ONCE):
        yield {
            "person_id": one.person_id,
            "person": one.person.name,
            "school": one.organisation.name,
            "policy_id": one.policy_id or "",
            "policy": one.policy.title if one.policy else "All policies",
            "reason": one.get_reason_display(),
            "from": day(one.starts_on),
            "until": day(one.ends_on),
            "allowed_by": one.allowed_by.name,
            "allowed_at": utc(one.allowed_at),
        }


def _label(choices: Any, value: str | None) -> str:
    return choices(value).label if value else ""
