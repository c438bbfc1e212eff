"""Every component in a real browser: no axe violation, no sideways scrolling, no script needed."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Playwright, Route

from tests.web.gallery import gallery
from web import colours

pytestmark = pytest.mark.browser

HOST = "http://portal.test"
AXE = Path(__file__).parents[1] / "browser/vendor/axe-core/axe.min.js"
TWO_BUTTONS = """<!doctype html><title>x</title><script type="module" src="/static/js/portal.js">
</script><form method="post" action="/sent"><button name="action" value="approve">Go</button></form>
"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    yield browser
    browser.close()


def serve(page: Page, html: str) -> None:
    """Answer the browser from here: the page, our static files, the school's colour."""

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST).split("?")[0]
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind)
        elif path.startswith("/colour/"):
            route.fulfill(body=colours.style_sheet(path[8:14]), content_type="text/css")
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)


def opened(
    browser: Browser, html: str, *, width: int = 1280, script: bool = True, dark: bool = False
) -> Page:
    page = browser.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
    ).new_page()
    serve(page, html)
    page.goto(HOST)
    return page


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
@pytest.mark.parametrize("errors", [False, True], ids=["calm", "errors"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_passes_axe_and_fits(
    chromium: Browser, theme: str, errors: bool, width: int
) -> None:
    page = opened(chromium, gallery(theme, errors=errors), width=width, dark=theme == "auto")
    assert page.locator("h1").first.inner_text() == "Social media policy"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    assert len(found["passes"]) > 40
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_errors_are_read_out_first_and_lead_to_their_field(chromium: Browser) -> None:
    page = opened(chromium, gallery(errors=True), width=360)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="Fill in: Your name").click()
    assert page.evaluate("document.activeElement.id") == "id_name"
    page.context.close()


def test_without_scripts_menus_open_and_nothing_is_offered_that_cannot_work(
    chromium: Browser,
) -> None:
    page = opened(chromium, gallery(), width=320, script=False)
    page.get_by_text("Your account:").locator("..").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert page.get_by_role("button", name="Print this receipt").count() == 0
    page.context.close()


def test_a_second_click_sends_nothing_and_keeps_the_buttons_value(chromium: Browser) -> None:
    page = opened(chromium, TWO_BUTTONS)
    sent: list[str | None] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data)
        route.fulfill(status=204)  # the page stays, as it does while a slow answer is on its way

    page.route("**/sent", answer)
    for _ in range(2):
        page.get_by_role("button").click(no_wait_after=True, force=True)
        page.wait_for_timeout(300)
    assert sent == ["action=approve"]
    page.context.close()


def test_targets_are_big_enough_for_a_thumb(chromium: Browser) -> None:
    page = opened(chromium, gallery(), width=320)
    small = page.eval_on_selector_all(
        ".btn, .form-control, .form-select, .form-check, summary, .nav-links a, .pages a",
        "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 44)"
        ".map(one => one.outerHTML)",
    )
    assert small == []
    page.context.close()
