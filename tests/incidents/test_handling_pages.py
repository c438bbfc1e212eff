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


def headers(answer: Any) -> dict[str, str]:
    """All but the number by which the portal's operator finds the request."""
    return {name: value for name, value in answer.items() if name != "X-Request-ID"}


def address(name: str, case: Case, **more: Any) -> str:
    return reverse(f"incidents:{name}", kwargs={"reference": case.reference, **more})


# F1: whoever may not see a case


def away(person: User, deputy: User, cast: Cast) -> None:
    posts = {post.person_id: post for post in Membership.objects.filter(organisation=cast.school)}
    today = timezone.localdate()
    absence.set_cover(
        posts[person.pk], deputy=posts[deputy.pk], starts_on=today,
        ends_on=today + timedelta(days=3), by=person,
    )  # fmt: skip


@pytest.mark.demand("F1")
def test_for_whoever_is_kept_out_every_address_is_that_of_a_case_that_is_not_there(
    cast: Cast,
) -> None:
    """The subject, a superuser too, and whoever acts for them: of every office, on every route."""
    cast.head.is_superuser = cast.head.is_staff = True
    cast.head.save()
    case = begin(make_case(cast), by=cast.dsl)
    for person in (cast.dsl, cast.head, cast.chair):
        people_service.add(case, subject(person), by=cast.deputy)
    away(cast.dsl, cast.it, cast)
    before = CaseView.objects.count(), CaseLine.objects.count()
    out = {person: browser(person) for person in (cast.dsl, cast.head, cast.chair, cast.it)}
    nobodys = out[cast.dsl].get("/cases/22222222ABCD/")
    assert nobodys.status_code == 404
    routes = list(routes_of_a_case())
    assert len(routes) > 40
    for turn, (name, more) in enumerate(routes):
        url = address(name, case, **more)
        # Whoever it is about asks for each; every one of the others for some.
        other = list(out)[turn % len(out)]
        for client in (out[cast.dsl], out[other]):
            answer = client.get(url) if turn % 2 or client is out[cast.dsl] else client.post(url)
            if answer.status_code == 405:
                answer = client.post(url)
            if answer.status_code == 405:
                answer = client.get(url)
            assert answer.status_code == 404, name
            assert answer.content == nobodys.content, name
            assert headers(answer) == headers(nobodys), name
    assert (CaseView.objects.count(), CaseLine.objects.count()) == before


@pytest.mark.demand("F1")
def test_a_case_that_is_hidden_costs_what_an_unknown_one_costs_and_is_in_no_list(
    cast: Cast,
) -> None:
    case = make_case(cast, people=(subject(cast.dsl),))
    shown = make_case(cast, kind="other")
    costs = {
        reference: [re.sub(r"'[^']*'", "?", one) for one in visit(cast.dsl, url).statements]
        for reference in (case.reference, "22222222ABCD")
        for url in [f"/cases/{reference}/"]
    }
    kinds = [[one.split(" ")[0] for one in statements] for statements in costs.values()]
    assert kinds[0] == kinds[1]
    inbox = reverse("incidents:inbox", args=[cast.school.slug])
    for query in ("", f"?q={case.reference}", "?kind=cyberbullying", "?state=ended"):
        page = browser(cast.dsl).get(inbox + query).content.decode()
        assert case.get_absolute_url() not in page
    assert shown.reference in browser(cast.dsl).get(inbox).content.decode()
    # Asking to see it is answered as asking for one that nobody has.
    ask, client = reverse("incidents:glass", args=[cast.school.slug]), browser(cast.dsl)
    pages = []
    for reference in (case.reference, "22222222ABCD"):
        answer = client.post(ask, {"reference": reference, "why": "A child."}, follow=True)
        pages.append(re.sub(r'value="[^"]{60,}"|left|\d+ minutes?', "", answer.content.decode()))
    assert pages[0] == pages[1]


