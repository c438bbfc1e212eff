"""Asking clamd whether a file holds a virus, where the operator has one (`CLAMD_URL`).

The worker asks, never a request. Whatever goes wrong, a file stays closed until it was found clean.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 60.0
TO_CONNECT = 3.0
MOST_ANSWER = 4096
ABSENT = "Files given as evidence are not checked for viruses: CLAMD_URL is not set."
PRESENT = "The virus scanner answers."


class ScannerAway(Exception):
    """No answer, or one that nobody understands."""


def is_configured() -> bool:
    return bool(settings.CLAMD_URL)


def is_clean(pieces: Iterable[bytes]) -> bool:
    """Whether clamd finds nothing in it. Raises ScannerAway."""
    answer = _ask(b"zINSTREAM\0", pieces)
    if answer.endswith(b"FOUND"):
        return False
    if answer == b"stream: OK":
        return True
    raise ScannerAway("The scanner gave no clear answer.")


def ready() -> tuple[str, bool, str]:
    """For /readyz: without a scanner the portal works, and says so."""
    if not is_configured():
        return "virus_scanner", True, ABSENT
    try:
        answers = _ask(b"zPING\0") == b"PONG"
    except ScannerAway:
        answers = False
    says = PRESENT if answers else "The virus scanner does not answer: new files stay closed."
    return "virus_scanner", answers, says


def _ask(command: bytes, pieces: Iterable[bytes] = ()) -> bytes:
    end = time.monotonic() + SECONDS
    try:
        with _connected() as line:
            line.sendall(command)
            for piece in pieces:
                line.settimeout(max(0.1, end - time.monotonic()))
                line.sendall(struct.pack(">I", len(piece)) + piece)
            if command.startswith(b"zINSTREAM"):
                line.sendall(struct.pack(">I", 0))
            return _answer(line, end)
    except OSError as problem:
        raise ScannerAway("The scanner does not answer.") from problem


def _connected() -> socket.socket:
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TO_CONNECT)
        line.connect(where.path)
        return line
    return socket.create_connection((where.hostname or "", where.port or 3310), TO_CONNECT)


def _answer(line: socket.socket, end: float) -> bytes:
    answer = b""
    while b"\0" not in answer and len(answer) < MOST_ANSWER:
        line.settimeout(max(0.01, end - time.monotonic()))
        part = line.recv(MOST_ANSWER)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].strip()
