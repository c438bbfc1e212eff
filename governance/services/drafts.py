"""Writing a policy: new ones, new versions, edits, audience."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from governance import checks
from governance.models import AudienceRule, CheckQuestion, Comment, Policy, PolicyVersion
from governance.services import commenting
from governance.services.locking import expect_manager, locked_policy, locked_version
from governance.services.signatories import set_signatories
from governance.text.canonical import audience_hash, content_hash, tidy
from governance.text.keeping import refusal
from governance.workflow import Status
from people.models import Organisation, User
from trail import audit
from web.errors import RuleBroken

if TYPE_CHECKING:
    from files.models import StoredFile

__all__ = [
    "EVERYONE",
    "EditedMeanwhile",
    "discard",
    "edit_details",
    "edit_text",
    "expect_manager",
    "next_number",
    "set_audience",
    "set_signatories",
    "start_policy",
    "start_version",
]
EVERYONE: tuple[dict[str, Any], ...] = ({},)


class EditedMeanwhile(RuleBroken):
    """Somebody else saved this draft first. `version` is what it says now."""

    def __init__(self, version: PolicyVersion) -> None:
        self.version = version
        super().__init__(
            "Somebody else changed this draft while you were writing. "
            "Your text is still below; compare the two before you save again."
        )


@transaction.atomic
def start_policy(
    owner: Organisation,
    *,
    by: User | None,
    title: str,
    body: str = "",
    number: str = "1.0",
    source_file: StoredFile | None = None,
    agreed_on: Any = None,
    form_key: UUID | None = None,
    **details: Any,
) -> PolicyVersion:
    """A new policy with its first draft, for everyone who belongs to the owner.

    `form_key` is of the form it was typed into: sent twice, it begins one policy.
    Raises RuleBroken when no page could show the text.
    """
    expect_manager(owner, by)
    if form_key is not None and (begun := _begun_with(form_key, owner, by=by)):
        if begun.policy.title == title.strip():
            return begun
        form_key = None  # another policy, typed into the same form after going back
    if sentence := refusal(body):
        raise RuleBroken(sentence)
    policy = Policy(owner=owner, title=title.strip(), author=details.pop("author", by), **details)
    policy.full_clean()
    policy.save()
    version = PolicyVersion(
        policy=policy,
        ordinal=1,
        number=number,
        title=policy.title,
        body=body,
        agreed_on=agreed_on,
        created_by=by,
        created_at=(now := timezone.now()),
        edited_by=by,
        edited_at=now,
        source_file=source_file,
        form_key=form_key,
    )
    _seal(version)
    version.save()
    _write_audience(version, EVERYONE)
    audit.record("policy.start", version, by=by, number=_code(number))
    return version


@transaction.atomic
def start_version(policy: Policy, *, by: User) -> PolicyVersion:
    """The next version, beginning with the words, the audience and the check of the current one.

    Raises RuleBroken when a new version is already being written.
    """
    policy = locked_policy(policy)
    expect_manager(policy.owner, by)
    if policy.versions.open().exists():
        raise RuleBroken("A new version of this policy is already being written.")
    last = policy.versions.published().order_by("-ordinal").first()
    if last is None:
        raise RuleBroken("This policy has no published version yet: edit its draft.")
    version = PolicyVersion(
        policy=policy,
        ordinal=last.ordinal + 1,
        number=next_number(last.number),
        title=last.title,
        body=last.body,
        language=last.language,
        created_by=by,
        created_at=(now := timezone.now()),
        edited_by=by,
        edited_at=now,
    )
    _seal(version)
    version.save()
    rules = last.audience.values("organisation_id", "role", "employment")
    _write_audience(version, rules)
    CheckQuestion.objects.bulk_create(checks.copies(last, version))
    audit.record("policy.new_version", version, by=by, number=_code(version.number))
    return version


@transaction.atomic
def edit_text(
    version: PolicyVersion,
    *,
    edition: int,
    by: User,
    title: str,
    number: str,
    body: str,
    done: Iterable[int] = (),
) -> PolicyVersion:
    """Save new words. `edition` is the one the editor started from, `done` the comments dealt with.

    Raises EditedMeanwhile when another edit came first, RuleBroken when the text is too long, the
    number is taken or lower than the last, or the version cannot be edited any more.
    """
    version = open_draft(version, by=by)
    if version.edition != edition:
        raise EditedMeanwhile(version)
    RuleBroken.if_any(_problems(version, number=number, body=body))
    version.title, version.number, version.body = title.strip(), number.strip(), body
    version.edition += 1
    version.edited_by, version.edited_at = by, timezone.now()
    _seal(version)
    version.save()
    commenting.tick_off_all(version, done, by=by)
    audit.record("policy.edit", version, by=by, content=version.content_hash)
    return version


@transaction.atomic
def edit_details(policy: Policy, *, by: User, **details: Any) -> Policy:
    """Change what stands around the text: kind, committee, author, review, public or not."""
    related = details.pop("related", None)
    policy = locked_policy(policy)
    expect_manager(policy.owner, by)
    for name, value in details.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()
    if related is not None:
        # A form offers no more than these; what schools have linked to a trust's stays linked.
        elsewhere = policy.related.exclude(pk__in=Policy.objects.reaching(policy.owner))
        policy.related.set([*related, *elsewhere])
    audit.record("policy.details", policy, by=by)
    return policy


@transaction.atomic
def set_audience(
    version: PolicyVersion, rules: Iterable[Mapping[str, Any]], *, by: User
) -> PolicyVersion:
    """Say whom a draft is for. A rule: organisation, role, employment; what is missing is any."""
    version = open_draft(version, by=by)
    if version.policy.is_appendix:
        raise RuleBroken("An appendix is for the people that the trust's policy is for.")
    version.audience.all().delete()
    count = _write_audience(version, rules)
    audit.record("policy.audience", version, by=by, rules=str(count))
    return version


@transaction.atomic
def discard(version: PolicyVersion, *, by: User) -> None:
    """Throw a draft away; with it the policy, when nothing of it was ever published."""
    version = open_draft(version, by=by)
    policy, discarded = locked_policy(version.policy), copy(version)
    if version.sign_offs.exists():
        raise RuleBroken("Somebody has signed this draft off. It stays on record.")
    Comment.objects.filter(version=version).delete()
    version.sent_editions.all().delete()
    version.audience.all().delete()
    version.delete()
    if not policy.versions.exists():
        policy.delete()
    number = _code(discarded.number)
    audit.record("policy.discard", discarded, by=by, at=discarded.policy.owner, number=number)


def _begun_with(form_key: UUID, owner: Organisation, *, by: User | None) -> PolicyVersion | None:
    """What the same form began before, or is beginning just now."""
    # One at a time: the second click waits here until the first is through.
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
    begun = PolicyVersion.objects.filter(form_key=form_key, created_by=by)
    return begun.select_related("policy").first()


def next_number(number: str) -> str:
    """The whole number after `number`: 4.1 → 5.0; without a number in it, 2.0."""
    found = re.search(r"\d+", number)
    return f"{int(found[0]) + 1}.0" if found else "2.0"


def open_draft(version: PolicyVersion, *, by: User) -> PolicyVersion:
    """Lock the version for editing. One that was sent back stays so until it is sent again."""
    version = locked_version(version)
    expect_manager(version.policy.owner, by)
    if why := why_closed(version):
        raise RuleBroken(why)
    return version


def why_closed(version: PolicyVersion) -> str:
    """Why nobody can change this version now, or nothing."""
    if version.status == Status.IN_SIGN_OFF:
        return "This text is waiting for sign-off. Take it back to draft to change it."
    if version.status not in (Status.DRAFT, Status.RETURNED):
        return "A published version cannot be changed. Start a new version."
    return ""


def _problems(version: PolicyVersion, *, number: str, body: str) -> Iterable[str]:
    if sentence := refusal(body):
        yield sentence
    others = version.policy.versions.exclude(pk=version.pk)
    if others.filter(number=number.strip()).exists():
        yield f"This policy already has a version {number.strip()}."
    last = others.published().order_by("-ordinal").first()
    if last and _as_numbers(number) <= _as_numbers(last.number):
        yield f"The number must be higher than that of the last version, {last.number}."


def _as_numbers(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", number))


def _seal(version: PolicyVersion) -> None:
    """Store exactly the text whose hash is kept."""
    version.body = tidy(version.body)
    version.content_hash = content_hash(
        title=version.title,
        number=version.number,
        language=version.language,
        body=version.body,
    )


def _write_audience(version: PolicyVersion, rules: Iterable[Mapping[str, Any]]) -> int:
    made = [AudienceRule(version=version, **rule) for rule in rules]
    try:
        with transaction.atomic():
            AudienceRule.objects.bulk_create(made)
    except IntegrityError:
        raise RuleBroken("The same group is listed twice.") from None
    version.audience_hash = audience_hash(
        (rule.organisation_id, rule.role, rule.employment) for rule in made
    )
    version.save(update_fields=["audience_hash"])
    return len(made)


def _code(number: str) -> str:
    """A version number as the trail may hold it: people can type anything here."""
    return re.sub(r"[^0-9A-Za-z.]", "", number)[:20]
