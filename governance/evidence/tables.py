"""The tables of a pack: their files and columns. `docs/evidence-pack.md` says what each means."""

from __future__ import annotations

from dataclasses import dataclass

_WHO = ("person_id", "person", "job_title", "department", "line_manager", "school_id", "school")
_WHAT = ("policy_id", "policy", "version")
_COUNTS = (
    "people", "signed", "signed_on_tablet", "signed_on_paper", "not_signed", "overdue", "exempt",
    "percent",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """`file` is its CSV. `names`: the columns that tell of a person, left out for governors."""

    file: str
    columns: tuple[str, ...]
    names: tuple[str, ...] = ()

    def columns_for(self, *, with_names: bool) -> tuple[str, ...]:
        if with_names:
            return self.columns
        return tuple(column for column in self.columns if column not in self.names)


TABLES = {
    "figures": Table(
        "figures.csv", ("school_id", "school", *_WHAT, "content_hash", *_COUNTS)
    ),
    "departments": Table("departments.csv", ("school_id", "school", "department", *_COUNTS)),
    "standings": Table(
        "who-has-signed.csv",
        (
            *_WHO, *_WHAT, "content_hash", "state", "due_on", "overdue", "signed_at",
            "signed_version", "signed_hash", "method", "receipt",
        ),
    ),
    "not_signed": Table("not-signed.csv", (*_WHO, *_WHAT, "due_on", "overdue")),
    "acknowledgements": Table(
        "acknowledgements.csv",
        (
            "receipt", "person_id", "person", "typed_name", "school", *_WHAT, "content_hash", "at",
            "method", "statement", "witness", "recorded_by", "recorded_at", "paper_reason",
            "annulled_at", "annulled_reason", "disputed_at", "counted",
        ),
    ),
    "exemptions": Table(
        "exemptions.csv",
        (
            "person_id", "person", "school", "policy_id", "policy", "reason", "from", "until",
            "allowed_by", "allowed_at",
        ),
    ),
    "versions": Table(
        "versions.csv",
        (
            *_WHAT, "in_force", "change", "published_at", "published_by", "agreed_on", "summary",
            "withdrawn_at", "withdrawn_reason", "language", "content_hash", "text",
        ),
        names=("published_by",),
    ),
    "sign_offs": Table(
        "sign-offs.csv",
        (*_WHAT, "as", "name", "signed_on", "how", "recorded_at", "content_hash", "stands"),
        names=("name",),
    ),
    "reviews": Table(
        "reviews.csv",
        (
            "policy_id", "policy", "opened_on", "why", "closed_on", "outcome", "note",
            "next_due_on", "by",
        ),
        names=("note", "by"),
    ),
    "adoptions": Table(
        "adoptions.csv", ("school", *_WHAT, "adopted_at", "by"), names=("by",)
    ),
    "groups": Table(
        "parents-and-pupils.csv",
        ("school", *_WHAT, "who", "group", "asked", "signed", "how", "counted_on"),
    ),
}  # fmt: skip

# Governors are given figures and the state of the texts: all but these.
OF_PEOPLE = ("standings", "not_signed", "acknowledgements", "exemptions")
