"""Addresses of the API."""

from django.urls import path

from wholeplace.api import casework, me, money, people, places  # noqa: F401 - each adds its own
from wholeplace.api.app import api

urlpatterns = [path("", api.urls)]
