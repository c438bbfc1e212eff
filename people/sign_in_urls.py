"""Sign-in: only those of allauth's pages that we offer, under our own addresses.

`urlpatterns` carries the names the library looks for. `person_patterns` are ours, and belong to the
namespace `people` (people/urls.py takes them in).
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as socialaccount
from csp.decorators import csp_update
from django.conf import settings
from django.urls import URLPattern, path

from people.views import cover, invitations, sign_in


def _to_providers(view: Any) -> Any:
    """A page whose form ends at a sign-in provider: the browser has to let it go there."""
    return csp_update({"form-action": settings.SSO_ORIGINS})(view) if settings.SSO_ORIGINS else view


urlpatterns: list[URLPattern] = [
    path("sign-in/", _to_providers(account.login), name="account_login"),
    path("sign-in/second-step/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/ended/", account.account_inactive, name="account_inactive"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "sign-in/again/passkey/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "sign-in/forgotten/",
        sign_in.ForgottenPasswordView.as_view(),
        name="account_reset_password",
    ),
    path(
        "sign-in/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"
    ),
    path(
        "sign-in/forgotten/saved/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "sign-in/forgotten/<slug:uidb36>/<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/with/cancelled/",
        socialaccount.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path("sign-in/with/error/", socialaccount.login_error, name="socialaccount_login_error"),
    path("sign-out/", account.logout, name="account_logout"),
    path("you/password/", account.password_change, name="account_change_password"),
    path("you/password/first/", account.password_set, name="account_set_password"),
    path("you/two-step/", mfa.index, name="mfa_index"),
    path("you/two-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("you/two-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("you/two-step/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "you/two-step/codes/new/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "you/two-step/codes/download/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("you/two-step/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("you/two-step/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path(
        "you/two-step/passkeys/<int:pk>/rename/",
        passkeys.edit_webauthn,
        name="mfa_edit_webauthn",
    ),
    path(
        "you/two-step/passkeys/<int:pk>/remove/",
        passkeys.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
]

if settings.SOCIALACCOUNT_PROVIDERS["google"]["APPS"]:
    from allauth.socialaccount.providers.google import views as google

    urlpatterns += [
        path("sign-in/with/google/", _to_providers(google.oauth2_login), name="google_login"),
        path("sign-in/with/google/back/", google.oauth2_callback, name="google_callback"),
    ]
if settings.SOCIALACCOUNT_PROVIDERS["microsoft"]["APPS"]:
    from allauth.socialaccount.providers.microsoft import views as microsoft

    urlpatterns += [
        path(
            "sign-in/with/microsoft/", _to_providers(microsoft.oauth2_login), name="microsoft_login"
        ),
        path(
            "sign-in/with/microsoft/back/",
            microsoft.oauth2_callback,
            name="microsoft_callback",
        ),
    ]
if settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
    from allauth.socialaccount.providers.openid_connect import views as oidc

    urlpatterns += [
        path(
            "sign-in/with/<slug:provider_id>/",
            _to_providers(oidc.login),
            name="openid_connect_login",
        ),
        path(
            "sign-in/with/<slug:provider_id>/back/",
            oidc.callback,
            name="openid_connect_callback",
        ),
    ]

person_patterns: list[URLPattern] = [
    path("you/", sign_in.me, name="me"),
    path("you/theme/", sign_in.theme, name="theme"),
    path("you/sign-out-everywhere/", sign_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("you/cover/", cover.mine, name="cover"),
    path("you/cover/add/", cover.mine_add, name="cover_add"),
    path("you/cover/<int:pk>/", cover.mine_change, name="cover_change"),
    path("you/cover/<int:pk>/end/", cover.mine_end, name="cover_end"),
    path("welcome/", invitations.welcomed, name="welcomed"),
    path("welcome/<str:token>/", invitations.welcome, name="welcome"),
    path("schools/<slug:school>/people/invite-all/", invitations.invite_all, name="invite_all"),
    path("schools/<slug:school>/people/<int:pk>/invite/", invitations.invite, name="invite"),
    path(
        "schools/<slug:school>/people/<int:pk>/new-two-step/", sign_in.reset_ask, name="reset_ask"
    ),
    path("schools/<slug:school>/two-step/", sign_in.reset_list, name="reset_list"),
    path("schools/<slug:school>/two-step/<int:pk>/", sign_in.reset, name="reset"),
]
