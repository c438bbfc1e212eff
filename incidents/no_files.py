"""Forms through which no file can come, whoever forges the request (F2, I6).

A file that comes anyway is thrown away while it arrives: it is in no memory that outlives the
request, in no temporary folder and in no database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]


class ThrownAway(FileUploadHandler):
    """Takes nothing, and remembers that something was sent."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.request.file_was_sent = True  # type: ignore[union-attr]
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def no_files(view: View) -> View:
    """A page without uploads: 403 for a request with a file in it, before the page reads a word."""

    @csrf_protect
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if not brings_a_file(request) else refused(request)

    @csrf_exempt  # the token is checked above, after what takes files has been put out of the way
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take_nothing(request)
        return checked(request, *args, **kwargs)

    return guarded


def take_nothing(request: HttpRequest) -> None:
    """Before anything reads what was sent."""
    request.upload_handlers = [ThrownAway(request)]


def brings_a_file(request: HttpRequest) -> bool:
    """Reading what was sent is what takes it apart."""
    return request.POST is not None and getattr(request, "file_was_sent", False)


def refused(request: HttpRequest) -> HttpResponse:
    context = {"portal_name": settings.PORTAL_NAME}
    return render(request, "incidents/file_refused.html", context, status=403)
