"""What every answer tells the browser to refuse."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["/sign-in/", "/no-such-page/", "/healthz"])
def answer(request: pytest.FixtureRequest, client: Client) -> HttpResponse:
    return client.get(request.param)


def test_no_script_or_style_is_run_that_does_not_come_from_a_file_of_ours(
    answer: HttpResponse,
) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_pages_hold_no_inline_script_or_style(answer: HttpResponse) -> None:
    html = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_pages_are_not_framed_sniffed_or_told_about_elsewhere(answer: HttpResponse) -> None:
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    for power in ("camera", "microphone", "geolocation"):
        assert f"{power}=()" in answer["Permissions-Policy"]
    assert "Server" not in answer
