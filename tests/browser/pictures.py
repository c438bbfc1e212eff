"""`python -m tests.browser.pictures FOLDER`: every page of the demo trust, on a phone and a desk.

Starts a portal of its own on a fresh database with the demo trust, or looks at a running one:

    python -m tests.browser.pictures out/
    python -m tests.browser.pictures out/ --base-url http://127.0.0.1:8000 --only home,sign
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
WIDTHS = (360, 1280)
POLICY, HISTORY = "main table th a", "main a[href$='/history/']"
# One text of the demo was sent back, at the high school.
WRITER, DRAFTS = "head@merrowgate", "/schools/merrowgate/policies/"
DRAFT = "main tr:has(.status-returned) th a"
CASES, CASE = "/schools/merrowgate/business-cases/", "main table th a"
TRIAL = "main a[href$='/trial/']"
SAFE, CONCERNS = "dsl@merrowgate", "/schools/merrowgate/concerns/"
# Where each picture begins: the role that looks (or `login@place`), and the links that are followed
# from an address. `{school}` and `{trust}` are the places whose dashboards the head and the trust's
# lead have. A link that begins with "upload:" chooses that file and sends it.
PAGES: dict[str, tuple[str, str, list[str]]] = {
    "sign-in": ("", "/sign-in/", []),
    "forgotten": ("", "/sign-in/forgotten/", []),
    "home": ("staff", "/", []),
    "policies": ("staff", "/policies/", []),
    "read-and-sign": ("staff", "/", ["main .task a"]),
    "notices": ("staff", "/notices/", []),
    "you": ("staff", "/you/", []),
    "home-head": ("head", "/", []),
    "dashboard": ("head", "/schools/{school}/", []),
    "manage": ("head", "/schools/{school}/policies/", []),
    "policy": ("head", "/schools/{school}/policies/", ["main table th a"]),
    "signers": ("head", "/schools/{school}/policies/", ["main a[href$='/signatures/']"]),
    "new-policy": ("head", "/schools/{school}/policies/new/", []),
    "import": ("head", "/schools/{school}/policies/import/", []),
    "import-preview": (
        "head",
        "/schools/{school}/policies/import/",
        ["upload:tests/governance/documents/hard-wrapped.txt"],
    ),
    "import-version": ("head", "/schools/{school}/policies/", [POLICY, "main a[href$='/import/']"]),
    "details": ("head", "/schools/{school}/policies/", [POLICY, "main a[href$='/details/']"]),
    "signatories": (
        "head",
        "/schools/{school}/policies/",
        [POLICY, "main a[href$='/signatories/']"],
    ),
    "withdraw": ("head", "/schools/{school}/policies/", [POLICY, "main a[href$='/withdraw/']"]),
    "versions": ("head", "/schools/{school}/policies/", [POLICY, HISTORY]),
    "version": ("head", "/schools/{school}/policies/", [POLICY, HISTORY, POLICY]),
    "version-trail": (
        "head",
        "/schools/{school}/policies/",
        [POLICY, HISTORY, "main a[href$='/trail/']"],
    ),
    "draft": (WRITER, DRAFTS, [DRAFT]),
    "draft-edit": (WRITER, DRAFTS, [DRAFT, "main a[href$='/edit/']"]),
    "draft-audience": (WRITER, DRAFTS, [DRAFT, "main a[href$='/audience/']"]),
    "draft-sign-off": (WRITER, DRAFTS, [DRAFT, "main a[href*='/sign-off/']"]),
    "draft-discard": (WRITER, DRAFTS, [DRAFT, "main a[href$='/discard/']"]),
    "reviews": ("head", "/schools/{school}/policies/reviews/", []),
    "review": ("head", "/schools/{school}/policies/reviews/", [POLICY]),
    "review-open": (
        "head",
        "/schools/{school}/policies/reviews/",
        [POLICY, "main a[href$='/review/open/']"],
    ),
    "reviewed": (
        "head",
        "/schools/{school}/policies/reviews/",
        [POLICY, "main a[href$='/reviewed/']"],
    ),
    "receipt": ("signed@thistledown", "/policies/", ["main a[href^='/receipts/']"]),
    "report-concern": ("staff", "/report-a-concern/", []),
    "report-public": ("", "/s/{school}/report/", []),
    "concerns": (SAFE, CONCERNS, []),
    "concern": (SAFE, CONCERNS, [POLICY]),
    "concern-people": (SAFE, CONCERNS, [POLICY, "main a[href$='/people/']"]),
    "concern-outside": (SAFE, CONCERNS, [POLICY, "main a[href$='/outside/']"]),
    "concern-figures": ("chair@merrowgate", "/schools/merrowgate/concerns/figures/", []),
    "concern-figures-trust": ("trust_lead", "/schools/{trust}/concerns/figures/", []),
    "concerns-kept": ("head", "/schools/{school}/concerns/kept/", []),
    "exemptions": ("head", "/schools/{school}/exemptions/", []),
    "exemption-new": ("head", "/schools/{school}/exemptions/new/", []),
    "people": ("head", "/schools/{school}/people/", []),
    "person": ("head", "/schools/{school}/people/", ["main table th a"]),
    "person-add": ("head", "/schools/{school}/people/add/", []),
    "staff-import": ("head", "/schools/{school}/people/import/", []),
    "settings": ("head", "/schools/{school}/settings/", []),
    "school-details": ("head", "/schools/{school}/settings/details/", []),
    "accounts": ("head", "/schools/{school}/accounts/", []),
    "account": ("head", "/schools/{school}/accounts/", ["main table th a"]),
    "account-history": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "main a[href$='/history/']"],
    ),
    "accounts-import": ("head", "/schools/{school}/accounts/import/", []),
    "accounts-schools": ("trust_lead", "/schools/{trust}/accounts/schools/", []),
    "account-enter": ("head", "/schools/{school}/accounts/enter/", []),
    "account-suspend": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "text=Suspend this account"],
    ),
    "account-runner": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "text=Add a runner"],
    ),
    "account-rules": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "text=Change the house rules"],
    ),
    "official": ("", "/s/{school}/accounts/", []),
    "official-rules": ("", "/s/{school}/accounts/", ["text=House rules"]),
    "official-check": ("", "/s/{school}/accounts/check/?account=@thistledown-primary", []),
    "account-outside": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "text=What parents see"],
    ),
    "account-log": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "main a[href$='/log/']"],
    ),
    "account-log-post": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "main a[href$='/log/']", "main a[href$='/add/post/']"],
    ),
    "account-checks": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "main a[href$='/checks/']"],
    ),
    "account-before-posting": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "main a[href$='/before-posting/']"],
    ),
    "checks-of-accounts": ("head", "/schools/{school}/accounts/checks/", []),
    "private-contacts": ("head", "/schools/{school}/private-contacts/", []),
    "private-contact-ask": ("staff", "/schools/{school}/private-contacts/ask/", []),
    "devices": ("head", "/schools/{school}/accounts/devices/", []),
    "account-devices": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "text=Devices and trips"],
    ),
    "account-safeguards": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "text=Sign-in and pupils"],
    ),
    "account-emergency": (
        "head",
        "/schools/{school}/accounts/",
        ["main table th a", "main .account-nav >> text=Emergency"],
    ),
    "access-reviews": ("head", "/schools/{school}/accounts/access/", []),
    "accounts-trust": ("trust_lead", "/schools/{trust}/accounts/", []),
    "cases": (WRITER, CASES, []),
    "case-waiting": (WRITER, f"{CASES}?status=submitted", [CASE]),
    "case-checklist": (WRITER, CASES, [CASE, "main a[href$='/checklist/']"]),
    "case-risks": (WRITER, CASES, [CASE, "main a[href$='/risks/']"]),
    "case-trial": (WRITER, f"{CASES}?q=library", [CASE, TRIAL]),
    "case-evaluate": (WRITER, f"{CASES}?q=library", [CASE, TRIAL, "main a[href$='/evaluate/']"]),
    "case-questions": (WRITER, f"{CASES}questions/", []),
    "account-mine": ("staff", "/schools/{school}/accounts/", []),
    "terms": ("head", "/schools/{school}/terms/", []),
    "year": ("head", "/schools/{school}/year/", []),
    "year-import": ("head", "/schools/{school}/terms/import/", []),
    "delivery": ("head", "/schools/{school}/delivery/", []),
    "record": ("head", "/schools/{school}/record/", []),
    "dashboard-trust": ("trust_lead", "/schools/{trust}/", []),
    "manage-trust": ("trust_lead", "/schools/{trust}/policies/", []),
    "dashboard-governor": ("governor", "/schools/{school}/", []),
    "adoption": ("head", "/schools/{school}/policies/", ["main table a[href$='/adoption/']"]),
    "read-with-appendix": ("staff", "/policies/", ["main table a >> text=Social media"]),
    "sitting": ("staff", "/policies/sitting/", []),
    "schools-trust": (
        "trust_lead",
        "/schools/{trust}/policies/",
        ["main table th a", "main a[href$='/schools/']"],
    ),
    "not-found": ("staff", "/schools/nowhere/", []),
}


@contextmanager
def portal() -> Iterator[tuple[str, dict[str, str]]]:
    """A portal with the demo trust: its address, and e-mail addresses by role."""
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        environment = {**os.environ, "DATA_DIR": folder, "PORT": port}
        for name in ("DATABASE_URL", "PRODUCTION", "DEBUG", "HTTPS"):
            environment.pop(name, None)
        manage = [sys.executable, "manage.py"]
        for command in (
            ["migrate"],
            ["createcachetable"],
            ["collectstatic", "--no-input"],
            ["demo"],
        ):
            subprocess.run(
                [*manage, *command, "-v0"], cwd=ROOT, env=environment, check=True,
                capture_output=True,
            )  # fmt: skip
        server = subprocess.Popen(
            [*manage, "runserver", "--noreload", "--nostatic", f"127.0.0.1:{port}"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}", environment
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"Nothing answers at {url}.")


def people() -> tuple[dict[str, str], str]:
    """The demo's e-mail address for each role, and everybody's password."""
    from overview.demo.cast import CAST, PASSWORD

    found: dict[str, str] = {"": ""}
    for part in sorted(CAST, key=lambda part: len(part.roles)):  # whoever is least else
        found[f"{part.login}@{part.place}"] = f"{part.login}@{part.place}.example"
        for role in part.roles:
            if part.shown:
                found.setdefault(str(role), f"{part.login}@{part.place}.example")
    return found, PASSWORD


def sign_in(browser: Browser, base: str, email: str, password: str) -> Page:
    page = browser.new_context(color_scheme="light", locale="en-GB").new_page()
    page.set_default_timeout(15_000)
    if email:
        page.goto(f"{base}/sign-in/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def own_place(page: Page, base: str) -> str:
    """The slug of the place whose dashboard this person's menu offers."""
    page.goto(base)
    link = page.locator("nav a[href^='/schools/']").first.get_attribute("href") or "/schools/x/"
    return link.split("/")[2]


