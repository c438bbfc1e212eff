"""Where a view of an account's page begins, and the pages below it that have forms of their own."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import SocialAccount
from accounts.views.account import get_account
from people.http import Request
from people.roles import Permission


def managed(request: Request, school: str, pk: int) -> SocialAccount:
    """The account, for whoever keeps the register. 404 unseen, 403 seen."""
    account = get_account(request, school, pk)
    if not request.user.can(Permission.MANAGE_ACCOUNTS, at=account.organisation):
        raise PermissionDenied
    return account


@dataclass(frozen=True, slots=True)
class Below:
    """A page below an account: what its address is called, and what it is called itself."""

    name: str
    title: str

    def of(self, account: SocialAccount) -> str:
        return reverse(f"accounts:{self.name}", args=[account.organisation.slug, account.pk])

    def form(
        self, request: Request, account: SocialAccount, form: forms.BaseForm, title: str,
        lead: str = "",
    ) -> HttpResponse:  # fmt: skip
        """A form of this page, shown (again)."""
        context = {
            "school": account.organisation, "account": account, "form": form, "page_title": title,
            "caption": account.name, "back_to": self.of(account), "back": self.title, "lead": lead,
        }  # fmt: skip
        return render(request, "accounts/oversight_form.html", context)


DEVICES = Below("account_devices", "Devices and trips")
EMERGENCY = Below("emergency", "Emergency")
SAFEGUARDS = Below("safeguards", "Sign-in and pupils")
