"""Our settings without what the comparison does without: row security, acting, audit."""

from __future__ import annotations

from wholeplace.site.databases import CONNECTION
from wholeplace.site.settings import *  # noqa: F403 - every one of them
from wholeplace.site.settings import DATABASES as OURS
from wholeplace.site.settings import INSTALLED_APPS as APPS
from wholeplace.site.settings import MIDDLEWARE as LAYERS

# As the tables' owner, to whom every row is open, with connections pooled and statements
# prepared as ours are.
OPTIONS = OURS["owner"].get("OPTIONS", {}) | CONNECTION
DATABASES = {"default": OURS["owner"] | {"OPTIONS": OPTIONS}}
INSTALLED_APPS = [*APPS, "django.contrib.admin", "bench.plain"]
MIDDLEWARE = [layer for layer in LAYERS if "wholeplace" not in layer]
ROOT_URLCONF = "bench.plain.urls"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
