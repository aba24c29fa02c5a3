"""The least that the gallery needs: the web app, its templates and its static files."""

from pathlib import Path

DEBUG = True
SECRET_KEY = "the gallery holds no secrets"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
ROOT_URLCONF = "look_gallery.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "wholeplace.web"]
MIDDLEWARE = [
    "look_gallery.pages.strict_content_policy",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
            ],
        },
    }
]
FORM_RENDERER = "wholeplace.web.look.forms.GovukRenderer"
STATIC_URL = "/static/"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
