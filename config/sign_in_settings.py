"""Sign-in with allauth: e-mail and password, a second factor, and a school's own provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from config import env

AUTHENTICATION_BACKENDS = ["people.sign_in_backend.PortalBackend"]
ACCOUNT_ADAPTER = "people.adapters.PortalAccountAdapter"
SOCIALACCOUNT_ADAPTER = "people.adapters.PortalSocialAccountAdapter"
MFA_ADAPTER = "people.adapters.PortalMFAAdapter"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up; an invitation proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True  # for as long as SESSION_COOKIE_AGE says: a working day
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_FORMS = {
    "login": "people.forms.sign_in.SignInForm",
    "reset_password": "people.forms.sign_in.ForgottenPasswordForm",
    "reset_password_from_key": "people.forms.sign_in.NewPasswordForm",
    "change_password": "people.forms.sign_in.ChangePasswordForm",
    "set_password": "people.forms.sign_in.FirstPasswordForm",
    "reauthenticate": "people.forms.sign_in.PasswordAgainForm",
}
# A burst is slowed down per network address and per account; nobody is locked out for good. A whole
# school shares one address, and a browser that knows the account has a count of its own.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "100/10m/ip,6/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "60/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
# How many proxies of ours stand in front and add to X-Forwarded-For. 0: the header is ignored.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# Addresses come from the school's list and are proved by the invitation; nobody adds one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = env.text("PORTAL_NAME", "School Social Portal")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
MFA_FORMS = {
    "authenticate": "people.forms.sign_in.SecondStepForm",
    "reauthenticate": "people.forms.sign_in.CodeAgainForm",
    "activate_totp": "people.forms.sign_in.AddAppForm",
    "deactivate_totp": "people.forms.sign_in.RemoveAppForm",
    "generate_recovery_codes": "people.forms.sign_in.NewCodesForm",
    "add_webauthn": "people.forms.sign_in.AddPasskeyForm",
    "edit_webauthn": "people.forms.sign_in.RenamePasskeyForm",
}
# Off: somebody who signs in at the school's provider still sets up a second factor here. On: the
# provider is trusted to have asked for one.
SSO_COUNTS_AS_SECOND_FACTOR = env.flag("SSO_COUNTS_AS_SECOND_FACTOR")

SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False


def _app(prefix: str, **more: Any) -> list[dict[str, Any]]:
    """One provider's app, when its id and secret are both in the environment."""
    client_id, secret = env.text(f"{prefix}_CLIENT_ID"), env.text(f"{prefix}_CLIENT_SECRET")
    return [{"client_id": client_id, "secret": secret, **more}] if client_id and secret else []


# Where anybody may open a tenant, an address proves nothing: the administrator of a tenant writes
# what they like. Only a tenant named here is taken at its word.
_TENANT = env.text("MICROSOFT_TENANT", "organizations")
_OPEN_TENANTS = {"common", "organizations", "consumers"}
_OIDC_SERVER = env.text("OIDC_SERVER_URL")

SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {"APPS": _app("GOOGLE"), "SCOPE": ["profile", "email"]},
    "microsoft": {
        "APPS": _app("MICROSOFT", settings={"tenant": _TENANT}),
        "VERIFIED_EMAIL": _TENANT not in _OPEN_TENANTS,
    },
    "openid_connect": {
        "APPS": _app(
            "OIDC",
            provider_id="oidc",
            name=env.text("OIDC_NAME", "your school account"),
            settings={"server_url": _OIDC_SERVER},
        )
    },
}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# Where the buttons of the sign-in page may lead; the browser stops every other form.
SSO_ORIGINS: list[str] = [
    origin
    for name, origins in {
        "google": ["https://accounts.google.com"],
        "microsoft": ["https://login.microsoftonline.com"],
        "openid_connect": [_origin(_OIDC_SERVER), *env.names("OIDC_FORM_ORIGINS")],
    }.items()
    if SOCIALACCOUNT_PROVIDERS[name]["APPS"]
    for origin in origins
]
