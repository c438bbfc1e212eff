"""Settings that come from the environment, and the clear words for one that is missing."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


class BadSetting(ImproperlyConfigured):
    """A setting from the environment is missing or makes no sense. Its text says what to do."""


BASE_DIR = Path(__file__).resolve().parent.parent
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def read_env_file(path: Path) -> None:
    """Take KEY=value lines from a file. What the environment says already wins."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.strip().partition("=")
        if separator and not key.startswith("#"):
            os.environ.setdefault(key.strip(), value.strip().strip("'\""))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise BadSetting(f"{name} must be 1 or 0, not {value!r}.")


def data_dir() -> Path:
    """The folder of everything the portal keeps. A relative one starts where the command does."""
    return Path(text("DATA_DIR") or BASE_DIR / "data").expanduser().resolve()


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {value!r}.") from None


def site_url(*, embedded: bool) -> str:
    """The address people type, and the one in every mail: a wrong one sends people astray."""
    address = text("SITE_URL", f"http://localhost:{number('PORT', 8000)}" if embedded else "")
    if not address.startswith(("https://", "http://")):
        raise BadSetting(
            "SITE_URL must be the portal's full address, such as https://portal.trust.example."
        )
    return address.rstrip("/")


def secret(name: str, *, data_dir: Path, embedded: bool) -> str:
    """A secret from the environment.

    On a laptop (`embedded`) a missing one is made once and kept beside the data, readable by its
    owner only. In production it is an error that says what to do.
    """
    if value := text(name):
        return value
    if not embedded:
        raise BadSetting(
            f"{name} is not set. Production needs it in the environment; "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` makes one."
        )
    return _kept_secret(data_dir / "secrets" / name.lower())


def _kept_secret(path: Path) -> str:
    import secrets

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # O_EXCL: of three processes that start together one makes the secret, the others read it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()
