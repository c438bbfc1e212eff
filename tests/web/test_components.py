"""What every page is made of."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from tests.web.gallery import duty, gallery

COMPONENTS = sorted((settings.BASE_DIR / "templates/_components").glob("*.html"))


def drawn(name: str, path: str = "/", **values: Any) -> str:
    return render_to_string(f"_components/{name}.html", values, RequestFactory().get(path))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_each_component_says_in_its_first_line_what_it_needs(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("{# ")
    assert "Needs" in first


def test_no_page_or_component_has_script_or_style_in_it() -> None:
    page = gallery(errors=True)
    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == 1
    assert '<script type="module" src=' in page


def test_a_keyboard_can_skip_to_the_main_content() -> None:
    page = gallery()
    assert page.count('<main id="main"') == 1
    assert 'href="#main"' in page


def test_the_title_names_page_school_and_portal_and_says_error() -> None:
    assert "<title>Everything – Elm Park Primary School – School Social Portal</title>" in gallery()
    assert "<title>Error: Everything – " in gallery(errors=True)


def test_the_theme_is_the_persons_own_choice() -> None:
    assert 'data-bs-theme="dark"' in gallery("dark")
    assert 'data-bs-theme="auto"' in render_to_string("404.html")


def test_what_a_person_typed_is_never_markup() -> None:
    evil = "<b>x</b>"
    for name, values in {
        "page_header": {"title": evil, "lead": evil, "caption": evil},
        "notice": {"title": evil, "text": evil},
        "empty": {"title": evil, "text": evil},
        "status": {"status": "signed", "label": evil},
        "confirmation": {"title": evil, "reference": evil, "text": evil},
        "summary_list": {"rows": [(evil, evil, "/", evil)]},
        "task_list": {"duties": [duty(evil, 1, date(2026, 11, 22))]},
    }.items():
        assert evil not in drawn(name, **values), name


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (-12, "12 days overdue", "overdue"),
        (-1, "1 day overdue", "overdue"),
        (0, "due today", "due_soon"),
        (1, "due tomorrow", "due_soon"),
        (7, "in 7 days", "due_soon"),
        (8, "in 8 days", "later"),
        (None, "to do", "later"),
    ],
)
def test_a_task_says_in_words_how_urgent_it_is(days: int | None, words: str, tone: str) -> None:
    task = drawn("task_list", duties=[duty("Read the policy", days, date(2026, 11, 9))])
    assert f'<span class="status status-{tone}">{words}</span>' in task
    assert "by 9 Nov 2026" in task


def test_pages_of_a_list_keep_what_was_filtered() -> None:
    page = Paginator(range(100), 10).page(5)
    pages = drawn("pagination", "/people/?q=o%27b&page=5", page=page)
    assert 'href="?q=o%27b&amp;page=4"' in pages
    assert 'href="?q=o%27b&amp;page=6"' in pages
    assert "41 to 50 of 100" in pages
    assert pages.count('aria-current="page"') == 1


def test_a_list_of_one_page_has_no_page_links() -> None:
    assert "<nav" not in drawn("pagination", page=Paginator(range(5), 10).page(1))


def test_a_missing_fact_is_a_dash_and_a_change_link_says_of_what() -> None:
    facts = drawn("summary_list", rows=[("Line manager", ""), ("Name", "Zoë", "/me/", "Change")])
    assert "<dd>–</dd>" in facts
    assert 'Change<span class="visually-hidden"> Name</span>' in facts


def test_a_figure_without_a_share_has_no_bar_and_zero_has_one() -> None:
    assert "<meter" not in drawn("figure_card", label="Overdue", number=7)
    assert 'value="0"' in drawn("figure_card", label="Signed", number="0%", share=0)


def test_components_stand_alone_without_a_request() -> None:
    source = '{% include "_components/notice.html" with tone="error" text="Wrong" only %}'
    assert "notice-danger" in engines["django"].from_string(source).render({})
