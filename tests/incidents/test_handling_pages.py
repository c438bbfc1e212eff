"""The pages of those who handle concerns: nobody finds there what they may not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.models import Case, CaseLine, CaseView
from incidents.services import people as people_service
from incidents.services import triage
from notices.health import WORK
from notices.services import beat
from people.models import Membership, User
from people.services import absence
from tests.incidents.factories import (
    Cast,
    afresh,
    assess,
    begin,
    green,
    make_case,
    subject,
    target,
)  # fmt: skip
from tests.queries import visit

pytestmark = pytest.mark.once
WORDS = dict.fromkeys(["why_nature", "why_visible", "why_spread", "why_impact"], "As reported.")


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(afresh(user))
    return client


def routes_of_a_case() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address that has a reference in it, from the resolver itself."""
    from incidents import handling_urls

    values = {"number": 1, "move": "close", "what": "review", "other": "22222222ABCD"}
    for pattern in handling_urls.urlpatterns:
        needs = pattern.pattern.converters
        if "reference" in needs:
            yield str(pattern.name), {name: values[name] for name in needs if name != "reference"}


def address(name: str, case: Case, **more: Any) -> str:
    return reverse(f"incidents:{name}", kwargs={"reference": case.reference, **more})


def test_every_page_of_a_case_opens_for_whoever_works_on_it(cast: Cast) -> None:
    case = begin(make_case(cast, people=(target(), subject(name="A boy"))), by=cast.dsl)
    client = browser(cast.dsl)
    for name, more in routes_of_a_case():
        response = client.get(address(name, case, **more))
        assert response.status_code in {200, 404, 405}, (name, response.status_code)
        assert response.status_code != 404 or more, name
