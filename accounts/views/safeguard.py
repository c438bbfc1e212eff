"""What keeps an account safe: sign-in, who was told where it is, pupils, its password."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.safeguard import SeenForm, SignInForm, TellForm, WaiveForm
from accounts.listing import in_words
from accounts.models import RotationCause, SocialAccount
from accounts.rotation import Need, needs_of
from accounts.services import register, rotations, urgent_change
from accounts.views.account import get_account
from accounts.views.scope import SAFEGUARDS, managed
from accounts.workflow import IN_USE, Status
from people.http import Request
from people.models import Membership, User
from people.roles import Permission
from people.views.scope import school_of, typed
from web.acting import filled_in, pressed

P = Permission
FORM_METHODS = ["GET", "POST"]


@require_GET
def safeguards(request: Request, school: str, pk: int) -> HttpResponse:
    """Sign-in, pupils and the password, on one page (A6, A7)."""
    account = get_account(request, school, pk)
    at, user, now = account.organisation, request.user, timezone.now()
    stands = account.status not in (Status.CLOSED, Status.UNAUTHORISED)
    in_use = account.status in IN_USE
    today = at.today()
    context = {
        "school": at,
        "account": account,
        "manages": stands and user.can(P.MANAGE_ACCOUNTS, at=at),
        "decides": in_use and user.can(P.DECIDE_ACCOUNTS, at=at),
        "may_ask": in_use and urgent_change.may_ask(account, user),
        "was_told": account.notified_to_id == user.pk,
        "needs": [_need(need, account, now) for need in needs_of(account, now)],
        "waivers": account.waivers.filter(ends_on__gte=today).select_related("by"),
    }
    return render(request, "accounts/safeguards.html", context)


def _need(need: Need, account: SocialAccount, now: Any) -> tuple[str, str]:
    reasons = dict(RotationCause.Reason.choices)
    return reasons.get(need.reason, "Once a term"), in_words(need, account, now)


@require_http_methods(FORM_METHODS)
def sign_in(request: Request, school: str, pk: int) -> HttpResponse:
    """When two-factor sign-in and the recovery contacts were last looked at."""
    account = managed(request, school, pk)
    form = SignInForm(typed(request), account=account, cancel=SAFEGUARDS.of(account))
    done = filled_in(
        request,
        form,
        lambda **data: register.confirm_sign_in(account, by=request.user, **data),
        "The days are saved.",
        SAFEGUARDS.of(account),
    )
    return done or SAFEGUARDS.form(request, account, form, "Sign-in")


@require_http_methods(FORM_METHODS)
def tell_address(request: Request, school: str, pk: int) -> HttpResponse:
    """Tell whoever answers for the faculty where the account is (A7)."""
    account = managed(request, school, pk)
    at = account.organisation
    posts = Membership.objects.active(at.today()).filter(organisation=at)
    people = User.objects.filter(pk__in=posts.values("person")).exclude(pk=request.user.pk)
    people = people.order_by("sort_name", "name")
    form = TellForm(typed(request), people=people, cancel=SAFEGUARDS.of(account))
    done = filled_in(
        request,
        form,
        lambda **data: register.tell_address(account, by=request.user, **data),
        "They have been told, and asked to confirm it.",
        SAFEGUARDS.of(account),
    )
    lead = "Pupils are let in once this person has looked at the account and confirmed its address."
    return done or SAFEGUARDS.form(request, account, form, "Tell somebody its address", lead)


@require_http_methods(FORM_METHODS)
def confirm_address(request: Request, school: str, pk: int) -> HttpResponse:
    """Whoever was told looks at it and confirms. They need not see the register otherwise."""
    at = school_of(request, school)
    seen = SocialAccount.objects.visible_to(request.user).values("pk")
    rows = SocialAccount.objects.filter(Q(pk__in=seen) | Q(notified_to=request.user))
    rows = rows.select_related("organisation__parent", "notified_to")
    account = get_object_or_404(rows, organisation=at, pk=pk)
    if account.notified_to_id != request.user.pk:
        raise PermissionDenied
    form = SeenForm(typed(request), cancel=reverse("overview:home"))
    done = filled_in(
        request,
        form,
        lambda **_: register.confirm_address(account, by=request.user),
        "Thank you. It is on record that you know where the account is.",
        "overview:home",
    )
    context = {"school": at, "account": account, "form": form}
    return done or render(request, "accounts/address_confirm.html", context)


@require_http_methods(["POST"])
def pupils(request: Request, school: str, pk: int) -> HttpResponse:
    """Let pupils in, or no longer."""
    account = managed(request, school, pk)
    is_open = request.POST.get("open") == "yes"
    said = "Pupils may be let in." if is_open else "It is no longer open to pupils."

    def switch() -> None:
        register.open_to_pupils(account, by=request.user, is_open=is_open)

    return pressed(request, switch, said, SAFEGUARDS.of(account))


@require_http_methods(FORM_METHODS)
def waive(request: Request, school: str, pk: int) -> HttpResponse:
    """The leadership team lets this term's change go until a day."""
    account = get_account(request, school, pk)
    if not request.user.can(P.DECIDE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    form = WaiveForm(typed(request), cancel=SAFEGUARDS.of(account))
    done = filled_in(
        request,
        form,
        lambda **data: rotations.waive(account, by=request.user, **data),
        "It is let go until that day, and that stays on record.",
        SAFEGUARDS.of(account),
    )
    lead = (
        "Only the change that is due each term. What is due after a leaver, a lost device or an "
        "incident cannot be let go."
    )
    return done or SAFEGUARDS.form(request, account, form, "Let this term’s change go", lead)


@require_http_methods(FORM_METHODS)
def change_now(request: Request, school: str, pk: int) -> HttpResponse:
    """Something went wrong: the password is due within the hours the school has set."""
    account = get_account(request, school, pk)
    if not urgent_change.may_ask(account, request.user):
        raise PermissionDenied
    if request.method == "POST":
        said = "Its runners have been told to change the password now."
        return pressed(
            request,
            lambda: urgent_change.ask(account, by=request.user),
            said,
            SAFEGUARDS.of(account),
        )
    hours = int(account.organisation.setting("accounts.urgent_hours"))
    context = {"school": account.organisation, "account": account, "hours": hours}
    return render(request, "accounts/change_now.html", context)