def test_no_row_no_page_and_nothing_of_the_case_in_its_title(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(cast, what="A canary in the text.")
    page = browser(cast.dsl).get(case.get_absolute_url()).content.decode()
    assert "A canary in the text." in page
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title is not None
    assert title[1].startswith("Case")
    assert case.reference not in title[1]
    assert case.views.get().person == cast.dsl
    # The page fails after the look: neither is there.
    monkeypatch.setattr("incidents.views.case.render", lambda *_, **__: 1 / 0)
    assert browser(cast.dsl).get(case.get_absolute_url()).status_code == 500
    assert case.views.count() == 1


# Assessing


@pytest.mark.demand("F7")
def test_whoever_comes_second_reads_who_decided_and_keeps_their_words(cast: Cast) -> None:
    case = make_case(cast)
    url, client = address("triage", case), browser(cast.dsl)
    answers = green(nature="red") | WORDS
    suggested = client.post(url, answers)
    assert "level-red" in suggested.content.decode()
    case.refresh_from_db()
    assert case.status == "submitted"
    assess(case, by=cast.deputy, severity="amber")
    second = client.post(url, answers | {"severity": "red", "why_impact": "She does not eat."})
    page = second.content.decode()
    assert str(cast.deputy) in page
    assert "She does not eat." in page
    case.refresh_from_db()
    assert (case.severity, case.triaged_by) == ("amber", cast.deputy)


def test_a_report_is_assessed_and_given_to_somebody_one_decision_at_a_time(cast: Cast) -> None:
    case, client = make_case(cast), browser(cast.dsl)
    url = address("triage", case)
    wrong = client.post(url, green() | WORDS | {"severity": "red"}).content.decode()
    assert "Say why you decide otherwise" in wrong
    sent = client.post(url, green() | WORDS | {"severity": "red", "override": "I know the family."})
    assert sent["Location"] == address("begin", case)
    done = client.post(
        sent["Location"],
        {"owner": cast.dsl.pk, "text": "Ring the aunt.", "due_at": "2030-01-07T09:00"},
    )
    assert done.status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.status, case.severity, case.owner) == ("open", "red", cast.dsl)
    texts = [action.text("text") for action in case.actions.all()]
    assert "Ring the aunt." in texts
    assert len(texts) > 3


# Naming a subject


@pytest.mark.demand("F1")
def test_whoever_names_a_colleague_as_subject_reads_first_what_follows(cast: Cast) -> None:
    case, client = make_case(cast), browser(cast.dsl)
    url = address("person_add", case)
    named = {"role": "subject", "user": cast.head.pk}
    page = client.post(url, named).content.decode()
    assert "the case does not exist for them" in page
    assert "There is a problem" not in page
    unread = client.post(url, named | {"asked": "True"}).content.decode()
    assert "tick this if it is them" in unread
    assert not case.people.subjects().exists()
    client.post(url, named | {"sure": "on"})
    assert case.people.subjects().get().user == cast.head
    assert browser(cast.head).get(case.get_absolute_url()).status_code == 404
    assert browser(cast.chair).get(case.get_absolute_url()).status_code == 200


# Closing


def test_the_page_of_closing_names_everything_that_stands_in_the_way(cast: Cast) -> None:
    case = begin(make_case(cast, people=(target(),)), by=cast.dsl)
    page = browser(cast.dsl).get(address("move", case, move="propose")).content.decode()
    for words in ("actions are still open", "Police", "support that was offered"):
        assert words in page
    wrong = browser(cast.dsl).post(
        address("move", case, move="wait"), {"why": "The police ring back."}
    )
    assert wrong.status_code == 302
    case.refresh_from_db()
    assert case.status == "waiting"
    (why,) = Case.objects.readable().get(pk=case.pk).chronology.all()
    assert why.text("body") == "The police ring back."


def test_a_policy_review_does_not_name_a_case_that_somebody_is_kept_out_of(cast: Cast) -> None:
    from governance.models import Review
    from tests.governance.factories import make_policy, publish_next

    policy = make_policy(cast.school, by=cast.head)
    publish_next(policy, by=cast.head)
    case = begin(make_case(cast, people=(subject(cast.teacher),), by=cast.it), by=cast.head)
    client = browser(cast.head)
    client.post(address("ask_elsewhere", case, what="review"), {"policy": policy.pk})
    review = Review.objects.open().get(policy=policy)
    assert (review.trigger, review.cause_reference) == ("incident", "")
    client.post(address("ask_elsewhere", case, what="training"))
    assert case.actions.filter(code="").count() == 1


