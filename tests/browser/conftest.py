"""A real browser in front of a real server. Journeys sign in through the real form."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright

from people.models import User

PASSWORD = "seven tall pines"
AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("There is no Chromium on this machine: apt-get install chromium.")
    try:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
    except Error as problem:
        pytest.skip(f"Chromium does not start here: {problem.message.splitlines()[0]}")
    yield browser
    browser.close()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Argon2 takes its time on purpose; what it is worth is tested elsewhere."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opener]:
    """`opened(width=360)`: a page of a browser of its own, which notes what goes wrong in it."""
    contexts = []

    def open_page(*, width: int = 1280, script: bool = True, **more: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, **more
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.problems = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
        page.on("console", lambda line: _note(page, line))
        return page

    yield open_page
    for context in contexts:
        context.close()


def _note(page: Any, line: Any) -> None:
    # A page that answers 409 or 422 is meant to.
    if line.type == "error" and "server responded with a status of 4" not in line.text:
        page.problems.append(line.text)


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(page: Page, server: Any, person: User, path: str = "/") -> None:
    """Through the real form."""
    page.goto(f"{server.url}/sign-in/?next={path}")
    page.get_by_label("E-mail address").fill(person.email or "")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


# What can differ between two widths of one page. All else in it is the same; colours of what only a
# phone shows are looked at in tests/web/test_gallery_in_browser.py.
OF_A_WIDTH = ["target-size", "scrollable-region-focusable"]


def faults(page: Page, *, again: bool = False) -> list[str]:
    """What axe and a look at the page find wrong. Status and heading are looked at before.

    `again`: the same page was looked at in full at another width.
    """
    headings = page.locator("h1").all_inner_texts()
    if len(headings) != 1 or not headings[0].strip():
        return [f"headings of the first level: {headings}"]
    if not again:
        page.evaluate(AXE)
    rules = {"type": "rule", "values": OF_A_WIDTH} if again else {"type": "tag", "values": WCAG}
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    result = page.evaluate("options => axe.run(document, options)", options)
    assert again or len(result["passes"]) > 5, "axe looked at nothing"
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in result["violations"]
        for node in rule["nodes"][:2]
    ]


def too_wide(page: Page) -> int:
    """By how many pixels the page has to be scrolled sideways."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
