"""The addresses of static files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """With a hash in each name; a page asks for nine of them, and they never change meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        if force or name not in self._known:
            address: str = super().url(name, force=force)
            if force or settings.DEBUG:
                return address
            self._known[name] = address
        return self._known[name]
