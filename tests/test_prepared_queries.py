"""Every prepared query of the portal finds what its queryset finds, for everybody in the demo."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import SocialAccount
from approvals.listing import Whose
from approvals.models import BusinessCase
from approvals.voting import ROLES
from governance import documents
from governance.first_signers import Shown
from governance.models import Policy
from governance.obligations import owed
from governance.services import tablet
from incidents.circles import Circle
from incidents.models import Case, ChronologyEntry
from incidents.services import chronology
from incidents.workflow import Status
from notices.duties import sources
from notices.health import BEAT
from notices.models import Heartbeat
from people.models import MembershipRole, Organisation, User
from people.roles import Role
from web import prepared

pytestmark = pytest.mark.django_db
MOST = 20  # combinations of values for each query


@pytest.fixture(scope="module")
def values(django_db_setup: None, django_db_blocker: Any) -> Any:
    """What each parameter may be, by its name."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True  # type: ignore[attr-defined]
        call_command("demo", verbosity=0)
        _sign_on_a_tablet()
        _write_down_what_happened()
        people = list(User.objects.order_by("pk"))
        Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": timezone.now()})
        for person in people[:3]:
            Client().force_login(person)
        today, now = timezone.localdate(), timezone.now()
        days = [today + timedelta(days=number) for number in (0, 0, 0, -20, -200, 40, 200)]
        ids = [person.pk for person in people]
        yield {
            "person_id": ids,
            "user_id": ids,
            "on": days,
            "until": [day + timedelta(days=60) for day in days],
            "at": [now, now - timedelta(days=1), now + timedelta(days=400)],
            "waiting_since": [now, now - timedelta(days=1)],
            "key": [*Session.objects.values_list("pk", flat=True), "none"],
            "policy_id": list(Policy.objects.values_list("pk", flat=True)),
            "asked_before": [now - timedelta(days=number) for number in (0, 14, 300)],
            "joined_before": [day - timedelta(days=14) for day in days],
            "back_before": [day - timedelta(days=15) for day in days],
            "shown": list(Shown),
            "since": [day - timedelta(days=365) for day in days],
            "gated": [tuple(source.kind for source in sources() if source.gate)],
            "organisation_id": list(Organisation.objects.values_list("pk", flat=True)),
            "ids": [json.dumps(list(SocialAccount.objects.values_list("pk", flat=True))), "[]"],
            "case_ids": [json.dumps(list(BusinessCase.objects.values_list("pk", flat=True))), "[]"],
            "case_id": list(BusinessCase.objects.values_list("pk", flat=True)),
            "place_ids": [json.dumps(list(Organisation.objects.values_list("pk", flat=True)))],
            "user_ids": [json.dumps(ids[:20]), "[]"],
            "roles": [tuple(ROLES)],
            "number": [1, 2, 3, 4],
            "whose": list(Whose),
            "status": [None, "submitted", "draft"],
            "is_trust": [False, True],
            "circles": [tuple(Circle)],
            "statuses": [tuple(Status)],
            "concern_id": [
                *ChronologyEntry.objects.order_by("pk").values_list("case", flat=True),
                *Case.objects.order_by("-pk").values_list("pk", flat=True)[:20],
            ],
            "reference": list(Case.objects.order_by("-pk").values_list("reference", flat=True)),
            "account_id": list(SocialAccount.objects.values_list("pk", flat=True)),
        }
        transaction.set_rollback(True)


def _sign_on_a_tablet() -> None:
    """Somebody signs before a witness, which nobody in the demo does."""
    heads = MembershipRole.objects.filter(role=Role.HEAD)
    head = heads.select_related("membership__person").order_by("pk")[0].membership.person
    place = head.posts[0].organisation
    one = owed(timezone.localdate()).filter(organisation=place).exclude(person=head)[0]
    policy = Policy.objects.select_related("current").get(pk=one.document_ref)
    parts = documents.parts_at(policy, place)
    tablet.sign(
        policy.pk,
        place,
        person=one.person,
        witness=head,
        displayed=" ".join(part.current.content_hash for part in parts if part.current),
        typed_name=one.person.name,
    )


def _write_down_what_happened() -> None:
    """In a case, which nobody in the demo does."""
    case = Case.objects.filter(status=Status.OPEN).order_by("pk")[0]
    assert case.owner is not None
    chronology.add(case, by=case.owner, body="Rang the mother.")


def _every() -> list[prepared.Prepared[Any, Any]]:
    """All of them: the modules that nothing imports before the first request are named here."""
    _ = get_resolver().url_patterns
    import_module(settings.SESSION_ENGINE)
    for path in [*settings.AUTHENTICATION_BACKENDS, *settings.DUTY_SOURCES]:
        import_string(path)
    return list(prepared.EVERY)


def plain(row: Any, above: tuple[Any, ...] = ()) -> Any:
    """A row with all that came with it, as something that can be compared.

    `above`: the rows it came with, to which one side of a one-to-one leads back.
    """
    if not isinstance(row, models.Model):
        return row
    columns = {name: value for name, value in vars(row).items() if name != "_state"}
    joined = {
        name: plain(value, (*above, row))
        for name, value in row._state.fields_cache.items()
        if not any(value is one for one in above)
    }
    return type(row), columns, joined, row._state.db, row._state.adding


def combinations(
    names: list[str], values: dict[str, list[Any]], chance: random.Random
) -> Iterator[dict[str, Any]]:
    """Everybody and every policy today, so that what one alone has is found; then by chance."""
    today = {name: values[name][0] for name in names}
    for person in values["person_id"] if "person_id" in names else ():
        yield today | {"person_id": person}
    for what in ("policy_id", "account_id"):
        if {what, "organisation_id"} <= today.keys():
            days = values["on"][:4] if "on" in names else [None]
            for one, place, day in product(values[what], values["organisation_id"], days):
                when = {"on": day} if day else {}
                yield today | {what: one, "organisation_id": place} | when
    for _ in range(MOST):
        yield {name: chance.choice(values[name]) for name in names}


@pytest.mark.parametrize("query", _every(), ids=lambda query: query.__name__)
def test_it_finds_what_its_queryset_finds(
    query: prepared.Prepared[Any, Any], values: dict[str, list[Any]]
) -> None:
    chance = random.Random(query.__name__)
    names = list(query.build.__annotations__)
    names.remove("return")
    found = 0
    for given in combinations(names, values, chance):
        rows = [plain(row) for row in query(**given)]
        assert rows == [plain(row) for row in query.build(**given)]
        found += len(rows)
    assert found, "The demo has nothing for this query, so the comparison proves nothing."


def test_there_are_some() -> None:
    assert len(_every()) >= 6
