"""What a refused attempt leaves behind when no service could write it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from trail.audit import Refused


class RefusalMiddleware:
    """Writes the line of a refusal that passed through several transactions up to a view.

    They have all been rolled back by now. The page is the usual 403.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, Refused):
            exception.settle()
