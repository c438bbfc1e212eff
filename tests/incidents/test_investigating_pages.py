"""The pages on which an investigation asks, and those on which others decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents import investigating_urls
from incidents.approving import Side
from incidents.models import Case, CaseLine, CaseView
from incidents.services import access, closing, content, investigating, keeping, looking, people
from incidents.services.telling import glass_code
from people.roles import Role
from people.services import organisations
from tests.factories import make_user
from tests.incidents.factories import Cast, assess, begin, make_case, subject, target
from tests.incidents.test_handling_pages import address, browser, headers
from tests.incidents.test_investigating import ask, owner_asked
from tests.queries import visit

pytestmark = pytest.mark.once
SECRET = "The drawing of the tuba"


@pytest.fixture
def case(cast: Cast) -> Case:
    return begin(make_case(cast, people=(target(),), what=SECRET), by=cast.dsl)


def test_the_owner_is_asked_refuses_and_shows_it_on_the_pages(cast: Cast, case: Case) -> None:
    client, person = browser(cast.dsl), case.people.targets().get()
    given = {
        "person": person.pk, "kind": "device", "why": "Threats.", "asked_at": "2026-01-05T09:00",
    }  # fmt: skip
    url = address("account_ask", case)
    page = client.post(url, given | {"which": "pin: 4711x"}).content.decode()
    assert "looks like a password" in page
    assert "Threats." in page
    assert not case.account_requests.exists()
    client.post(url, given | {"which": "Her telephone"})
    move = {"number": 1, "move": "refuse"}
    client.post(address("account_move", case, **move), {"why": "She does not want to."})
    page = client.get(address("investigating", case)).content.decode()
    for words in ("She does not want to.", "What the school may do now", "Robin Ash", "searched"):
        assert words in page
    url = address("account_move", case, number=1, move="give")
    seen = {"at": "2026-01-05T10:00", "presence": "Her mother", "seen": "Two messages."}
    assert "Tick this if it was so" in client.post(url, seen).content.decode()
    assert client.post(url, seen | {"themselves": "on"}).status_code == 302
    assert case.account_requests.get().status == "given"
    assert client.get(address("account_move", case, number=1, move="burn")).status_code == 404


@pytest.mark.demand("F1")
def test_a_reporter_who_stays_unknown_is_not_found_out_by_what_they_were_asked(cast: Cast) -> None:
    case = begin(make_case(cast, hide_reporter=True), by=cast.dsl)
    investigating.ask_owner(
        case.people.get(role="reporter"), by=cast.dsl, kind="device", which="Her telephone",
        why="Threats.", asked_at=timezone.now(),
    )  # fmt: skip
    for person, shown in ((cast.dsl, True), (cast.deputy, False)):
        client = browser(person)
        page = client.get(address("investigating", case)).content.decode()
        assert ("Her telephone" in page) == shown
        answer = client.get(address("account_move", case, number=1, move="give"))
        assert answer.status_code == (200 if shown else 404)


@pytest.mark.demand("F7")
def test_two_people_allow_content_on_their_own_pages_and_the_second_reads_who_was_quicker(
    cast: Cast, case: Case
) -> None:
    dsl, head, it = browser(cast.dsl), browser(cast.head), browser(cast.it)
    page = dsl.get(address("content_ask", case)).content.decode()
    assert 'value="24"' in page
    sent = {"what": SECRET, "where": "https://x.example/v", "why": "Who is it?", "hours": 2}
    assert dsl.post(address("content_ask", case), sent).status_code == 302
    row = case.content_requests.get()
    assert dsl.get(address("content_decide", case, number=1)).status_code == 403
    for client, url in ((head, address("content_decide", case, number=1)), (it, row)):
        url = url if isinstance(url, str) else url.get_absolute_url()
        page = client.get(url).content.decode()
        assert "https://x.example/v" in page
        assert str(cast.dsl) in page
        assert (SECRET in page) == (client is head)
        assert (case.reference in page) == (client is head)
        assert "Say why it stays closed" in client.post(url, {"allow": "no"}).content.decode()
        if client is it:
            content.approve(row, by=make_user(Role.IT, at=cast.school, name="Quick"), side=Side.IT)
            assert client.post(url, {"allow": "yes"}).status_code == 200
        else:
            assert client.post(url, {"allow": "yes"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.leading_by, row.it_by.name) == ("approved", cast.head, "Quick")
    late = browser(cast.deputy).post(address("content_decide", case, number=1), {"allow": "yes"})
    assert f"{cast.head} has decided" in late.content.decode()
    assert "not closed yet" in dsl.get(case.get_absolute_url()).content.decode()
    look = {"at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S"), "what": "A cellar."}
    assert dsl.post(address("content_look", case, number=1), look).status_code == 302
    assert dsl.post(address("content_end", case, number=1), {"why": "Enough."}).status_code == 302
    page = dsl.get(address("investigating", case)).content.decode()
    for words in ("A cellar.", "Ended early", "IT has not said yet", "Enough."):
        assert words in page
    url = reverse("incidents:content_shut", args=[row.reference])
    assert "It is closed. Nothing is left" in it.post(url, follow=True).content.decode()
    # Afterwards only whoever took part finds where it was.
    other = browser(make_user(Role.IT, at=cast.school))
    pages = [one.get(row.get_absolute_url()).content.decode() for one in (it, other)]
    assert ["https://x.example/v" in page for page in pages] == [True, False]
    assert SECRET not in "".join(pages)
    assert "not closed yet" not in dsl.get(case.get_absolute_url()).content.decode()


@pytest.mark.demand("F1")
def test_whoever_is_kept_out_gets_the_404_of_an_address_that_nobody_has(
    cast: Cast, case: Case
) -> None:
    """On every route of this room, IT and safeguarding leads and a superuser too."""
    cast.it.is_superuser = cast.it.is_staff = True
    cast.it.save()
    owner_asked(case, cast)
    row = ask(case, cast.dsl)
    glass = access.ask_to_break_glass(case.reference, by=cast.slt, why="A call.")
    assert glass is not None
    for person in (cast.it, cast.head):
        people.add(case, subject(person), by=cast.dsl)
    before = CaseView.objects.count(), CaseLine.objects.count()
    values = {"number": 1, "move": "refuse", "school": cast.school.slug, "code": glass_code(glass)}
    for user in (cast.it, cast.head):
        client = browser(user)
        nobodys = client.get("/cases/22222222ABCD/")
        for pattern in investigating_urls.urlpatterns:
            needs = set(pattern.pattern.converters)
            name = f"incidents:{pattern.name}"
            if not needs & {"reference", "code"}:
                continue
            found = {"reference": case.reference, **values}
            if str(pattern.name) in ("content_asked", "content_shut"):
                found["reference"] = row.reference
            url = reverse(name, kwargs={one: found[one] for one in needs})
            for answer in (client.get(url), client.post(url, {"allow": "yes", "agree": "yes"})):
                if answer.status_code != 405:
                    assert answer.status_code == 404, url
                    assert answer.content == nobodys.content, url
                    assert headers(answer) == headers(nobodys), url
        listed = client.get(reverse("incidents:glasses", args=[cast.school.slug]))
        assert str(cast.slt) not in listed.content.decode()
    assert (CaseView.objects.count(), CaseLine.objects.count()) == before


@pytest.mark.demand("F1")
def test_a_second_person_who_does_not_see_the_case_lets_somebody_in_and_learns_nothing_of_it(
    cast: Cast, case: Case
) -> None:
    asked = access.ask_to_break_glass(case.reference, by=cast.slt, why="A mother on the line.")
    assert asked is not None
    chair, url = browser(cast.chair), reverse("incidents:glasses", args=[cast.school.slug])
    assert str(cast.slt) in chair.get(url).content.decode()
    one = reverse("incidents:glass_decide", args=[cast.school.slug, glass_code(asked)])
    page = chair.get(one).content.decode()
    assert "A mother on the line." in page
    assert case.reference not in page
    assert SECRET not in page
    assert case.views.get(person=cast.chair).what == "asked"
    assert "Choose yes or no" in chair.post(one, {}).content.decode()
    assert chair.post(one, {"agree": "yes"}).status_code == 302
    assert browser(cast.slt).get(case.get_absolute_url()).status_code == 200
    assert chair.get(case.get_absolute_url()).status_code == 404


def test_the_page_of_what_was_asked_costs_the_same_for_one_and_for_many(
    cast: Cast, case: Case
) -> None:
    def fill(times: int) -> None:
        for _ in range(times):
            owner_asked(case, cast)
            ask(case, cast.dsl)
            row = ask(case, cast.dsl)
            content.approve(row, by=cast.head, side=Side.LEADING)
            row = content.approve(row, by=cast.it, side=Side.IT)
            content.note_look(row, by=cast.dsl, what="A video.", at=timezone.now())

    fill(1)
    few = visit(cast.dsl, address("investigating", case))
    fill(3)
    many = visit(cast.dsl, address("investigating", case))
    assert len(few) == len(many), str(many)
    assert len(many) <= 22, str(many)


def test_cases_whose_time_is_over_come_by_the_page_and_a_trust_reads_figures_only(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.listing.PER_PAGE", 2)
    ended = [
        closing.set_aside(assess(make_case(cast), by=cast.dsl), "no_action", by=cast.dsl, why="x")
        for _ in range(3)
    ]
    Case.objects.update(ended_at=timezone.now() - timedelta(days=3000))
    for one in ended:
        looking.look(one.reference, by=cast.dsl)
    at = reverse("incidents:to_dispose", args=[cast.school.slug])
    first = browser(cast.dsl).get(at).content.decode()
    second = browser(cast.dsl).get(f"{at}?page=2").content.decode()
    assert [sum(one.reference in page for one in ended) for page in (first, second)] == [2, 1]
    assert "There is no such page" in browser(cast.dsl).get(f"{at}?page=9").content.decode()
    assert len(visit(cast.dsl, at)) <= 8
    # The trust: a number from the smallest that may be shown, less what this person is kept out of.
    of_trust = reverse("incidents:to_dispose", args=[cast.trust.slug])
    organisations.change_settings(cast.school, {"incidents.smallest_count": 3}, by=cast.head)
    page = visit(cast.trust_lead, of_trust)
    assert b'data-label="Cases">3<' in page.body
    assert len(page) <= 8, str(page)
    assert all(one.reference.encode() not in page.body for one in ended)
    people.record_conflict(ended[0], person=cast.trust_lead, by=cast.dsl, why="A cousin.")
    assert b"None, or fewer than 3" in visit(cast.trust_lead, of_trust).body


@pytest.mark.parametrize("today", ["2028-02-28", "2028-02-29", "2028-03-01", "2031-02-28"])
def test_a_case_is_proposed_on_the_day_after_it_is_kept_until(cast: Cast, today: str) -> None:
    from datetime import datetime

    from time_machine import travel

    with travel(f"{today} 12:00", tick=False):
        case, end = Case(organisation=cast.school), keeping.over_before(cast.school)
        for years in (4, 7):
            cast.school.settings["incidents.kept_years"] = years
            end = keeping.over_before(cast.school)
            for month, day in ((2, 27), (2, 28), (2, 29), (3, 1), (3, 2)):
                year = cast.school.today().year - years
                if (month, day) == (2, 29) and year % 4:
                    continue
                case.ended_at = datetime(year, month, day, 12, tzinfo=cast.school.zone)
                until = keeping.keeps_until(case)
                assert (case.ended_at < end) == (until < cast.school.today()), (case.ended_at, end)
