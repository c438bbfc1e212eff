"""Opening an account in an emergency: asking, answering, ending, and what was before."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import kinds_of
from accounts.forms.emergency import AskForm, RefuseForm
from accounts.models import Emergency, SocialAccount
from accounts.services import emergencies
from accounts.views.account import get_account
from accounts.views.scope import EMERGENCY
from accounts.workflow import IN_USE
from people.http import Request
from people.views.scope import typed
from web.acting import filled_in, pressed

FORM_METHODS = ["GET", "POST"]
PER_PAGE = 20


@require_GET
def emergency_list(request: Request, school: str, pk: int) -> HttpResponse:
    """What is open or asked for now, and every time before."""
    account = get_account(request, school, pk)
    at, now = account.organisation, timezone.now()
    rows = account.emergencies.select_related("asked_by", "answered_by", "ended_by")
    standing = rows.unsettled().first()
    waits = standing is not None and standing.is_waiting(now)
    is_open = standing is not None and standing.is_open(now)
    before = rows.exclude(pk=standing.pk) if standing and (waits or is_open) else rows
    page = Paginator(before, PER_PAGE).get_page(request.GET.get("page"))
    kinds = kinds_of(request.user, at)
    asked_it = standing is not None and standing.asked_by_id == request.user.pk
    context = {
        "school": at,
        "account": account,
        "page": page,
        "standing": standing if waits or is_open else None,
        "is_open": is_open,
        "asked_it": asked_it,
        "may_answer": waits and standing is not None and _answers(standing, kinds) and not asked_it,
        "may_end": bool(kinds) or account.is_run_by(request.user),
        "may_ask": bool(kinds) and account.status in IN_USE and not (waits or is_open),
        "vault": _vault(account) if is_open else "",
        "hours": int(at.setting("accounts.emergency_hours")),
    }
    return render(request, "accounts/emergency_list.html", context)


def _vault(account: SocialAccount) -> str:
    """Where the password is kept, as whoever changed it last has said."""
    kept = account.rotations.exclude(vault="").values_list("vault", flat=True)
    return kept.first() or ""


def _answers(emergency: Emergency, kinds: list[str]) -> bool:
    return any(kind != emergency.asked_as for kind in kinds)


@require_http_methods(FORM_METHODS)
def emergency_ask(request: Request, school: str, pk: int) -> HttpResponse:
    """Somebody from IT or the leadership team asks, and says why."""
    account = _at_hand(request, school, pk)
    form = AskForm(typed(request), cancel=EMERGENCY.of(account))
    done = filled_in(
        request,
        form,
        lambda **data: emergencies.ask(account, by=request.user, **data),
        "You asked. Those who can agree have been told by e-mail.",
        EMERGENCY.of(account),
    )
    lead = (
        "For when an account has to be got into and none of its runners can be reached. Somebody "
        "from IT and somebody from the leadership team do it together; the runners are told."
    )
    return done or EMERGENCY.form(request, account, form, "Open it in an emergency", lead)


@require_POST
def emergency_agree(request: Request, school: str, pk: int, emergency: int) -> HttpResponse:
    """The second person agrees."""
    account, row = _one(request, school, pk, emergency)
    said = "It is open. Its runners have been told. Sign in only together."
    return pressed(
        request, lambda: emergencies.agree(row, by=request.user), said, EMERGENCY.of(account)
    )


@require_http_methods(FORM_METHODS)
def emergency_refuse(request: Request, school: str, pk: int, emergency: int) -> HttpResponse:
    """The second person says no, and why."""
    account, row = _one(request, school, pk, emergency)
    form = RefuseForm(typed(request), cancel=EMERGENCY.of(account))
    done = filled_in(
        request,
        form,
        lambda **data: emergencies.refuse(row, by=request.user, **data),
        "It stays closed. Whoever asked has been told why.",
        EMERGENCY.of(account),
    )
    return done or EMERGENCY.form(request, account, form, "Do not open it")


@require_POST
def emergency_withdraw(request: Request, school: str, pk: int, emergency: int) -> HttpResponse:
    """Whoever asked needs it no longer."""
    account, row = _one(request, school, pk, emergency)
    said = "You need it no longer. It stays on record that you asked."
    return pressed(
        request, lambda: emergencies.withdraw(row, by=request.user), said, EMERGENCY.of(account)
    )


@require_POST
def emergency_end(request: Request, school: str, pk: int, emergency: int) -> HttpResponse:
    """It is over sooner."""
    account = get_account(request, school, pk)
    row = get_object_or_404(Emergency.objects.filter(account=account), pk=emergency)
    said = "It is over. Its runners have been told to change the password."
    return pressed(
        request, lambda: emergencies.end(row, by=request.user), said, EMERGENCY.of(account)
    )


def _at_hand(request: Request, school: str, pk: int) -> SocialAccount:
    """The account, for IT and the leadership team."""
    account = get_account(request, school, pk)
    if not kinds_of(request.user, account.organisation):
        raise PermissionDenied
    return account


def _one(request: Request, school: str, pk: int, emergency: int) -> tuple[SocialAccount, Emergency]:
    account = _at_hand(request, school, pk)
    rows = Emergency.objects.filter(account=account).select_related("account__organisation")
    return account, get_object_or_404(rows, pk=emergency)
