"""What a reader's page says about itself: how long it was visible, and that the end was reached."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from governance.models import PolicyVersion
from governance.services import reading_evidence
from people.http import Request


@require_POST
def tell(request: Request, pk: int) -> HttpResponse:
    """Answers nothing, whatever it was told: a page that is being closed reads no answer."""
    versions = PolicyVersion.objects.visible_to(request.user).published()
    version = get_object_or_404(versions.only("pk"), pk=pk)
    seconds = request.POST.get("seconds", "")
    if seconds.isascii() and seconds.isdigit():
        reading_evidence.tell(
            version,
            by=request.user,
            seconds=int(seconds[:9]),
            reached_end=request.POST.get("end") == "1",
        )
    return HttpResponse(status=204)
