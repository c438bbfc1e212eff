"""The one door through which a file comes in: behind the gate, into memory, and no further (F2).

A file that comes without the gate's answer is thrown away while it arrives. One that may come is
held in memory until it is sealed: it never lies on the disk in the clear.
"""

from __future__ import annotations

import io
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from incidents.file_kinds import MOST_BYTES
from incidents.models import Case
from people.models import User

SALT = "incidents.gate"
LASTS = 60 * 60


def passed(case: Case, user: User, *, better_than: str = "") -> str:
    """What an address carries once somebody answered no: good for this case, person and hour."""
    return signing.dumps([case.reference, user.pk, better_than], salt=SALT)


def read(token: str, case: Case, user: User) -> str | None:
    """The file that a better one is for ("": none); None where the gate was not passed."""
    try:
        reference, pk, better_than = signing.loads(token, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if case.no_uploads or (reference, pk) != (case.reference, user.pk):
        return None
    return str(better_than)


class IntoMemory(FileUploadHandler):
    """One file, and of a larger one a byte more than is allowed."""

    taken = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.taken:
            raise SkipFile
        super().new_file(*args, **kwargs)
        self.taken, self.held = True, io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = MOST_BYTES + 1 - self.held.tell()
        if room > 0:
            self.held.write(raw_data[:room])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self.held.tell()
        self.held.seek(0)
        return InMemoryUploadedFile(
            self.held, self.field_name, self.file_name, self.content_type, size, self.charset
        )
