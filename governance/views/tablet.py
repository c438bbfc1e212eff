"""Signing in person on a shared tablet: the witness's first and last page, and those in between.

Between the two every address of the portal leads back here: see `governance.kiosk`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core.internal import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import kiosk, on_tablet, reading
from governance.forms.tablet import EndByCodeForm, EndByPasswordForm, FindForm, TabletSignForm
from governance.kiosk import Kiosk
from governance.models import Policy, Signature
from governance.services import signing, tablet
from governance.texts import shown_before, text_parts
from people import second_factor
from people.http import Request
from people.models import Organisation, User
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken

Table = tuple[Kiosk, Organisation, Policy]
# What the frame of a page says to the witness is not for whoever holds the tablet.
NOT_FOR_THEM: dict[str, Any] = {"second_factor_days_left": None}
# Within so many days two-step sign-in would come between the pages.
DAYS_AHEAD = 1


@require_http_methods(["GET", "POST"])
def start(request: Request, school: str, pk: int) -> HttpResponse:
    """What happens next, for the witness; then the tablet shows its own pages and no others."""
    place = school_where(request, school, Permission.RECORD_SIGNATURES)
    policies = Policy.objects.in_force().documents().reaching(place)
    policy = get_object_or_404(policies.select_related("current", "owner"), pk=pk)
    in_the_way = _in_the_way(request)
    if request.method == "POST" and not in_the_way:
        tablet.begin(policy, place, by=request.user)
        list(messages.get_messages(request))  # none of the witness's own go round
        kiosk.begin(request, place_id=place.pk, policy_id=policy.pk)
        response = redirect("governance:tablet")
        response["Clear-Site-Data"] = '"cache"'
        return response
    context = {
        "school": place,
        "policy": policy,
        "number": len(on_tablet.owing(policy, place, request.user)),
        "in_the_way": in_the_way,
    }
    return render(request, "governance/tablet_start.html", context)


def _in_the_way(request: Request) -> str:
    """Why this person could not end it again; empty when they can."""
    if not _ways(request.user):
        return (
            "You sign in through your school's provider or with a passkey only. To end signing "
            "on a tablet you need a password or an authenticator app: set one up under “Your "
            "details” first."
        )
    days = second_factor.days_left(request, request.user)
    if days is not None and days <= DAYS_AHEAD:
        return "Set up two-step sign-in first: your time for it is nearly over."
    return ""


def _ways(user: User) -> set[str]:
    """How this person can show who they are without another page: by password, by code."""
    found = {one["id"] for one in get_adapter().get_reauthentication_methods(user)}
    return found & {"reauthenticate", "mfa_reauthenticate"}


def at_the_table(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a tablet that is handed round, with the place and the policy it is about.

    Without one the address leads home. A policy that is no longer in force, or a witness who may
    no longer be one, leaves the end of it only.
    """

    @wraps(view)
    def guarded(request: Request) -> HttpResponse:
        held = kiosk.current(request)
        if held is None:
            return redirect("overview:home")
        place = Organisation.objects.select_related("parent").get(pk=held.place_id)
        policies = Policy.objects.in_force().select_related("current", "owner__parent")
        policy = policies.filter(pk=held.policy_id).first()
        if policy is None or not request.user.can(Permission.RECORD_SIGNATURES, at=place):
            context = {"school": place, **NOT_FOR_THEM}
            return render(request, "governance/tablet_over.html", context)
        return view(request, (held, place, policy))

    return guarded


@require_http_methods(["GET", "POST"])
@at_the_table
def find(request: Request, table: Table) -> HttpResponse:
    """Find one's name. Names come only to whoever types the beginning of one."""
    held, place, policy = table
    token = request.POST.get("name", "")
    if token:
        kiosk.hand_to(request, held.person_of(token))
        return redirect("governance:tablet_read")
    kiosk.hand_to(request, None) if held.person_id else None
    form = FindForm(typed(request), initial={"q": held.words})
    if request.method == "POST" and form.is_valid():
        kiosk.look_for(request, form.cleaned_data["q"])
        return redirect("governance:tablet")
    context: dict[str, Any] = {"school": place, "policy": policy, "form": form, **NOT_FOR_THEM}
    if request.method == "GET" and held.words:
        found = on_tablet.matching(policy, place, request.user, held.words)
        context["too_many"] = len(found) > on_tablet.MOST_NAMES
        context["names"] = [(held.token(pk), name) for pk, name in found[: on_tablet.MOST_NAMES]]
        context["searched"] = True
    return render(request, "governance/tablet_find.html", context)


