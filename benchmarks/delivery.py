"""H11: how fast the outbox empties, beside bare batched mail over one connection.

`python -m benchmarks.delivery [--mails 500] [--rounds 15]`: PostgreSQL that survives a
power cut (synchronous commits), a mail server on this machine that takes everything at once, and
the two in alternating rounds. A real mail server answers far more slowly, which favours neither.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tools import services

ROOT = Path(__file__).resolve().parent.parent
TEXT = "Dear Zoë,\n\n" + "Please read and sign: Online safety (due in 7 days).\n" * 6
HTML = "<p>Dear Zoë,</p>" + "<p>Please read and sign: <a href='/'>Online safety</a></p>" * 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    folder = services.find_postgres()
    if folder is None:
        raise SystemExit("PostgreSQL is needed for the figures; install Debian's postgresql.")
    with ExitStack() as stack:
        port = services.free_port()
        sink = subprocess.Popen([sys.executable, "-m", "benchmarks.sink", str(port)], cwd=ROOT)
        stack.callback(sink.kill)
        os.environ |= {
            "DATA_DIR": stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")),
            "DATABASE_URL": stack.enter_context(services.postgres(folder, hurry=False)),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "PRODUCTION": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        run(options)


def run(options: argparse.Namespace) -> None:
    import logging

    import django

    django.setup()
    from config import new_database

    logging.disable(logging.INFO)
    new_database.make()
    bare(100), ours(100)  # to warm up
    bare_rates, rates = [], []
    for _ in range(options.rounds):
        bare_rates.append(bare(options.mails))
        rates.append(ours(options.mails))
    shares = [mine / other for mine, other in zip(rates, bare_rates, strict=True)]
    print(f"bare batched mail   {statistics.median(bare_rates):7.0f} a second")
    print(f"the outbox          {statistics.median(rates):7.0f} a second")
    low, high = min(shares), max(shares)
    print(f"H11 share           {statistics.median(shares):7.2f} ({low:.2f}-{high:.2f}; aim 0.70)")


def bare(count: int) -> float:
    """What Django does with a list of messages."""
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection

    messages = []
    for number in range(count):
        message = EmailMultiAlternatives(
            f"Task {number}", TEXT, "Hill <portal@localhost>", [f"zoe{number}@example.org"]
        )
        message.attach_alternative(HTML, "text/html")
        messages.append(message)
    started = time.perf_counter()
    sent = get_connection(**settings.DELIVERY).send_messages(messages)
    assert sent == count
    return count / (time.perf_counter() - started)


def ours(count: int) -> float:
    """Every claim, mark and commit of the outbox included."""
    from notices import delivery
    from notices.models import Mail

    Mail.objects.all().delete()
    rows = [
        Mail(
            kind="transactional",
            to=f"zoe{number}@example.org",
            subject=f"Task {number}",
            text=TEXT,
            html=HTML,
            headers={"Auto-Submitted": "auto-generated"},
            from_address="Hill <portal@localhost>",
        )
        for number in range(count)
    ]
    Mail.objects.bulk_create(rows, batch_size=500)
    started = time.perf_counter()
    done = delivery.deliver()
    seconds = time.perf_counter() - started
    assert Mail.objects.filter(status="sent").count() == done.sent
    return done.sent / seconds


if __name__ == "__main__":
    main()
