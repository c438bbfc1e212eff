"""`make check`: runs every check, then says which failed. Needs no network and no service."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = (
    "config", "web", "trail", "people", "notices", "files", "governance",
    "accounts", "approvals", "incidents", "overview",
)  # fmt: skip


def main() -> int:
    here = [name for name in PACKAGES if Path(name, "__init__.py").is_file()]
    python = [sys.executable]
    manage = [sys.executable, "manage.py"]
    with tempfile.TemporaryDirectory(prefix="portal-check-") as folder:
        embedded = _environment({"DATA_DIR": folder})
        production = _environment(_production(folder))
        checks = {
            "style": (["-m", "ruff", "check", "."], embedded, python),
            "format": (["-m", "ruff", "format", "--check", "."], embedded, python),
            "types": (["-m", "mypy", *here, "tools", "manage.py"], embedded, python),
            "templates": (["-m", "djlint", "templates", "--lint", "--quiet"], embedded, python),
            "security": (
                ["-m", "bandit", "-q", "-c", "pyproject.toml", "-r", *here, "tools"],
                embedded,
                python,
            ),
            "migrations": (["makemigrations", "--check", "--dry-run"], embedded, manage),
            "deployment": (["check", "--deploy", "--fail-level", "WARNING"], production, manage),
            "locks": (["-m", "tools.lock", "--check"], embedded, python),
            "demands": (["-m", "tests.demands"], embedded, python),
        }
        failed = [
            name
            for name, (arguments, environment, program) in checks.items()
            if not _passes(name, [*program, *arguments], environment)
        ]
    print(f"Failed: {', '.join(failed)}." if failed else f"All {len(checks)} checks passed.")
    return 1 if failed else 0


def _passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<12} {word:<7} {time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def _environment(more: dict[str, str]) -> dict[str, str]:
    """The shell's environment without the portal's settings that it may hold."""
    ours = ("DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "PRODUCTION", "HTTPS", "DEBUG")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | more


def _production(folder: str) -> dict[str, str]:
    keys = {name: secrets.token_urlsafe(50) for name in ("SECRET_KEY", "TRAIL_KEY", "FIELD_KEYS")}
    return keys | {
        "PRODUCTION": "1",
        "DATA_DIR": folder,
        "SITE_URL": "https://portal.example",
        "DATABASE_URL": "postgres://portal@localhost/portal",
        "CELERY_BROKER_URL": "redis://localhost/0",
    }


if __name__ == "__main__":
    sys.exit(main())
