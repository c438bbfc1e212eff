"""Invitations: the office sends them, the person accepts."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from people.forms.sign_in import WelcomeForm
from people.http import Request
from people.models import Membership, Organisation, User
from people.roles import Permission
from people.services import invitations
from people.views.scope import school_where
from web.errors import RuleBroken


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; the form accepts the invitation."""
    busy: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password_from_key")
    if busy is not None:
        return busy
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "people/welcome_closed.html", status=410)
    form = WelcomeForm(request.POST or None, person=invitation.person)
    if form.is_valid():
        try:
            person = invitations.accept(invitation, form.cleaned_data["password1"])
        except invitations.NotOpen:
            return render(request, "people/welcome_closed.html", status=410)
        return _sign_in(request, person)
    context = {"invitation": invitation, "form": form, "school": invitation.organisation}
    return render(request, "people/welcome.html", context)


def _sign_in(request: HttpRequest, person: User) -> HttpResponse:
    if request.user.is_authenticated:
        logout(request)
    login = Login(user=person, email=person.email, redirect_url=reverse("people:welcomed"))
    response: HttpResponse = perform_password_login(request, {"email": person.email}, login)
    return response


@require_http_methods(["GET"])
def welcomed(request: Request) -> HttpResponse:
    """The first page after accepting: what comes next."""
    return render(request, "people/welcome_done.html")


@require_POST
def invite(request: Request, school: str, pk: int) -> HttpResponse:
    """Send one person an invitation, or send it again."""
    organisation = school_where(request, school, Permission.MANAGE_PEOPLE)
    person = get_object_or_404(_staff(organisation), pk=pk)
    try:
        invitations.invite(person, organisation, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"The invitation to {person.name} is on its way.")
    return redirect(_back(request, organisation))


@require_POST
def invite_all(request: Request, school: str) -> HttpResponse:
    """Invite everybody who has an address, no password yet and no open invitation."""
    organisation = school_where(request, school, Permission.MANAGE_PEOPLE)
    waiting = invitations.waiting_at(organisation)
    sent, problems = invitations.invite_all(waiting, organisation, by=request.user)
    if sent:
        count = "1 invitation is" if len(sent) == 1 else f"{len(sent)} invitations are"
        messages.success(request, f"{count} on the way.")
    elif not problems:
        messages.info(request, "Everybody with an e-mail address has been invited.")
    for problem in problems[:10]:
        messages.warning(request, problem)
    return redirect(_back(request, organisation))


def _staff(organisation: Organisation) -> QuerySet[User]:
    at_school = Membership.objects.filter(organisation=organisation)
    staff: QuerySet[User] = User.objects.filter(pk__in=at_school.values("person"))
    return staff


def _back(request: Request, organisation: Organisation) -> str:
    wanted = request.POST.get("next", "")
    if wanted and get_adapter(request).is_safe_url(wanted):
        return wanted
    return reverse("people:list", args=[organisation.slug])