def take(base: str, out: Path, only: set[str]) -> None:
    emails, password = people()
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--lang=en-GB"]
        )
        needed = {"head", "trust_lead", *(PAGES[name][0] for name in only)}
        pages = {role: sign_in(browser, base, emails[role], password) for role in needed}
        places = {
            "school": own_place(pages["head"], base),
            "trust": own_place(pages["trust_lead"], base),
        }
        for name in PAGES:
            if name in only:
                role, path, links = PAGES[name]
                _picture(pages[role], base + path.format(**places), links, out / name)
        browser.close()


def _picture(page: Page, url: str, links: list[str], name: Path) -> None:
    page.goto(url)
    for link in links:
        if link.startswith("upload:"):
            page.set_input_files("input[type=file]", ROOT / link.removeprefix("upload:"))
            link = "main form [type=submit]"
        page.locator(link).first.click()
        page.wait_for_load_state()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=f"{name}-{width}.png", full_page=True)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--base-url", help="a portal that runs already, with the demo trust")
    parser.add_argument("--only", default=",".join(PAGES), help="names, with commas between")
    chosen = parser.parse_args(arguments)
    only = set(chosen.only.split(","))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if chosen.base_url:
        _prepare()
        take(chosen.base_url.rstrip("/"), chosen.out, only)
        return
    with portal() as (base, environment):
        os.environ["DATA_DIR"] = environment["DATA_DIR"]
        _prepare()
        take(base, chosen.out, only)


def _prepare() -> None:
    import django

    django.setup()


if __name__ == "__main__":
    main(sys.argv[1:])
