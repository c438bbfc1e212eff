"""Reading a file in a process of its own, with an end to its time and its memory.

Word documents, web pages and PDFs come from anywhere, and a small one can be made so that it takes
hours to read. In a request the reader's own limits come first; these are the last.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from typing import Any

from governance.importing.result import Guess, ImportRefused, LeftOut, Reading, Stated
from web.apart import limit, run_apart

SECONDS = 20
MEMORY = 1536 * 1024 * 1024
READERS = {
    "word": "governance.importing.word",
    "webpage": "governance.importing.webpage",
    "pdf": "governance.importing.pdf",
}
TOO_LONG = (
    "Reading this file took too long, and it was stopped. Copy the policy's text into a new Word "
    "document and choose that."
)
BEYOND = (
    "This file could not be read: it is damaged, or far more complicated than a policy. Open it "
    "in the program that made it, save it under a new name, and choose that file."
)
log = logging.getLogger(__name__)


def read(kind: str, data: bytes) -> Reading:
    """The file, read by the reader of this kind. Raises ImportRefused."""
    try:
        done = run_apart("governance.importing.apart", kind, data, seconds=SECONDS)
    except TimeoutError:
        raise ImportRefused(TOO_LONG) from None
    if done.returncode:
        log.warning("reading a %s file ended with %s", kind, done.returncode)
        raise ImportRefused(BEYOND)
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise ImportRefused(answer["refused"])
    return _reading(answer)


def here(kind: str, data: bytes) -> Reading:
    """The same in this process. Whatever a broken file does to its reader is one refusal."""
    reader: Callable[[bytes], Reading] = import_module(READERS[kind]).read
    try:
        return reader(data)
    except (ImportRefused, MemoryError):
        raise
    except Exception as problem:
        # The parts of a file can contradict each other in more ways than can be listed.
        log.warning("reading a %s file failed: %s", kind, type(problem).__name__)
        raise ImportRefused(BEYOND) from problem


def _reading(answer: dict[str, Any]) -> Reading:
    return Reading(
        markdown=answer["markdown"],
        source_text=answer["source_text"],
        title=Guess(**answer["title"]) if answer["title"] else None,
        organisation=Guess(**answer["organisation"]) if answer["organisation"] else None,
        stated=tuple(Stated(**one) for one in answer["stated"]),
        left_out=tuple(LeftOut(**one) for one in answer["left_out"]),
        warnings=tuple(answer["warnings"]),
        places=tuple((number, place) for number, place in answer["places"]),
    )


def main(kind: str) -> None:
    """Read what comes in, write what it says."""
    limit(memory=MEMORY, seconds=SECONDS)
    try:
        answer = asdict(here(kind, sys.stdin.buffer.read()))
    except ImportRefused as refused:
        answer = {"refused": refused.sentence}
    written = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main(sys.argv[1])
