"""Handing a file to somebody who may have it."""

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from files.models import StoredFile
from files.services import FileDamaged, open_file
from people.http import Request

log = structlog.get_logger(__name__)


@require_GET
def download(request: Request, pk: int) -> HttpResponse:
    """The file as an attachment: never shown inside the portal, whatever it holds."""
    stored = get_object_or_404(StoredFile.objects.visible_to(request.user), pk=pk)
    try:
        content = open_file(stored)
    except FileDamaged:
        log.error("file_damaged", file=stored.pk)
        raise Http404("This file cannot be read any more.") from None
    response = HttpResponse(content, content_type=stored.content_type)
    response["Content-Disposition"] = content_disposition_header(True, stored.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
