"""Where the worker hands mail over: `EMAIL_URL`, read into Django's own terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config import env

BACKENDS = {
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "smtps": "django.core.mail.backends.smtp.EmailBackend",
    "smtp+tls": "django.core.mail.backends.smtp.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
}
PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
SECONDS_TO_WAIT_FOR_A_MAIL_SERVER = 10


def mail_settings(data_dir: Path) -> tuple[dict[str, Any], str]:
    """(backend and its arguments, the sender's address).

    `smtp+tls://user:password@host:587` is STARTTLS, `smtps://` is TLS from the start. Without
    EMAIL_URL mail is kept as files in the data folder: nothing leaves a laptop by accident.
    """
    url = urlsplit(env.text("EMAIL_URL", (data_dir / "mail").as_uri()))
    if url.scheme not in BACKENDS:
        raise env.BadSetting(
            f"EMAIL_URL starts with {url.scheme!r}; use one of {', '.join(BACKENDS)}."
        )
    sender = env.text("EMAIL_FROM", "School Social Portal <portal@localhost>")
    delivery: dict[str, Any] = {"backend": BACKENDS[url.scheme]}
    if url.scheme == "file":
        delivery["file_path"] = unquote(url.path)
    elif url.scheme.startswith("smtp"):
        delivery |= {
            "host": url.hostname or "localhost",
            "port": url.port
            or (465 if url.scheme == "smtps" else 587 if "tls" in url.scheme else 25),
            "username": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "use_tls": url.scheme == "smtp+tls",
            "use_ssl": url.scheme == "smtps",
            "timeout": int(
                parse_qs(url.query).get("timeout", [SECONDS_TO_WAIT_FOR_A_MAIL_SERVER])[0]
            ),
        }
    return delivery, sender
