"""The texts of a document as the reading page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.safestring import SafeString

from governance.comparing import Changes, compare
from governance.models import Policy, PolicyVersion
from governance.reading import Part, Standing
from governance.text.render import Heading, outline, reading_minutes, to_html


@dataclass(frozen=True)
class Text:
    """One part of a document: its words, and what is new in them for this reader."""

    part: Part
    html: SafeString
    outline: list[Heading]
    minutes: int
    since: PolicyVersion | None
    changes: Changes | None

    @property
    def policy(self) -> Policy:
        return self.part.policy

    @property
    def version(self) -> PolicyVersion:
        return self.part.version

    @property
    def is_added(self) -> bool:
        """Asked of this reader for the first time, so that nothing in it is marked as new."""
        return self.part.owes and self.part.last is None and self.changes is None


def text_parts(
    standing: Standing, before: Mapping[int, PolicyVersion], *, among_others: bool = False
) -> list[Text]:
    """Each part of a document with its text. `before`: see `shown_before`.

    `among_others`: it stands below an h2 on a page with other documents.
    """
    return [_text(part, before.get(part.policy.pk), among_others) for part in standing.parts]


def reading_time(minutes: int) -> str:
    """How long the whole page takes, in words; of a handbook nobody counts the minutes."""
    number, unit = (minutes, "minute") if minutes < 90 else (round(minutes / 60), "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def shown_before(policy: Policy, displayed: str) -> dict[int, PolicyVersion]:
    """The published texts of a document that have these hashes, by their policy's id (D2)."""
    if not displayed:
        return {}
    versions = PolicyVersion.objects.published().filter(
        Q(policy=policy) | Q(policy__parent=policy), content_hash__in=displayed.split()
    )
    return {one.policy_id: one for one in versions}


def _text(part: Part, before: PolicyVersion | None, among_others: bool) -> Text:
    """What is new: since the text on the screen, or since what they signed last (D5)."""
    version, below = part.version, among_others or part.policy.is_appendix
    # Its anchors differ from those of the other texts on the page.
    prefix = f"part-{part.policy.pk}-" if below else ""
    since = before or (part.last.version if part.owes and part.last else None)
    if since is not None and since.pk == version.pk:
        since = None
    return Text(
        part=part,
        html=to_html(version.body, prefix=prefix, highest=3 if below else 2),
        outline=_outline(part, prefix),
        minutes=reading_minutes(version.body),
        since=since,
        changes=compare(since.body, version.body) if since else None,
    )


def _outline(part: Part, prefix: str) -> list[Heading]:
    own = outline(part.version.body, prefix=prefix)
    if not part.policy.is_appendix:
        return own
    title = Heading(2, part.version.title, f"part-{part.policy.pk}")
    return [title, *(_lower(own))]


def _lower(headings: Iterable[Heading]) -> list[Heading]:
    return [replace(one, level=min(one.level + 1, 6)) for one in headings]
