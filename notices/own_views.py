"""A person's own reminders: how often mail comes, and the calendar of what is due."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notices import calendar_feed, preferences
from notices.forms import EVERY_DAY, DigestForm
from notices.models import CalendarFeed
from people.http import Request
from people.views.scope import typed


@require_http_methods(["GET", "POST"])
def reminders(request: Request) -> HttpResponse:
    """How often mail comes."""
    chosen = request.user.digest_day
    form = DigestForm(typed(request), initial={"day": EVERY_DAY if chosen is None else str(chosen)})
    if form.is_valid():
        preferences.choose_digest(request.user, day=form.cleaned_data["day"])
        messages.success(request, "Your choice is saved.")
        return redirect("notices:reminders")
    feed = CalendarFeed.objects.visible_to(request.user).first()
    return render(request, "notices/reminders.html", {"form": form, "feed": feed})


@never_cache
@require_POST
def calendar_create(request: Request) -> HttpResponse:
    """Make an address. It is on this page and on no other: nobody can look it up again."""
    address = calendar_feed.create(request.user)
    return render(request, "notices/calendar_created.html", {"address": address})


@require_POST
def calendar_revoke(request: Request) -> HttpResponse:
    calendar_feed.revoke(request.user)
    messages.success(request, "The address opens nothing any more.")
    return redirect("notices:reminders")


@login_not_required
@require_safe
def calendar(request: Request, token: str) -> HttpResponse:
    """What somebody's calendar program fetches. It is not signed in: the address is the key."""
    person = calendar_feed.person_of(token)
    if person is None:
        raise Http404
    text = calendar_feed.calendar_of(person, timezone.localdate())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tasks.ics"'
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    response["X-Content-Type-Options"] = "nosniff"
    return response
