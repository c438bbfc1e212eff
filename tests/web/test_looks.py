"""Colours: a school's own, and that ours can be read."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from web import colours

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text(encoding="utf-8")
HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")


def variables(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


def theme(start: str) -> dict[str, str]:
    return variables(TOKENS.split(start, 1)[1].split("}", 1)[0])


LIGHT = theme('[data-bs-theme="auto"] {\n  color-scheme: light;')
DARK = theme('[data-bs-theme="dark"] {')
AUTO = theme('@media (prefers-color-scheme: dark) {\n  [data-bs-theme="auto"] {')


def test_a_device_set_to_dark_gets_the_same_colours_as_a_person_who_chose_dark() -> None:
    assert AUTO == DARK
    assert LIGHT.keys() == DARK.keys()


PAIRS = [
    *[(ink, paper) for ink in ("ink", "ink-soft", "link") for paper in ("paper", "card", "sunken")],
    ("link-hover", "card"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("brand", "card"),
    ("ink", "brand-soft"),
    ("on-danger", "danger-solid"),
    ("on-danger", "danger-solid-hover"),
    ("danger-ink", "paper"),
    ("danger-ink", "card"),
    *[
        (f"{tone}-ink", f"{tone}-bg")
        for tone in ("neutral", "info", "success", "warning", "danger", "plum", "added", "removed")
    ],
]


@pytest.mark.parametrize("pair", PAIRS, ids=" on ".join)
@pytest.mark.parametrize("colours_of", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(colours_of: dict[str, str], pair: tuple[str, str]) -> None:
    ink, paper = (colours.rgb(colours_of[f"--{name}"].removeprefix("#")) for name in pair)
    assert colours.contrast(ink, paper) >= 4.5


@pytest.mark.parametrize("colours_of", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("edge", ["line-strong", "danger-solid", "brand"])
def test_every_field_and_bar_has_an_edge_that_can_be_seen(
    colours_of: dict[str, str], edge: str
) -> None:
    line = colours.rgb(colours_of[f"--{edge}"].removeprefix("#"))
    for ground in ("paper", "card", "sunken"):
        assert colours.contrast(line, colours.rgb(colours_of[f"--{ground}"][1:])) >= 3


@given(HEX)
def test_text_on_any_colour_a_school_may_choose_can_be_read(hex6: str) -> None:
    colour = colours.rgb(hex6)
    assert colours.contrast(colours.text_on(colour), colour) >= 4.5
    assert colours.contrast(colours.WHITE, colours.deepened(colour)) >= 7


def test_the_colour_of_a_school_is_a_style_sheet_kept_for_good(client: Client) -> None:
    response = client.get("/colour/ffcc00.css")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--school:#ffcc00;--on-school:#000000" in response.text


@pytest.mark.parametrize("typed", ["FFCC00", "fff", "ffcc0g", "ffcc00;", "ffcc00}x{"])
def test_what_is_not_a_colour_is_not_found(client: Client, typed: str) -> None:
    assert client.get(f"/colour/{typed}.css").status_code == 404


@pytest.mark.parametrize(("colour", "hex6"), [("#FFCC00", "ffcc00"), ("red", colours.DEFAULT)])
def test_a_page_falls_back_to_our_colour_when_a_school_has_none(colour: str, hex6: str) -> None:
    source = "{% load portal %}{% school_css colour %}"
    drawn = engines["django"].from_string(source).render({"colour": colour})
    assert drawn == f"/colour/{hex6}.css"


def test_every_file_a_style_sheet_asks_for_is_there() -> None:
    for sheet in (settings.BASE_DIR / "static/css").glob("*.css"):
        for address in re.findall(r'url\("(\.\./[^"]+)"\)', sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / address).is_file(), address


def test_each_vendored_thing_has_its_licence_and_version() -> None:
    for folder in (settings.BASE_DIR / "static/vendor").iterdir():
        assert (folder / "VERSION").is_file(), folder
        assert (folder / "LICENSE").is_file(), folder
    assert finders.find("vendor/bootstrap/bootstrap.min.css")


def test_what_the_frame_hides_on_a_phone_is_no_class_of_a_page() -> None:
    """The register had the runners' names in the class of the name in the masthead."""
    layout = (settings.BASE_DIR / "static/css/layout.css").read_text(encoding="utf-8")
    phone = layout.split("@media (max-width: 35.99rem) {", 1)[1].split("\n}\n", 1)[0]
    hidden = re.findall(r"\.([\w-]+) \{[^}]*(?:clip-path|display: none)", phone)
    assert "account-name" in hidden
    folder = settings.BASE_DIR / "templates"
    pages = [page for page in folder.glob("*/*.html") if page.parent.name != "_components"]
    assert [
        (page.name, name)
        for page in pages
        for name in hidden
        if re.search(rf'class="[^"]*\b{name}\b', page.read_text(encoding="utf-8"))
    ] == []
