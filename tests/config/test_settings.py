"""What the environment says, and what the portal says when it says too little."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import lock

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
    folder = tmp_path / "Saint's #1 100%20?"
    script = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'])"
    done = manage("shell", "-v0", "-c", script, DATA_DIR=os.path.relpath(folder, ROOT))
    assert done.stdout.strip() == str(folder / "portal.sqlite3"), done.stderr


def settings_the_code_reads() -> set[str]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "config").glob("*.py"))
    plain = re.findall(r'env\.(?:text|flag|names|number|secret)\(\s*"([A-Z_]+)"', code)
    providers = [
        f"{name}_CLIENT_{part}"
        for name in re.findall(r'_app\(\s*"([A-Z]+)"', code)
        for part in ("ID", "SECRET")
    ]
    return {*plain, *providers, "DATA_DIR", "SITE_URL"}


def test_every_setting_is_explained_twice() -> None:
    names = settings_the_code_reads()
    assert {"SECRET_KEY", "GOOGLE_CLIENT_ID", "PORT"} <= names
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"#{name}=" not in example] == []
    assert [name for name in sorted(names) if f"`{name}`" not in guide] == []


def test_every_package_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8")
    for name in ("requirements.txt", "requirements-dev.txt"):
        wanted = re.findall(r"^[A-Za-z0-9-]+", (ROOT / name).read_text(encoding="utf-8"), re.M)
        named = re.findall(r"^\| (.*?) \|", reasons, re.M)
        told = {word.partition("[")[0] for cell in named for word in cell.split(", ")}
        assert [package for package in wanted if package not in told | {"-r"}] == []


def test_the_locks_fit_the_requirements_and_name_no_index() -> None:
    for name in lock.FILES:
        assert lock.check(name) == []


def test_a_lock_that_lags_behind_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("some.txt").write_text("django>=5\nredis>=6\n")
    Path("some.lock").write_text("django==4.2 --hash=sha256:0\n--find-links /opt\n")
    assert lock.check("some") == [
        "some.lock: django is 4.2, some.txt asks for >=5. Run `make lock`.",
        "some.lock: redis is not there, some.txt asks for >=6. Run `make lock`.",
        "some.lock names a package index. Run `make lock`.",
    ]
