"""Sign-in with allauth: e-mail and password, a second factor, and a school's own provider."""

from __future__ import annotations

from typing import Any

from config import env

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
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A burst is slowed down per address and per account; nobody is locked out for good.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/10m/ip,6/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = env.text("PORTAL_NAME", "School Social Portal")
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.flag("DEBUG")

SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False


def _app(prefix: str, **more: Any) -> list[dict[str, Any]]:
    """One provider's app, when its id and secret are both in the environment."""
    client_id, secret = env.text(f"{prefix}_CLIENT_ID"), env.text(f"{prefix}_CLIENT_SECRET")
    return [{"client_id": client_id, "secret": secret, **more}] if client_id and secret else []


SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {"APPS": _app("GOOGLE"), "SCOPE": ["profile", "email"]},
    "microsoft": {
        "APPS": _app(
            "MICROSOFT", settings={"tenant": env.text("MICROSOFT_TENANT", "organizations")}
        )
    },
    "openid_connect": {
        "APPS": _app(
            "OIDC",
            provider_id="oidc",
            name=env.text("OIDC_NAME", "your school account"),
            settings={"server_url": env.text("OIDC_SERVER_URL")},
        )
    },
}
