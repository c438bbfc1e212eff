"""The embedded web server."""

from __future__ import annotations

import http.client
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import waitress.server

from config import serve

pytestmark = pytest.mark.once


def _how_much(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(len(environ["wsgi.input"].read())).encode()]


def _run(server: Any) -> None:
    with suppress(OSError):  # it waits for its socket, which is closed under it
        server.run()


@pytest.mark.demand("F3")
def test_a_file_on_its_way_to_be_sealed_is_laid_into_no_temporary_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    """There is no folder for such files: whoever needed one would fail."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    listener = socket.create_server(("127.0.0.1", 0))
    server = waitress.server.create_server(
        _how_much, sockets=[listener], threads=1, **serve.IN_MEMORY
    )
    thread = threading.Thread(target=_run, args=[server], daemon=True)
    thread.start()
    try:
        client = http.client.HTTPConnection(*listener.getsockname(), timeout=20)
        sent = settings.MAX_UPLOAD_BYTES + 100_000  # what comes along with it
        client.request("POST", "/", b"x" * sent)
        assert client.getresponse().read() == str(sent).encode()
    finally:
        client.close()
        server.close()
        thread.join(5)