def test_a_red_case_is_worked_on_closed_by_two_and_kept_by_a_hold(cast: Cast) -> None:
    """One story over the pages, as two people press their way through it."""
    case = begin(
        make_case(cast, kind="staff_abuse", people=(target(),)), by=cast.head, severity="red"
    )
    head, slt = browser(cast.head), browser(cast.slt)

    def press(client: Client, name: str, data: dict[str, Any], **more: Any) -> str:
        answer = client.post(address(name, case, **more), data)
        return "" if answer.status_code == 302 else answer.content.decode()

    for number in range(1, case.actions.count() + 1):
        assert not press(head, "action_done", {"result": "done"}, number=number)
    # The police hear of it with the consent of whoever it was done to (I12).
    made = {"at": "2026-01-05T09:00", "number": ""}
    assert "consent first" in press(head, "referral_move", made, number=1, move="make")
    person = [one.role for one in case.people.order_by("pk")].index("target") + 1
    press(head, "consent_ask", {}, number=person)
    assert not press(head, "consent_move", {"note": "Yes."}, number=1, move="give")
    assert not press(head, "referral_move", made, number=1, move="make")
    assert "Write down the number" in press(
        head, "referral_move", {"number": ""}, number=1, move="acknowledge"
    )
    assert not press(head, "referral_move", {"number": "CR/7"}, number=1, move="acknowledge")
    assert not press(head, "support_offer", {"what": "counselling"}, number=person)
    assert not press(head, "takedown_add", {"where": "https://x.example/1"})
    assert not press(head, "takedown_move", {"note": ""}, number=1, move="request")
    proposal = {"outcome": "police", "why": "The police have it."}
    assert not press(head, "move", proposal, move="propose")
    assert "Another person" in press(head, "move", {}, move="close")
    assert not press(slt, "move", {}, move="close")
    case.refresh_from_db()
    assert (case.status, case.ended_by) == ("closed", cast.slt)
    assert not press(head, "hold", {"why": "The court asks."})
    assert "A legal hold stands" in press(head, "dispose", {})
    assert not press(head, "move", {"why": "It began again."}, move="reopen")
    record = head.get(address("history", case)).content.decode()
    for words in ("closed it", "told somebody outside", "placed a legal hold", "opened it again"):
        assert words in record
    assert "changed something" not in record


def test_whoever_was_let_in_reads_and_changes_nothing_and_no_address_counts(cast: Cast) -> None:
    from incidents.services import access

    begin(make_case(cast), by=cast.dsl)  # another case, so that keys and numbers differ
    case = begin(make_case(cast), by=cast.dsl)
    access.let_in(case, person=cast.office, by=cast.dsl, why="Takes the minutes.")
    office = browser(cast.office)
    assert office.get(case.get_absolute_url()).status_code == 200
    assert office.post(address("entry_add", case), {"body": "x"}).status_code == 403
    assert office.post(address("box", case), {"body": "x"}).status_code == 403
    page = browser(cast.dsl).get(case.get_absolute_url()).content.decode()
    numbers = sorted({int(one) for one in re.findall(r"/actions/(\d+)/", page)})
    assert numbers == list(range(1, case.actions.count() + 1))
    # Of themselves everybody who sees it may say that they should not; then it is gone.
    own = {"person": cast.office.pk, "why": "My nephew."}
    assert office.post(address("conflict_add", case), own).status_code == 302
    assert office.get(case.get_absolute_url()).status_code == 404


def test_a_link_is_made_only_to_a_case_that_one_sees(cast: Cast) -> None:
    case, other = make_case(cast), make_case(cast)
    hidden = make_case(cast, people=(subject(cast.dsl),))
    client, url = browser(cast.dsl), address("link_add", case)
    said = [
        re.sub(r'value="[^"]*"', "", client.post(url, {"reference": one}).content.decode())
        for one in (hidden.reference, "22222222ABCD")
    ]
    assert "You see no case with this reference" in said[0]
    assert said[0] == said[1]
    assert client.post(url, {"reference": other.reference.lower()}).status_code == 302
    assert other.reference in client.get(address("keeping", case)).content.decode()
