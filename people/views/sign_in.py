"""One's own account, and helping a colleague who lost their second factor."""

from __future__ import annotations

import time

from allauth.account import views as account
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import second_factor
from people.forms.sign_in import ThemeForm
from people.http import Request
from people.models import Organisation, SecondFactorReset, User
from people.services import sign_in
from people.views.scope import school_of
from web.crypto import keyed_hash
from web.errors import RuleBroken

# Known or unknown, the answer takes this long: writing a mail takes a moment, and must not tell.
RESET_SECONDS = 0.4


class ForgottenPasswordView(account.PasswordResetView):
    """Asks for a link. Same words and same time whether or not somebody has the address."""

    def post(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        started = time.monotonic()
        response: HttpResponse = super().post(request, *args, **kwargs)
        time.sleep(max(0.0, RESET_SECONDS - (time.monotonic() - started)))
        return response

    def form_valid(self, form: object) -> HttpResponse:
        # The key of the count lands in the cache: a keyed hash says nothing to whoever reads it.
        email = form.cleaned_data["email"]  # type: ignore[attr-defined]
        busy: HttpResponse | None = ratelimit.consume_or_429(
            self.request,
            app="allauth.account",
            action="reset_password",
            key=keyed_hash(email, purpose="password-reset"),
        )
        if busy:
            return busy
        form.save(self.request)  # type: ignore[attr-defined]
        return redirect(self.get_success_url())


@require_GET
def me(request: Request) -> HttpResponse:
    """Name, posts, ways to sign in, colours."""
    user = request.user
    factors = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    context = {
        "person": user,
        "theme_form": ThemeForm(initial={"theme": user.theme}),
        "has_app": any(one.type == Authenticator.Type.TOTP for one in factors),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "providers": SocialAccount.objects.filter(user=user),
        "needs_factor": second_factor.is_required(user),
    }
    return render(request, "people/me.html", context)


@require_POST
def theme(request: Request) -> HttpResponse:
    form = ThemeForm(request.POST)
    if form.is_valid():
        sign_in.choose_theme(request.user, form.cleaned_data["theme"])
        messages.success(request, "Your colours are saved.")
    return redirect("people:me")


@require_POST
def sign_out_everywhere(request: Request) -> HttpResponse:
    sign_in.sign_out_everywhere(request.user)
    logout(request)
    messages.success(request, "You are signed out on every device.")
    return redirect("account_login")


@require_http_methods(["GET", "POST"])
def reset_ask(request: Request, school: str, pk: int) -> HttpResponse:
    """Ask for a new start of a colleague's two-step sign-in."""
    organisation = _helped(request, school)
    person = get_object_or_404(
        User.objects.visible_to(request.user)
        .filter(memberships__organisation=organisation)
        .distinct(),
        pk=pk,
    )
    context = {"person": person, "school": organisation}
    if request.method == "POST":
        try:
            reset = sign_in.ask_reset(person, organisation, by=request.user)
        except RuleBroken as problem:
            return render(
                request, "people/reset_ask.html", {**context, "problems": problem.reasons}
            )
        messages.success(request, "Asked. A colleague has to confirm it now.")
        return redirect("people:reset", organisation.slug, reset.pk)
    return render(request, "people/reset_ask.html", context)


@require_GET
def reset_list(request: Request, school: str) -> HttpResponse:
    """What was asked for lately at this school."""
    organisation = _helped(request, school)
    resets = SecondFactorReset.objects.filter(organisation=organisation).select_related(
        "person", "asked_by", "confirmed_by", "cancelled_by"
    )[:50]
    return render(request, "people/reset_list.html", {"school": organisation, "resets": resets})


@require_http_methods(["GET", "POST"])
def reset(request: Request, school: str, pk: int) -> HttpResponse:
    """One request: a second person confirms or cancels it."""
    organisation = _helped(request, school)
    found = get_object_or_404(
        SecondFactorReset.objects.visible_to(request.user)
        .filter(organisation=organisation)
        .select_related("person", "asked_by", "confirmed_by", "cancelled_by", "organisation"),
        pk=pk,
    )
    if request.method == "POST":
        return _decide(request, found)
    context = {
        "school": organisation,
        "reset": found,
        "is_open": SecondFactorReset.objects.open().filter(pk=found.pk).exists(),
        "may_confirm": request.user.pk not in (found.asked_by_id, found.person_id),
    }
    return render(request, "people/reset_detail.html", context)


def _decide(request: Request, found: SecondFactorReset) -> HttpResponse:
    decisions = {
        "confirm": (sign_in.confirm_reset, "Done. Now they sign in with their password."),
        "cancel": (sign_in.cancel_reset, "Cancelled. Nothing was changed."),
    }
    if (action := request.POST.get("action", "")) not in decisions:
        raise Http404
    decide, words = decisions[action]
    try:
        decide(found, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, words)
    return redirect("people:reset", found.organisation.slug, found.pk)


def _helped(request: Request, slug: str) -> Organisation:
    organisation = school_of(request, slug)
    if not sign_in.may_help(request.user, organisation):
        raise PermissionDenied
    return organisation
