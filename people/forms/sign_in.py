"""The sign-in library's forms in the portal's words, and our own about one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.fields import SetPasswordField
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.urls import reverse

from people.models import User
from web.forms import page_form

PASSWORD_HELP = "At least 12 characters. Three or four words in a row work well."  # noqa: S105
CODE_HELP = "The six digits your app shows now, or one of your recovery codes."


def _words(form: forms.Form, **fields: tuple[str, str]) -> None:
    """Label and help text of each field; no placeholders, which vanish when one types."""
    for name, (label, help_text) in fields.items():
        form.fields[name].label = label
        form.fields[name].help_text = help_text
        form.fields[name].widget.attrs.pop("placeholder", None)


def _code_field(form: forms.Form, help_text: str) -> None:
    _words(form, code=("Code", help_text))
    form.fields["code"].widget.attrs.update(inputmode="text", autocomplete="one-time-code")


class SignInForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, login=("E-mail address", ""), password=("Password", ""))
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        self.helper = page_form("login", "password", submit="Sign in")


class ForgottenPasswordForm(account.ResetPasswordForm):
    """Finds a person by their address; says the same whether or not there is one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, email=("E-mail address", "The one your school has for you."))
        self.helper = page_form("email", submit="Send me a link", cancel=reverse("account_login"))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        found = User.objects.filter(email=email, is_active=True)
        self.users = [person for person in found if person.posts]
        return email


class NewPasswordForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)
        self.helper = page_form("password1", "password2", submit="Save password")


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, oldpassword=("Current password", ""))
        _new_password(self)
        self.helper = page_form(
            "oldpassword",
            "password1",
            "password2",
            submit="Change password",
            cancel=reverse("people:me"),
        )


class FirstPasswordForm(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password(self)
        self.helper = page_form(
            "password1", "password2", submit="Save password", cancel=reverse("people:me")
        )


class PasswordAgainForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, password=("Password", ""))
        self.helper = page_form("password", submit="Continue", cancel=reverse("people:me"))


class SecondStepForm(mfa.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, CODE_HELP)
        self.helper = page_form("code", submit="Sign in")


class CodeAgainForm(mfa.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, CODE_HELP)
        self.helper = page_form("code", submit="Continue", cancel=reverse("people:me"))


class AddAppForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self, "The six digits your app shows for the portal.")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        self.helper = page_form("code", submit="Turn on", cancel=reverse("mfa_index"))


class RemoveAppForm(totp.DeactivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(submit="Remove this app", cancel=reverse("mfa_index"))


class NewCodesForm(recovery_codes.GenerateRecoveryCodesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form(submit="Make new codes", cancel=reverse("mfa_index"))


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """Our passkeys are always complete: they sign in by themselves, without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, name=("Name", "Such as “Office laptop” or “My phone”."))
        self.fields["name"].max_length = 60
        self.fields["name"].widget.attrs["maxlength"] = "60"
        self.fields["passwordless"].widget = forms.HiddenInput()
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _words(self, name=("Name", ""))
        self.fields["name"].widget.attrs["maxlength"] = "60"
        self.helper = page_form("name", submit="Save", cancel=reverse("mfa_list_webauthn"))


class WelcomeForm(forms.Form):
    """The password an invited person chooses."""

    password1 = SetPasswordField(label="Password")
    password2 = forms.CharField(
        label="The same password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].user = person  # type: ignore[attr-defined]
        _new_password(self)
        self.helper = page_form("password1", "password2", submit="Save password and sign in")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("password1") and data.get("password2", "") != data["password1"]:
            self.add_error("password2", "Type the same password twice.")
        return data


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(label="Colours", choices=User.Theme.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = page_form("theme", submit="Save colours")
        self.helper.form_action = reverse("people:theme")


def _new_password(form: forms.Form) -> None:
    _words(
        form, password1=("New password", PASSWORD_HELP), password2=("The same password again", "")
    )
    form.fields["password1"].widget.attrs.update(
        autocomplete="new-password", passwordrules="minlength: 12"
    )
