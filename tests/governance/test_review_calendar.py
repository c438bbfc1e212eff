"""The review calendar of a school and of a trust (P6)."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance import review_calendar
from governance.models import Policy
from governance.services import drafts, publishing, reviewing
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_head, make_policy

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _one_day(db: None) -> Any:
    with time_machine.travel(f"{TODAY} 09:00", tick=False):
        yield


@pytest.fixture
def trust() -> Organisation:
    return make_trust("Elm Trust")


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school("Elm School", trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


def due(owner: Organisation, by: User, title: str, on: date | None, **details: Any) -> Policy:
    policy = make_policy(owner, by=by, title=title, **details)
    Policy.objects.filter(pk=policy.pk).update(review_due_on=on)
    return policy


def said(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def titles(lines: list[review_calendar.Line]) -> list[tuple[str, list[str]]]:
    return [
        (name, [line.title for line in group]) for name, group in review_calendar.sections(lines)
    ]


def test_months_follow_each_other_with_what_is_late_first_and_what_has_no_day_last(
    school: Organisation, head: User
) -> None:
    for title, on in [
        ("Next year", date(2027, 11, 1)),
        ("Leap", date(2028, 2, 29)),
        ("Late", TODAY - timedelta(days=1)),
        ("Today", TODAY),
        ("Soon", date(2026, 11, 30)),
        ("Spring", date(2027, 3, 31)),
        ("Last month", date(2027, 10, 31)),
        ("Never", None),
    ]:
        due(school, head, title, on)
    make_draft(school, by=head, title="A draft")
    publishing.withdraw(due(school, head, "Withdrawn", TODAY), by=head, reason="Old.")

    assert titles(review_calendar.lines_at(school, head)) == [
        ("Overdue", ["Late"]),
        ("November 2026", ["Today", "Soon"]),
        ("March 2027", ["Spring"]),
        ("October 2027", ["Last month"]),
        ("Later", ["Next year", "Leap"]),
        ("No day set", ["Never"]),
    ]


def test_an_open_review_counts_with_the_day_it_is_to_be_finished_by(
    school: Organisation, head: User
) -> None:
    policy = due(school, head, "Phones", date(2027, 6, 1))
    reviewing.open_review(
        policy, by=head, trigger="case_law", cause="A ruling.", due_on=date(2027, 1, 15)
    )

    (line,) = review_calendar.lines_at(school, head)

    assert (line.section, line.state, line.why) == ("2027-01", "Under review", "A court's decision")


def test_a_trust_sees_all_its_schools_and_a_school_its_own_and_the_trust_s(
    trust: Organisation, school: Organisation, head: User
) -> None:
    lead, sister = make_head(trust), make_school("Oak School", trust=trust)
    due(trust, lead, "Trust rules", TODAY)
    due(school, head, "Elm rules", TODAY)
    due(sister, make_head(sister), "Oak rules", TODAY)
    elsewhere = make_school()
    due(elsewhere, make_head(elsewhere), "Elsewhere", TODAY)

    def seen(place: Organisation, user: User) -> set[str]:
        return {line.title for line in review_calendar.lines_at(place, user)}

    assert seen(trust, lead) == {"Trust rules", "Elm rules", "Oak rules"}
    assert seen(school, head) == {"Trust rules", "Elm rules"}
    assert seen(school, lead) == {"Trust rules", "Elm rules"}


def test_a_line_leads_where_this_person_may_go(
    client: Client, trust: Organisation, school: Organisation, head: User
) -> None:
    lead = make_head(trust)
    above, own = due(trust, lead, "Trust rules", TODAY), due(school, head, "Elm rules", TODAY)
    client.force_login(head)

    page = client.get(reverse("governance:reviews", args=[school.slug])).content.decode()

    assert reverse("governance:review", args=[own.pk]) in page
    assert reverse("governance:read", args=[above.pk]) in page
    assert reverse("governance:review", args=[above.pk]) not in page


def test_the_calendar_is_narrowed_by_time_owner_committee_and_author(
    client: Client, trust: Organisation, school: Organisation, head: User
) -> None:
    lead, author = make_head(trust), make_user(Role.SLT, at=school, name="Alex Author")
    due(trust, lead, "Trust rules", date(2027, 2, 1), committee="Trustees")
    due(school, head, "Phones", TODAY - timedelta(days=3), committee="Standards", author=author)
    due(school, head, "Trips", date(2027, 2, 2), author=None)
    policy = due(school, head, "Clubs", date(2027, 5, 2))
    reviewing.open_review(policy, by=head, trigger="request", cause="Governors asked.")
    client.force_login(lead)
    address = reverse("governance:reviews", args=[trust.slug])

    def found(**asked: Any) -> set[str]:
        page = client.get(address, asked).context["page"]
        return {line.title for line in page}

    assert found(when="overdue") == {"Phones"}
    assert found(when="open") == {"Clubs"}
    assert found(when="2027-02") == {"Trust rules", "Trips"}
    assert found(owner=school.pk) == {"Phones", "Trips", "Clubs"}
    assert found(committee="Standards") == {"Phones"}
    assert found(author=author.pk) == {"Phones"}
    assert found(author="none") == {"Trips"}
    assert found(when="later") == set()
    assert "Nothing matches" in said(client.get(address, {"when": "later"}))
    assert "What was chosen is not offered here" in said(client.get(address, {"when": "2020-13"}))


def test_the_spreadsheet_holds_what_the_page_shows(
    client: Client, school: Organisation, head: User
) -> None:
    policy = due(school, head, '=HYPERLINK("x")', date(2027, 5, 2), committee="Standards")
    due(school, head, "Trips", TODAY - timedelta(days=1))
    reviewing.open_review(policy, by=head, trigger="guidance", cause="New.", due_on=TODAY)
    client.force_login(head)
    address = reverse("governance:reviews_csv", args=[school.slug])

    def rows(**asked: str) -> list[dict[str, str]]:
        body = b"".join(client.get(address, asked).streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(body)))

    assert [row["State"] for row in rows()] == ["Overdue", "Under review"]
    (row,) = rows(when="open")
    assert row["Policy"] == '\'=HYPERLINK("x")'
    assert (row["Next review"], row["To be finished by"]) == ("2027-05-02", "2026-11-21")
    assert row["Why"] == "New guidance"


def test_a_school_without_policies_reads_what_will_stand_there(
    client: Client, school: Organisation, head: User
) -> None:
    client.force_login(head)
    assert "No reviews yet" in said(client.get(reverse("governance:reviews", args=[school.slug])))


def test_a_long_calendar_goes_on_over_the_page(
    client: Client, school: Organisation, head: User
) -> None:
    crowds.many_policies(school, head, 60)
    client.force_login(head)
    address = reverse("governance:reviews", args=[school.slug])

    first, second = (client.get(address, {"page": page}) for page in (1, 2))

    assert len(first.context["page"].object_list) == 50
    assert len(second.context["page"].object_list) == 10
    assert "December 2026" in said(second)


@pytest.mark.parametrize("month", [date(2026, 1, 31), date(2026, 12, 1), date(2028, 2, 29)])
def test_twelve_months_begin_with_this_one(month: date) -> None:
    months = review_calendar.months_from(month)

    assert len({(one.year, one.month) for one in months}) == 12
    assert (months[0].year, months[0].month, months[0].day) == (month.year, month.month, 1)
    assert months == sorted(months)


def test_publishing_moves_a_policy_to_its_new_month(school: Organisation, head: User) -> None:
    policy = due(school, head, "Phones", TODAY)
    version = drafts.start_version(policy, by=head)

    publishing.publish(
        version, by=head, change="minor", summary="A.", review_due_on=date(2027, 4, 1)
    )

    (line,) = review_calendar.lines_at(school, head)
    assert line.section == "2027-04"
