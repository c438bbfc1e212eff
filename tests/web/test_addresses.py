"""The quick way to an address gives the one that Django gives."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse, set_script_prefix

from web.addresses import NUMBER, WORD, address, fixed, numbered

ROUTES: dict[str, list[Any]] = {
    "governance:read": [1, 42, NUMBER],
    "governance:version": [7, -1, None],
    "governance:receipt": ["S-7K2M-9QXD", WORD, "with space", "ü/&?"],
    "overview:dashboard": ["oak-lane", "2222"],
}


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in ROUTES for key in ROUTES[name]])
def test_it_is_what_django_would_say(name: str, key: Any) -> None:
    try:
        expected = reverse(name, args=[key])
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            address(name, key)
    else:
        assert address(name, key) == expected


def test_many_of_one_school_and_what_every_page_has() -> None:
    case = numbered("approvals:case", "oak-lane")
    assert case(7) == reverse("approvals:case", args=["oak-lane", 7])
    assert case(NUMBER) == reverse("approvals:case", args=["oak-lane", NUMBER])
    assert fixed("accounts:register", "2222") == reverse("accounts:register", args=["2222"])
    with pytest.raises(NoReverseMatch):
        fixed("accounts:register")


def test_a_portal_below_a_folder_keeps_it() -> None:
    plain = address("governance:read", 3)
    set_script_prefix("/portal/")
    try:
        assert address("governance:read", 3) == f"/portal{plain}"
        assert fixed("governance:read", 3) == f"/portal{plain}"
    finally:
        set_script_prefix("/")
    assert address("governance:read", 3) == plain


def drawn(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in ROUTES for key in ROUTES[name]])
def test_in_a_template_it_is_what_django_would_say(name: str, key: Any) -> None:
    tag, kept = "{% url name key %}", "{% url name key as there %}[{{ there }}]"
    try:
        expected = reverse(name, args=[key]).replace("&", "&amp;")
    except NoReverseMatch:
        with pytest.raises(NoReverseMatch):
            drawn(tag, name=name, key=key)
        expected = ""
    else:
        assert drawn(tag, name=name, key=key) == expected
    assert drawn(kept, name=name, key=key) == f"[{expected}]"


def test_arguments_with_names_go_to_django() -> None:
    assert drawn("{% url 'governance:read' pk=3 %}") == reverse("governance:read", args=[3])
