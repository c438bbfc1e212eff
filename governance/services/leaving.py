"""What a leaver promises and hands over, in the portal or on paper (D20)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.handover import Handover
from governance.leaving import STILL_COUNTS, asked_from, leavers, statement_for
from governance.models import HandedOver, LeavingStatement, LeavingWords
from governance.services.signing import ALPHABET, NotTheName
from governance.text.names import normalise, same_name
from people.models import Membership, User
from people.roles import Permission
from trail import audit
from web.crypto import keyed_hash
from web.errors import RuleBroken
from web.words import day_in_words

Method = LeavingStatement.Method


@dataclass(frozen=True)
class Given:
    """One thing that was looked after, and who has it now (None: nobody yet)."""

    thing: Handover
    to: User | None


def attest(
    post: Membership, *, by: User, typed_name: str, given: Iterable[Given] = ()
) -> LeavingStatement:
    """The leaver's own statement. A double click, or a second tab, gets the one that exists.

    Raises PermissionDenied for anybody else, NotTheName, and RuleBroken when they are not asked.
    """
    if by.pk != post.person_id:
        raise PermissionDenied
    try:
        with transaction.atomic():
            return _attest(post, by, typed_name, given)
    except IntegrityError:
        exists = statement_of(post)
        assert exists is not None
        return exists


def _attest(
    post: Membership, by: User, typed_name: str, given: Iterable[Given]
) -> LeavingStatement:
    post = _lock(post)
    if exists := statement_of(post):
        return exists
    RuleBroken.if_any(_not_asked(post))
    if not same_name(typed_name, by.name):
        raise NotTheName(
            f"Type your name as the school has it: {by.name}. "
            "If it is wrong there, ask the school office to correct it."
        )
    statement = _write(
        post,
        by=by,
        method=Method.OWN,
        given_on=post.organisation.today(),
        statement=statement_for(post),
        name_hash=keyed_hash(normalise(typed_name), purpose="leaving.name"),
    )
    LeavingWords.objects.create(statement=statement, name=" ".join(typed_name.split()))
    _write_things(statement, given)
    audit.record("leaving.give", statement, by=by, post=str(post.pk))
    return statement


def _not_asked(post: Membership) -> Iterator[str]:
    today = post.organisation.today()
    if post.ends_on is None or not leavers().filter(pk=post.pk).exists():
        yield "You are not leaving, so there is nothing to promise."
    elif asked_from(post) > today:
        yield f"You can do this from {day_in_words(asked_from(post))}."
    elif post.ends_on < today:
        yield "Your last day has passed. Ask the school office to record it."


@transaction.atomic
def record_paper(
    post: Membership, *, by: User, given_on: date, given: Iterable[Given] = ()
) -> LeavingStatement:
    """Enter a statement signed on paper. `by` has seen it and is its witness.

    Raises RuleBroken for one's own, when there is a statement, or for a day that cannot be.
    """
    post = _lock(post)
    _expect_witness(post, by)
    RuleBroken.if_any(_paper_problems(post, given_on))
    statement = _write(
        post, by=by, method=Method.PAPER, given_on=given_on, statement=statement_for(post)
    )
    LeavingWords.objects.create(statement=statement)
    _write_things(statement, given)
    audit.record("leaving.record", statement, by=by, post=str(post.pk))
    return statement


@transaction.atomic
def record_without(
    post: Membership, *, by: User, reason: str, given: Iterable[Given] = ()
) -> LeavingStatement:
    """Put on record that somebody left without a statement, and why.

    Raises RuleBroken for oneself, before the last day, or when there is something on record.
    """
    post = _lock(post)
    _expect_witness(post, by)
    RuleBroken.if_any(_without_problems(post, reason))
    statement = _write(post, by=by, method=Method.WITHOUT, given_on=post.organisation.today())
    LeavingWords.objects.create(statement=statement, reason=reason.strip())
    _write_things(statement, given)
    audit.record("leaving.without", statement, by=by, post=str(post.pk))
    return statement


def statement_of(post: Membership) -> LeavingStatement | None:
    """The statement that counts for this post's last day, given by the person."""
    if post.ends_on is None:
        return None
    rows = LeavingStatement.objects.given().filter(membership=post)
    return rows.filter(counts_until__gte=post.ends_on).first()


def _lock(post: Membership) -> Membership:
    return (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation__parent", "person")
        .get(pk=post.pk)
    )


def _expect_witness(post: Membership, by: User) -> None:
    if not by.can(Permission.MANAGE_PEOPLE, at=post.organisation):
        raise PermissionDenied
    if by.pk == post.person_id:
        raise RuleBroken("Your own statement is recorded by somebody else.")


def _paper_problems(post: Membership, given_on: date) -> Iterator[str]:
    yield from _nothing_to_record(post)
    if given_on > post.organisation.today():
        yield "The date on the paper cannot be in the future."
    if given_on < post.starts_on:
        yield "The date on the paper lies before this person's first day."


def _without_problems(post: Membership, reason: str) -> Iterator[str]:
    yield from _nothing_to_record(post)
    if not reason.strip():
        yield "Say why there is no statement. It stays on record."
    if post.ends_on is not None and post.ends_on > post.organisation.today():
        yield "Their last day has not come yet: until then they can still give it."
    rows = LeavingStatement.objects.filter(membership=post, method=Method.WITHOUT)
    if post.ends_on is not None and rows.filter(counts_until__gte=post.ends_on).exists():
        yield "It is on record already that this person left without a statement."


def _nothing_to_record(post: Membership) -> Iterator[str]:
    if not leavers().filter(pk=post.pk).exists():
        yield f"{post.person.name} is not leaving."
    elif statement_of(post) is not None:
        yield f"{post.person.name} has given a statement already."


def _write(post: Membership, *, by: User, **more: Any) -> LeavingStatement:
    assert post.ends_on is not None
    return LeavingStatement.objects.create(
        reference=_new_reference(),
        membership=post,
        person=post.person,
        organisation=post.organisation,
        last_day=post.ends_on,
        counts_until=post.ends_on + STILL_COUNTS,
        recorded_by=by,
        recorded_at=timezone.now(),
        **more,
    )


def _write_things(statement: LeavingStatement, given: Iterable[Given]) -> None:
    HandedOver.objects.bulk_create(
        HandedOver(
            statement=statement,
            kind=one.thing.kind,
            subject=one.thing.subject[:300],
            to=one.to,
        )
        for one in given
    )


def _new_reference() -> str:
    """Such as L-7K2M-9QXD, as on a signature's receipt."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"L-{letters[:4]}-{letters[4:]}"
