"""The portal's settings. Everything a place may set differently comes from the environment.

Without any setting the portal runs "embedded": SQLite, a Celery broker made of files, mail kept in
a folder. `DATABASE_URL`, `CELERY_BROKER_URL` and `EMAIL_URL` switch each part to its production
twin; `PRODUCTION=1` (or a PostgreSQL database) makes missing secrets an error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from config import env
from config.logs import logging_config
from config.mail import mail_settings

BASE_DIR = env.BASE_DIR
env.read_env_file(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
DATA_DIR = env.data_dir()
DATABASE_URL = env.text("DATABASE_URL")
EMBEDDED = not env.flag("PRODUCTION", default=bool(DATABASE_URL) and not TESTING)
HTTPS = env.flag("HTTPS", default=not EMBEDDED)
DEBUG = env.flag("DEBUG")
if EMBEDDED:
    DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

SECRET_KEY = env.secret("SECRET_KEY", data_dir=DATA_DIR, embedded=EMBEDDED)
# The trail's hashes and the files' encryption have keys of their own, so that a new SECRET_KEY
# (which signs people out) breaks neither. FIELD_KEYS is a list, newest first, for rotation.
TRAIL_KEY = env.secret("TRAIL_KEY", data_dir=DATA_DIR, embedded=EMBEDDED)
FIELD_KEYS = env.secret("FIELD_KEYS", data_dir=DATA_DIR, embedded=EMBEDDED).split(",")
METRICS_TOKEN = env.text("METRICS_TOKEN")

SITE_URL = env.site_url(embedded=EMBEDDED)
PORTAL_NAME = env.text("PORTAL_NAME", "School Social Portal")
ALLOWED_HOSTS = env.names(
    "ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if EMBEDDED else urlsplit(SITE_URL).hostname or ""
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # so that TemplatesSetting finds the widgets
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_prometheus",
    # ours, from left to right: each may import those before it
    "web",
    "trail",
    "people",
    "notices",
    "files",
    "governance",
    "accounts",
    "approvals",
    "incidents",
    "overview",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "web.middleware.RequestLogMiddleware",
    "web.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "web.sent_by_button.OnlyByButtonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.sent_by_button.SignInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "governance.kiosk.KioskMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.PersonMiddleware",
    "trail.middleware.RefusalMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context.person_and_school",
            ],
            "builtins": ["web.templatetags.addresses"],
        },
    },
]
FORM_RENDERER = "web.drawing.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

SQLITE_OPTIONS = {
    # Writers wait for each other from their first statement on, instead of failing at the last.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # recursive_triggers: INSERT OR REPLACE must not slip past the insert-only triggers.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;"
    ),
}
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_URL or "sqlite:///portal.sqlite3", conn_max_age=60, conn_health_checks=True
    )
}
if not DATABASE_URL:  # a folder's name may hold what means something else in an address
    DATABASES["default"]["NAME"] = str(DATA_DIR / "portal.sqlite3")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # In a file, as everywhere else: in memory SQLite does not wait for another's lock.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}
# Whether PostgreSQL keeps the plans of prepared queries. Off behind a pooler that hands one session
# from transaction to transaction.
KEEP_PLANS = env.flag("KEEP_PLANS", default=True)
if DATABASES["default"]["ENGINE"].endswith("postgresql") and KEEP_PLANS:
    # Compiling one of our larger queries costs PostgreSQL a second that running it does not take.
    # (A pooler that shares sessions takes no options: set jit = off in postgresql.conf there.)
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cache and the sessions are in the database: losing Redis signs nobody out and slows no page.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        # With the 300 that are usual, whoever makes as many rows makes it forget a third of what
        # slows down guessing. Those that are over go first.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
SESSION_ENGINE = "web.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# Messages ride in a signed cookie: one in the session would cost two queries a page.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview:home"
LOGOUT_REDIRECT_URL = "account_login"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "web.static.StaticStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
# In tests each browser begins anew: it must not list every file again for each.
WHITENOISE_AUTOREFRESH = TESTING or DEBUG
FILES_DIR = Path(env.text("FILES_DIR", str(DATA_DIR / "files")))
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
# Evidence of cases is shown to nobody until clamd found it clean; without one it is not checked.
CLAMD_URL = env.text("CLAMD_URL", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# Every mail, the sign-in library's too, becomes a row first; the worker sends it with DELIVERY.
EMAIL_BACKEND = "notices.backend.OutboxBackend"
DELIVERY, DEFAULT_FROM_EMAIL = mail_settings(DATA_DIR)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# What /readyz asks: functions that return (name, ok, a sentence).
READINESS_CHECKS = [
    "web.health.database",
    "web.health.migrations",
    "web.health.broker",
    "notices.health.heartbeat",
    "notices.health.work",
    "notices.health.sweep",
    "notices.health.delivery",
    "incidents.scanning.ready",
]
# Where lower apps must ask higher ones: lists of dotted paths.
DUTY_SOURCES = [
    "people.duties.INVITATIONS",
    "people.term_duties.PLANNING",
    "governance.duties.SIGNING",
    "governance.sign_off_duties.SIGN_OFF",
    "governance.sign_off_duties.REWORK",
    "governance.review_duties.REVIEWS",
    "governance.questions.ANSWERS",
    "governance.training_duties.TAKING",
    "governance.adoption.ADOPTING",
    "governance.leaving.ATTESTING",
    "governance.leaving.RECORDING",
    "governance.self_check.CHECKING",
    "accounts.duties.ROTATING",
    "accounts.duties.VERIFYING",
    "accounts.removal_duties.REMOVING",
    "approvals.duties.DECIDING",
    "approvals.duties.REWORKING",
    "approvals.duties.LAUNCHING",
    "approvals.duties.EVALUATING",
    "approvals.assess_duties.ASSESSING",
    "accounts.duties.CHECKING",
    "accounts.exception_duties.DECIDING",
    "accounts.trip_duties.PHOTOS",
    "accounts.address_duties.CONFIRMING",
    "accounts.access_duties.DECIDING",
    "accounts.access_duties.ANSWERING",
    "incidents.duties.ASSESSING",
    "incidents.duties.AGREEING",
    "incidents.duties.ACTING",
    "incidents.asking_duties.ALLOWING",
    "incidents.asking_duties.SHUTTING",
    "incidents.asking_duties.DISPOSING",
    "incidents.asking_duties.LETTING_IN",
    "incidents.subject_access_duties.ANSWERING",
    "incidents.subject_access_duties.CHECKING",
]
# Asked of the database together with the person who is signed in: a name, and a subquery.
SIGNED_IN_FACTS = {
    "unread_notices": "notices.unread.of_person",
    "is_awaited": "approvals.services.settling.is_awaited",
}
TRAIL_SCOPES = [
    "governance.trail.scope",
    "people.trail.scope",
    "accounts.trail.scope",
    "approvals.trail.scope",
    "incidents.trail.scope",
]
TRAIL_WORDS = [
    "trail.words.WORDS",
    "people.trail.WORDS",
    "files.trail.WORDS",
    "governance.trail.WORDS",
    "governance.training_scope.WORDS",
    "accounts.trail.WORDS",
    "approvals.trail.WORDS",
    "incidents.trail.WORDS",
]
IMMUTABLE_TABLES = [
    "trail.frozen.TABLES",
    "governance.immutable.TABLES",
    "governance.immutable_paper.TABLES",
    "governance.immutable_reviews.TABLES",
    "governance.immutable_training.TABLES",
    "governance.immutable_staying_safe.TABLES",
    "accounts.immutable.TABLES",
    "approvals.immutable.TABLES",
    "incidents.immutable.TABLES",
]
FILE_SCOPES = ["governance.files.scope", "governance.training_scope.scope"]
LEAVER_STEPS = ["accounts.services.runners.on_leaving", "accounts.services.trips.on_leaving"]
# Told who has signed or been trained, in that transaction.
FITNESS_CHANGED = ["approvals.services.settling.on_fitness"]
# What stands in the way of an account's trial and of its going live, besides its own facts.
ACCOUNT_CHECKS = ["approvals.launching.in_the_way"]
HANDOVER_SOURCES = ["governance.handover.policies", "governance.handover.duties"]
SCHOOL_SETTINGS = [
    "people.school_settings.SETTINGS",
    "notices.school_settings.SETTINGS",
    "governance.school_settings.SETTINGS",
    "accounts.school_settings.SETTINGS",
    "accounts.outside_settings.SETTINGS",
    "approvals.school_settings.SETTINGS",
    "incidents.school_settings.SETTINGS",
]
RETENTION_RULES = [
    "trail.retention.RULES",
    "people.retention.RULES",
    "notices.retention.RULES",
    "files.retention.RULES",
    "governance.retention.RULES",
    "accounts.retention.RULES",
    "approvals.retention.RULES",
    "incidents.retention.RULES",
]
# What a school's public page leads to, besides its policies: asked with the trust or school.
PUBLIC_CARDS = ["incidents.without_login.card", "accounts.public.card"]

LOGGING_CONFIG = None
logging_config(debug=DEBUG, plain=EMBEDDED)
PROMETHEUS_EXPORT_MIGRATIONS = False

from config.celery_settings import *  # noqa: E402, F403
from config.sign_in_settings import *  # noqa: E402, F403