@require_GET
@at_the_table
def read(request: Request, table: Table) -> HttpResponse:
    """The text, and the place to sign, for whoever said that the name is theirs."""
    return _reading_page(request, table)


@require_POST
@at_the_table
def sign(request: Request, table: Table) -> HttpResponse:
    held, place, policy = table
    person = on_tablet.person(policy, place, request.user, held.person_id)
    if person is None:
        return _nobody(request)
    form = TabletSignForm(request.POST, person=person)
    if not form.is_valid():
        return _reading_page(request, table, form=form, status=422)
    sent = form.cleaned_data
    try:
        signature = tablet.sign(policy.pk, place, person=person, witness=request.user, **sent)
    except signing.Superseded as problem:
        messages.warning(request, str(problem))
        return _reading_page(request, table, displayed=sent["displayed"], status=409)
    except Policy.DoesNotExist:
        return redirect("governance:tablet")
    except signing.NotTheName as problem:
        form.add_error("typed_name", str(problem))
    except RuleBroken as problem:
        form.add_error(None, str(problem))
    else:
        kiosk.hand_to(request, None, signed=signature.reference)
        return redirect("governance:tablet_done")
    return _reading_page(request, table, form=form, status=422)


@require_GET
@at_the_table
def done(request: Request, table: Table) -> HttpResponse:
    """Thank you, and on to the next: no name and no reference of whoever signed."""
    held, place, policy = table
    if not held.references:
        return redirect("governance:tablet")
    context = {"school": place, "policy": policy, **NOT_FOR_THEM}
    return render(request, "governance/tablet_done.html", context)


def _nobody(request: Request) -> HttpResponse:
    kiosk.hand_to(request, None)
    messages.info(request, "There is nothing for this person to sign any more.")
    return redirect("governance:tablet")


def _reading_page(
    request: Request,
    table: Table,
    *,
    form: TabletSignForm | None = None,
    displayed: str = "",
    status: int = 200,
) -> HttpResponse:
    held, place, policy = table
    person = on_tablet.person(policy, place, request.user, held.person_id)
    if person is None:
        return _nobody(request)
    standing = reading.standing_of(person, policy, place.today())
    if form is None:
        form = TabletSignForm(person=person, displayed=standing.displayed)
    context = {
        "school": place,
        "policy": policy,
        "person": person,
        "texts": text_parts(standing, shown_before(policy, displayed)),
        "statement": signing.statement_for(standing.to_sign),
        "form": form,
        **NOT_FOR_THEM,
    }
    return render(request, "governance/tablet_read.html", context, status=status)


@require_http_methods(["GET", "POST"])
def end(request: Request) -> HttpResponse:
    """The witness shows who they are and has their own pages back."""
    held = kiosk.current(request)
    if held is None:
        return redirect("overview:home")
    place = Organisation.objects.get(pk=held.place_id)
    ways = _ways(request.user)
    by_code = "code" in request.POST
    password = EndByPasswordForm(None if by_code else typed(request), user=request.user)
    code = EndByCodeForm(typed(request) if by_code else None, user=request.user)
    form: forms.Form = code if by_code else password
    if request.method == "POST":
        busy: HttpResponse | None = ratelimit.consume_or_429(
            request, app="allauth.account", action="reauthenticate", user=request.user
        )
        if busy:
            return busy
        if form.is_valid():
            if by_code:
                post_authentication(request, code.authenticator, reauthenticated=True)
            else:
                reauthenticate_by_password(request)
            return _ended(request, held, place)
    context = {
        "school": place,
        "form": form,
        "password": password if "reauthenticate" in ways else None,
        "code": code if "mfa_reauthenticate" in ways else None,
        **NOT_FOR_THEM,
    }
    return render(request, "governance/tablet_end.html", context)


def _ended(request: Request, held: Kiosk, place: Organisation) -> HttpResponse:
    policy = Policy.objects.get(pk=held.policy_id)
    kiosk.end(request)
    tablet.finish(policy, place, by=request.user, number=len(held.references))
    signed = Signature.objects.filter(reference__in=held.references).select_related("person")
    names = ", ".join(str(one.person) for one in signed.order_by("signed_at", "pk"))
    if names:
        messages.success(request, f"Signing has ended. Signed before you: {names}.")
    else:
        messages.info(request, "Signing has ended. Nobody signed.")
    return redirect("governance:signers", place.slug, policy.pk)
