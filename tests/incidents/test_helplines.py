"""Who else helps: in the school's own words, with its numbers and addresses as links."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from incidents.helplines import CHILDLINE, helplines_of, line_of, lines_of, problem
from incidents.services import work
from people.forms.school import RulesForm
from people.services import organisations
from tests.incidents.factories import Cast, begin, make_case
from tests.incidents.test_handling_pages import address, browser
from web.errors import RuleBroken

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("Childline: 0800 1111, day and night.", ["tel:08001111"]),
        ("Ring +44 344 381 4772 or 116 123.", ["tel:+443443814772", "tel:116123"]),
        ("See https://help.example/a?b=1. Then 999!", ["https://help.example/a?b=1", "tel:999"]),
        ("(http://help.example/x)", ["http://help.example/x"]),
        ("javascript:alert(1) and data:text/html,x", []),
        ("ftp://help.example and //help.example and help.example", []),
        ("In 2026, room 1999, form 12-999-3, from 9 to 17", []),
        ('https://help.example/"><script>alert(1)</script>', ["https://help.example/"]),
        ("<a href=https://help.example>x</a>", ["https://help.example"]),
    ],
)
def test_only_telephone_numbers_and_web_addresses_become_links(
    typed: str, links: list[str]
) -> None:
    pieces = line_of(typed)
    assert [piece.href for piece in pieces if piece.href] == links
    words = "".join(piece.text for piece in pieces)
    assert words == re.sub("https?://", "", typed).replace('example/"', 'example"')


def test_every_line_that_says_something_stands_in_the_list() -> None:
    assert len(lines_of("One\n\n  \nTwo\r\nThree")) == 3
    assert problem("Childline 0800 1111\nhttps://help.example") == ""
    assert "https://" in problem("See JavaScript:alert(1)")
    assert "https://" in problem("See ftp://help.example")
    assert "longer list" in problem("\n".join(["Help"] * 13))
    assert "letters" in problem("x" * 201)


@pytest.mark.django_db
def test_a_school_names_its_own_and_they_stand_where_somebody_needs_them(cast: Cast) -> None:
    form = RulesForm({"incidents__helplines": "See javascript:alert(1)"}, organisation=cast.school)
    assert not form.is_valid()
    assert "https://" in str(form.errors["incidents__helplines"])
    with pytest.raises(RuleBroken, match="https://"):
        organisations.change_settings(
            cast.school, {"incidents.helplines": "ftp://x.example"}, by=cast.head
        )
    usual = helplines_of(cast.school)
    assert [len(usual), len(helplines_of(cast.school, but=CHILDLINE))] == [3, 2]
    own = "The county's own line <b>: 0300 5550100\nhttps://help.example/now"
    organisations.change_settings(cast.school, {"incidents.helplines": own}, by=cast.head)
    case = begin(make_case(cast), by=cast.dsl)
    work.need_takedown(case, by=cast.dsl, where="https://x.example/1")
    handler, teacher = browser(cast.dsl), browser(cast.teacher)
    pages = [
        handler.get(address("outside", case)),
        handler.get(address("people", case)),
        handler.get(address("letter", case, number=1)),
        teacher.get(reverse("incidents:report")),
        teacher.get(reverse("incidents:report_sent", args=[case.reference])),
        teacher.get(reverse("incidents:public_report", args=[cast.school.slug])),
    ]
    for answer in pages:
        page = answer.content.decode()
        assert 'href="tel:03005550100"' in page, answer.request["PATH_INFO"]
        assert 'href="https://help.example/now"' in page
        assert "line &lt;b&gt;" in page
