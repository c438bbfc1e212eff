"""What the environment says, and what the portal says when it says too little."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PRODUCTION": "1",
    "SITE_URL": "https://portal.example",
    "SECRET_KEY": "a-secret-of-more-than-fifty-letters-that-nobody-else-has-0123456789",
    "TRAIL_KEY": "another-secret-of-more-than-fifty-letters-0123456789-0123456789",
    "FIELD_KEYS": "a-third-secret-of-more-than-fifty-letters-0123456789-0123456789",
    "DATABASE_URL": "postgres://portal@localhost/portal",
    "CELERY_BROKER_URL": "redis://localhost/0",
}


def manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """manage.py in a process with these settings and no others."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "TRAIL_KEY", "FIELD_KEYS", "SITE_URL"])
@pytest.mark.parametrize("command", ["check", "migrate"])
def test_production_without_a_secret_is_one_clear_line(
    missing: str, command: str, tmp_path: Path
) -> None:
    settings = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = manage(command, **settings, DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"The portal cannot start: {missing} ")
    assert done.stderr.count("\n") == 1


def test_production_over_https_is_clean(tmp_path: Path) -> None:
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, DATA_DIR=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr


def test_a_laptop_makes_its_own_secrets_and_keeps_them(tmp_path: Path) -> None:
    script = "from django.conf import settings; print(settings.SECRET_KEY, settings.DEBUG)"
    first, second = (manage("shell", "-v0", "-c", script, DATA_DIR=str(tmp_path)) for _ in "12")
    assert first.stdout == second.stdout != ""
    assert first.stdout.endswith(" False\n")
    kept = tmp_path / "secrets" / "secret_key"
    assert kept.stat().st_mode & 0o077 == 0


def test_a_data_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "St Luke's #1 100%20?"
    script = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'])"
    done = manage("shell", "-v0", "-c", script, DATA_DIR=os.path.relpath(folder, ROOT))
    assert done.stdout.strip() == str(folder / "portal.sqlite3"), done.stderr


def test_every_setting_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in PRODUCTION:
        assert f"{name}=" in example
        assert f"`{name}`" in guide
