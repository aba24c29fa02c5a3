"""Django's settings, from the environment with safe defaults.

| variable | meaning | default |
|---|---|---|
| WHOLEPLACE_HOME | where database, snapshots and secrets lie | `var` beside the checkout |
| WHOLEPLACE_PLACE | the folder of the place | `places/birmingham` |
| DATABASE_URL | a PostgreSQL 15 or later | the embedded one |
| WHOLEPLACE_HOSTS | host names served, comma separated | this machine only |
| WHOLEPLACE_SECURE | 1 when served over HTTPS | 0 |
| WHOLEPLACE_LINKING_DAYS | who is who is learnt anew when it was learnt so many days ago | 7 |
"""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from wholeplace.site.databases import databases
from wholeplace.site.embedded import home_directory
from wholeplace.site.secret import secret

ROOT = Path(__file__).resolve().parents[3]
HOME = home_directory()
PLACE = Path(os.environ.get("WHOLEPLACE_PLACE", ROOT / "places" / "birmingham"))
SECURE = os.environ.get("WHOLEPLACE_SECURE") == "1"

LINKING_DAYS = float(os.environ.get("WHOLEPLACE_LINKING_DAYS", "7"))

SECRET_KEY = os.environ.get("WHOLEPLACE_SECRET_KEY") or secret(HOME, "django")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("WHOLEPLACE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "wholeplace.web",  # before django.forms, so that our form templates win
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "procrastinate.contrib.django",
    "csp",
    "wholeplace.rooms.agencies",
    "wholeplace.rooms.audit",
    "wholeplace.rooms.people",
    "wholeplace.rooms.places",
    "wholeplace.rooms.records",
    "wholeplace.rooms.identity",
    "wholeplace.rooms.schemes",
    "wholeplace.rooms.ledger",
    "wholeplace.rooms.documents",
    "wholeplace.rooms.casework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wholeplace.web.middleware.ActingMiddleware",
]

ROOT_URLCONF = "wholeplace.web.urls"
WSGI_APPLICATION = "wholeplace.site.wsgi.application"
AUTH_USER_MODEL = "agencies.User"
LOGIN_URL = "/sign-in"
CSRF_FAILURE_VIEW = "wholeplace.web.errors.forged"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = databases()

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "wholeplace.web.context.shell",
            ]
        },
    }
]
FORM_RENDERER = "wholeplace.web.look.forms.GovukRenderer"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # empty: files are served from where they lie
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

SESSION_ENGINE = "wholeplace.web.sessions"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("WHOLEPLACE_LOG", "WARNING")},
}

PROCRASTINATE_IMPORT_PATHS = ["wholeplace.flows.jobs"]
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 2, "stalled_worker_timeout": 8}
