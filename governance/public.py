"""What anybody may read of a school's policies (D17): questions the public pages ask.

Only what is published and marked "May be read by anyone", and nothing about the people who wrote,
agreed or published it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from governance.documents import parts_at
from governance.models import Policy, PolicyVersion, SignOff
from governance.models.policy import PolicyQuerySet
from governance.printing import document_pdf
from governance.text.render import Heading, outline, to_html
from people.models import Organisation
from people.roles import Role

KEEP_PDF = 60 * 60
WORTH_KEEPING = 60_000  # letters; longer texts are rare, and would fill the memory
MOST_VERSIONS = 50  # of each text, the newest first


def place_of(slug: str) -> Organisation | None:
    """The trust or school of an address, unless it has switched its public page off."""
    place = Organisation.objects.select_related("parent").filter(slug=slug).first()
    return place if place is not None and place.setting("public.page") else None


def policies_of(place: Organisation) -> PolicyQuerySet:
    """Those that count there and that anybody may read, in force or not."""
    return Policy.objects.reaching(place).filter(is_public=True)


def cards_of(place: Organisation) -> list[Any]:
    """What else of this school anybody may see, as those who have it say (PUBLIC_CARDS)."""
    asked = (import_string(path)(place) for path in settings.PUBLIC_CARDS)
    return [card for card in asked if card is not None]


def in_force_at(place: Organisation) -> PolicyQuerySet:
    """What the list of the school's public page shows; the texts themselves stay where they are."""
    return (
        policies_of(place)
        .documents()
        .in_force()
        .select_related("current", "owner")
        .only(
            "title", "kind", "review_due_on", "owner__name",
            "current__number", "current__agreed_on", "current__published_at",
        )
        .order_by("title", "pk")
    )  # fmt: skip


@dataclass(frozen=True)
class SignedOff:
    """That somebody in this capacity agreed, and when. Not who."""

    capacity: str
    on: date


@dataclass(frozen=True)
class Text:
    """One part of a document as the public page shows it."""

    policy: Policy
    version: PolicyVersion
    html: SafeString
    outline: list[Heading]
    signed_off: list[SignedOff]

    @property
    def headings(self) -> list[Heading]:
        """Its headings for the contents of the whole page: an appendix is a part of it."""
        if not self.policy.is_appendix:
            return self.outline
        own = [Heading(one.level + 1, one.text, one.anchor) for one in self.outline]
        return [Heading(2, self.version.title, anchor_of(self.policy)), *own]


def anchor_of(policy: Policy) -> str:
    return f"part-{policy.pk}"


def parts_of(policy: Policy, place: Organisation) -> list[Policy]:
    """The policy in force and that school's appendix, as far as anybody may read them."""
    return [one for one in parts_at(policy, place) if one.is_public]


def pdf_of(parts: list[Policy]) -> bytes:
    """The parts as one PDF. Kept for an hour: making it takes a hundred times as long as a page."""
    key = f"public.pdf:{_digest(parts)}"
    made: bytes | None = cache.get(key)
    if made is None:
        made = document_pdf(parts)
        cache.set(key, made, KEEP_PDF)
    return made


def _digest(parts: list[Policy]) -> str:
    """Changes with all that stands on the PDF, the day of printing included."""
    facts = [
        (
            one.current_id, one.current.content_hash if one.current else "", one.committee,
            one.legislation, one.related_documents, str(one.review_due_on), one.owner.name,
            str(one.owner.today()),
        )
        for one in parts
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def texts_of(policy: Policy, place: Organisation) -> list[Text]:
    """The policy in force and that school's appendix, if anybody may read that too. Two queries."""
    parts = parts_of(policy, place)
    agreed = _signed_off([one.current_id for one in parts if one.current_id])
    return [
        text_of(part, part.current, agreed.get(part.current.pk, []))
        for part in parts
        if part.current is not None
    ]


def text_of(policy: Policy, version: PolicyVersion, signed_off: Iterable[SignedOff] = ()) -> Text:
    prefix = f"{anchor_of(policy)}-" if policy.is_appendix else ""
    draw = _kept if len(version.body) <= WORTH_KEEPING else _drawn
    html, headings = draw(version.body, prefix, 3 if policy.is_appendix else 2)
    return Text(policy, version, html, list(headings), list(signed_off))


def _drawn(body: str, prefix: str, highest: int) -> tuple[SafeString, tuple[Heading, ...]]:
    html = to_html(body, prefix=prefix, highest=highest)
    return html, tuple(outline(body, prefix=prefix))


_kept = lru_cache(maxsize=32)(_drawn)  # depends on nothing but the text


def _signed_off(version_ids: list[int]) -> dict[int, list[SignedOff]]:
    """Who agreed to exactly these texts, by capacity and date."""
    rows = (
        SignOff.objects.standing()
        .filter(version__in=version_ids)
        .order_by("signed_on", "pk")
        .values_list("version", "role", "signed_on")
    )
    found: dict[int, list[SignedOff]] = {}
    for version, role, on in rows:
        found.setdefault(version, []).append(SignedOff(Role(role).label, on))
    return found


def related_to(policy: Policy, place: Organisation) -> PolicyQuerySet:
    """What it is read together with, as far as anybody may read that."""
    return policies_of(place).documents().in_force().filter(related=policy).only("title")


def earlier_versions(texts: Iterable[Policy]) -> list[PolicyVersion]:
    """Published versions of these that are no longer in force, newest first. One query."""
    policies = {one.pk: one for one in texts}
    found = (
        PolicyVersion.objects.published()
        .filter(policy__in=policies)
        .exclude(pk__in=[one.current_id for one in policies.values() if one.current_id])
        .only("policy_id", "title", "number", "published_at")
        .order_by("-published_at", "-ordinal")
    )
    return list(found[:MOST_VERSIONS])
